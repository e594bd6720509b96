#include "registry/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "registry/db_private.h"
#include "registry/migrate.h"

/*
 * The second lock: once open, no statement, however it came to be, attaches a
 * file, changes the schema or a setting.
 */
static int
authorise(void *ctx, int action, const char *a, const char *b, const char *c,
    const char *d)
{
	static const int denied[] = {SQLITE_ATTACH, SQLITE_DETACH,
	    SQLITE_PRAGMA, SQLITE_ALTER_TABLE, SQLITE_CREATE_INDEX,
	    SQLITE_CREATE_TABLE, SQLITE_CREATE_TRIGGER, SQLITE_CREATE_VIEW,
	    SQLITE_CREATE_VTABLE, SQLITE_DROP_INDEX, SQLITE_DROP_TABLE,
	    SQLITE_DROP_TRIGGER, SQLITE_DROP_VIEW, SQLITE_DROP_VTABLE,
	    SQLITE_CREATE_TEMP_INDEX, SQLITE_CREATE_TEMP_TABLE,
	    SQLITE_CREATE_TEMP_TRIGGER, SQLITE_CREATE_TEMP_VIEW};
	const struct db *db = ctx;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	if (!db->open)
		return SQLITE_OK;
	for (size_t i = 0; i < sizeof(denied) / sizeof(*denied); i++)
		if (action == denied[i])
			return SQLITE_DENY;
	return SQLITE_OK;
}

static const struct {
	int op;
	int on;
} switches[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},
    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    {SQLITE_DBCONFIG_DQS_DML, 0},
    {SQLITE_DBCONFIG_DQS_DDL, 0},
    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
    {SQLITE_DBCONFIG_ENABLE_VIEW, 1},
};

static const struct {
	int id;
	int max;
} limits[] = {
    {SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024},
    {SQLITE_LIMIT_SQL_LENGTH, 64 * 1024},
    {SQLITE_LIMIT_COLUMN, 100},
    {SQLITE_LIMIT_EXPR_DEPTH, 100},
    {SQLITE_LIMIT_COMPOUND_SELECT, 8},
    {SQLITE_LIMIT_FUNCTION_ARG, 16},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256},
    {SQLITE_LIMIT_VARIABLE_NUMBER, DB_PARAMS_MAX},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 8},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
};

/* The cache holds what a batch of a thousand cards changes (12 MB), so that no
 * page is written before the commit. */
static const char settings[] = "PRAGMA cell_size_check = ON;"
			       "PRAGMA cache_size = -32768;"
			       "PRAGMA mmap_size = 0;"
			       "PRAGMA secure_delete = ON;"
			       "PRAGMA synchronous = FULL;"
			       "PRAGMA temp_store = MEMORY;"
			       "PRAGMA journal_size_limit = 16777216;";

static enum err
harden(struct db *db)
{
	for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++) {
		int is = -1;

		if (sqlite3_db_config(db->sql, switches[i].op, switches[i].on,
			&is) != SQLITE_OK ||
		    is != switches[i].on)
			return db_fault(
			    db, "a safety setting is not to be had");
	}
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		sqlite3_limit(db->sql, limits[i].id, limits[i].max);
	if (sqlite3_busy_timeout(db->sql, DB_BUSY_MS) != SQLITE_OK ||
	    sqlite3_set_authorizer(db->sql, authorise, db) != SQLITE_OK ||
	    sqlite3_exec(db->sql, settings, NULL, NULL, NULL) != SQLITE_OK)
		return db_fault(db, "cannot set it up");
	return ERR_OK;
}

/* Write-ahead logging lasts in the file; some file systems cannot do it. */
static enum err
set_wal(struct db *db)
{
	sqlite3_stmt *st = NULL;
	enum err e = ERR_OK;
	const unsigned char *mode = NULL;

	if (sqlite3_prepare_v2(db->sql, "PRAGMA journal_mode = WAL", -1, &st,
		NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		mode = sqlite3_column_text(st, 0);
	if (mode == NULL) {
		e = db_fault(db, "cannot read it as a registry");
	} else if (strcmp((const char *)mode, "wal") != 0) {
		log_error("%s: this file system cannot keep a write-ahead log "
			  "(a network drive?): use a local disk",
		    db->path);
		e = ERR_IO;
	}
	sqlite3_finalize(st);
	return e;
}

/* Made empty and private before SQLite sees it; -wal and -shm follow its mode.
 */
static enum err
make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST) {
		log_error("%s: there is a registry already", path);
		return ERR_CONFIG;
	}
	if (fd < 0) {
		log_error("%s: cannot make it: %s", path, strerror(errno));
		return errno == ENOENT ? ERR_NOINPUT : ERR_IO;
	}
	close(fd);
	return ERR_OK;
}

static enum err
set_up(struct db *db)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
		    SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
	enum err e;

	if (sqlite3_open_v2(db->path, &db->sql, flags, NULL) != SQLITE_OK)
		return db->sql == NULL ? ERR_MEM : db_fault(db, "cannot open");
	e = harden(db);
	if (e == ERR_OK)
		e = set_wal(db);
	if (e == ERR_OK)
		e = migrate(db->sql, db->path);
	if (e == ERR_OK && db->read_only &&
	    sqlite3_exec(db->sql, "PRAGMA query_only = ON", NULL, NULL, NULL) !=
		SQLITE_OK)
		e = db_fault(db, "cannot open it for reading");
	db->open = e == ERR_OK;
	return e;
}

enum err
db_open(struct db **out, const char *path, enum db_mode mode)
{
	struct db *db = NULL;
	char *real = NULL;
	bool made = false;
	enum err e = ERR_OK;

	*out = NULL;
	if (mode == DB_CREATE) {
		e = make_file(path);
		made = e == ERR_OK;
	}
	if (e == ERR_OK)
		e = file_private_check(path);
	if (e != ERR_OK)
		goto out;
	db = calloc(1, sizeof(*db));
	/* NOFOLLOW looks at every part of the path: resolve the folders. */
	real = realpath(path, NULL);
	if (db == NULL || real == NULL) {
		e = ERR_MEM;
		goto out;
	}
	db->path = real;
	real = NULL;
	db->read_only = mode == DB_READ;
	e = set_up(db);
	if (e != ERR_OK)
		goto out;
	*out = db;
	db = NULL;
out:
	db_close(db);
	free(real);
	if (made && e != ERR_OK)
		unlink(path);
	return e;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	while (db->stmts != NULL) {
		struct stmt *st = db->stmts;

		db->stmts = st->next;
		sqlite3_finalize(st->st);
		free(st);
	}
	sqlite3_close(db->sql);
	free(db->path);
	free(db);
}

/* --- checking ------------------------------------------------------------- */

/* Runs one checking pragma; ${ok} is the only row that it may give. */
static enum err
check_one(struct db *db, const char *pragma, const char *ok)
{
	sqlite3_stmt *st = NULL;
	enum err e = ERR_OK;
	int rc = sqlite3_prepare_v2(db->sql, pragma, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		const unsigned char *t = sqlite3_column_text(st, 0);

		if (ok == NULL || t == NULL ||
		    strcmp((const char *)t, ok) != 0) {
			log_error("%s: is damaged: %s: restore a backup",
			    db->path, t == NULL ? "?" : (const char *)t);
			e = ERR_IO;
		}
	} else if (rc != SQLITE_DONE) {
		e = db_fault(db, "cannot check it");
	}
	sqlite3_finalize(st);
	return e;
}

enum err
db_check(struct db *db)
{
	enum err e;

	db->open = false; /* the authoriser lets these two through */
	e = check_one(db, "PRAGMA integrity_check(1)", "ok");
	if (e == ERR_OK)
		e = check_one(db, "PRAGMA foreign_key_check", NULL);
	db->open = true;
	return e;
}
