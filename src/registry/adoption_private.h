#ifndef REGISTRY_ADOPTION_PRIVATE_H
#define REGISTRY_ADOPTION_PRIVATE_H

#include "registry/adoption.h"

/* Which areas there are (adoption_area.c), for those who count (adoption.c). */

/*
 * adoption_find_area(db, code, level, out): which level is ${code} of? Copies
 * it to ${out}, zeros before; the empty one is the whole scheme. Returns as
 * adoption_read() does.
 */
enum err adoption_find_area(struct db *db, struct span code,
    enum adoption_level *level, char out[static ODS_CODE_MAX + 1]) MUST_CHECK;

/* adoption_find_name(db, r): writes the name of ${r->code}, "" if none. */
enum err adoption_find_name(struct db *db, struct adoption_row *r) MUST_CHECK;

/* adoption_level_orgs(level): Returns a query of all organisations that were
 * ever in the area $code of that level. */
const char *adoption_level_orgs(enum adoption_level level);

/* adoption_level_area(level): Returns its enum ods_level, -1 if it has none. */
int adoption_level_area(enum adoption_level level);

#endif
