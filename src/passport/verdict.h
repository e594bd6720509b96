#ifndef PASSPORT_VERDICT_H
#define PASSPORT_VERDICT_H

#include "passport/passport.h"
#include "passport/trust.h"

/*
 * What a verifier says about a card, and how it says it (FORMAT.md 7,
 * wording in words_*.c).
 */
enum verdict_kind {
	VERDICT_VALID = 0,
	VERDICT_NOT_VALID = 1,
	VERDICT_CANNOT_TELL = 2,
};

enum reason {
	REASON_OK = 0,
	REASON_EXPIRED = 1,
	REASON_NOT_YET_VALID = 2,
	REASON_WITHDRAWN = 3,
	REASON_UNKNOWN_ISSUER = 4,
	REASON_BAD_SIGNATURE = 5,
	REASON_MALFORMED = 6,
	REASON_NO_LISTS = 7,
	REASON_LISTS_STALE = 8,
	REASON_ROLLED_BACK = 9,
	REASON_CLOCK_WRONG = 10,
	REASON_SERIAL_ONLY = 11,
};

#define REASONS 12

/*
 * Spans point into ${token}, into the lists that were judged with, and
 * ${host} into the text that was judged; a verdict
 * is not copied and not kept longer than those lists.
 */
struct verdict {
	enum reason reason;
	int row; /* of FORMAT.md 7 that decided; 0 when valid */
	int64_t now;
	bool foreign_host;
	bool has_trust; /* trust_* below are known */
	bool has_status;
	bool has_issuer; /* issuer_name, issuer_phone are known */
	bool has_ods;
	bool has_holder; /* serial, name, class, dates are known */
	uint64_t trust_seq;
	int64_t trust_iat;
	int64_t status_iat;
	int64_t status_exp;
	struct span host; /* of the scanned address, empty if none */
	struct span issuer_name;
	struct span issuer_phone;
	struct span ods;
	struct passport passport;
	uint8_t token[PASSPORT_MAX];
};

/* verdict_kind(r): Returns valid, not valid or cannot tell for ${r}. */
enum verdict_kind verdict_kind(enum reason r);

/* verdict_exit(r): Returns the exit code of a check: 0, 1 or 3. */
int verdict_exit(enum reason r);

/* reason_name(r): Returns "ok", "expired", ... */
const char *reason_name(enum reason r);

/* verdict_kind_name(k): Returns "valid", "not_valid" or "cannot_tell". */
const char *verdict_kind_name(enum verdict_kind k);

struct words;

#define VERDICT_TEXT_MAX 2048 /* bytes of a sentence with its NUL */
#define VERDICT_JSON_MAX 6144 /* bytes of the JSON object with its NUL */

/* verdict_headline(out, v, w): writes the headline. Returns its length. */
size_t verdict_headline(char out[static VERDICT_TEXT_MAX],
    const struct verdict *v, const struct words *w);

/* verdict_meaning(out, v, w): writes what it means and what to do, with the
 * sentence on a foreign host where it applies. Returns its length. */
size_t verdict_meaning(char out[static VERDICT_TEXT_MAX],
    const struct verdict *v, const struct words *w);

/* verdict_fill(out, v, template): fills {name}, {issuer}, ... into any of the
 * words; a part in [ ] with an unknown value is left out. */
size_t verdict_fill(char out[static VERDICT_TEXT_MAX], const struct verdict *v,
    const struct words *w, const char *template);

/* verdict_json(out, v, w): writes the one-line JSON object of design.md 5.
 * Returns its length. */
size_t verdict_json(char out[static VERDICT_JSON_MAX], const struct verdict *v,
    const struct words *w);

#endif
