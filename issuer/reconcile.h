#ifndef ISSUER_RECONCILE_H
#define ISSUER_RECONCILE_H

#include "issuer/published.h"

/*
 * Making good what an older registry lacks (FORMAT.md 9): the signer's journal
 * and the lists that were published remember what was signed, ended, erased and
 * revoked after the copy was made.  Names they do not remember: such cards are
 * lost, and stop being confirmed.
 */
struct reconcile {
	struct app *app;
	struct published *lists;
	struct signer_head base; /* the registry's newest event before it */
	int64_t now;
	/* What was found and done. */
	uint64_t trust_seq; /* of the newest trust list that is known of */
	int64_t trust_iat;
	uint32_t nlists; /* status lists that there must be */
	int64_t lost;
	int64_t withdrawn;
	int64_t erased;
	bool scrub;      /* somebody was, now or by a run that was stopped */
	int64_t revoked; /* keys of this registry */
	int64_t keys;    /* keys that are lost */
	int64_t decoys;
	int64_t *next_lost; /* cards whose next card is lost */
	size_t n_next_lost;
};

/*
 * reconcile_run(r): for a registry that is older than the journal: makes sure
 *     that it is a copy of the one that the journal belongs to (else
 *     ERR_CONFIG, logged), takes in what it lacks in one transaction, and has
 *     the journal go on from there. Whatever died on the way is done by running
 *     it again. reconcile_free is called in any case.
 */
enum err reconcile_run(struct reconcile *r) MUST_CHECK;
void reconcile_free(struct reconcile *r);

/* reconcile_take(db, ctx): inside db_write(): the transaction alone; ${ctx} is
 * the struct reconcile (reconcile_take.c). */
enum err reconcile_take(struct db *db, void *ctx) MUST_CHECK;

#endif
