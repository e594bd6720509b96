#ifndef REGISTRY_ISSUE_H
#define REGISTRY_ISSUE_H

#include "registry/card.h"

/*
 * Reserving a card (design.md 7): who is it, have they one, and if not: holder,
 * serial, status index, exact payload, event and figures in one transaction.
 * Signing comes after the commit.
 */
struct issue_request {
	const char *org; /* enrolled */
	int setting;
	const uint8_t *kid; /* CARD_KID bytes: the key that will sign */
	/*
	 * Checked and normalised by the caller (NFC; 10 digits; YYYY-MM-DD),
	 * at most CARD_TEXT_MAX bytes. All but the name may be empty. For a
	 * renewal or replacement they are not looked at.
	 */
	struct span name;
	struct span ref;
	struct span nhs;
	struct span born;
	int class; /* 0 adult, 1 young */
	int64_t iat;
	int64_t exp;
	enum card_kind kind;
	int64_t replaces; /* serial of the old card if kind is not CARD_FIRST */
	int reason; /* enum card_reason: why it was replaced; 0: not said */
	bool only_known; /* a first card is not made: only who has, or had, one
			    is told of it */
};

enum issue_outcome {
	ISSUE_RESERVED = 0, /* a new card: sign it */
	ISSUE_EXISTING = 1, /* has a card in force, which is in the result */
	ISSUE_ENDED = 2, /* had a card that ended or expired: in the result */
	ISSUE_CONFLICT = 3, /* "already used": ${column} and ${differs} */
	ISSUE_REPLACED = 4, /* the old card was renewed or replaced already: the
			       last of its successors, which is in force, is in
			       the result; one that has ended: ISSUE_ENDED */
	ISSUE_NOBODY = 5,   /* ${only_known}, and nobody like that has a card */
};

struct issue_result {
	enum issue_outcome outcome;
	struct card card;      /* but for ISSUE_CONFLICT and ISSUE_NOBODY */
	struct card_text text; /* its name and exact payload; wipe after use */
	bool new_list;         /* its status list was made for it */
	bool merged;           /* the NHS number joined two persons into one */
	bool details_added;    /* something was added to a known holder */
	int64_t also; /* serial of a second card in force that this organisation
			 gave to the person, as ${merged} showed; 0: none */
	const char *column;  /* "ref" or "nhs_number": already used ... */
	const char *differs; /* ... by somebody whose "name", "born", "ref" or
				"nhs_number" is another; both static */
};

/* What the payload is made from. */
struct issue_claims {
	const struct issue_request *request;
	struct span name; /* the holder's (also for a renewal) */
	int64_t serial;
	uint32_t status_index;
};

/*
 * Writes the passport's payload to ${out}, at most CARD_TEXT_MAX bytes, its
 * length to ${n}. An error undoes the whole reservation.
 */
typedef enum err issue_payload_fn(void *ctx, const struct issue_claims *c,
    uint8_t out[static CARD_TEXT_MAX], size_t *n);

/* One card that is asked for, and where the answer goes. */
struct issue_job {
	const struct issue_request *req;
	struct issue_result *out;
};

/*
 * issue_reserve_many(db, sealer, job, n, fn, ctx): inside db_write(): ${n}
 * cards, one after the other, though the sealer is asked for many at once.
 * Known holders (same reference, or same NHS number, at this organisation): if
 * name, birth date and numbers agree nothing is issued; an NHS number, birth
 * date or reference that was not known is added, and an NHS number known
 * elsewhere merges the persons. With neither reference nor NHS number it is a
 * new person.  A renewal or replacement ends the old card in the same
 * transaction (unless it ended before).  Returns ERR_OK with every answer
 * given, ERR_NOINPUT (no such ${replaces}, not logged), ERR_DATA (a stored byte
 * was changed) or the store's, sealer's or ${fn}'s error; after an error the
 * caller returns it from db_write().
 */
enum err issue_reserve_many(struct db *db, const struct sealer *sealer,
    const struct issue_job *job, size_t n, issue_payload_fn *fn,
    void *ctx) MUST_CHECK;

/* issue_reserve(db, sealer, req, fn, ctx, out): the same for one. */
enum err issue_reserve(struct db *db, const struct sealer *sealer,
    const struct issue_request *req, issue_payload_fn *fn, void *ctx,
    struct issue_result *out) MUST_CHECK;

/*
 * issue_store_signature(db, serial, signature, at): inside db_write(): stores
 * what the signer made. The same signature again does nothing; another one is
 * ERR_INTERNAL.
 */
enum err issue_store_signature(struct db *db, int64_t serial,
    const uint8_t signature[static CARD_SIGNATURE], int64_t at) MUST_CHECK;

/*
 * issue_unsigned(db, sealer, fn, ctx): outside db_write(): calls ${fn} for each
 * card that a dead instance reserved and never signed, with its text; ${fn}
 * signs and stores (it may call db_write()). An error of ${fn} ends it.
 */
enum err issue_unsigned(struct db *db, const struct sealer *sealer,
    enum err (*fn)(void *ctx, const struct card *c, const struct card_text *t),
    void *ctx) MUST_CHECK;

#endif
