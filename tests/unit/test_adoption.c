#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "registry/adoption.h"
#include "registry/audit.h"
#include "registry/org.h"
#include "registry/rollup.h"
#include "tests/kit/clinic.h"

#define DAY       INT64_C(86400)
#define HISTORIES 40
#define STEPS     25
#define DATES     20
#define SPAN_DAYS 2500
#define CARDS_MAX (HISTORIES * STEPS)

/* --- areas that change ---------------------------------------------------- */

struct belongs {
	const char *org;
	int source;
	int64_t from;        /* day */
	const char *area[4]; /* PCN, sub-ICB, ICB, region; "" unknown */
};

/* A00002 moves to another ICB, H00001 has no area before day 600. */
static const struct belongs belongs[] = {
    {"A00001", 0, -1000, {"", "S01", "Q01", "Y01"}},
    {"A00001", 1, 900, {"U0001", "S01", "Q01", "Y01"}},
    {"A00002", 0, -1000, {"", "S01", "Q01", "Y01"}},
    {"A00002", 1, 900, {"U0001", "S01", "Q01", "Y01"}},
    {"A00002", 1, 1200, {"U0002", "S02", "Q02", "Y01"}},
    {"H00001", 0, 600, {"", "", "Q03", "Y02"}},
};

static const char sql_belongs[] =
    "INSERT INTO org_area (ods, source, valid_from, pcn, sub_icb, icb, region)"
    " VALUES ($ods, $source, $from, nullif($pcn, ''), nullif($sub, ''),"
    " nullif($icb, ''), nullif($region, ''))";

static enum err
put_areas(struct db *db, void *ctx)
{
	static const char *const params[] = {"$pcn", "$sub", "$icb", "$region"};
	enum err e = ERR_OK;

	(void)ctx;
	for (size_t i = 0; i < sizeof(belongs) / sizeof(*belongs); i++) {
		struct stmt *st = db_prepare(db, sql_belongs);

		db_bind_text(st, "$ods", span_str(belongs[i].org));
		db_bind_int(st, "$source", belongs[i].source);
		db_bind_int(st, "$from", belongs[i].from);
		for (int l = 0; l < 4; l++)
			db_bind_text(
			    st, params[l], span_str(belongs[i].area[l]));
		e = db_run(st);
		if (e != ERR_OK)
			return e;
	}
	return rollup_replace_all(db);
}

static enum err
put_again(struct db *db, void *ctx)
{
	(void)ctx;
	return rollup_replace_all(db);
}

/* The rule by hand: the map before the file, the newest row up to the day. */
static const char *
area_on(const char *org, int level, int64_t day)
{
	const struct belongs *best = NULL;

	for (size_t i = 0; i < sizeof(belongs) / sizeof(*belongs); i++) {
		const struct belongs *b = &belongs[i];

		if (strcmp(b->org, org) != 0 || b->from > day)
			continue;
		if (best == NULL || b->source > best->source ||
		    (b->source == best->source && b->from > best->from))
			best = b;
	}
	return best == NULL ? "" : best->area[level];
}

/* --- random histories ----------------------------------------------------- */

static uint64_t seed = UINT64_C(19480705);

static int64_t
below(int64_t limit)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (int64_t)(((seed * UINT64_C(2685821657736338717)) >> 11) %
			 (uint64_t)limit);
}

static int64_t serials[CARDS_MAX];
static size_t ncards;

static void
issue(struct clinic *c, int history)
{
	int64_t who = below(6);
	const char *org = clinic_orgs[who / 2];
	char name[32];
	char ref[32];
	char nhs[32];
	struct issue_request req = {.org = org,
	    .kid = clinic_kid(org),
	    .setting = (int)below(5),
	    .class = (int)below(2),
	    .iat = c->now,
	    .exp = c->now + 1 + below(900 * DAY)};

	snprintf(name, sizeof(name), "Carer %d", (int)(who % 2));
	snprintf(ref, sizeof(ref), "R%d-%d", history, (int)who);
	snprintf(nhs, sizeof(nhs), "%09d%d", history, (int)(who % 2));
	req.name = span_str(name);
	req.ref = span_str(ref);
	if (below(3) == 0)
		req.nhs = span_str(nhs);
	assert_int_equal(clinic_request(c, &req), ERR_OK);
	if (c->last.outcome == ISSUE_RESERVED)
		serials[ncards++] = c->last.card.serial;
}

static void
again(struct clinic *c, enum card_kind kind)
{
	assert_int_equal(
	    clinic_again(c, kind, serials[below((int64_t)ncards)]), ERR_OK);
	if (c->last.outcome == ISSUE_RESERVED)
		serials[ncards++] = c->last.card.serial;
}

static void
step(struct clinic *c, int history)
{
	int64_t what = below(10);

	c->now = below(1500 * DAY);
	if (ncards == 0 || what < 5)
		issue(c, history);
	else if (what < 7)
		again(c, CARD_RENEWAL);
	else if (what < 8)
		again(c, CARD_REPLACEMENT);
	else
		(void)clinic_withdraw(
		    c, serials[below((int64_t)ncards)], CARD_LOST);
}

/* --- the slow count ------------------------------------------------------- */

struct row {
	int64_t serial;
	int64_t person;
	char org[CARD_ORG];
	int64_t setting;
	int64_t kind;
	int64_t iat;
	int64_t exp;
	int64_t ended; /* INT64_MAX: not */
	int64_t reason;
};

static struct row rows[CARDS_MAX];
static size_t nrows;

static void
load(struct clinic *c)
{
	static const char sql[] =
	    "SELECT serial, person, card.org, setting, kind, iat, exp,"
	    " coalesce(ended, 9223372036854775807), end_reason"
	    " FROM card JOIN holder ON holder.id = card.holder"
	    " ORDER BY person";
	struct stmt *st = db_prepare(c->db, sql);

	nrows = 0;
	while (db_step(st) == DB_ROW) {
		struct row *r = &rows[nrows++];

		assert_true(nrows < CARDS_MAX);
		*r = (struct row){db_int(st, 0), db_int(st, 1), "",
		    db_int(st, 3), db_int(st, 4), db_int(st, 5), db_int(st, 6),
		    db_int(st, 7), db_int(st, 8)};
		assert_true(db_copy(r->org, sizeof(r->org), st, 2));
	}
}

/* Which cards are asked for: of an area, as it is on a day; in a setting. */
struct asked {
	int level; /* -1 everything, 4 an organisation */
	const char *code;
	int64_t setting; /* -1 all */
	int64_t areas_on;
};

static bool
is_asked(const struct row *r, const struct asked *q)
{
	if (q->setting != -1 && q->setting != r->setting)
		return false;
	if (q->level == -1)
		return true;
	if (q->level == 4)
		return strcmp(r->org, q->code) == 0;
	return strcmp(area_on(r->org, q->level, q->areas_on), q->code) == 0;
}

static bool
is_out(const struct row *r, int64_t day)
{
	return r->iat / DAY <= day && day < r->exp / DAY &&
	       day < r->ended / DAY;
}

static int64_t
count_people(const struct asked *q, int64_t day)
{
	int64_t n = 0;

	for (size_t i = 0; i < nrows;) {
		int64_t person = rows[i].person;
		const struct row *best = NULL;

		for (; i < nrows && rows[i].person == person; i++) {
			const struct row *r = &rows[i];

			if (is_out(r, day) &&
			    (best == NULL || r->iat > best->iat ||
				(r->iat == best->iat &&
				    r->serial > best->serial)))
				best = r;
		}
		n += best != NULL && is_asked(best, q);
	}
	return n;
}

/* From the day after ${from} to ${to}. */
static int64_t
count_flow(const struct asked *q, int measure, int64_t from, int64_t to)
{
	int64_t n = 0;

	for (size_t i = 0; i < nrows; i++) {
		const struct row *r = &rows[i];
		int64_t day = r->iat / DAY;
		bool is = r->kind == measure - LEDGER_FIRST;

		if (measure >= LEDGER_WITHDRAWN) {
			day = r->ended / DAY;
			is = r->ended != INT64_MAX &&
			     (r->reason == CARD_SUPERSEDED) ==
				 (measure == LEDGER_SUPERSEDED);
		}
		n += is && from < day && day <= to && is_asked(r, q);
	}
	return n;
}

static struct figures
slow(const struct asked *q, int64_t from, int64_t day)
{
	struct figures f = {{count_people(q, day)}};

	for (size_t i = 0; i < nrows; i++)
		f.n[LEDGER_CARDS] +=
		    is_out(&rows[i], day) && is_asked(&rows[i], q);
	for (int m = LEDGER_FIRST; m < LEDGER_MEASURES; m++)
		f.n[m] = count_flow(q, m, from, day);
	return f;
}

static void
assert_same(const struct figures *got, const struct figures *want,
    const struct adoption_row *r)
{
	for (int m = 0; m < LEDGER_MEASURES; m++)
		if (got->n[m] != want->n[m])
			fail_msg("%s, day %d, measure %d: %d, counted %d",
			    r->code, (int)r->day, m, (int)got->n[m],
			    (int)want->n[m]);
}

/* --- comparing ------------------------------------------------------------ */

static struct adoption
ask(struct clinic *c, const char *area, enum adoption_by by, int64_t day)
{
	struct adoption_query q = {span_str(area), by, day};
	struct adoption a;

	assert_int_equal(adoption_read(c->db, &q, &a), ERR_OK);
	assert_int_equal(a.total.day, day);
	return a;
}

static const struct {
	const char *code;
	int level; /* struct asked */
	int below; /* of its rows */
} areas[] = {{"", -1, 3}, {"Y01", 3, 2}, {"Y02", 3, 2}, {"Q01", 2, 1},
    {"Q02", 2, 1}, {"Q03", 2, 1}, {"S01", 1, 0}, {"S02", 1, 0}, {"U0001", 0, 4},
    {"U0002", 0, 4}, {"A00001", 4, 4}, {"A00002", 4, 4}, {"H00001", 4, 4}};

#define NAREAS (sizeof(areas) / sizeof(*areas))

/* Each row is right, and what no row has is nothing. */
static void
compare_areas(struct clinic *c, size_t i, int64_t day)
{
	struct asked whole = {areas[i].level, areas[i].code, -1, day};
	struct figures sum = {{0}};
	struct figures want = slow(&whole, INT64_MIN, day);
	struct adoption a = ask(c, areas[i].code, ADOPTION_AREA, day);

	assert_same(&a.total.figures, &want, &a.total);
	for (size_t r = 0; r < a.nrows; r++) {
		bool unknown = strcmp(a.rows[r].code, ADOPTION_UNKNOWN) == 0;
		struct asked q = {
		    areas[i].below, unknown ? "" : a.rows[r].code, -1, day};

		for (int m = 0; m < LEDGER_MEASURES; m++)
			sum.n[m] += a.rows[r].figures.n[m];
		if (unknown && areas[i].level != -1)
			continue; /* of other areas too: the sum tells */
		want = slow(&q, INT64_MIN, day);
		assert_same(&a.rows[r].figures, &want, &a.rows[r]);
	}
	assert_same(&sum, &a.total.figures, &a.total);
	adoption_free(&a);
}

static void
compare_settings(struct clinic *c, size_t i, int64_t day)
{
	struct adoption a = ask(c, areas[i].code, ADOPTION_SETTING, day);
	struct figures sum = {{0}};

	for (size_t r = 0; r < a.nrows; r++) {
		struct asked q = {areas[i].level, areas[i].code, -1, day};
		enum org_setting s;
		struct figures want;

		assert_int_equal(
		    org_setting_parse(&s, span_str(a.rows[r].code)), ERR_OK);
		q.setting = s;
		want = slow(&q, INT64_MIN, day);
		assert_same(&a.rows[r].figures, &want, &a.rows[r]);
		for (int m = 0; m < LEDGER_MEASURES; m++)
			sum.n[m] += a.rows[r].figures.n[m];
	}
	assert_same(&sum, &a.total.figures, &a.total);
	adoption_free(&a);
}

static void
compare_months(struct clinic *c, size_t i, int64_t day)
{
	struct asked q = {areas[i].level, areas[i].code, -1, day};
	struct adoption a = ask(c, areas[i].code, ADOPTION_MONTH, day);
	struct figures want = slow(&q, INT64_MIN, day);
	int64_t before = INT64_MIN;

	assert_same(&a.total.figures, &want, &a.total);
	assert_true(a.nrows > 0 || want.n[LEDGER_FIRST] == 0);
	for (size_t r = 0; r < a.nrows; r++) {
		if (r + 1 < a.nrows)
			assert_int_equal(date_of(a.rows[r].day + 1).day, 1);
		else
			assert_int_equal(a.rows[r].day, day);
		if (r > 0)
			assert_int_equal(date_of(before + 1).month,
			    date_of(a.rows[r].day).month);
		want = slow(&q, before, a.rows[r].day);
		assert_same(&a.rows[r].figures, &want, &a.rows[r]);
		before = a.rows[r].day;
	}
	adoption_free(&a);
}

static void
any_history_gives_the_figures_of_a_slow_recount(void **state)
{
	struct clinic *c = *state;
	struct audit audit;

	/* Half of the history is there before the areas are known. */
	ncards = 0;
	for (int h = 0; h < HISTORIES; h++) {
		for (int i = 0; i < STEPS; i++)
			step(c, h);
		if (h == HISTORIES / 2)
			assert_int_equal(
			    db_write(c->db, put_areas, NULL), ERR_OK);
	}
	load(c);
	assert_true(nrows > 300);
	for (int d = 0; d < DATES; d++) {
		int64_t day = below(SPAN_DAYS);

		for (size_t i = 0; i < NAREAS; i++) {
			compare_areas(c, i, day);
			compare_settings(c, i, day);
			compare_months(c, i, day);
		}
	}
	if (audit_run(c->db, &audit) != ERR_OK)
		fail_msg("audit: %s: %s", audit.table, audit.what);
}

/* --- cases worth a name --------------------------------------------------- */

static void
a_practice_counts_where_it_was_on_the_day(void **state)
{
	struct clinic *c = *state;
	struct clinic_person p = {"Rose Example", "PT-1", NULL, NULL};
	struct adoption a;

	assert_int_equal(db_write(c->db, put_areas, NULL), ERR_OK);
	c->now = 1000 * DAY;
	assert_int_equal(clinic_issue(c, "A00002", &p), ERR_OK);
	a = ask(c, "Q01", ADOPTION_TOTAL, 1199);
	assert_int_equal(a.total.figures.n[LEDGER_HOLDERS], 1);
	assert_int_equal(a.level, ADOPTION_ICB);
	a = ask(c, "Q01", ADOPTION_TOTAL, 1200);
	assert_int_equal(a.total.figures.n[LEDGER_HOLDERS], 0);
	assert_int_equal(a.total.figures.n[LEDGER_FIRST], 0);
	a = ask(c, "Q02", ADOPTION_TOTAL, 1200);
	assert_int_equal(a.total.figures.n[LEDGER_HOLDERS], 1);
	a = ask(c, "U0002", ADOPTION_TOTAL, 1200);
	assert_int_equal(a.total.figures.n[LEDGER_FIRST], 1);
}

static void
an_unknown_area_stays_in_the_total(void **state)
{
	struct clinic *c = *state;
	struct clinic_person p = {"Rose Example", "PT-1", NULL, NULL};
	struct adoption a;

	assert_int_equal(clinic_issue(c, "H00001", &p), ERR_OK);
	a = ask(c, "", ADOPTION_AREA, c->now / DAY);
	assert_int_equal(a.nrows, 1);
	assert_string_equal(a.rows[0].code, "unknown");
	assert_int_equal(a.rows[0].figures.n[LEDGER_HOLDERS], 1);
	assert_string_equal(a.total.code, "all");
	assert_int_equal(a.total.figures.n[LEDGER_HOLDERS], 1);
	adoption_free(&a);
}

static void
an_area_that_there_is_not_is_refused(void **state)
{
	static const struct {
		const char *code;
		enum err want;
	} cases[] = {{"QXX", ERR_NOINPUT}, {"qhm", ERR_DATA}, {"Q", ERR_DATA},
	    {"'; DROP", ERR_DATA}, {"ABCDEFGHIJK", ERR_DATA}};
	struct clinic *c = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct adoption_query q = {
		    span_str(cases[i].code), ADOPTION_AREA, 100};
		struct adoption a;

		assert_int_equal(adoption_read(c->db, &q, &a), cases[i].want);
		adoption_free(&a);
	}
}

static void
nothing_issued_is_a_total_of_noughts(void **state)
{
	struct clinic *c = *state;
	struct adoption a = ask(c, "", ADOPTION_MONTH, 20000);

	assert_int_equal(a.nrows, 0);
	for (int m = 0; m < LEDGER_MEASURES; m++)
		assert_int_equal(a.total.figures.n[m], 0);
}

static void
a_registry_from_before_the_roll_ups_gets_them(void **state)
{
	static const char older[] =
	    "DROP TABLE ledger_org; DROP TABLE ledger_area;"
	    "DROP TABLE ledger_place; DROP INDEX org_area_pcn;"
	    "DROP INDEX org_area_sub_icb; DROP INDEX org_area_icb;"
	    "DROP INDEX org_area_region;"
	    "DROP TABLE lost_card; DROP TABLE lost_key;"
	    "INSERT INTO ledger VALUES (0, 'A00001', 0, 0, 1, 0);"
	    "PRAGMA user_version = 2";
	struct clinic *c = *state;
	struct audit audit;
	int64_t day;

	ncards = 0;
	for (int i = 0; i < 60; i++)
		step(c, 0);
	assert_int_equal(db_write(c->db, put_areas, NULL), ERR_OK);
	clinic_tamper(c, older);
	load(c);
	for (int turn = 0; turn < 3; turn++) {
		if (audit_run(c->db, &audit) != ERR_OK)
			fail_msg("audit: %s: %s", audit.table, audit.what);
		for (size_t i = 0; i < NAREAS; i++) {
			day = below(SPAN_DAYS);
			compare_areas(c, i, day);
			compare_settings(c, i, day);
			compare_months(c, i, day);
		}
		/* An organisation is placed when it issues, all at an import.
		 */
		if (turn == 0)
			issue(c, 1);
		else if (turn == 1)
			assert_int_equal(
			    db_write(c->db, put_again, NULL), ERR_OK);
		load(c);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, clinic_open, clinic_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(any_history_gives_the_figures_of_a_slow_recount),
	    TEST(a_practice_counts_where_it_was_on_the_day),
	    TEST(an_unknown_area_stays_in_the_total),
	    TEST(an_area_that_there_is_not_is_refused),
	    TEST(nothing_issued_is_a_total_of_noughts),
	    TEST(a_registry_from_before_the_roll_ups_gets_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
