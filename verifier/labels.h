#ifndef VERIFIER_LABELS_H
#define VERIFIER_LABELS_H

#include "passport/words.h"

/* Words around a verdict on a terminal; one struct a language, beside
 * passport/words_*.c. */
struct labels {
	const struct words *words;
	const char *kind[3]; /* by enum verdict_kind */
	const char *name;
	const char *issuer;
	const char *phone;
	const char *valid_to;
	const char *serial;
};

extern const struct labels labels_en;

#endif
