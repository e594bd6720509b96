#ifndef REGISTRY_DB_H
#define REGISTRY_DB_H

#include "base/err.h"
#include "base/span.h"

/*
 * The registry's store: one SQLite file (design.md 7, security.md 5).  No
 * other file of the program includes <sqlite3.h>, so that a second engine is a
 * second db.c.  SQL text is constant, stands in one place per module, and is
 * written so that PostgreSQL takes it too: parameters by name ($ods), ON
 * CONFLICT, RETURNING, IS NOT DISTINCT FROM.
 *
 * A struct db belongs to one thread.  Every failure is logged here, once; no
 * bound value is ever logged.
 */
struct db;
struct stmt;

enum db_mode {
	DB_CREATE = 0, /* the file must not be there; made with mode 0600 */
	DB_WRITE = 1,
	DB_READ = 2, /* db_write() refuses */
};

enum db_more {
	DB_DONE = 0,
	DB_ROW = 1,
	DB_ERR = 2,
};

/*
 * db_open(out, path, mode): opens the registry at ${path} and brings its
 * schema up to date (migrate.h).  File and folder must be private
 * (file_private_check).  Returns ERR_OK, ERR_NOINPUT (no such file), ERR_PERM,
 * ERR_CONFIG (not a registry, or newer than this program), ERR_UNAVAILABLE
 * (another process held the lock for 5 s) or ERR_IO; ${*out} is NULL then.
 */
enum err db_open(
    struct db **out, const char *path, enum db_mode mode) MUST_CHECK;

/* db_close(db): closes and frees ${db}; NULL does nothing. */
void db_close(struct db *db);

/*
 * db_write(db, fn, ctx): THE way to write: begins a transaction that locks out
 * other writers (waiting up to 5 s), calls fn(db, ctx), and commits if that
 * returned ERR_OK; else rolls back and returns fn's error.  A statement that
 * changes anything is refused outside.  Does not nest.  Returns
 * ERR_UNAVAILABLE when the lock was not to be had (nothing was written), and
 * ERR_IO when the commit failed: then nobody knows what is on the disk, ${db}
 * is dead and every later db_write() refuses with ERR_IO.
 */
enum err db_write(
    struct db *db, enum err (*fn)(struct db *, void *), void *ctx) MUST_CHECK;

/*
 * db_at_end(db, fn, ctx): inside db_write(): has ${fn} called once when the
 * transaction's own function is done: with ${commit} if that succeeded, as the
 * last part of the transaction (its error undoes all), else only to clean up.
 * There is room for one; db_end_ctx(db) is its ${ctx}, NULL if there is none.
 */
typedef enum err db_end_fn(struct db *db, void *ctx, bool commit);
void db_at_end(struct db *db, db_end_fn *fn, void *ctx);
void *db_end_ctx(const struct db *db);

/*
 * db_read(db, fn, ctx): calls fn(db, ctx) on one snapshot, so that several
 * statements see the same state.  Inside db_write() it simply calls ${fn}.
 */
enum err db_read(
    struct db *db, enum err (*fn)(struct db *, void *), void *ctx) MUST_CHECK;

/*
 * db_scrub(db): after a commit that overwrote something for good: moves the
 * write-ahead log into the file and cuts it to nothing, so that no old page is
 * left (free space is zeroed as it comes about, secure_delete).  Returns
 * ERR_OK, ERR_UNAVAILABLE (somebody reads an older state: try again) or
 * ERR_IO; what was committed stays so.
 */
enum err db_scrub(struct db *db) MUST_CHECK;

/* db_is_dead(db): Returns true once a commit has failed. */
bool db_is_dead(const struct db *db);

/*
 * db_prepare(db, sql): Returns the statement for ${sql}, prepared once and kept
 * with ${db}; it is found again by the text's address, so ${sql} must be
 * constant.  Never NULL: a failure shows at the first db_step().  A statement
 * that still has rows to give (the caller is in its loop) cannot be taken a
 * second time.
 */
struct stmt *db_prepare(struct db *db, const char *sql);

/*
 * db_bind_*(st, name, value): sets the parameter ${name}, written with its
 * dollar ("$ods").  Texts and blobs are copied.  Every parameter must be bound
 * before the first step; a name that the text does not have is our bug and
 * shows at db_step().  db_bind_opt() binds an empty span as null.
 */
void db_bind_int(struct stmt *st, const char *name, int64_t v);
void db_bind_text(struct stmt *st, const char *name, struct span v);
void db_bind_opt(struct stmt *st, const char *name, struct span v);
void db_bind_blob(struct stmt *st, const char *name, struct span v);
void db_bind_null(struct stmt *st, const char *name);

/*
 * db_step(st): runs ${st} to its next row. Returns DB_ROW, DB_DONE or DB_ERR
 * (db_err() says which); after the last two the statement is fresh again, with
 * nothing bound.  Leaving a loop early needs db_reset().
 */
enum db_more db_step(struct stmt *st) MUST_CHECK;

/* db_err(st): Returns the error of the last DB_ERR of ${st}. */
enum err db_err(const struct stmt *st);

/* db_reset(st): gives up what rows are left and all bindings. */
void db_reset(struct stmt *st);

/* db_run(st): steps a statement that gives no rows. Returns ERR_OK or why not.
 */
enum err db_run(struct stmt *st) MUST_CHECK;

/*
 * db_one(st, found): steps a statement that gives at most one row; if
 * ${*found}, its columns are there until db_reset(st), which is the caller's.
 */
enum err db_one(struct stmt *st, bool *found) MUST_CHECK;

/* db_changes(db): Returns how many rows the last writing statement touched. */
int64_t db_changes(const struct db *db);

/*
 * db_int(st, col), db_text(st, col), db_blob(st, col): a column of the current
 * row, from 0; spans are valid until the next step.  NULL reads as 0 and as
 * the empty span.
 */
int64_t db_int(struct stmt *st, int col);
struct span db_text(struct stmt *st, int col);
struct span db_blob(struct stmt *st, int col);
bool db_is_null(struct stmt *st, int col);

/*
 * db_copy(out, size, st, col): copies a text column into ${out} with a NUL.
 * Returns false if it does not fit (the column's CHECK and the array differ).
 */
bool db_copy(char *out, size_t size, struct stmt *st, int col);

/*
 * db_check(db): SQLite's integrity and foreign key checks over the whole file
 * (seconds for a large registry). Returns ERR_OK, or ERR_IO with the first
 * fault logged.
 */
enum err db_check(struct db *db) MUST_CHECK;

#endif
