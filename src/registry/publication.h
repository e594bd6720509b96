#ifndef REGISTRY_PUBLICATION_H
#define REGISTRY_PUBLICATION_H

#include "registry/db.h"

/* What was last published, so that seq and times never fall. */
#define PUBLICATION_TRUST (-1) /* else the number of a status list */

struct publication {
	int64_t seq; /* trust list: its seq; status list: how often published */
	int64_t iat;
	int64_t exp;
	uint8_t sha256[32]; /* of the signed bytes */
	int64_t at;
};

/*
 * publication_get(db, object, out, found): what was last published of
 * ${object}; ${*found} is false, ${out} all zeros, if it never was.
 */
enum err publication_get(struct db *db, int64_t object, struct publication *out,
    bool *found) MUST_CHECK;

/*
 * publication_put(db, object, p): inside db_write(): notes a publication, with
 * its event. ERR_INTERNAL, logged, if seq or iat would fall.
 */
enum err publication_put(
    struct db *db, int64_t object, const struct publication *p) MUST_CHECK;

#endif
