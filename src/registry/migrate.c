#include "registry/migrate.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/asset.h"
#include "base/log.h"
#include "registry/db_private.h"

extern const struct assets sql_assets; /* sql/, made by the build */

static enum err
complain(sqlite3 *sql, const char *path, const char *what)
{
	enum err e = db_error_of(sqlite3_extended_errcode(sql));

	log_error("%s: %s: %s", path, what, sqlite3_errmsg(sql));
	return e == ERR_OK ? ERR_INTERNAL : e;
}

/* Reads a pragma, or any query, that gives one integer. */
static enum err
get_int(sqlite3 *sql, const char *path, const char *text, int *out)
{
	sqlite3_stmt *st = NULL;
	enum err e = ERR_OK;

	if (sqlite3_prepare_v2(sql, text, -1, &st, NULL) != SQLITE_OK ||
	    sqlite3_step(st) != SQLITE_ROW)
		e = complain(sql, path, "cannot read it as a registry");
	else
		*out = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return e;
}

/* The number in front of a schema file's name; 0 if it has none. */
static int
number_of(const char *name)
{
	int n = 0;

	for (int i = 0; i < 3; i++) {
		if (name[i] < '0' || name[i] > '9')
			return 0;
		n = n * 10 + (name[i] - '0');
	}
	return name[3] == '_' ? n : 0;
}

/* The schema file of one version, or NULL. */
static const struct asset *
schema(int version)
{
	for (size_t i = 0; i < sql_assets.n; i++) {
		size_t n = strlen(sql_assets.v[i].name);

		if (n > 4 &&
		    strcmp(sql_assets.v[i].name + n - 4, ".sql") == 0 &&
		    number_of(sql_assets.v[i].name) == version)
			return &sql_assets.v[i];
	}
	return NULL;
}

static enum err
apply(sqlite3 *sql, const char *path, int from, int to)
{
	char pragma[96]; /* numbers of ours only: nothing here is data */

	for (int v = from + 1; v <= to; v++) {
		const char *text = (const char *)schema(v)->p;

		if (sqlite3_exec(sql, text, NULL, NULL, NULL) != SQLITE_OK)
			return complain(sql, path, schema(v)->name);
	}
	snprintf(pragma, sizeof(pragma),
	    "PRAGMA user_version = %d; PRAGMA application_id = %d", to,
	    MIGRATE_APPLICATION);
	if (sqlite3_exec(sql, pragma, NULL, NULL, NULL) != SQLITE_OK)
		return complain(sql, path, "cannot mark the schema's version");
	return ERR_OK;
}

/* Is this file ours, and of which version? */
static enum err
look(sqlite3 *sql, const char *path, int newest, int *version)
{
	int app;
	int objects;
	enum err e = get_int(sql, path, "PRAGMA application_id", &app);

	if (e == ERR_OK)
		e = get_int(sql, path, "PRAGMA user_version", version);
	if (e == ERR_OK)
		e = get_int(
		    sql, path, "SELECT count(*) FROM sqlite_schema", &objects);
	if (e != ERR_OK)
		return e;
	if (app != MIGRATE_APPLICATION &&
	    (app != 0 || *version != 0 || objects != 0)) {
		log_error("%s: is a database, but not a registry of this "
			  "program",
		    path);
		return ERR_CONFIG;
	}
	if (*version > newest) {
		log_error("%s: has schema version %d, this program knows %d: "
			  "install the newer program that wrote it",
		    path, *version, newest);
		return ERR_CONFIG;
	}
	return ERR_OK;
}

enum err
migrate(sqlite3 *sql, const char *path)
{
	int newest = 0;
	int version = 0;
	bool open = false;
	enum err e;

	while (schema(newest + 1) != NULL)
		newest++;
	e = look(sql, path, newest, &version);
	if (e != ERR_OK || version == newest)
		return e;
	if (sqlite3_exec(sql, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return complain(
		    sql, path, "cannot lock it to update its schema");
	open = true;
	/* Somebody else may have done it while we waited for the lock. */
	e = look(sql, path, newest, &version);
	if (e == ERR_OK)
		e = apply(sql, path, version, newest);
	if (e != ERR_OK)
		goto out;
	if (sqlite3_exec(sql, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
		e = complain(sql, path, "cannot store its schema");
		goto out;
	}
	open = false;
out:
	if (open)
		sqlite3_exec(sql, "ROLLBACK", NULL, NULL, NULL);
	return e;
}
