#include "registry/db.h"

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "registry/db_private.h"

enum err
db_error_of(int rc)
{
	static const struct {
		int rc;
		enum err e;
	} map[] = {
	    {SQLITE_OK, ERR_OK},
	    {SQLITE_BUSY, ERR_UNAVAILABLE},
	    {SQLITE_LOCKED, ERR_UNAVAILABLE},
	    {SQLITE_NOMEM, ERR_MEM},
	    {SQLITE_TOOBIG, ERR_TOOBIG},
	    {SQLITE_PERM, ERR_PERM},
	    {SQLITE_READONLY, ERR_PERM},
	    {SQLITE_AUTH, ERR_INTERNAL},
	    {SQLITE_CONSTRAINT, ERR_INTERNAL},
	    {SQLITE_ERROR, ERR_INTERNAL},
	    {SQLITE_MISMATCH, ERR_INTERNAL},
	    {SQLITE_MISUSE, ERR_INTERNAL},
	    {SQLITE_RANGE, ERR_INTERNAL},
	    {SQLITE_NOTADB, ERR_CONFIG},
	};

	for (size_t i = 0; i < sizeof(map) / sizeof(*map); i++)
		if ((rc & 0xff) == map[i].rc)
			return map[i].e;
	return ERR_IO; /* IOERR, CORRUPT, FULL, CANTOPEN, ... */
}

enum err
db_fault(struct db *db, const char *what)
{
	enum err e = db_error_of(sqlite3_extended_errcode(db->sql));

	if (e == ERR_UNAVAILABLE)
		log_error("%s: is in use by another process, which did not let "
			  "go in %d s: try again",
		    db->path, DB_BUSY_MS / 1000);
	else
		log_error(
		    "%s: %s: %s", db->path, what, sqlite3_errmsg(db->sql));
	return e == ERR_OK ? ERR_INTERNAL : e;
}

/* --- statements ----------------------------------------------------------- */

static struct stmt *
new_stmt(struct db *db, const char *sql)
{
	struct stmt *st;

	/* More than we have: somebody passes text that is not constant. */
	if (db->nstmts == DB_STMTS_MAX)
		return NULL;
	st = calloc(1, sizeof(*st));
	if (st == NULL)
		return NULL;
	*st = (struct stmt){.db = db, .text = sql, .next = db->stmts};
	db->stmts = st;
	db->nstmts++;
	return st;
}

/* Stands in for a statement that there is not; the next step fails. */
static struct stmt *
broken(struct db *db, enum err e, const char *why)
{
	log_error("registry: %s", why);
	db->broken = (struct stmt){.db = db, .fault = e};
	return &db->broken;
}

struct stmt *
db_prepare(struct db *db, const char *sql)
{
	struct stmt *st = db->stmts;

	while (st != NULL && st->text != sql)
		st = st->next;
	if (st == NULL)
		st = new_stmt(db, sql);
	if (st == NULL)
		return broken(db,
		    db->nstmts == DB_STMTS_MAX ? ERR_INTERNAL : ERR_MEM,
		    "no room for another statement");
	if (st->stepping)
		return broken(db, ERR_INTERNAL,
		    "a statement is used inside its own loop");
	if (st->nbound > 0)
		db_reset(st); /* whatever a caller left behind */
	if (st->st != NULL)
		return st;
	st->fault = ERR_OK;
	if (sqlite3_prepare_v3(db->sql, sql, -1, SQLITE_PREPARE_PERSISTENT,
		&st->st, NULL) != SQLITE_OK)
		st->fault = db_fault(db, "cannot prepare a statement");
	return st;
}

/*
 * The number of a parameter.  A statement is mostly bound by the same lines of
 * the program in the same order: what came after the one before, the last time,
 * is tried first.
 */
static int
find_param(struct stmt *st, const char *name)
{
	struct param *next = &st->params[st->nbound];

	if (next->name != name) {
		next->name = name;
		next->i = sqlite3_bind_parameter_index(st->st, name);
	}
	if (st->nbound < DB_PARAMS_MAX - 1)
		st->nbound++;
	return next->i;
}

/* The same, 0 with the fault noted. */
static int
param(struct stmt *st, const char *name)
{
	int i;

	if (st->st == NULL || st->fault != ERR_OK)
		return 0;
	i = find_param(st, name);
	if (i == 0) {
		log_error("registry: no parameter %s in a statement", name);
		st->fault = ERR_INTERNAL;
		return 0;
	}
	st->bound |= UINT64_C(1) << (i - 1);
	return i;
}

static void
bound(struct stmt *st, int rc)
{
	if (rc != SQLITE_OK)
		st->fault = db_fault(st->db, "cannot bind a value");
}

void
db_bind_int(struct stmt *st, const char *name, int64_t v)
{
	int i = param(st, name);

	if (i > 0)
		bound(st, sqlite3_bind_int64(st->st, i, v));
}

void
db_bind_text(struct stmt *st, const char *name, struct span v)
{
	int i = param(st, name);

	if (i > 0)
		bound(st, sqlite3_bind_text64(st->st, i,
			      v.n == 0 ? "" : (const char *)v.p, v.n,
			      SQLITE_TRANSIENT, SQLITE_UTF8));
}

void
db_bind_opt(struct stmt *st, const char *name, struct span v)
{
	if (v.n == 0)
		db_bind_null(st, name);
	else
		db_bind_text(st, name, v);
}

void
db_bind_blob(struct stmt *st, const char *name, struct span v)
{
	int i = param(st, name);

	/* A null pointer would bind NULL where an empty blob is meant. */
	if (i > 0)
		bound(st, sqlite3_bind_blob64(st->st, i,
			      v.n == 0 ? (const void *)"" : v.p, v.n,
			      SQLITE_TRANSIENT));
}

void
db_bind_null(struct stmt *st, const char *name)
{
	int i = param(st, name);

	if (i > 0)
		bound(st, sqlite3_bind_null(st->st, i));
}

void
db_reset(struct stmt *st)
{
	if (st->st != NULL) {
		sqlite3_reset(st->st);
		sqlite3_clear_bindings(st->st);
	}
	st->bound = 0;
	st->nbound = 0;
	st->stepping = false;
	if (st->st != NULL)
		st->fault = ERR_OK;
}

enum err
db_err(const struct stmt *st)
{
	return st->err;
}

/* What a statement must be before it first runs. */
static enum err
check_ready(struct stmt *st)
{
	int n;

	if (st->fault != ERR_OK)
		return st->fault;
	n = sqlite3_bind_parameter_count(st->st);
	if (n > 0 && st->bound != UINT64_MAX >> (64 - n)) {
		log_error("registry: a parameter has no value: %s",
		    sqlite3_sql(st->st));
		return ERR_INTERNAL;
	}
	if (!sqlite3_stmt_readonly(st->st) && !st->db->writing) {
		log_error("registry: a change outside a transaction: %s",
		    sqlite3_sql(st->st));
		return ERR_INTERNAL;
	}
	return ERR_OK;
}

enum db_more
db_step(struct stmt *st)
{
	int rc;

	st->err = st->stepping ? ERR_OK : check_ready(st);
	if (st->err != ERR_OK) {
		db_reset(st);
		return DB_ERR;
	}
	rc = sqlite3_step(st->st);
	st->stepping = rc == SQLITE_ROW;
	if (rc == SQLITE_ROW)
		return DB_ROW;
	if (rc != SQLITE_DONE)
		st->err = db_fault(st->db, "cannot run a statement");
	db_reset(st);
	return rc == SQLITE_DONE ? DB_DONE : DB_ERR;
}

enum err
db_run(struct stmt *st)
{
	enum db_more more = db_step(st);

	if (more == DB_DONE)
		return ERR_OK;
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	log_error("registry: rows where none were expected");
	return ERR_INTERNAL;
}

enum err
db_one(struct stmt *st, bool *found)
{
	enum db_more more = db_step(st);

	*found = more == DB_ROW;
	return more == DB_ERR ? db_err(st) : ERR_OK;
}

int64_t
db_changes(const struct db *db)
{
	return sqlite3_changes64(db->sql);
}

int64_t
db_int(struct stmt *st, int col)
{
	return sqlite3_column_int64(st->st, col);
}

struct span
db_text(struct stmt *st, int col)
{
	const unsigned char *p = sqlite3_column_text(st->st, col);

	return span_of(p, (size_t)sqlite3_column_bytes(st->st, col));
}

struct span
db_blob(struct stmt *st, int col)
{
	const void *p = sqlite3_column_blob(st->st, col);

	return span_of(p, (size_t)sqlite3_column_bytes(st->st, col));
}

bool
db_is_null(struct stmt *st, int col)
{
	return sqlite3_column_type(st->st, col) == SQLITE_NULL;
}

bool
db_copy(char *out, size_t size, struct stmt *st, int col)
{
	struct span v = db_text(st, col);

	if (v.n >= size) {
		log_error("registry: column %d holds %zu bytes, more than %zu",
		    col, v.n, size - 1);
		return false;
	}
	if (v.n > 0)
		memcpy(out, v.p, v.n);
	out[v.n] = '\0';
	return true;
}

/* --- transactions --------------------------------------------------------- */

static enum err
execute(struct db *db, const char *text, const char *what)
{
	if (sqlite3_exec(db->sql, text, NULL, NULL, NULL) != SQLITE_OK)
		return db_fault(db, what);
	return ERR_OK;
}

/* A loop that was left without db_reset() would hold the transaction open. */
static void
reset_all(struct db *db)
{
	for (struct stmt *st = db->stmts; st != NULL; st = st->next)
		if (st->stepping)
			db_reset(st);
}

static void
roll_back(struct db *db)
{
	/* SQLite itself rolls back after some errors; then there is none. */
	if (sqlite3_get_autocommit(db->sql))
		return;
	if (execute(db, "ROLLBACK", "cannot undo a transaction") != ERR_OK)
		db->dead = true;
}

static enum err
check_write(struct db *db)
{
	if (db->dead) {
		log_error("%s: an earlier write failed: restart the program",
		    db->path);
		return ERR_IO;
	}
	if (db->read_only || db->writing || db->reading) {
		log_error("registry: a transaction inside another, or on a "
			  "registry opened for reading");
		return ERR_INTERNAL;
	}
	return ERR_OK;
}

void
db_at_end(struct db *db, db_end_fn *fn, void *ctx)
{
	assert(db->writing && db->end == NULL);
	db->end = fn;
	db->end_ctx = ctx;
}

void *
db_end_ctx(const struct db *db)
{
	return db->end_ctx;
}

/* What was left for the end, or only its cleaning up after an error. */
static enum err
do_end(struct db *db, enum err e)
{
	db_end_fn *fn = db->end;
	void *ctx = db->end_ctx;
	enum err ended = ERR_OK;

	db->end = NULL;
	db->end_ctx = NULL;
	if (fn != NULL)
		ended = fn(db, ctx, e == ERR_OK);
	return e == ERR_OK ? ended : e;
}

enum err
db_write(struct db *db, enum err (*fn)(struct db *, void *), void *ctx)
{
	enum err e = check_write(db);

	if (e == ERR_OK)
		e = execute(db, "BEGIN IMMEDIATE", "cannot begin to write");
	if (e != ERR_OK)
		return e;
	db->writing = true;
	e = do_end(db, fn(db, ctx));
	db->writing = false;
	reset_all(db);
	if (e != ERR_OK) {
		roll_back(db);
		return e;
	}
	if (execute(db, "COMMIT", "cannot store") != ERR_OK) {
		db->dead = true;
		roll_back(db);
		return ERR_IO;
	}
	return ERR_OK;
}

enum err
db_read(struct db *db, enum err (*fn)(struct db *, void *), void *ctx)
{
	enum err e;

	if (db->writing || db->reading)
		return fn(db, ctx);
	e = execute(db, "BEGIN", "cannot begin to read");
	if (e != ERR_OK)
		return e;
	db->reading = true;
	e = fn(db, ctx);
	db->reading = false;
	reset_all(db);
	roll_back(db); /* nothing was written: this only ends the snapshot */
	return e;
}

enum err
db_scrub(struct db *db)
{
	if (sqlite3_wal_checkpoint_v2(db->sql, NULL, SQLITE_CHECKPOINT_TRUNCATE,
		NULL, NULL) != SQLITE_OK)
		return db_fault(db, "cannot empty the write-ahead log");
	return ERR_OK;
}

bool
db_is_dead(const struct db *db)
{
	return db->dead;
}
