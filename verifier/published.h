#ifndef VERIFIER_PUBLISHED_H
#define VERIFIER_PUBLISHED_H

#include "base/buf.h"
#include "base/err.h"
#include "verifier/lists.h"

/*
 * The published folder as it is handed on (FORMAT.md 7.3): the bytes that were
 * checked, the same compressed where that helps, and what HTTP calls them.
 */
#define PUBLISHED_ETAG 40

struct published_file {
	char name[LISTS_NAME];
	const char *type;
	struct span bytes; /* the lists' */
	struct buf gzip;   /* empty where it does not help */
	char etag[PUBLISHED_ETAG];
	char gzip_etag[PUBLISHED_ETAG];
};

struct published;

/* published_new(out, l): of the reading ${l}, which must outlive it. Returns
 * ERR_OK or ERR_MEM. */
enum err published_new(
    struct published **out, const struct lists *l) MUST_CHECK;

/* published_free(p): frees it; NULL does nothing. */
void published_free(struct published *p);

/* published_eq(a, b): Returns true if both have the same files. */
bool published_eq(const struct published *a, const struct published *b);

/* published_find(p, name): Returns the file of that name, NULL if none. */
const struct published_file *published_find(
    const struct published *p, struct span name);

/* published_etag(out, bytes, tail): writes an entity tag for ${bytes}. */
void published_etag(
    char out[static PUBLISHED_ETAG], struct span bytes, const char *tail);

#endif
