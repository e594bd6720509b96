#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registry/audit.h"
#include "registry/ledger.h"
#include "tests/kit/clinic.h"

#define DAY       INT64_C(86400)
#define HISTORIES 1000
#define TOGETHER  50 /* in one registry */
#define STEPS     12 /* of one history */
#define DATES     12 /* looked at after each */
#define SPAN_DAYS 2500
#define CARDS_MAX (TOGETHER * STEPS)

/* --- random histories -------------------------------------------------------
 */

/* xorshift64*: the same histories on every run of one seed. */
static uint64_t
next(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(2685821657736338717);
}

static int64_t
below(uint64_t *seed, int64_t limit)
{
	return (int64_t)((next(seed) >> 11) % (uint64_t)limit);
}

struct history {
	struct clinic *c;
	uint64_t seed;
	int number;
	int64_t serial[STEPS];
	int cards;
	int made[4]; /* withdrawals, renewals or replacements, merges, erasures
		      */
};

static void
keep(struct history *h)
{
	if (h->c->last.outcome == ISSUE_RESERVED)
		h->serial[h->cards++] = h->c->last.card.serial;
	if (h->c->last.merged)
		h->made[2]++;
}

/* One of six records: with or without an NHS number, which two of them share.
 */
static void
issue(struct history *h)
{
	int64_t who = below(&h->seed, 6);
	const char *org = clinic_orgs[who / 2];
	char name[32];
	char ref[32];
	char nhs[32];
	struct issue_request req = {.org = org,
	    .kid = clinic_kid(org),
	    .setting = (int)below(&h->seed, 2),
	    .class = (int)below(&h->seed, 2),
	    .iat = h->c->now,
	    .exp = h->c->now + 1 + below(&h->seed, 900 * DAY)};

	snprintf(name, sizeof(name), "Carer %d", (int)(who % 2));
	snprintf(ref, sizeof(ref), "R%d-%d", h->number, (int)who);
	snprintf(nhs, sizeof(nhs), "%09d%d", h->number, (int)(who % 2));
	req.name = span_str(name);
	req.ref = span_str(ref);
	if (below(&h->seed, 3) == 0)
		req.nhs = span_str(nhs);
	assert_int_equal(clinic_request(h->c, &req), ERR_OK);
	assert_int_not_equal(h->c->last.outcome, ISSUE_CONFLICT);
	keep(h);
}

static void
issue_again(struct history *h, enum card_kind kind)
{
	int64_t old = h->serial[below(&h->seed, h->cards)];
	struct card card;
	struct issue_request req = {.setting = (int)below(&h->seed, 2),
	    .class = (int)below(&h->seed, 2),
	    .iat = h->c->now,
	    .exp = h->c->now + 1 + below(&h->seed, 900 * DAY),
	    .kind = kind,
	    .replaces = old};

	assert_int_equal(card_get(h->c->db, old, &card), ERR_OK);
	if (card.is_erased)
		return;
	req.org = card.org;
	req.kid = card.kid;
	assert_int_equal(clinic_request(h->c, &req), ERR_OK);
	h->made[1] += h->c->last.outcome == ISSUE_RESERVED;
	keep(h);
}

static void
step(struct history *h)
{
	int64_t what = below(&h->seed, 11);

	h->c->now = below(&h->seed, 1500 * DAY);
	if (h->cards == 0 || what < 4) {
		issue(h);
	} else if (what < 6) {
		issue_again(h, CARD_RENEWAL);
	} else if (what < 7) {
		issue_again(h, CARD_REPLACEMENT);
	} else if (what < 8) {
		int64_t serial = h->serial[below(&h->seed, h->cards)];

		h->made[3] += !clinic_erase(h->c, serial).was_erased;
	} else {
		int64_t serial = h->serial[below(&h->seed, h->cards)];

		h->made[0] +=
		    clinic_withdraw(h->c, serial, CARD_LOST) == CARD_WITHDRAWN;
	}
}

/* --- the slow count ---------------------------------------------------------
 */

struct row {
	int64_t serial;
	int64_t person;
	char org[CARD_ORG];
	int64_t setting;
	int64_t class;
	int64_t kind;
	int64_t iat;
	int64_t exp;
	int64_t ended; /* INT64_MAX: not */
	int64_t reason;
};

static struct row rows[CARDS_MAX];

static size_t
load(struct clinic *c)
{
	static const char sql[] =
	    "SELECT serial, person, card.org, setting, class, kind, iat, exp,"
	    " coalesce(ended, 9223372036854775807), end_reason"
	    " FROM card JOIN holder ON holder.id = card.holder"
	    " ORDER BY person";
	struct stmt *st = db_prepare(c->db, sql);
	size_t n = 0;

	while (db_step(st) == DB_ROW) {
		struct row *r = &rows[n++];

		assert_true(n < CARDS_MAX);
		*r = (struct row){db_int(st, 0), db_int(st, 1), "",
		    db_int(st, 3), db_int(st, 4), db_int(st, 5), db_int(st, 6),
		    db_int(st, 7), db_int(st, 8), db_int(st, 9)};
		assert_true(db_copy(r->org, sizeof(r->org), st, 2));
	}
	return n;
}

/* Is the card out on that day? Times are not negative here. */
static bool
is_out(const struct row *r, int64_t day)
{
	return r->iat / DAY <= day && day < r->exp / DAY &&
	       day < r->ended / DAY;
}

static bool
is_asked(const struct row *r, const struct ledger_query *q)
{
	return (q->org == NULL || strcmp(q->org, r->org) == 0) &&
	       (q->setting == -1 || q->setting == r->setting) &&
	       (q->class == -1 || q->class == r->class);
}

static int64_t
count_people(size_t n, const struct ledger_query *q, int64_t day)
{
	int64_t count = 0;

	for (size_t i = 0; i < n;) {
		int64_t person = rows[i].person;
		const struct row *best = NULL;

		for (; i < n && rows[i].person == person; i++) {
			const struct row *r = &rows[i];

			if (!is_out(r, day))
				continue;
			if (best == NULL || r->iat > best->iat ||
			    (r->iat == best->iat && r->serial > best->serial))
				best = r;
		}
		count += best != NULL && is_asked(best, q);
	}
	return count;
}

static int64_t
count_cards(size_t n, const struct ledger_query *q, int64_t day)
{
	int64_t count = 0;

	for (size_t i = 0; i < n; i++) {
		const struct row *r = &rows[i];
		bool is_ended = r->ended != INT64_MAX && r->ended / DAY <= day;
		bool is;

		if (q->measure == LEDGER_CARDS)
			is = is_out(r, day);
		else if (q->measure == LEDGER_WITHDRAWN)
			is = is_ended && r->reason != CARD_SUPERSEDED;
		else if (q->measure == LEDGER_SUPERSEDED)
			is = is_ended && r->reason == CARD_SUPERSEDED;
		else
			is = r->iat / DAY <= day &&
			     r->kind == (int64_t)q->measure - LEDGER_FIRST;
		count += is && is_asked(r, q);
	}
	return count;
}

static void
compare(struct history *h, size_t n)
{
	struct ledger_query q = {LEDGER_HOLDERS, NULL, -1, -1};
	int64_t day = below(&h->seed, SPAN_DAYS);
	int64_t org = below(&h->seed, CLINIC_ORGS + 1);

	if (org < CLINIC_ORGS)
		q.org = clinic_orgs[org];
	q.setting = (int)below(&h->seed, 3) - 1;
	q.class = (int)below(&h->seed, 3) - 1;
	for (int m = 0; m < LEDGER_MEASURES; m++) {
		int64_t sum;
		int64_t count;

		q.measure = (enum ledger_measure)m;
		count = m == LEDGER_HOLDERS ? count_people(n, &q, day)
					    : count_cards(n, &q, day);
		assert_int_equal(ledger_sum(h->c->db, &q, day, &sum), ERR_OK);
		if (sum != count)
			fail_msg("history %d, measure %d, day %d: ledger %d, "
				 "cards %d",
			    h->number, m, (int)day, (int)sum, (int)count);
	}
}

/* A registry of their own for some of them: each is counted as a whole. */
static void
some_histories(struct history *h, int last)
{
	void *own = NULL;
	struct audit audit;

	assert_int_equal(clinic_open(&own), 0);
	h->c = own;
	for (; h->number < last; h->number++) {
		size_t n;

		h->cards = 0;
		for (int i = 0; i < STEPS; i++)
			step(h);
		n = load(h->c);
		for (int i = 0; i < DATES; i++)
			compare(h, n);
	}
	if (audit_run(h->c->db, &audit) != ERR_OK)
		fail_msg("audit: %s: %s", audit.table, audit.what);
	clinic_close(&own);
}

static void
any_history_gives_the_figures_of_a_slow_recount(void **state)
{
	struct history h = {.seed = UINT64_C(20200229)};

	(void)state;
	while (h.number < HISTORIES)
		some_histories(&h, h.number + TOGETHER);
	/* The histories did hold what they are about. */
	assert_true(h.made[0] > 1000);
	assert_true(h.made[1] > 1000);
	assert_true(h.made[2] > 50);
	assert_true(h.made[3] > 500);
}

/* --- cases worth a name -----------------------------------------------------
 */

static int64_t
figure(struct clinic *c, enum ledger_measure measure, int64_t day)
{
	struct ledger_query q = {measure, NULL, -1, -1};
	int64_t n;

	assert_int_equal(ledger_sum(c->db, &q, day, &n), ERR_OK);
	return n;
}

static void
a_card_counts_from_its_first_day_to_its_last(void **state)
{
	struct clinic *c = *state;
	struct clinic_person p = {"Rose Example", "PT-1", NULL, NULL};
	int64_t day = c->now / DAY;

	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	assert_int_equal(figure(c, LEDGER_HOLDERS, day - 1), 0);
	assert_int_equal(figure(c, LEDGER_HOLDERS, day), 1);
	assert_int_equal(figure(c, LEDGER_CARDS, day + 729), 1);
	assert_int_equal(figure(c, LEDGER_CARDS, day + 730), 0);
	assert_int_equal(figure(c, LEDGER_FIRST, day + 9999), 1);
}

static void
a_renewal_adds_a_card_and_no_person(void **state)
{
	struct clinic *c = *state;
	struct clinic_person p = {"Rose Example", "PT-1", NULL, NULL};
	int64_t day = c->now / DAY;

	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	c->now += 700 * DAY;
	assert_int_equal(
	    clinic_again(c, CARD_RENEWAL, c->last.card.serial), ERR_OK);
	for (int64_t d = day; d < day + 1430; d += 10) {
		assert_int_equal(figure(c, LEDGER_HOLDERS, d), 1);
		assert_int_equal(figure(c, LEDGER_CARDS, d), 1);
	}
	assert_int_equal(figure(c, LEDGER_HOLDERS, day + 1430), 0);
	assert_int_equal(figure(c, LEDGER_RENEWAL, day + 1430), 1);
	assert_int_equal(figure(c, LEDGER_SUPERSEDED, day + 699), 0);
	assert_int_equal(figure(c, LEDGER_SUPERSEDED, day + 700), 1);
	assert_int_equal(figure(c, LEDGER_WITHDRAWN, day + 1430), 0);
}

static void
a_card_withdrawn_on_its_first_day_was_never_in_issue(void **state)
{
	struct clinic *c = *state;
	struct clinic_person p = {"Rose Example", "PT-1", NULL, NULL};
	int64_t day = c->now / DAY;

	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	clinic_withdraw(c, c->last.card.serial, CARD_ERROR);
	assert_int_equal(figure(c, LEDGER_HOLDERS, day), 0);
	assert_int_equal(figure(c, LEDGER_CARDS, day), 0);
	assert_int_equal(figure(c, LEDGER_FIRST, day), 1);
	assert_int_equal(figure(c, LEDGER_WITHDRAWN, day), 1);
}

static void
days_are_cut_at_midnight_utc(void **state)
{
	int64_t ended = 3 * DAY - 1;
	int64_t start;
	int64_t end;

	(void)state;
	ledger_card_days(2 * DAY - 1, 10 * DAY, NULL, &start, &end);
	assert_int_equal(start, 1);
	assert_int_equal(end, 10);
	ledger_card_days(2 * DAY, 10 * DAY - 1, &ended, &start, &end);
	assert_int_equal(start, 2);
	assert_int_equal(end, 2);
	ended = 100 * DAY;
	ledger_card_days(0, 10 * DAY, &ended, &start, &end);
	assert_int_equal(end, 10);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, clinic_open, clinic_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_history_gives_the_figures_of_a_slow_recount),
	    TEST(a_card_counts_from_its_first_day_to_its_last),
	    TEST(a_renewal_adds_a_card_and_no_person),
	    TEST(a_card_withdrawn_on_its_first_day_was_never_in_issue),
	    cmocka_unit_test(days_are_cut_at_midnight_utc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
