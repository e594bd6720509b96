#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "registry/adoption.h"
#include "registry/audit.h"
#include "registry/publication.h"
#include "registry/rollup.h"
#include "tests/kit/clinic.h"

/* --- a registry with some of everything ----------------------------------- */

static enum err
publish_and_sign(struct db *db, void *ctx)
{
	static const uint8_t sig[CARD_SIGNATURE] = {1, 2, 3};
	struct clinic *c = ctx;
	struct publication p = {1, 100, 200, {9}, 101};
	enum err e =
	    issue_store_signature(db, c->last.card.serial, sig, c->now);

	if (e == ERR_OK)
		e = publication_put(db, PUBLICATION_TRUST, &p);
	return e == ERR_OK ? publication_put(db, 0, &p) : e;
}

static const char sql_belongs[] =
    "INSERT INTO org_area (ods, source, valid_from, pcn, sub_icb, icb, region)"
    " VALUES ('A00001', 0, 0, NULL, 'S01', 'Q01', 'Y01')";

static enum err
put_areas(struct db *db, void *ctx)
{
	enum err e = db_run(db_prepare(db, sql_belongs));

	(void)ctx;
	return e == ERR_OK ? rollup_replace_all(db) : e;
}

static void
fill(struct clinic *c)
{
	struct clinic_person rose = {
	    "Rose Example", "PT-1", NULL, "1961-04-02"};
	struct clinic_person there = {"Rose E.", "X9", "9434765919", NULL};
	struct clinic_person gone = {"Tom Gone", "G1", NULL, NULL};

	assert_int_equal(clinic_issue(c, "A00002", &there), ERR_OK);
	assert_int_equal(
	    clinic_withdraw(c, c->last.card.serial, CARD_LEFT_PRACTICE), 0);
	assert_int_equal(clinic_issue(c, "H00001", &gone), ERR_OK);
	assert_int_equal(clinic_erase(c, c->last.card.serial).ended, 1);
	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	c->now += 86400;
	rose.nhs = there.nhs;
	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	assert_true(c->last.merged);
	assert_int_equal(
	    clinic_again(c, CARD_RENEWAL, c->last.card.serial), ERR_OK);
	assert_int_equal(db_write(c->db, publish_and_sign, c), ERR_OK);
	assert_int_equal(db_write(c->db, put_areas, NULL), ERR_OK);
}

static bool
is_clean(struct clinic *c, struct audit *a)
{
	enum err e = audit_run(c->db, a);

	assert_true(e == ERR_OK || e == ERR_DATA);
	if (e == ERR_OK)
		return true;
	assert_non_null(a->table);
	assert_non_null(a->todo);
	assert_true(a->what[0] != '\0');
	return false;
}

static void
an_honest_registry_is_clean(void **state)
{
	struct clinic *c = *state;
	struct audit a;

	assert_true(is_clean(c, &a));
	fill(c);
	if (!is_clean(c, &a))
		fail_msg("%s: %s", a.table, a.what);
	assert_int_equal(a.cards, 4);
	assert_int_equal(a.holders, 3);
	/* The renewal was signed; two of a dead command are no fault. */
	assert_int_equal(a.unsigned_cards, 2);
}

/* --- the second hand ------------------------------------------------------ */

static sqlite3 *
break_in(struct clinic *c)
{
	static const char guards[] =
	    "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;"
	    "PRAGMA synchronous = OFF; DROP TRIGGER IF EXISTS event_stays;"
	    "DROP TRIGGER IF EXISTS event_kept; DROP TRIGGER IF EXISTS "
	    "card_stays;"
	    "DROP TRIGGER IF EXISTS card_ended_once";
	sqlite3 *raw = NULL;

	assert_int_equal(sqlite3_open(c->path, &raw), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(raw, guards, NULL, NULL, NULL), SQLITE_OK);
	return raw;
}

/* Runs a statement; returns how many rows it changed, -1 if it was refused. */
static int
run(sqlite3 *raw, const char *sql)
{
	if (sqlite3_exec(raw, sql, NULL, NULL, NULL) != SQLITE_OK)
		return -1;
	return sqlite3_changes(raw);
}

/* One byte of one column of one row is another: must be found. Then undone. */
static bool
try_cell(struct clinic *c, sqlite3 *raw, const char *table, const char *where,
    const char *column, const char *with)
{
	struct audit a;
	char sql[768];
	int n;

	snprintf(sql, sizeof(sql),
	    "SAVEPOINT t; UPDATE %s SET %s = %s WHERE %s", table, column, with,
	    where);
	n = run(raw, sql);
	assert_true(n <= 1);
	if (n < 1) {
		run(raw, "ROLLBACK TO t; RELEASE t");
		return false;
	}
	assert_true(run(raw, "RELEASE t") >= 0);
	if (is_clean(c, &a))
		fail_msg("%s set %s = %s where %s: nobody noticed", table,
		    column, with, where);
	return true;
}

/* " AND column = value" for each column of the current row. */
static void
add_where(char *where, size_t size, sqlite3_stmt *st)
{
	for (int i = 0; i < sqlite3_column_count(st); i++) {
		bool text = sqlite3_column_type(st, i) == SQLITE_TEXT;
		size_t n = strlen(where);

		snprintf(where + n, size - n, " AND %s = %s%s%s",
		    sqlite3_column_name(st, i), text ? "'" : "",
		    (const char *)sqlite3_column_text(st, i), text ? "'" : "");
	}
}

/* Every byte of every column of every row of a table of figures. */
static int
try_table(struct clinic *c, const char *table)
{
	static const char *const masks[] = {"1", "256", "65536", "16777216",
	    "4294967296", "1099511627776", "281474976710656",
	    "72057594037927936"};
	sqlite3 *raw = break_in(c);
	sqlite3_stmt *st = NULL;
	char sql[256];
	int tried = 0;

	snprintf(sql, sizeof(sql),
	    "CREATE TABLE kept AS SELECT * FROM %s ORDER BY random()", table);
	assert_true(run(raw, sql) >= 0);
	assert_int_equal(
	    sqlite3_prepare_v2(raw, "SELECT * FROM kept", -1, &st, NULL),
	    SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		int cols = sqlite3_column_count(st);
		char where[400] = "1";

		add_where(where, sizeof(where), st);
		for (int i = 0; i < cols; i++) {
			const char *col = sqlite3_column_name(st, i);
			bool text = sqlite3_column_type(st, i) == SQLITE_TEXT;

			for (size_t b = 0; b < (text ? 2 : 8); b++) {
				char with[160];

				if (text)
					snprintf(with, sizeof(with),
					    b == 0 ? "'Z' || substr(%s, 2)"
						   : "%s || 'Z'",
					    col);
				else
					snprintf(with, sizeof(with),
					    "(%s | %s) - (%s & %s)", col,
					    masks[b], col, masks[b]);
				if (!try_cell(c, raw, table, where, col, with))
					continue;
				tried++;
				snprintf(sql, sizeof(sql),
				    "DELETE FROM %s; INSERT INTO %s SELECT * "
				    "FROM kept",
				    table, table);
				assert_true(run(raw, sql) > 0);
			}
		}
	}
	sqlite3_finalize(st);
	assert_true(run(raw, "DROP TABLE kept") >= 0);
	sqlite3_close(raw);
	return tried;
}

static void
every_changed_byte_of_the_figures_is_found(void **state)
{
	static const struct {
		const char *table;
		int least;
	} tables[] = {{"ledger", 300}, {"ledger_org", 800},
	    {"ledger_area", 800}, {"ledger_place", 20}};
	struct clinic *c = *state;
	struct audit a;

	fill(c);
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		int tried = try_table(c, tables[i].table);

		print_message(
		    "%s: %d changes, all found\n", tables[i].table, tried);
		assert_true(tried >= tables[i].least);
		assert_true(is_clean(c, &a));
	}
}

/* What somebody does to the file, and what audit calls it. */
static const struct {
	const char *sql;
	const char *table;
} harms[] = {
    {"DELETE FROM event WHERE seq = 9", "event"},
    {"UPDATE event SET at = at + 1 WHERE seq = 9", "event"},
    {"UPDATE event SET seq = -seq WHERE seq IN (9, 10);"
     "UPDATE event SET seq = 19 + seq WHERE seq < 0",
	"event"},
    {"DELETE FROM ledger WHERE measure = 0", "ledger"},
    {"DELETE FROM ledger WHERE measure = 5", "ledger"},
    {"INSERT INTO ledger VALUES (0, 'H00001', 1, 0, 19700, 3)", "ledger"},
    {"INSERT INTO ledger VALUES (6, 'A00001', 0, 1, 19700, 0)", "ledger"},
    {"UPDATE ledger SET delta = delta + 1 WHERE measure = 2", "ledger"},
    {"UPDATE ledger SET org = 'H00001' WHERE measure = 1", "ledger"},
    {"DELETE FROM ledger_org WHERE scale = 1", "ledger_org"},
    {"INSERT INTO ledger_org VALUES ('H00001', 2, 5, 0, 0, 0, 0, 0, 0, 0, 0)",
	"ledger_org"},
    {"DELETE FROM ledger_area WHERE scale = 0", "ledger_area"},
    {"DELETE FROM ledger_place", "ledger_place"},
    {"UPDATE card SET end_reason = 3 WHERE end_reason = 5", "card"},
    {"UPDATE card SET payload = zeroblob(60) WHERE end_reason = 6", "card"},
    {"UPDATE holder SET erased = 1, key = NULL, salt = NULL, name = NULL,"
     " ref = NULL, ref_index = NULL, nhs = NULL WHERE id = 1",
	"holder"},
    {"UPDATE card SET status_index = (SELECT min(idx) FROM status_decoy)"
     " WHERE kind = 1",
	"card"},
    {"UPDATE status_list SET used = used + 1", "status_list"},
};

static void
harm_is_found_and_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(harms) / sizeof(*harms); i++) {
		void *own = NULL;
		struct clinic *c;
		struct audit a;
		sqlite3 *raw;

		assert_int_equal(clinic_open(&own), 0);
		c = own;
		fill(c);
		raw = break_in(c);
		if (run(raw, harms[i].sql) < 0)
			fail_msg("%s: %s", harms[i].sql, sqlite3_errmsg(raw));
		sqlite3_close(raw);
		if (is_clean(c, &a))
			fail_msg("%s: not found", harms[i].sql);
		assert_string_equal(a.table, harms[i].table);
		clinic_close(&own);
	}
}

static void
a_wrong_figure_is_named_in_words(void **state)
{
	struct clinic *c = *state;
	struct audit a;

	fill(c);
	clinic_tamper(c, "UPDATE ledger SET delta = 4 WHERE measure = 2"
			 " AND org = 'A00001'");
	assert_false(is_clean(c, &a));
	assert_string_equal(a.what,
	    "says +4 first of A00001 (general_practice, adult) on 14 November "
	    "2023, the events say +1");
	assert_non_null(strstr(a.todo, "figures"));
}

static void
a_payload_is_the_one_of_its_event_or_not(void **state)
{
	struct clinic *c = *state;
	struct card_text text;
	int64_t serial;
	bool same;

	fill(c);
	serial = c->last.card.serial;
	assert_int_equal(
	    card_open(c->db, &c->fake.sealer, serial, &text), ERR_OK);
	assert_int_equal(audit_payload(c->db, serial,
			     span_of(text.payload, text.payload_n), &same),
	    ERR_OK);
	assert_true(same);
	text.payload[0] ^= 1;
	assert_int_equal(audit_payload(c->db, serial,
			     span_of(text.payload, text.payload_n), &same),
	    ERR_OK);
	assert_false(same);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, clinic_open, clinic_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_honest_registry_is_clean),
	    TEST(every_changed_byte_of_the_figures_is_found),
	    cmocka_unit_test(harm_is_found_and_named),
	    TEST(a_wrong_figure_is_named_in_words),
	    TEST(a_payload_is_the_one_of_its_event_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
