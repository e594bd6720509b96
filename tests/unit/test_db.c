#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "registry/db.h"

/* A registry of its own for each test. */
struct room {
	char dir[32];
	char path[64];
	struct db *db;
};

static int
enter(void **state)
{
	struct room *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return -1;
	snprintf(r->dir, sizeof(r->dir), "/tmp/test_db.XXXXXX");
	if (mkdtemp(r->dir) == NULL)
		return -1;
	snprintf(r->path, sizeof(r->path), "%s/registry.db", r->dir);
	*state = r;
	return db_open(&r->db, r->path, DB_CREATE) == ERR_OK ? 0 : -1;
}

static int
leave(void **state)
{
	static const char *const tail[] = {"", "-wal", "-shm", "-journal"};
	struct room *r = *state;
	char path[80];

	db_close(r->db);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", r->path, tail[i]);
		unlink(path);
	}
	rmdir(r->dir);
	free(r);
	return 0;
}

static const char sql_put[] = "INSERT INTO area (code, level, name, named_on)"
			      " VALUES ($code, 0, $name, $day)";
static const char sql_count[] = "SELECT count(*) FROM area";
static const char sql_names[] = "SELECT code, name FROM area ORDER BY code";

static enum err
put_area(struct db *db, const char *code, const char *name)
{
	struct stmt *st = db_prepare(db, sql_put);

	db_bind_text(st, "$code", span_str(code));
	db_bind_text(st, "$name", span_str(name));
	db_bind_int(st, "$day", 1);
	return db_run(st);
}

static int64_t
count(struct db *db)
{
	struct stmt *st = db_prepare(db, sql_count);
	bool found;
	int64_t n;

	assert_int_equal(db_one(st, &found), ERR_OK);
	assert_true(found);
	n = db_int(st, 0);
	db_reset(st);
	return n;
}

static enum err
put_two(struct db *db, void *ctx)
{
	enum err e = put_area(db, "U00001", "ONE");

	if (e == ERR_OK)
		e = put_area(db, "U00002", "TWO");
	return e == ERR_OK ? *(enum err *)ctx : e;
}

static void
a_transaction_is_stored_whole_or_not_at_all(void **state)
{
	struct room *r = *state;
	enum err fail = ERR_DATA;
	enum err ok = ERR_OK;

	assert_int_equal(db_write(r->db, put_two, &fail), ERR_DATA);
	assert_int_equal(count(r->db), 0);
	assert_int_equal(db_write(r->db, put_two, &ok), ERR_OK);
	assert_int_equal(count(r->db), 2);
	db_close(r->db);
	assert_int_equal(db_open(&r->db, r->path, DB_READ), ERR_OK);
	assert_int_equal(count(r->db), 2);
}

static void
a_change_outside_a_transaction_is_refused(void **state)
{
	struct room *r = *state;

	assert_int_equal(put_area(r->db, "U00001", "ONE"), ERR_INTERNAL);
	assert_int_equal(count(r->db), 0);
}

static enum err
nested(struct db *db, void *ctx)
{
	enum err ok = ERR_OK;

	(void)ctx;
	assert_int_equal(db_write(db, put_two, &ok), ERR_INTERNAL);
	return ERR_OK;
}

static void
transactions_do_not_nest_and_readers_do_not_write(void **state)
{
	struct room *r = *state;
	enum err ok = ERR_OK;

	assert_int_equal(db_write(r->db, nested, NULL), ERR_OK);
	assert_int_equal(db_read(r->db, nested, NULL), ERR_OK);
	assert_int_equal(db_read(r->db, put_two, &ok), ERR_INTERNAL);
	db_close(r->db);
	assert_int_equal(db_open(&r->db, r->path, DB_READ), ERR_OK);
	assert_int_equal(db_write(r->db, put_two, &ok), ERR_INTERNAL);
	assert_int_equal(count(r->db), 0);
}

static const char sql_bind[] = "SELECT $b, $a, $t, $n, $o, $z, $e";

static void
parameters_are_bound_by_name_and_read_back(void **state)
{
	struct room *r = *state;
	struct stmt *st = db_prepare(r->db, sql_bind);
	char copy[4];

	db_bind_int(st, "$a", INT64_MIN);
	db_bind_blob(st, "$b", span_of("\0\1\2", 3));
	db_bind_text(st, "$t", span_str("a'b"));
	db_bind_null(st, "$n");
	db_bind_opt(st, "$o", span_str(""));
	db_bind_text(st, "$z", span_of(NULL, 0));
	db_bind_blob(st, "$e", span_of(NULL, 0));
	assert_int_equal(db_step(st), DB_ROW);
	assert_true(span_eq(db_blob(st, 0), span_of("\0\1\2", 3)));
	assert_true(db_int(st, 1) == INT64_MIN);
	assert_true(span_is(db_text(st, 2), "a'b"));
	assert_true(db_is_null(st, 3));
	assert_int_equal(db_text(st, 3).n, 0);
	assert_true(db_is_null(st, 4));
	assert_false(db_is_null(st, 5));
	assert_int_equal(db_text(st, 5).n, 0);
	assert_false(db_is_null(st, 6));
	assert_true(db_copy(copy, sizeof(copy), st, 2));
	assert_string_equal(copy, "a'b");
	assert_false(db_copy(copy, 3, st, 2));
	assert_int_equal(db_step(st), DB_DONE);
}

static void
a_parameter_forgotten_or_misnamed_is_our_bug(void **state)
{
	struct room *r = *state;
	struct stmt *st = db_prepare(r->db, sql_bind);
	static const char one[] = "SELECT $a";

	db_bind_int(st, "$a", 1);
	assert_int_equal(db_step(st), DB_ERR);
	assert_int_equal(db_err(st), ERR_INTERNAL);
	st = db_prepare(r->db, one);
	db_bind_int(st, "$x", 1);
	assert_int_equal(db_step(st), DB_ERR);
	/* Fresh again afterwards, and yesterday's value is not kept. */
	st = db_prepare(r->db, one);
	db_bind_int(st, "$a", 7);
	assert_int_equal(db_step(st), DB_ROW);
	db_reset(st);
	assert_int_equal(db_step(db_prepare(r->db, one)), DB_ERR);
}

static void
a_statement_is_prepared_once_and_not_taken_twice(void **state)
{
	struct room *r = *state;
	enum err ok = ERR_OK;
	struct stmt *st;

	assert_int_equal(db_write(r->db, put_two, &ok), ERR_OK);
	st = db_prepare(r->db, sql_names);
	assert_int_equal(db_step(st), DB_ROW);
	assert_ptr_not_equal(db_prepare(r->db, sql_names), st);
	assert_int_equal(db_step(db_prepare(r->db, sql_names)), DB_ERR);
	assert_int_equal(db_step(st), DB_ROW);
	assert_true(span_is(db_text(st, 1), "TWO"));
	assert_int_equal(db_step(st), DB_DONE);
	assert_ptr_equal(db_prepare(r->db, sql_names), st);
}

static void
denies_pragmas_attachments_and_schema_changes(void **state)
{
	static const char *const sql[] = {"PRAGMA foreign_keys = OFF",
	    "ATTACH ':memory:' AS x", "CREATE TABLE t (a)", "DROP TABLE area",
	    "ALTER TABLE area ADD COLUMN x", "CREATE TEMP TABLE t (a)",
	    "SELECT \"no such column\" FROM area",
	    "SELECT load_extension('x')"};
	struct room *r = *state;

	for (size_t i = 0; i < sizeof(sql) / sizeof(*sql); i++)
		assert_int_equal(db_step(db_prepare(r->db, sql[i])), DB_ERR);
	assert_int_equal(count(r->db), 0);
}

static enum err
orphan(struct db *db, void *ctx)
{
	static const char sql[] =
	    "INSERT INTO enrolment (ods, setting, phone, address, enrolled,"
	    " state) VALUES ('A81001', 0, '', '', 0, 0)";

	(void)ctx;
	return db_run(db_prepare(db, sql));
}

static enum err
wrong_type(struct db *db, void *ctx)
{
	static const char sql[] =
	    "INSERT INTO area (code, level, name, named_on)"
	    " VALUES ('U00001', 'x', 'ONE', 0)";

	(void)ctx;
	return db_run(db_prepare(db, sql));
}

static void
foreign_keys_and_strict_types_hold(void **state)
{
	struct room *r = *state;

	assert_int_equal(db_write(r->db, orphan, NULL), ERR_INTERNAL);
	assert_int_equal(db_write(r->db, wrong_type, NULL), ERR_INTERNAL);
	assert_int_equal(db_check(r->db), ERR_OK);
}

static int64_t
pragma(const char *path, const char *sql)
{
	sqlite3 *raw;
	sqlite3_stmt *st;
	int64_t v;

	assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(raw, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	v = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(raw);
	return v;
}

static void
raw(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
a_new_file_is_private_marked_and_strict(void **state)
{
	struct room *r = *state;
	struct stat st;
	char wal[80];
	enum err ok = ERR_OK;

	assert_int_equal(db_write(r->db, put_two, &ok), ERR_OK);
	assert_int_equal(stat(r->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	snprintf(wal, sizeof(wal), "%s-wal", r->path);
	assert_int_equal(stat(wal, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(pragma(r->path, "PRAGMA application_id"), 0x43506173);
	assert_int_equal(
	    pragma(r->path, "SELECT count(*) FROM pragma_table_list"
			    " WHERE schema = 'main' AND type = 'table'"
			    " AND NOT strict AND name NOT LIKE 'sqlite_%'"),
	    0);
}

static void
refuses_a_file_that_is_not_ours_or_is_newer(void **state)
{
	struct room *r = *state;
	struct db *db = NULL;

	assert_int_equal(db_open(&db, r->path, DB_CREATE), ERR_CONFIG);
	assert_null(db);
	db_close(r->db);
	r->db = NULL;
	raw(r->path, "PRAGMA user_version = 999");
	assert_int_equal(db_open(&db, r->path, DB_WRITE), ERR_CONFIG);
	raw(r->path, "PRAGMA user_version = 1; PRAGMA application_id = 5");
	assert_int_equal(db_open(&db, r->path, DB_WRITE), ERR_CONFIG);
	assert_null(db);
	unlink(r->path);
	assert_int_equal(db_open(&db, r->path, DB_WRITE), ERR_NOINPUT);
	raw(r->path, "CREATE TABLE somebody_elses (a)");
	assert_int_equal(chmod(r->path, 0600), 0);
	assert_int_equal(db_open(&db, r->path, DB_WRITE), ERR_CONFIG);
	assert_int_equal(
	    file_write(r->path, span_str("this is no database at all"), 0600),
	    ERR_OK);
	assert_int_equal(db_open(&db, r->path, DB_WRITE), ERR_CONFIG);
}

static void
refuses_a_file_or_folder_that_is_open_to_others(void **state)
{
	struct room *r = *state;
	struct db *db = NULL;

	db_close(r->db);
	r->db = NULL;
	assert_int_equal(chmod(r->path, 0640), 0);
	assert_int_equal(db_open(&db, r->path, DB_READ), ERR_PERM);
	assert_int_equal(chmod(r->path, 0600), 0);
	assert_int_equal(chmod(r->dir, 0770), 0);
	assert_int_equal(db_open(&db, r->path, DB_READ), ERR_PERM);
	assert_int_equal(chmod(r->dir, 0700), 0);
	assert_int_equal(db_open(&db, r->path, DB_READ), ERR_OK);
	db_close(db);
}

static void
an_empty_file_is_brought_up_to_date(void **state)
{
	struct room *r = *state;
	int64_t newest;

	db_close(r->db);
	newest = pragma(r->path, "PRAGMA user_version");
	assert_true(newest >= 1);
	/* As a crash between making the file and its schema would leave it. */
	assert_int_equal(file_write(r->path, span_of(NULL, 0), 0600), ERR_OK);
	assert_int_equal(db_open(&r->db, r->path, DB_READ), ERR_OK);
	assert_int_equal(count(r->db), 0);
	assert_int_equal(pragma(r->path, "PRAGMA user_version"), newest);
}

static void
a_migration_that_fails_leaves_the_old_schema(void **state)
{
	struct room *r = *state;
	struct db *db = NULL;

	db_close(r->db);
	r->db = NULL;
	assert_int_equal(file_write(r->path, span_of(NULL, 0), 0600), ERR_OK);
	/* The last table of the first schema file is in its way. */
	raw(r->path, "CREATE TABLE signing_key (a);"
		     "PRAGMA application_id = 0x43506173");
	assert_int_equal(db_open(&db, r->path, DB_WRITE), ERR_INTERNAL);
	assert_null(db);
	assert_int_equal(pragma(r->path, "PRAGMA user_version"), 0);
	assert_int_equal(
	    pragma(r->path, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void
a_second_writer_gets_unavailable_after_five_seconds(void **state)
{
	struct room *r = *state;
	enum err ok = ERR_OK;
	sqlite3 *other;

	assert_int_equal(sqlite3_open(r->path, &other), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(db_write(r->db, put_two, &ok), ERR_UNAVAILABLE);
	assert_int_equal(count(r->db), 0);
	assert_int_equal(
	    sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	assert_int_equal(db_write(r->db, put_two, &ok), ERR_OK);
}

static enum err
put_and_choke(struct db *db, void *ctx)
{
	enum err ok = ERR_OK;
	struct rlimit none = {0, RLIM_INFINITY};

	(void)ctx;
	assert_int_equal(put_two(db, &ok), ERR_OK);
	/* From here on the disk takes nothing more. */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	return ERR_OK;
}

static void
a_commit_that_fails_stops_all_later_writing(void **state)
{
	struct room *r = *state;
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	enum err ok = ERR_OK;
	void (*old)(int) = signal(SIGXFSZ, SIG_IGN);

	assert_int_equal(db_write(r->db, put_and_choke, NULL), ERR_IO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	signal(SIGXFSZ, old);
	assert_true(db_is_dead(r->db));
	assert_int_equal(db_write(r->db, put_two, &ok), ERR_IO);
	assert_int_equal(count(r->db), 0);
	db_close(r->db);
	assert_int_equal(db_open(&r->db, r->path, DB_WRITE), ERR_OK);
	assert_false(db_is_dead(r->db));
	assert_int_equal(db_write(r->db, put_two, &ok), ERR_OK);
}

static enum err
look_while_another_writes(struct db *db, void *ctx)
{
	const char *path = ctx;
	int64_t before = count(db);

	raw(path, "INSERT INTO area VALUES ('U00009', 0, 'NINE', 0)");
	assert_int_equal(count(db), before);
	return ERR_OK;
}

static void
a_reader_sees_one_state(void **state)
{
	struct room *r = *state;

	assert_int_equal(
	    db_read(r->db, look_while_another_writes, r->path), ERR_OK);
	assert_int_equal(count(r->db), 1);
}

/* The child stores rows for ever and is killed; the rows come in pairs. */
static void
kill_9_leaves_whole_transactions(void **state)
{
	struct room *r = *state;

	db_close(r->db);
	r->db = NULL;
	for (int round = 0; round < 5; round++) {
		int status;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			struct db *db = NULL;
			enum err ok = ERR_OK;

			if (db_open(&db, r->path, DB_WRITE) != ERR_OK)
				_exit(1);
			raw(r->path, "DELETE FROM area");
			for (;;)
				if (db_write(db, put_two, &ok) != ERR_OK)
					_exit(2);
				else
					raw(r->path, "DELETE FROM area");
		}
		usleep(20000 + 7000 * (useconds_t)round);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(db_open(&r->db, r->path, DB_WRITE), ERR_OK);
		assert_int_equal(count(r->db) % 2, 0);
		assert_int_equal(db_check(r->db), ERR_OK);
		db_close(r->db);
		r->db = NULL;
	}
}

static void
a_damaged_file_is_found(void **state)
{
	struct room *r = *state;
	enum err ok = ERR_OK;
	uint8_t junk[256];
	struct db *db = NULL;
	enum err e;
	int fd;

	assert_int_equal(db_write(r->db, put_two, &ok), ERR_OK);
	assert_int_equal(db_check(r->db), ERR_OK);
	db_close(r->db);
	r->db = NULL;
	memset(junk, 0xa5, sizeof(junk));
	fd = open(r->path, O_WRONLY);
	assert_true(fd >= 0);
	/* Every page but the first begins with rubbish. */
	for (off_t at = 4096; at < 5 * 4096; at += 4096)
		assert_int_equal(
		    pwrite(fd, junk, sizeof(junk), at), sizeof(junk));
	close(fd);
	e = db_open(&db, r->path, DB_WRITE);
	if (e == ERR_OK)
		e = db_check(db);
	assert_int_equal(e, ERR_IO);
	db_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_transaction_is_stored_whole_or_not_at_all),
	    cmocka_unit_test(a_change_outside_a_transaction_is_refused),
	    cmocka_unit_test(transactions_do_not_nest_and_readers_do_not_write),
	    cmocka_unit_test(parameters_are_bound_by_name_and_read_back),
	    cmocka_unit_test(a_parameter_forgotten_or_misnamed_is_our_bug),
	    cmocka_unit_test(a_statement_is_prepared_once_and_not_taken_twice),
	    cmocka_unit_test(denies_pragmas_attachments_and_schema_changes),
	    cmocka_unit_test(foreign_keys_and_strict_types_hold),
	    cmocka_unit_test(a_new_file_is_private_marked_and_strict),
	    cmocka_unit_test(refuses_a_file_that_is_not_ours_or_is_newer),
	    cmocka_unit_test(refuses_a_file_or_folder_that_is_open_to_others),
	    cmocka_unit_test(an_empty_file_is_brought_up_to_date),
	    cmocka_unit_test(a_migration_that_fails_leaves_the_old_schema),
	    cmocka_unit_test(
		a_second_writer_gets_unavailable_after_five_seconds),
	    cmocka_unit_test(a_commit_that_fails_stops_all_later_writing),
	    cmocka_unit_test(a_reader_sees_one_state),
	    cmocka_unit_test(kill_9_leaves_whole_transactions),
	    cmocka_unit_test(a_damaged_file_is_found),
	};
	struct CMUnitTest each[sizeof(tests) / sizeof(*tests)];

	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		each[i] = tests[i];
		each[i].setup_func = enter;
		each[i].teardown_func = leave;
	}
	return cmocka_run_group_tests(each, NULL, NULL);
}
