#ifndef REGISTRY_TALLY_H
#define REGISTRY_TALLY_H

#include "base/err.h"
#include "base/span.h"

/*
 * Many small sums by a 64-bit key, in memory in proportion to the keys and not
 * to the additions.  {0} is an empty one.
 */
struct tally_entry {
	uint64_t key;
	int64_t n;
};

struct tally {
	struct tally_entry *v; /* after tally_settle(): by key, none is 0 */
	size_t n;
	size_t size;
};

/* tally_add(t, key, n): adds ${n}. Returns ERR_OK or ERR_MEM. */
enum err tally_add(struct tally *t, uint64_t key, int64_t n) MUST_CHECK;

/* tally_settle(t): sorts, adds up, and drops what came to 0. */
void tally_settle(struct tally *t);

/* tally_free(t): frees it; it is empty again. */
void tally_free(struct tally *t);

#endif
