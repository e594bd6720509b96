#ifndef PASSPORT_WORDS_H
#define PASSPORT_WORDS_H

#include "passport/verdict.h"

/*
 * All that people read when a card is checked, on a terminal, from the service
 * and in the page: one struct a language, one file a struct.  {issuer} {phone}
 * {name} {date} {start} {age} {lists} {host} are filled in; a part in square
 * brackets is left out when a value in it is not known.
 */
struct words {
	const char *language; /* BCP 47, "en-GB" */
	struct {
		const char *headline;
		const char *meaning;
	} verdict[REASONS];
	/* Lists too old before the signature was judged (row 6). */
	const char *stale_unjudged_headline;
	const char *stale_unjudged_meaning;
	const char *foreign_host;
	/* Under a verdict. */
	const char *young;
	const char *no_consent;
	const char *turn_nobody_away;
	const char *checked_against; /* {lists} */
	/* Beside what a card says. */
	const char *kind[3]; /* by enum verdict_kind */
	const char *name;
	const char *issuer;
	const char *phone;
	const char *valid_to;
	const char *number;
	/* Ages and dates. */
	const char *
	    ago[3][2]; /* minutes, hours, days: one, many ("%" is the number) */
	const char *months[12];
	/* What only the page says; placeholders are the page's to fill. */
	const struct words_text *page;
	size_t npage;
};

struct words_text {
	const char *key; /* lower case and "_", the same in every language */
	const char *text;
};

extern const struct words words_en;
extern const struct words words_cy;

/* words_at(i): Returns language number ${i}, English first; NULL when there
 * are no more. */
const struct words *words_at(size_t i);

/* words_for(tag): Returns the words of a BCP 47 tag ("cy", "cy-GB", in any
 * case; the region is not looked at); NULL if we do not have the language. */
const struct words *words_for(struct span tag);

/*
 * words_page(w, key): Returns the text that the page calls ${key}: one of the
 *     page's own, or of what the page shares with terminal and service: young,
 *     no_consent, turn_nobody_away, lists_age, foreign_host, clock_wrong,
 *     clock_wrong_do, kind_valid, kind_not_valid, kind_cannot_tell, name,
 *     issuer, phone, valid_to, number, january to december, and minutes, hours
 *     and days, each with an _one. NULL if there is none.
 */
const char *words_page(const struct words *w, struct span key);

/* words_page_at(w, i, t): sets ${*t} to number ${i} of all that words_page()
 * knows. Returns false when there are no more. */
bool words_page_at(const struct words *w, size_t i, struct words_text *t);

#endif
