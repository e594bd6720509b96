#ifndef REGISTRY_DISCLOSURE_H
#define REGISTRY_DISCLOSURE_H

#include "base/buf.h"
#include "registry/ledger.h"

/*
 * What may leave the practice: rule set A, the method of NHS England for
 * secondary care data since 2018: 0 stays 0; 1 to 7 is not said; 8 and more is
 * rounded to the nearest 5.  A total comes from the raw numbers and is then
 * treated like any other number, so that rows need not add up to it.  The
 * method would leave a national total as it is; a scheme may be one county or
 * one practice, so no total of ours is taken for that of a nation.
 *
 * Raw numbers and public ones are two types, and disclosure_figures() is the
 * only way from one to the other: what prints public figures takes nothing
 * else.
 */
#define DISCLOSURE_HIDDEN "*"

/* Raw: for the practice itself. One number a measure (ledger.h). */
struct figures {
	int64_t n[LEDGER_MEASURES];
};

/* One public number. */
struct public_count {
	bool hidden;     /* 1 to 7 */
	int64_t rounded; /* 0 if hidden */
};

struct public_figures {
	struct public_count n[LEDGER_MEASURES];
};

/* disclosure_count(raw): Returns the public form of one number. */
struct public_count disclosure_count(int64_t raw);

/* disclosure_figures(raw): Returns the public form of a row of figures. */
struct public_figures disclosure_figures(const struct figures *raw);

/*
 * disclosure_day_ok(day, today): Returns true for a day whose public figures
 * may be released: the last day of a month, or today as a preview.  Two figures
 * of two days that somebody may choose give away by their difference what each
 * one hides; whoever asks for such a day is warned.
 */
bool disclosure_day_ok(int64_t day, int64_t today);

/* disclosure_month_end(day): Returns the last day of a month up to ${day}. */
int64_t disclosure_month_end(int64_t day);

#endif
