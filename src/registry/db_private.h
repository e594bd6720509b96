#ifndef REGISTRY_DB_PRIVATE_H
#define REGISTRY_DB_PRIVATE_H

#include <sqlite3.h>

#include "registry/db.h"

/* Shared by db.c, db_open.c and migrate.c, and by nobody else. */
#define DB_BUSY_MS   5000 /* how long to wait for another writer */
#define DB_STMTS_MAX 256  /* statements that a program has in its text */

#define DB_PARAMS_MAX 64 /* of a statement: one bit each */

/* A parameter by the address of its name, which is constant. */
struct param {
	const char *name;
	int i;
};

struct stmt {
	struct db *db;
	const char *text; /* the caller's constant: its address is the key */
	sqlite3_stmt *st; /* NULL: could not be prepared */
	uint64_t bound;   /* bit i: parameter i + 1 has a value */
	size_t nbound;    /* how many times one was bound */
	struct param params[DB_PARAMS_MAX]; /* in that order, the last time */
	enum err fault; /* of prepare or bind: shown by the next step */
	enum err err;   /* of the last step */
	bool stepping;  /* has given a row, may give more */
	struct stmt *next;
};

struct db {
	sqlite3 *sql;
	char *path;
	struct stmt *stmts;
	size_t nstmts;
	struct stmt broken; /* stands in where there is no statement to give */
	bool read_only;
	bool open;    /* opened in full: pragmas are denied from here on */
	bool reading; /* a snapshot is open */
	bool writing; /* in db_write(): statements may change things */
	bool dead;
	db_end_fn *end; /* what is left to do in this transaction, or NULL */
	void *end_ctx;
};

/* db_error_of(rc): Returns the error for an SQLite result code. */
enum err db_error_of(int rc);

/* db_fault(db, what): logs why the last SQLite call failed. Returns the error.
 */
enum err db_fault(struct db *db, const char *what);

#endif
