#ifndef REGISTRY_CARD_H
#define REGISTRY_CARD_H

#include "registry/db.h"
#include "registry/sealer.h"

#define CARD_ORG       11 /* an ODS code and its NUL */
#define CARD_KID       8
#define CARD_SIGNATURE 64
#define CARD_TEXT_MAX  256 /* bytes of a name, reference or payload */

enum card_kind {
	CARD_FIRST = 0,
	CARD_RENEWAL = 1,
	CARD_REPLACEMENT = 2,
};

/* Why a card ended before its day. Stable numbers; never published. */
enum card_reason {
	CARD_SUPERSEDED = 0, /* a renewal or replacement took its place */
	CARD_ENDED = 1,      /* no longer a carer */
	CARD_BEREAVED = 2,
	CARD_LOST = 3,
	CARD_STOLEN = 4,
	CARD_LEFT_PRACTICE = 5,
	CARD_CONSENT = 6,
	CARD_SAFEGUARDING = 7,
	CARD_ERROR = 8,
};

struct card {
	int64_t serial;
	int64_t holder;
	char org[CARD_ORG];
	int setting;
	uint8_t kid[CARD_KID];
	int class;
	enum card_kind kind;
	uint32_t status_index;
	int64_t iat;
	int64_t exp;
	int64_t replaces; /* serial, 0: none */
	bool is_signed;
	uint8_t signature[CARD_SIGNATURE]; /* zeros unless is_signed */
	bool is_ended;
	int64_t ended; /* time, 0 unless is_ended */
	enum card_reason reason;
	bool is_erased; /* its texts are gone */
};

/* What the sealed columns of a card and its holder say. Wipe after use. */
struct card_text {
	char name[CARD_TEXT_MAX + 1];
	uint8_t payload[CARD_TEXT_MAX];
	size_t payload_n;
};

/* card_kind_name(kind): Returns "first", "renewal" or "replacement". */
const char *card_kind_name(enum card_kind kind);

/* card_reason_name(reason): Returns the word of design.md 5, or "superseded".
 */
const char *card_reason_name(enum card_reason reason);

/* card_reason_read(out, word): Returns false unless ${word} is a reason that
 * may be given for a withdrawal ("superseded" is not). */
bool card_reason_read(enum card_reason *out, struct span word);

/* card_reason_list(): Returns all words for a message: "ended, bereaved, ...".
 */
const char *card_reason_list(void);

/* card_is_good(c, now): Returns true if it is neither ended nor expired. */
bool card_is_good(const struct card *c, int64_t now);

/* card_get(db, serial, out): Returns ERR_OK, ERR_NOINPUT (no such card, not
 * logged) or the store's error. */
enum err card_get(struct db *db, int64_t serial, struct card *out) MUST_CHECK;

/*
 * card_newest(db, holder, out): the holder's newest card: that which no other
 * replaced (two may be of one second), by iat, then serial.  Returns
 * ERR_NOINPUT (not logged) if there is none.
 */
enum err card_newest(
    struct db *db, int64_t holder, struct card *out) MUST_CHECK;

/* card_successor(db, serial, out): the card that replaced ${serial}. Returns
 * ERR_NOINPUT (not logged) if there is none. */
enum err card_successor(
    struct db *db, int64_t serial, struct card *out) MUST_CHECK;

/*
 * card_open(db, sealer, serial, out): opens name and payload. Returns ERR_OK,
 * ERR_NOINPUT (no such card, or erased; not logged), ERR_DATA (a stored byte
 * was changed) or the store's or sealer's error.
 */
enum err card_open(struct db *db, const struct sealer *sealer, int64_t serial,
    struct card_text *out) MUST_CHECK;

enum card_withdrawal {
	CARD_WITHDRAWN = 0,
	CARD_ALREADY_ENDED = 1, /* nothing was changed */
	CARD_UNKNOWN = 2,       /* there is no such card */
};

/*
 * card_withdraw(db, serial, reason, at, how): inside db_write(): ends the card
 * for good, with event and figures; its status bit is set from the next
 * publication on. ${reason} is not CARD_SUPERSEDED. A clock behind the card's
 * iat counts as iat. What came of it is in ${how}.
 */
enum err card_withdraw(struct db *db, int64_t serial, enum card_reason reason,
    int64_t at, enum card_withdrawal *how) MUST_CHECK;

/*
 * card_supersede(db, serial, by, at): inside db_write(), for issue.c, which
 * does the figures: ends a card because the card ${by} takes its place.
 */
enum err card_supersede(
    struct db *db, int64_t serial, int64_t by, int64_t at) MUST_CHECK;

/* Which cards; a member that is NULL or 0 does not ask. */
struct card_filter {
	const char *org;
	const uint8_t *kid;
	int64_t good_at; /* neither ended nor expired at that time */
};

/*
 * card_each(db, filter, fn, ctx): calls fn(ctx, card) for each, by serial,
 * until it returns other than ERR_OK, which is then returned. ${fn} may use
 * ${db}, also to write.
 */
enum err card_each(struct db *db, const struct card_filter *filter,
    enum err (*fn)(void *ctx, const struct card *c), void *ctx) MUST_CHECK;

#endif
