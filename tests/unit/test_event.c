#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>
#include <sqlite3.h>

#include "base/buf.h"
#include "registry/event.h"
#include "registry/lost.h"
#include "registry/publication.h"
#include "registry/status_pool.h"
#include "tests/kit/clinic.h"

/* --- a small registry with some of everything -------------------------------
 */

static enum err
publish_and_sign(struct db *db, void *ctx)
{
	static const uint8_t sig[CARD_SIGNATURE] = {1, 2, 3};
	struct clinic *c = ctx;
	struct publication p = {1, 100, 200, {9}, 101};
	struct lost_card lost = {12345, 54321, true, {7}, 99};
	bool added;
	enum err e =
	    issue_store_signature(db, c->last.card.serial, sig, c->now);

	if (e == ERR_OK)
		e = status_pool_more_decoys(db, 0, c->now);
	if (e == ERR_OK)
		e = lost_card_put(db, &lost, c->now, &added);
	if (e == ERR_OK)
		e = lost_key_put(db, lost.kid, c->now, &added);
	if (e == ERR_OK)
		e = publication_put(db, PUBLICATION_TRUST, &p);
	return e == ERR_OK ? publication_put(db, 0, &p) : e;
}

static void
fill(struct clinic *c)
{
	struct clinic_person rose = {
	    "Rose Example", "PT-1", NULL, "1961-04-02"};
	struct clinic_person there = {"Rose E.", "X9", "9434765919", NULL};

	assert_int_equal(clinic_issue(c, "A00002", &there), ERR_OK);
	assert_int_equal(
	    clinic_withdraw(c, c->last.card.serial, CARD_LEFT_PRACTICE), 0);
	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	c->now += 86400;
	rose.nhs = there.nhs;
	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	assert_true(c->last.merged);
	assert_int_equal(
	    clinic_again(c, CARD_RENEWAL, c->last.card.serial), ERR_OK);
	assert_int_equal(db_write(c->db, publish_and_sign, c), ERR_OK);
	assert_true(clinic_check(c));
}

/* --- the second hand in the file --------------------------------------------
 */

/* Somebody with the file: another connection, every guard off. */
static sqlite3 *
break_in(struct clinic *c)
{
	static const char guards[] =
	    "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;"
	    "PRAGMA synchronous = OFF;"
	    "DROP TRIGGER event_stays; DROP TRIGGER event_kept;"
	    "DROP TRIGGER card_kept; DROP TRIGGER card_stays;"
	    "DROP TRIGGER card_signed_once; DROP TRIGGER card_ended_once;"
	    "DROP TRIGGER holder_kept; DROP TRIGGER person_kept;"
	    "DROP TRIGGER decoy_kept; DROP TRIGGER lost_card_kept;"
	    "DROP TRIGGER lost_card_stays; DROP TRIGGER lost_key_kept;"
	    "DROP TRIGGER lost_key_stays";
	sqlite3 *raw = NULL;

	assert_int_equal(sqlite3_open(c->path, &raw), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(raw, guards, NULL, NULL, NULL), SQLITE_OK);
	return raw;
}

struct cells {
	sqlite3 *raw;
	struct clinic *c;
	const char *table;
	const char *key; /* its primary key */
	int tried;
};

static bool
is_found(struct clinic *c)
{
	struct event_fault f;
	enum err e = event_check(c->db, &f);

	assert_true(e == ERR_OK || e == ERR_DATA);
	assert_true(e == ERR_OK || (f.what != NULL && f.table != NULL));
	return e == ERR_DATA;
}

/* Stores ${v} in a column of the row whose key is ${key}. */
static bool
store(const struct cells *s, const char *column, sqlite3_value *v,
    sqlite3_value *key)
{
	char sql[256];
	sqlite3_stmt *st = NULL;
	int rc;

	snprintf(sql, sizeof(sql), "UPDATE %s SET %s = ?1 WHERE %s = ?2",
	    s->table, column, s->key);
	assert_int_equal(
	    sqlite3_prepare_v2(s->raw, sql, -1, &st, NULL), SQLITE_OK);
	sqlite3_bind_value(st, 1, v);
	sqlite3_bind_value(st, 2, key);
	rc = sqlite3_step(st);
	sqlite3_finalize(st);
	return rc == SQLITE_DONE && sqlite3_changes(s->raw) == 1;
}

/* An SQL value of our own. */
static sqlite3_value *
value_of(sqlite3 *raw, int type, const void *p, int n, int64_t i)
{
	sqlite3_stmt *st = NULL;
	sqlite3_value *v;

	assert_int_equal(
	    sqlite3_prepare_v2(raw, "SELECT ?1", -1, &st, NULL), SQLITE_OK);
	if (type == SQLITE_INTEGER)
		sqlite3_bind_int64(st, 1, i);
	else if (type == SQLITE_TEXT)
		sqlite3_bind_text(st, 1, p, n, SQLITE_TRANSIENT);
	else if (type == SQLITE_BLOB)
		sqlite3_bind_blob(st, 1, p, n, SQLITE_TRANSIENT);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	v = sqlite3_value_dup(sqlite3_column_value(st, 0));
	sqlite3_finalize(st);
	return v;
}

/* Puts ${with} in place of ${old}: it must be found. Then puts ${old} back. */
static void
try(struct cells *s, const char *column, sqlite3_value *old, sqlite3_value *key,
    sqlite3_value *with)
{
	bool is_key = strcmp(column, s->key) == 0;

	if (store(s, column, with, key)) {
		s->tried++;
		if (!is_found(s->c))
			fail_msg("%s.%s was changed, and nobody noticed",
			    s->table, column);
		assert_true(store(s, column, old, is_key ? with : key));
	}
	sqlite3_value_free(with);
}

/* Changes each byte of one column in turn, and the whole of it. */
static void
try_column(
    struct cells *s, const char *column, sqlite3_value *old, sqlite3_value *key)
{
	int type = sqlite3_value_type(old);
	int64_t i = sqlite3_value_int64(old);
	int n = type == SQLITE_INTEGER ? 8 : sqlite3_value_bytes(old);
	uint8_t bytes[2048];

	assert_true(n <= (int)sizeof(bytes));
	if (type == SQLITE_NULL) {
		try(s, column, old, key,
		    value_of(s->raw, SQLITE_INTEGER, NULL, 0, 0));
		try(s, column, old, key,
		    value_of(s->raw, SQLITE_BLOB, "", 0, 0));
		try(s, column, old, key,
		    value_of(s->raw, SQLITE_TEXT, "", 0, 0));
		return;
	}
	try(s, column, old, key, value_of(s->raw, SQLITE_NULL, NULL, 0, 0));
	for (int b = 0; b < n; b++) {
		/* One bit of each byte; text stays text. */
		int64_t other = i ^ (int64_t)(UINT64_C(1) << (8 * (b % 8)));

		if (type != SQLITE_INTEGER) {
			memcpy(bytes,
			    type == SQLITE_TEXT
				? (const void *)sqlite3_value_text(old)
				: sqlite3_value_blob(old),
			    (size_t)n);
			bytes[b] ^= 1;
		}
		try(s, column, old, key,
		    value_of(s->raw, type, bytes, n, other));
	}
	if (type != SQLITE_INTEGER && n > 0)
		try(s, column, old, key,
		    value_of(s->raw, type, bytes, n - 1, 0));
}

static void
try_table(struct cells *s)
{
	char sql[96];
	sqlite3_stmt *st = NULL;

	/* Sorted into memory first: the rows change under us. */
	snprintf(
	    sql, sizeof(sql), "SELECT * FROM %s ORDER BY random()", s->table);
	assert_int_equal(
	    sqlite3_prepare_v2(s->raw, sql, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		sqlite3_value *key = NULL;

		for (int i = 0; i < sqlite3_column_count(st); i++)
			if (strcmp(sqlite3_column_name(st, i), s->key) == 0)
				key = sqlite3_value_dup(
				    sqlite3_column_value(st, i));
		assert_non_null(key);
		for (int i = 0; i < sqlite3_column_count(st); i++) {
			sqlite3_value *old =
			    sqlite3_value_dup(sqlite3_column_value(st, i));

			try_column(s, sqlite3_column_name(st, i), old, key);
			sqlite3_value_free(old);
		}
		sqlite3_value_free(key);
	}
	sqlite3_finalize(st);
}

static void
every_changed_byte_of_every_column_is_found(void **state)
{
	static const struct {
		const char *table;
		const char *key;
		int least; /* changes that must have been possible */
	} tables[] = {
	    {"person", "id", 100},
	    {"holder", "id", 500},
	    {"card", "serial", 500},
	    {"event", "seq", 2000},
	    {"enrolment", "ods", 60},
	    {"signing_key", "kid", 150},
	    {"status_list", "n", 20},
	    {"publication", "object", 80},
	    {"lost_card", "serial", 25},
	    {"lost_key", "kid", 12},
	};
	struct clinic *c = *state;
	sqlite3 *raw;

	fill(c);
	raw = break_in(c);
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		struct cells s = {raw, c, tables[i].table, tables[i].key, 0};

		try_table(&s);
		assert_true(s.tried >= tables[i].least);
		print_message("%s: %d changes, all found\n", s.table, s.tried);
	}
	sqlite3_close(raw);
	assert_true(clinic_check(c));
}

/* Runs ${sql} as the second hand inside a transaction that is undone later. */
static void
found_after(void **state, const char *sql)
{
	struct clinic *c = *state;
	sqlite3 *raw;

	fill(c);
	raw = break_in(c);
	assert_int_equal(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_true(sqlite3_changes(raw) > 0);
	sqlite3_close(raw);
	assert_true(is_found(c));
}

#define FOUND(name, sql)                                                       \
	static void name(void **state)                                         \
	{                                                                      \
		found_after(state, sql);                                       \
	}

static void
a_dropped_event_is_found_and_named(void **state)
{
	struct clinic *c = *state;
	struct event_fault f;

	found_after(state, "DELETE FROM event WHERE seq = 9");
	assert_int_equal(event_check(c->db, &f), ERR_DATA);
	assert_int_equal(f.seq, 10);
	assert_string_equal(f.table, "event");
	assert_string_equal(f.what, "an event is missing before this one");
}

FOUND(a_dropped_last_event_is_found,
    "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)")
FOUND(swapped_events_are_found,
    "UPDATE event SET seq = -seq WHERE seq IN (9, 10);"
    "UPDATE event SET seq = 19 + seq WHERE seq < 0")
FOUND(a_dropped_card_is_found,
    "DELETE FROM card WHERE serial = (SELECT max(serial) FROM card)")
FOUND(a_dropped_holder_is_found, "DELETE FROM holder WHERE id = 1")
FOUND(a_dropped_person_is_found, "DELETE FROM person WHERE id = 2")
FOUND(a_dropped_key_is_found, "DELETE FROM signing_key WHERE ods = 'H00001'")
FOUND(
    a_dropped_enrolment_is_found, "DELETE FROM enrolment WHERE ods = 'H00001'")
FOUND(
    a_dropped_publication_is_found, "DELETE FROM publication WHERE object = 0")
FOUND(a_dropped_list_is_found, "DELETE FROM status_list WHERE n = 0")
FOUND(a_dropped_decoy_is_found,
    "DELETE FROM status_decoy WHERE idx = (SELECT max(idx) FROM status_decoy)")
FOUND(a_dropped_lost_card_is_found, "DELETE FROM lost_card")
FOUND(a_dropped_lost_key_is_found, "DELETE FROM lost_key")
FOUND(an_added_lost_card_is_found,
    "INSERT INTO lost_card VALUES (77, 77, NULL, 1)")
FOUND(
    an_added_lost_key_is_found, "INSERT INTO lost_key VALUES (zeroblob(8), 1)")
FOUND(a_moved_decoy_is_found, "UPDATE status_decoy SET idx = 131072 WHERE idx ="
			      " (SELECT max(idx) FROM status_decoy)")
FOUND(an_added_card_is_found,
    "INSERT INTO card SELECT 77, holder, org, setting, kid, class, kind, 77,"
    " iat, exp, 77, payload, signature, ended, end_reason FROM card LIMIT 1")
FOUND(an_added_holder_is_found,
    "INSERT INTO holder SELECT 77, person, org, NULL, key, salt, name, born,"
    " ref, nhs, erased FROM holder LIMIT 1")
FOUND(an_added_person_is_found,
    "INSERT INTO person VALUES (77, zeroblob(32), zeroblob(16))")
FOUND(an_added_key_is_found,
    "INSERT INTO signing_key SELECT x'0102030405060708', zeroblob(32),"
    " purpose, ods, not_before, not_after, state, revoked_at, reason, sealed"
    " FROM signing_key LIMIT 1")
FOUND(an_added_event_is_found,
    "INSERT INTO event (seq, at, kind, hash) SELECT max(seq) + 1, 0, 9,"
    " zeroblob(32) FROM event")

/* --- the promises of the schema ---------------------------------------------
 */

static enum err
run_forbidden(struct db *db, void *ctx)
{
	return db_run(db_prepare(db, ctx));
}

static void
no_statement_of_ours_can_break_the_memory(void **state)
{
	static const char *const never[] = {
	    "DELETE FROM event WHERE seq = 1",
	    "UPDATE event SET at = 0 WHERE seq = 1",
	    "DELETE FROM card WHERE ended IS NULL",
	    "UPDATE card SET status_index = 5 WHERE ended IS NULL",
	    "UPDATE card SET ended = NULL, end_reason = NULL"
	    " WHERE ended IS NOT NULL",
	    "UPDATE card SET signature = zeroblob(64)"
	    " WHERE signature IS NOT NULL",
	    "DELETE FROM holder WHERE id = 1",
	    "DELETE FROM person WHERE id = 1",
	    "DELETE FROM status_decoy WHERE idx > 0",
	    "UPDATE holder SET erased = 1 WHERE id = 1",
	};
	struct clinic *c = *state;

	fill(c);
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++) {
		/* const is only lost on the way through the void pointer. */
		void *sql = (void *)(uintptr_t)never[i];

		assert_int_not_equal(
		    db_write(c->db, run_forbidden, sql), ERR_OK);
	}
	assert_true(clinic_check(c));
}

/* --- the hash itself --------------------------------------------------------
 */

static void
put_int(struct buf *b, int64_t v)
{
	uint8_t p[9] = {1};

	for (int i = 0; i < 8; i++)
		p[1 + i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
	buf_add(b, p, sizeof(p));
}

static void
put_bytes(struct buf *b, uint8_t tag, const void *p, uint8_t n)
{
	uint8_t head[5] = {tag, 0, 0, 0, n};

	buf_add(b, head, sizeof(head));
	buf_add(b, p, n);
}

/* The bytes of row.h, written out by hand for the first event of a clinic. */
static void
the_first_hash_is_what_the_header_says(void **state)
{
	struct clinic *c = *state;
	struct buf b = BUF_INIT(4096);
	uint8_t zeros[32] = {0};
	uint8_t row[32];
	uint8_t want[32];
	uint8_t got[32];

	buf_add(&b, "enrolment", 10);
	put_bytes(&b, 2, "A00001", 6);
	put_int(&b, 0);
	put_bytes(&b, 2, "", 0);
	put_bytes(&b, 2, "", 0);
	put_int(&b, 0);
	put_int(&b, 0);
	crypto_generichash(row, 32, b.p, b.n, NULL, 0);
	buf_free(&b);
	buf_add(&b, "event", 6);
	buf_add(&b, zeros, 32);
	put_int(&b, 1);          /* seq */
	put_int(&b, 1700000000); /* at */
	put_int(&b, 8);          /* kind */
	put_bytes(&b, 2, "A00001", 6);
	buf_add(&b, zeros, 15); /* serial to person_hash: NULL */
	put_bytes(&b, 3, row, 32);
	crypto_generichash(want, 32, b.p, b.n, NULL, 0);
	buf_free(&b);
	assert_int_equal(event_hash_at(c->db, 1, got), ERR_OK);
	assert_memory_equal(got, want, 32);
}

static void
the_head_is_the_newest_event(void **state)
{
	struct clinic *c = *state;
	uint8_t head[EVENT_HASH];
	uint8_t at[EVENT_HASH];
	uint8_t zeros[EVENT_HASH] = {0};
	int64_t seq;

	assert_int_equal(event_head(c->db, &seq, head), ERR_OK);
	assert_int_equal(seq, 2 * CLINIC_ORGS);
	assert_int_equal(event_hash_at(c->db, seq, at), ERR_OK);
	assert_memory_equal(head, at, EVENT_HASH);
	assert_int_equal(event_hash_at(c->db, seq + 1, at), ERR_NOINPUT);
	assert_int_equal(event_hash_at(c->db, 0, at), ERR_OK);
	assert_memory_equal(at, zeros, EVENT_HASH);
}

static enum err
append_stray(struct db *db, void *ctx)
{
	struct event ev = event_of(EVENT_SIGN, 1);

	(void)ctx;
	ev.serial = 4711;
	return event_append(db, &ev);
}

static void
an_event_about_a_row_that_is_not_there_is_refused(void **state)
{
	struct clinic *c = *state;

	assert_int_equal(db_write(c->db, append_stray, NULL), ERR_INTERNAL);
	assert_int_equal(
	    clinic_int(c, "SELECT count(*) FROM event"), 2 * CLINIC_ORGS);
}

static void
the_payload_hash_needs_the_salt(void **state)
{
	uint8_t a[16] = {1};
	uint8_t b[16] = {2};
	uint8_t x[EVENT_HASH];
	uint8_t y[EVENT_HASH];

	(void)state;
	event_payload_hash(x, a, span_str("payload"));
	event_payload_hash(y, b, span_str("payload"));
	assert_memory_not_equal(x, y, EVENT_HASH);
	event_payload_hash(y, a, span_str("payload"));
	assert_memory_equal(x, y, EVENT_HASH);
	event_payload_hash(y, a, span_str("payloae"));
	assert_memory_not_equal(x, y, EVENT_HASH);
}

static void
the_issue_event_holds_the_hash_of_the_exact_payload(void **state)
{
	struct clinic *c = *state;
	struct clinic_person p = {"Rose Example", "PT-1", NULL, NULL};
	uint8_t want[EVENT_HASH];
	uint8_t salt[16];
	struct stmt *st;
	bool found;

	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	st = db_prepare(c->db, "SELECT salt FROM holder");
	assert_int_equal(db_one(st, &found), ERR_OK);
	memcpy(salt, db_blob(st, 0).p, sizeof(salt));
	db_reset(st);
	event_payload_hash(
	    want, salt, span_of(c->last.text.payload, c->last.text.payload_n));
	st = db_prepare(c->db, "SELECT payload_hash FROM event WHERE kind = 1");
	assert_int_equal(db_one(st, &found), ERR_OK);
	assert_memory_equal(db_blob(st, 0).p, want, EVENT_HASH);
	db_reset(st);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, clinic_open, clinic_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_changed_byte_of_every_column_is_found),
	    TEST(a_dropped_event_is_found_and_named),
	    TEST(a_dropped_last_event_is_found),
	    TEST(swapped_events_are_found),
	    TEST(a_dropped_card_is_found),
	    TEST(a_dropped_holder_is_found),
	    TEST(a_dropped_person_is_found),
	    TEST(a_dropped_key_is_found),
	    TEST(a_dropped_enrolment_is_found),
	    TEST(a_dropped_publication_is_found),
	    TEST(a_dropped_list_is_found),
	    TEST(a_dropped_decoy_is_found),
	    TEST(a_dropped_lost_card_is_found),
	    TEST(a_dropped_lost_key_is_found),
	    TEST(an_added_lost_card_is_found),
	    TEST(an_added_lost_key_is_found),
	    TEST(a_moved_decoy_is_found),
	    TEST(an_added_card_is_found),
	    TEST(an_added_holder_is_found),
	    TEST(an_added_person_is_found),
	    TEST(an_added_key_is_found),
	    TEST(an_added_event_is_found),
	    TEST(no_statement_of_ours_can_break_the_memory),
	    TEST(the_first_hash_is_what_the_header_says),
	    TEST(the_head_is_the_newest_event),
	    TEST(an_event_about_a_row_that_is_not_there_is_refused),
	    cmocka_unit_test(the_payload_hash_needs_the_salt),
	    TEST(the_issue_event_holds_the_hash_of_the_exact_payload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
