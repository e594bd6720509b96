#ifndef PASSPORT_NAME_H
#define PASSPORT_NAME_H

#include "base/span.h"

/*
 * The name rule (FORMAT.md 6): which characters a displayed name may hold, so
 * that no name can hide, reorder or imitate.  Issuer and verifier use the same
 * table.  Unicode normalisation is the issuer's duty, not checked here.
 */
#define NAME_PERSON_MAX 64  /* bytes of UTF-8 */
#define NAME_ORG_MAX    100 /* bytes of UTF-8 */

/* name_is_person(t): Returns true if ${t} may be a holder's display name. */
bool name_is_person(struct span t);

/* name_is_org(t): Returns true if ${t} may name an organisation or scheme. */
bool name_is_org(struct span t);

/* name_has_char(cp): Returns true if a person's name may hold the code point
 * ${cp}. */
bool name_has_char(int32_t cp);

#endif
