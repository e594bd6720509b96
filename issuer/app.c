#include "issuer/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "issuer/issuing.h"
#include "issuer/noting.h"
#include "issuer/sealing.h"
#include "keys/policy.h"
#include "registry/event.h"

static const struct conf_key keys[] = {
    {"scheme", "host", CONF_HOST, 1, APP_HOST_MAX,
	offsetof(struct app_conf, host), true},
    {"scheme", "name", CONF_TEXT, 1, 100, offsetof(struct app_conf, scheme),
	true},
    {"sheet", "front", CONF_TEXT, 0, APP_SHIFT,
	offsetof(struct app_conf, front), false},
    {"sheet", "back", CONF_TEXT, 0, APP_SHIFT, offsetof(struct app_conf, back),
	false},
};

#define NKEYS (sizeof(keys) / sizeof(*keys))

int64_t
app_now(void)
{
	return (int64_t)time(NULL);
}

enum err
app_data(char out[static APP_PATH - 64], const struct app_args *args)
{
	const char *data = args->data;

	if (data == NULL)
		data = getenv("CARERPASS_DATA");
	if (data == NULL || data[0] == '\0') {
		log_error("which data folder? give --data DIR or set "
			  "CARERPASS_DATA");
		return ERR_USAGE;
	}
	if (strlen(data) >= APP_PATH - 64) {
		log_error("the name of the data folder is too long");
		return ERR_USAGE;
	}
	memcpy(out, data, strlen(data) + 1);
	return ERR_OK;
}

void
app_path(char out[static APP_PATH], const struct app *app, const char *name)
{
	(void)snprintf(out, APP_PATH, "%s/%s", app->data, name);
}

enum err
app_conf_write(const char *path, const struct app_conf *conf)
{
	return conf_write(path, keys, NKEYS, conf);
}

void
app_service(char out[static 320], const struct app *app)
{
	(void)snprintf(out, 320, "https://%s/lists/status/", app->conf.host);
}

enum err
app_head(struct app *app, struct signer_head *head)
{
	return noting(app, head, false);
}

enum err
app_note_head(struct app *app)
{
	struct signer_head head;

	return noting(app, &head, true);
}

/* A registry that does not hold the last event that the signer saw is an old
 * one. */
enum err
app_compare(struct app *app, enum app_age *age, struct signer_head *head)
{
	uint8_t hash[EVENT_HASH];
	int64_t signed_from;
	enum err e = signer_last_head(app->signer, head);

	*age = APP_CURRENT;
	if (e == ERR_OK)
		e = event_last_signed(app->db, &signed_from);
	if (e == ERR_OK && head->seq > 0)
		e = event_hash_at(app->db, (int64_t)head->seq, hash);
	if (e == ERR_NOINPUT ||
	    (e == ERR_OK && head->seq > 0 &&
		memcmp(hash, head->hash, EVENT_HASH) != 0)) {
		*age = APP_OLDER;
		return ERR_OK;
	}
	if (e == ERR_OK && (int64_t)head->seq < signed_from)
		*age = APP_NEWER;
	return e;
}

enum err
app_refuse_age(enum app_age age, const struct signer_head *head)
{
	if (age == APP_NEWER)
		log_error("the signer's journal is older than this registry: "
			  "it knows nothing after event %llu; restore the "
			  "journal that belongs to it",
		    (unsigned long long)head->seq);
	if (age == APP_OLDER)
		log_error("this registry is older than what the signer's "
			  "journal has seen (event %llu): restore the newest "
			  "backup, and if there is none that is newer run "
			  "carerpass reconcile; nothing is issued until then",
		    (unsigned long long)head->seq);
	return age == APP_CURRENT ? ERR_OK : ERR_CONFIG;
}

static enum err
registry_is_current(struct app *app)
{
	struct signer_head head;
	enum app_age age;
	enum err e = app_compare(app, &age, &head);

	return e == ERR_OK ? app_refuse_age(age, &head) : e;
}

/*
 * Nothing is written with a clock that stands before what happened already,
 * nor with one that jumped: keys would be retired for good, and once it is set
 * right again nothing could be signed for years.
 */
#define CLOCK_AHEAD 400 /* days */

static enum err
clock_is_right(struct app *app)
{
	char last[DATE_TIME_TEXT];
	int64_t at;
	enum err e = event_last_time(app->db, &at);

	if (e != ERR_OK || at == 0)
		return e;
	date_time_text(last, at);
	if (app_now() > at + (int64_t)CLOCK_AHEAD * DATE_DAY_SECONDS &&
	    !app->args->clock_is_right) {
		log_error("the registry was last used at %s, more than a year "
			  "ago: if the clock of this machine is right, run "
			  "carerpass publish --clock-is-right once",
		    last);
		return ERR_CONFIG;
	}
	if (app_now() >= at - POLICY_CLOCK_SLACK)
		return ERR_OK;
	log_error("the clock of this machine is wrong: the registry was last "
		  "used at %s, which would be in the future; set the clock "
		  "and try again",
	    last);
	return ERR_CONFIG;
}

static enum err
open_keys(struct app *app)
{
	char path[APP_PATH];
	enum err e;

	app_path(path, app, "keys");
	e = signer_start(
	    &app->signer, path, app->args->passphrase_file, SIGNER_OPEN);
	if (e != ERR_OK)
		return e;
	app->sealer = sealing_of(app->signer);
	return ERR_OK;
}

enum err
app_open(struct app *app, const struct app_args *args, enum app_need need)
{
	char path[APP_PATH];
	enum err e;

	memset(app, 0, sizeof(*app));
	app->args = args;
	if (args->quiet)
		log_quiet();
	e = app_data(app->data, args);
	if (e == ERR_OK)
		e = file_private_check(app->data);
	if (e == ERR_OK) {
		app_path(path, app, "carerpass.conf");
		e = conf_read(path, keys, NKEYS, &app->conf);
	}
	/* The signer forks before the database is open: it never has it. */
	if (e == ERR_OK && need >= APP_KEYS)
		e = open_keys(app);
	if (e == ERR_OK) {
		bool reads = need == APP_READ || need == APP_AUDIT;

		app_path(path, app, "registry.db");
		e = db_open(&app->db, path, reads ? DB_READ : DB_WRITE);
	}
	if (e == ERR_OK && (need == APP_KEYS || need == APP_SIGN))
		e = registry_is_current(app);
	if (e == ERR_OK && (need == APP_SIGN || need == APP_RECONCILE))
		e = clock_is_right(app);
	/* Only with a good clock: the signer would take it for the card's
	 * fault. */
	if (e == ERR_OK && need == APP_SIGN)
		e = issuing_finish(app);
	return e;
}

void
app_close(struct app *app)
{
	signer_stop(app->signer);
	db_close(app->db);
	app->signer = NULL;
	app->db = NULL;
}

struct key_record
app_key_record(const struct key *k)
{
	struct key_record r = {.use = (enum key_use)k->purpose,
	    .not_before = k->not_before,
	    .not_after = k->not_after};

	memcpy(r.kid, k->kid, sizeof(r.kid));
	memcpy(r.public, k->public, sizeof(r.public));
	memcpy(r.ods, k->ods, strnlen(k->ods, KEY_ODS_MAX));
	if (k->nsealed == sizeof(r.sealed))
		memcpy(r.sealed, k->sealed, sizeof(r.sealed));
	return r;
}

enum err
app_make_key(struct app *app, enum key_use use, const char *ods, int64_t from,
    int days, struct key *out)
{
	struct key_record r = {.use = use,
	    .not_before = from,
	    .not_after = from + (int64_t)days * DATE_DAY_SECONDS - 1};
	enum err e;

	memcpy(r.ods, ods, strnlen(ods, KEY_ODS_MAX));
	e = signer_make_key(app->signer, &r);
	if (e != ERR_OK)
		return e;
	memset(out, 0, sizeof(*out));
	memcpy(out->kid, r.kid, sizeof(r.kid));
	memcpy(out->public, r.public, sizeof(r.public));
	memcpy(out->ods, r.ods, sizeof(r.ods));
	memcpy(out->sealed, r.sealed, sizeof(r.sealed));
	out->nsealed = sizeof(r.sealed);
	out->purpose = (enum key_purpose)use;
	out->state = KEY_ACTIVE;
	out->not_before = r.not_before;
	out->not_after = r.not_after;
	return ERR_OK;
}
