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
 *     verdicts that came of it are good until the next call with ${l}; if it
 *     is of lists_whole(), until lists_free(), and on any thread.
 */
struct verify_lists lists_at(struct lists *l, int64_t now);

/* --- for a service: all at once, and never worse than before --- */

#define LISTS_INDEX_MAX 1048576 /* bytes of an index.json */

/*
 * lists_whole(out, from, now, before): as lists_new(), but with every status
 *     list read at once, so that nothing is loaded later. What the folder has
 *     damaged, older or no more is taken from ${before} (NULL: none), as long
 *     as the trust list still stands for it. ${before} stays the caller's.
 */
enum err lists_whole(struct lists **out, const struct lists_from *from,
    int64_t now, const struct lists *before) MUST_CHECK;

#define LISTS_NAME 32

/*
 * lists_file_at(l, i, name, bytes): file ${i} of the folder, from 0, as it was
 *     checked: its name there ("trust.cwt", "status/0.cwt", "root.pub",
 *     "index.json") and its bytes, which are ${l}'s. Returns false behind the
 *     last; ${bytes} are empty where there is no good one.
 */
bool lists_file_at(const struct lists *l, size_t i,
    char name[static LISTS_NAME], struct span *bytes);

/* How things stand; times are those of the oldest status list. */
struct lists_state {
	bool trust;       /* there is a good trust list: the rest is known */
	bool rolled_back; /* it or a status list is older than one seen */
	uint64_t trust_seq;
	int64_t trust_iat;
	int64_t trust_exp;
	size_t status; /* good status lists */
	int64_t status_iat;
	int64_t status_exp;
};

struct lists_state lists_state(const struct lists *l);

#endif
