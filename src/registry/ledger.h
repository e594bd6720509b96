#ifndef REGISTRY_LEDGER_H
#define REGISTRY_LEDGER_H

#include "registry/card.h"
#include "registry/db.h"

/*
 * The figures: for each measure, organisation, setting and class, what changes
 * on which day.  Holders and cards are stocks: +1 on the start day, -1 on the
 * end day; the others are flows on their own day.  A card counts from the UTC
 * day of iat up to, not with, the UTC day of exp, cut at the UTC day on which
 * it ended early.  A person counts once, under the newest card (by iat, then
 * serial) that is in force on the day.
 */
enum ledger_measure {
	LEDGER_HOLDERS = 0,
	LEDGER_CARDS = 1,
	LEDGER_FIRST = 2,
	LEDGER_RENEWAL = 3,
	LEDGER_REPLACEMENT = 4,
	LEDGER_WITHDRAWN = 5, /* explicit withdrawals only */
	LEDGER_SUPERSEDED = 6,
};
#define LEDGER_MEASURES 7

#define LEDGER_PERSON_CARDS 4096 /* most cards of one person */

/*
 * ledger_person(db, person, sign): inside db_write(): adds all that the cards
 * of ${person} amount to now (sign +1), or takes it away (-1). Whoever changes
 * a card, or whose it is, calls it with -1 before and with +1 after the change,
 * so that the figures are right whatever the change was; they are written once,
 * at the end of the transaction.  ERR_TOOBIG for a person with too many cards.
 */
enum err ledger_person(struct db *db, int64_t person, int sign) MUST_CHECK;

/* ledger_first(db, c): the same as ledger_person(..., +1) for the person of
 * ${c} if that is their only card, without asking for it. */
enum err ledger_first(struct db *db, const struct card *c) MUST_CHECK;

/* Which rows; NULL or -1 does not ask. */
struct ledger_query {
	enum ledger_measure measure;
	const char *org;
	int setting;
	int class;
};

/* ledger_sum(db, q, day, out): the sum up to and including ${day}: a stock on
 * that day, or a flow up to it. */
enum err ledger_sum(struct db *db, const struct ledger_query *q, int64_t day,
    int64_t *out) MUST_CHECK;

/* ledger_card_days(iat, exp, ended, start, end): the card's interval in days;
 * ${ended} is NULL unless it ended early. */
void ledger_card_days(int64_t iat, int64_t exp, const int64_t *ended,
    int64_t *start, int64_t *end);

#endif
