#ifndef PASSPORT_VERIFY_H
#define PASSPORT_VERIFY_H

#include "passport/status.h"
#include "passport/verdict.h"

#define VERIFY_TRUST_EARLY                                                     \
	300 /* seconds that a clock may be behind the trust list's iat */
#define VERIFY_IAT_EARLY   300   /* ... behind a passport's iat */
#define VERIFY_CLOCK_SLACK 86400 /* further than this it is not the clock */

/* What a judgement looks at; all of it the caller's. */
struct verify_lists {
	const struct trust *trust; /* NULL: none that a pinned root signed */
	bool trust_rolled_back;    /* older than one this verifier has seen */
	int64_t now;
	/*
	 * Returns list ${n} of service ${service} of ${trust}, read by
	 * status_read and inflated, or NULL if there is none that is good.
	 */
	const struct status *(*status)(void *ctx, uint64_t service, uint32_t n);
	void *ctx;
};

/*
 * verify_text(v, in, text): judges what was scanned or typed, in the order of
 *     FORMAT.md 7; the first failing row decides. Fills ${v} with what may be
 *     shown and no more.
 */
void verify_text(
    struct verdict *v, const struct verify_lists *in, struct span text);

/* verify_token(v, in, token): the same for the bytes of a token
 * (application/cwt), from row 2 on. */
void verify_token(
    struct verdict *v, const struct verify_lists *in, struct span token);

#endif
