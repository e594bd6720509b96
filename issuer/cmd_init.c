#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "issuer/app.h"
#include "issuer/records.h"
#include "issuer/root.h"
#include "passport/name.h"
#include "passport/trust.h"
#include "registry/status_pool.h"

struct init_args {
	struct app_args app;
	const char *host;
	const char *scheme;
	const char *root;
};

static const struct arg table[] = {
    APP_ARGS(struct init_args),
    {"--host", ARG_TEXT, "HOST",
	"host that cards point to, like pass.example.org",
	offsetof(struct init_args, host), 0, true, 0, 0, NULL},
    {"--scheme", ARG_TEXT, "NAME", "name of the scheme",
	offsetof(struct init_args, scheme), 0, false, 0, 0, NULL},
    {"--root", ARG_TEXT, "FILE.pub", "root key made offline by 'root new'",
	offsetof(struct init_args, root), 0, false, 0, 0, NULL},
};

static const struct args spec = {"carerpass init",
    "Makes a new scheme in the data folder: root key (unless one made offline "
    "is named), status key, configuration and an empty registry.",
    table, sizeof(table) / sizeof(*table)};

static enum err
check_words(struct app_conf *conf, const struct init_args *a)
{
	const char *scheme = a->scheme != NULL ? a->scheme : "Carer Passport";

	if (!conf_is_host(span_str(a->host)) ||
	    strlen(a->host) >= sizeof(conf->host)) {
		log_error("--host: give a host name in small letters, with "
			  ":port if not 443, like pass.example.org");
		return ERR_USAGE;
	}
	if (!name_is_org(span_str(scheme))) {
		log_error("--scheme: a name has 1 to 100 bytes of letters, "
			  "digits, single spaces and ' , - . & ( ) + / : @ _");
		return ERR_USAGE;
	}
	memcpy(conf->host, a->host, strlen(a->host) + 1);
	memcpy(conf->scheme, scheme, strlen(scheme) + 1);
	return ERR_OK;
}

/*
 * What is there already is never touched: only a new or empty folder will do.
 * All is made in a folder beside it that takes its name at the end, so that an
 * init that was interrupted is no half scheme and can be run again.
 */
static enum err
make_folder(struct app *app, const char *data)
{
	enum err e;

	if (rmdir(data) != 0 && errno != ENOENT) {
		log_error("%s: is there already and not empty: a scheme is "
			  "made once; name another folder with --data",
		    data);
		return ERR_DATA;
	}
	e = file_mkdir_private(data);
	if (e != ERR_OK)
		return e;
	if (snprintf(app->data, sizeof(app->data), "%s.XXXXXX", data) <
		(int)sizeof(app->data) &&
	    mkdtemp(app->data) != NULL)
		return ERR_OK;
	log_error("%s: the folder beside it cannot be written", data);
	(void)rmdir(data);
	return ERR_IO;
}

static enum err
put_in_place(const struct app *app, const char *data)
{
	if (rename(app->data, data) == 0)
		return ERR_OK;
	log_error("%s: cannot be put in place: %s", data, strerror(errno));
	return ERR_IO;
}

static enum err
first_rows(struct db *db, void *ctx)
{
	enum err e = record_key(db, ctx, app_now());

	return e == ERR_OK ? status_pool_ensure(db, 1, app_now()) : e;
}

static enum err
make_registry(struct app *app)
{
	char path[APP_PATH];
	struct key status;
	int64_t today = app_now() - app_now() % DATE_DAY_SECONDS;
	enum err e = app_make_key(
	    app, USE_STATUS, "", today, TRUST_KEY_DAYS - 1, &status);

	app_path(path, app, "registry.db");
	if (e == ERR_OK)
		e = db_open(&app->db, path, DB_CREATE);
	if (e == ERR_OK)
		e = db_write(app->db, first_rows, &status);
	return e == ERR_OK ? app_note_head(app) : e;
}

static enum err
make_all(struct app *app, const struct init_args *a)
{
	char path[APP_PATH];
	enum err e;

	app_path(path, app, "keys");
	e = file_mkdir_private(path);
	if (e == ERR_OK)
		e = signer_start(
		    &app->signer, path, a->app.passphrase_file, SIGNER_CREATE);
	if (e == ERR_OK)
		e = a->root != NULL ? root_adopt(app, a->root) : root_make(app);
	if (e == ERR_OK)
		e = make_registry(app);
	/* Last, because every command looks for it first. */
	app_path(path, app, "carerpass.conf");
	return e == ERR_OK ? app_conf_write(path, &app->conf) : e;
}

/* Leaves nothing behind: the names are our own, and nobody else's is touched.
 */
static void
undo(const struct app *app, const char *data)
{
	static const char *const made[] = {"carerpass.conf", "registry.db",
	    "registry.db-wal", "registry.db-shm", "root.pub", "keys/root.key",
	    "keys/journal", "keys/master", "keys"};
	char path[APP_PATH];

	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++) {
		app_path(path, app, made[i]);
		(void)remove(path);
	}
	(void)rmdir(app->data);
	(void)rmdir(data);
}

int
cmd_init(int argc, char **argv)
{
	struct init_args a = {0};
	struct app app = {.args = &a.app};
	char data[sizeof(app.data)] = "";
	bool help = false;
	bool made = false;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	e = app_data(data, &a.app);
	for (size_t n = strlen(data); n > 1 && data[n - 1] == '/'; n--)
		data[n - 1] = '\0';
	if (e == ERR_OK)
		e = check_words(&app.conf, &a);
	if (e == ERR_OK)
		e = make_folder(&app, data);
	made = e == ERR_OK;
	if (e == ERR_OK)
		e = make_all(&app, &a);
	app_close(&app);
	if (e == ERR_OK)
		e = put_in_place(&app, data);
	if (e != ERR_OK && made)
		undo(&app, data);
	if (e == ERR_OK && !a.app.quiet)
		printf("The scheme \"%s\" is ready in %s.\n"
		       "Next: carerpass org import FILE..., then carerpass "
		       "org enrol CODE.\n",
		    app.conf.scheme, data);
	return err_exit(e);
}
