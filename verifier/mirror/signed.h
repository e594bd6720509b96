#ifndef MIRROR_SIGNED_H
#define MIRROR_SIGNED_H

#include "passport/status.h"
#include "verifier/mirror/index.h"
#include "verifier/roots.h"

/* Lists as far as their signatures hold (FORMAT.md 3, 4). */
struct signed_trust {
	bool good;
	struct buf bytes;
	struct trust trust;
	struct index_entry entry;
	uint8_t *work; /* scratch for Sig_structures, of status lists too */
	size_t nwork;
	uint32_t *at;
};

/*
 * signed_trust_read(t, roots): looks at ${t->bytes}, which must stay; sets
 *     ${t->good}. Returns ERR_OK, also if it is not good, or ERR_MEM.
 *     signed_trust_free(t) in any case.
 */
enum err signed_trust_read(
    struct signed_trust *t, const struct roots *roots) MUST_CHECK;
void signed_trust_free(struct signed_trust *t);

/*
 * signed_status(t, bytes, n, now, out): is ${bytes} list ${n} of a service of
 *     the good ${t}, by its status key, whole, and not of the future (FORMAT.md
 *     7.4, row 12)? If so, ${out} says what the index will.
 */
bool signed_status(const struct signed_trust *t, struct span bytes, uint32_t n,
    int64_t now, struct index_entry *out);

#endif
