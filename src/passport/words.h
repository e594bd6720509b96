#ifndef PASSPORT_WORDS_H
#define PASSPORT_WORDS_H

#include "passport/verdict.h"

/*
 * What people read when a card is checked: one struct a language, one file a
 * struct.  {issuer} {phone} {name} {date} {age} {host} are filled in; a part in
 * square brackets is left out when a value in it is not known.
 */
struct words {
	const char *language; /* BCP 47 */
	struct {
		const char *headline;
		const char *meaning;
	} verdict[REASONS];
	/* Lists too old before the signature was judged (row 6). */
	const char *stale_unjudged_headline;
	const char *stale_unjudged_meaning;
	const char *foreign_host;
	const char *young;
	const char *no_consent;
	const char *turn_nobody_away;
	const char *checked_against; /* {lists} */
	const char *
	    ago[3][2]; /* minutes, hours, days: one, many ("%" is the number) */
	const char *months[12];
};

extern const struct words words_en;

#endif
