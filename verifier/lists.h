#ifndef VERIFIER_LISTS_H
#define VERIFIER_LISTS_H

#include "base/err.h"
#include "passport/verify.h"

/*
 * A published folder as a verifier sees it (FORMAT.md 7.3): the roots it goes
 * by, the trust list, and the status lists as cards ask for them, each read,
 * verified and held against the state once.
 */
struct lists;

struct lists_from {
	const char *dir;   /* the published folder */
	const char *root;  /* in place of pin and root.pub; NULL: none */
	const char *state; /* NULL: where state_open() finds it */
};

/*
 * lists_new(out, from): opens the folder. A trust list that is missing or that
 *     no root signed is not an error (row 3 of the judgement); the reason is
 *     logged. ${from}'s strings are kept, not copied. Returns ERR_OK,
 *     ERR_NOINPUT (no such folder or --root file), ERR_CONFIG (no usable root
 *     key; other roots or another scheme than pinned; damaged state) or
 *     ERR_MEM.
 */
enum err lists_new(
    struct lists **out, const struct lists_from *from) MUST_CHECK;

/* lists_free(l): frees it; NULL does nothing. */
void lists_free(struct lists *l);

/*
 * lists_at(l, now): Returns what to judge with at the time ${now}. It and the
 *     verdicts that came of it are good until the next call with ${l}.
 */
const struct verify_lists *lists_at(struct lists *l, int64_t now);

#endif
