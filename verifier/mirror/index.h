#ifndef MIRROR_INDEX_H
#define MIRROR_INDEX_H

#include "base/buf.h"

/*
 * index.json (FORMAT.md 5.4).  It is signed by nobody: of one from the network
 * only the numbers of the lists are taken, as a hint which to ask for.
 */
#define INDEX_MAX   1048576 /* bytes of one that is read */
#define INDEX_LISTS 4096    /* numbers in it */
#define INDEX_SHA   32

/* Numbers of status lists, ascending. */
struct index {
	size_t n;
	uint32_t v[INDEX_LISTS];
};

/*
 * index_parse(ix, text): reads the numbers. Strict JSON, no member twice;
 *     "status" is an array of objects with an "n" each, none twice; what else
 *     stands there is passed over. Returns false if it is not that, with
 *     nothing in ${ix}.
 */
bool index_parse(struct index *ix, struct span text);

/* index_add(ix, n): puts a number in its place, if it is not there. Returns
 * false if there is no room. */
bool index_add(struct index *ix, uint32_t n);

/* One signed object of the folder, for the index that we write. */
struct index_entry {
	uint64_t number; /* seq of the trust list, n of a status list */
	int64_t iat;
	int64_t exp;
	uint8_t sha256[INDEX_SHA];
};

/* index_begin(out, trust), index_put(out, first, status), index_end(out): write
 * an index as carerpass publish does; the buffer keeps what went wrong. */
void index_begin(struct buf *out, const struct index_entry *trust);
void index_put(struct buf *out, bool first, const struct index_entry *status);
void index_end(struct buf *out);

#endif
