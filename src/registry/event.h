#ifndef REGISTRY_EVENT_H
#define REGISTRY_EVENT_H

#include "registry/row.h"

/*
 * The registry's memory: every change of a person, holder, card, enrolment,
 * key, status list or publication appends one event in the same transaction.
 * Each event's hash covers the one before it and all its own columns.
 */
#define EVENT_HASH 32
#define EVENT_NONE INT64_MIN /* an integer column that is NULL */

/* Stable numbers. What ${other} is stands beside the kind. */
enum event_kind {
	EVENT_ISSUE = 1,       /* a card is reserved; its payload is fixed */
	EVENT_SIGN = 2,        /* its signature is stored */
	EVENT_WITHDRAW = 3,    /* ${reason}: enum card_reason; end_day is new */
	EVENT_SUPERSEDE = 4,   /* other: serial of the card that replaces it */
	EVENT_MERGE = 5,       /* ${person} became the person ${other} */
	EVENT_ERASE = 6,       /* a holder's key, salt and texts are gone */
	EVENT_HOLDER = 7,      /* details were added to a holder */
	EVENT_ENROL = 8,       /* ${org}'s enrolment was made or changed */
	EVENT_KEY = 9,         /* key ${kid} was made or changed */
	EVENT_KEY_REVOKE = 10, /* key ${kid} was revoked */
	EVENT_PUBLISH = 11,    /* other: publication.object */
	EVENT_LIST = 12,       /* other: number of the status list made */
	EVENT_DECOYS = 13,     /* other: number of the list that got more */
	EVENT_LOST = 14,       /* other: serial of a lost card (lost.h) */
	EVENT_LOST_KEY = 15,   /* key ${kid} is lost */
	EVENT_RECONCILED =
	    16, /* what the journal knew after event ${other},
		   the newest of an older registry, was taken in */
};

struct event {
	int64_t at; /* time */
	enum event_kind kind;
	struct span org; /* empty: NULL */
	int64_t serial;  /* EVENT_NONE: NULL, also in all below */
	int64_t holder;
	int64_t person;
	struct span kid; /* 8 bytes, or empty: NULL */
	int64_t other;
	int64_t card_kind;
	int64_t class;
	int64_t setting;
	int64_t start_day; /* the card's interval after the event */
	int64_t end_day;
	int64_t reason;
	const uint8_t *payload_hash; /* EVENT_HASH bytes, or NULL */
};

/* event_of(kind, at): Returns an event with every other column NULL. */
struct event event_of(enum event_kind kind, int64_t at);

/*
 * event_append(db, ev): inside db_write(), after the change itself: appends
 * ${ev}, with the hashes of all rows that it names as they are now (card,
 * holder, person; for kinds 8 to 15 also the row named by ${org}, ${kid} or
 * ${other}).  Returns ERR_OK, or why not.
 */
enum err event_append(struct db *db, const struct event *ev) MUST_CHECK;

/*
 * event_append_enrolment(db, ods, at), event_append_key(db, kind, kid, at): for
 * callers of enrol_put() and key_put(), key_revoke(), key_retire(): one event
 * for each row that they changed, in the same transaction. ${kind} is EVENT_KEY
 * or EVENT_KEY_REVOKE, ${kid} has 8 bytes.
 */
enum err event_append_enrolment(
    struct db *db, struct span ods, int64_t at) MUST_CHECK;
enum err event_append_key(struct db *db, enum event_kind kind, struct span kid,
    int64_t at) MUST_CHECK;

/* event_head(db, seq, hash): the newest event; 0 and zeros when there is none.
 */
enum err event_head(
    struct db *db, int64_t *seq, uint8_t hash[static EVENT_HASH]) MUST_CHECK;

/* event_last_time(db, at): the time of the newest event, 0 if there is none. */
enum err event_last_time(struct db *db, int64_t *at) MUST_CHECK;

/* event_last_kind(db, kind, other): what the newest event is, and its ${other};
 * zeros if there is none. */
enum err event_last_kind(
    struct db *db, enum event_kind *kind, int64_t *other) MUST_CHECK;

/*
 * event_last_signed(db, seq): the event with which the last signed card was
 * issued, 0 if none: the signer's journal has seen it, for it journals before
 * it signs.
 */
enum err event_last_signed(struct db *db, int64_t *seq) MUST_CHECK;

/* event_hash_at(db, seq, hash): Returns ERR_NOINPUT (not logged) if there is no
 * event ${seq}; zeros for 0. */
enum err event_hash_at(
    struct db *db, int64_t seq, uint8_t hash[static EVENT_HASH]) MUST_CHECK;

/* event_payload_hash(out, salt, payload): BLAKE2b-256 of the exact payload,
 * keyed with the holder's salt (16 bytes). */
void event_payload_hash(uint8_t out[static EVENT_HASH],
    const uint8_t salt[static 16], struct span payload);

struct event_fault {
	int64_t seq;       /* the event that shows it; 0 if it is about a row */
	const char *table; /* "event", "card", ...: static */
	int64_t row;       /* its key, 0 where the key is a text */
	const char *what;  /* what is wrong, for people: static */
};

/*
 * event_check(db, fault): walks the whole chain, then compares every person,
 * holder, card, enrolment, key, status list and publication with what its
 * newest event says.  Finds any byte changed, and any row added or dropped; not
 * that the newest events were cut off together with their rows (the signer's
 * journal knows the head).  Run it in db_read().  Returns ERR_OK, ERR_DATA with
 * the first fault in ${fault}, or the store's error.
 */
enum err event_check(struct db *db, struct event_fault *fault) MUST_CHECK;

#endif
