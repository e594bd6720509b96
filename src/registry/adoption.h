#ifndef REGISTRY_ADOPTION_H
#define REGISTRY_ADOPTION_H

#include "registry/disclosure.h"
#include "registry/ods.h"

/*
 * How many people have a passport: sums of the ledger, never of cards, so that
 * a figure for any day costs rows of years, months and days, however many
 * cards there are.  holders and cards are what is in issue on the day, the
 * other five what happened up to it.
 *
 * Organisations count in the areas that they belong to on that day, with all
 * that they ever did; one whose area is not known then is in "unknown", which
 * is in every total of the whole scheme.
 */
#define ADOPTION_ALL     "all"     /* the code of the whole scheme */
#define ADOPTION_UNKNOWN "unknown" /* ... of where no area is known */

enum adoption_by {
	ADOPTION_TOTAL = 0,
	ADOPTION_AREA = 1,    /* the next level below; of the scheme: regions */
	ADOPTION_MONTH = 2,   /* from the first month with a figure */
	ADOPTION_SETTING = 3, /* general_practice, hospital, ... */
};

/* From the smallest to the whole. */
enum adoption_level {
	ADOPTION_PRACTICE = 0, /* one organisation, hospitals too */
	ADOPTION_PCN = 1,
	ADOPTION_SUB_ICB = 2,
	ADOPTION_ICB = 3,
	ADOPTION_REGION = 4,
	ADOPTION_SCHEME = 5,
};

struct adoption_query {
	struct span area; /* a code; empty: the whole scheme */
	enum adoption_by by;
	int64_t day;
};

/*
 * One row. Of a month, holders and cards are what is in issue at its end (or on
 * the day asked for, in its month), and the flows those of that month alone.
 */
struct adoption_row {
	char code[24]; /* area or setting; by month that of the whole */
	char name[ODS_NAME_MAX + 1]; /* "" if it has none */
	int64_t day;                 /* of which the stocks are */
	struct figures figures;
};

struct adoption {
	enum adoption_level level;
	enum adoption_by by;
	struct adoption_row *rows; /* none for ADOPTION_TOTAL; only with figures
				      other than 0, months without a gap */
	size_t nrows;
	struct adoption_row total; /* of the day asked for */
};

/*
 * adoption_read(db, query, out): counts. adoption_free() frees ${out}, also
 * after an error. Returns ERR_OK, ERR_NOINPUT (no such area, logged), ERR_DATA
 * (not a code, logged) or the store's error.
 */
enum err adoption_read(struct db *db, const struct adoption_query *query,
    struct adoption *out) MUST_CHECK;
void adoption_free(struct adoption *a);

/* adoption_level_name(level): Returns "practice", "PCN", ... */
const char *adoption_level_name(enum adoption_level level);

#endif
