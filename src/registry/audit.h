#ifndef REGISTRY_AUDIT_H
#define REGISTRY_AUDIT_H

#include "registry/db.h"

/*
 * The whole registry checked against its own memory: the chain of events and
 * every row that they speak of (event_check()), what the events say of each
 * card, status indices, publications, and the figures counted again from the
 * events by another way (recount.h).  Needs no key; what only the signer knows
 * (the journal's newest event, sealed payloads) is for the caller.
 */
#define AUDIT_WHAT 200 /* bytes of a sentence */

struct audit {
	int64_t events;
	int64_t cards;
	int64_t holders;
	int64_t unsigned_cards; /* of a command that died: not a fault */
	int64_t ledger_rows;
	/* After ERR_DATA, the first fault: */
	const char *table; /* static */
	int64_t row;       /* key of the row; 0 if it has none that is known */
	int64_t seq;       /* the event that shows it, or 0 */
	char what[AUDIT_WHAT]; /* what is wrong, for people */
	const char *todo;      /* what to do about it: static */
};

/*
 * audit_run(db, out): inside db_read(). Returns ERR_OK, ERR_DATA with the first
 * fault, or the store's error (logged).
 */
enum err audit_run(struct db *db, struct audit *out) MUST_CHECK;

/*
 * audit_payload(db, serial, payload, same): is the opened ${payload} the one
 * that the card's event speaks of? Returns ERR_OK or the store's error.
 */
enum err audit_payload(
    struct db *db, int64_t serial, struct span payload, bool *same) MUST_CHECK;

#endif
