#ifndef REGISTRY_ENDING_H
#define REGISTRY_ENDING_H

#include "registry/card.h"
#include "registry/event.h"

/*
 * What must not be forgotten when an older registry is put back: the events
 * with which a card ended, a holder was erased or a key was revoked.  The
 * signer's journal is told of them.
 */
enum ending_what {
	ENDING_CARD = 0,   /* serial, status_index, reason */
	ENDING_HOLDER = 1, /* holder, serial of one of the cards */
	ENDING_KEY = 2,    /* kid */
};

struct ending {
	int64_t seq; /* the event */
	uint8_t hash[EVENT_HASH];
	enum ending_what what;
	int64_t holder;
	int64_t serial;
	uint32_t status_index;
	enum card_reason reason;
	uint8_t kid[CARD_KID];
};

/* ending_next(db, after, out): the first after event ${after}. ERR_NOINPUT (not
 * logged): there is none. */
enum err ending_next(
    struct db *db, int64_t after, struct ending *out) MUST_CHECK;

#endif
