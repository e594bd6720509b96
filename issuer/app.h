#ifndef ISSUER_APP_H
#define ISSUER_APP_H

#include "base/args.h"
#include "base/conf.h"
#include "keys/signer.h"
#include "registry/db.h"
#include "registry/key.h"
#include "registry/sealer.h"

/*
 * What every carerpass command stands on: the data folder, its configuration,
 * the registry, and the signer where keys are needed.
 *
 *   DATA/carerpass.conf   host and scheme
 *   DATA/registry.db      the registry
 *   DATA/keys/            master, journal, root.key (unless kept elsewhere)
 *   DATA/root.pub         the root keys that verifiers pin
 *   DATA/trust.cwt        the newest signed trust list
 *   DATA/trust.request    what an offline root is asked to sign
 *   DATA/lists/           the published folder, unless --out names another
 */
#define APP_PATH 4096
#define APP_HOST_MAX                                                           \
	180 /* bytes of host and port: a line of carerpass.conf                \
	     */

#define APP_SHIFT 24

/* First member of the struct that each command parses into. */
struct app_args {
	const char *data;
	const char *passphrase_file;
	bool json;
	bool quiet;
	bool clock_is_right; /* publish --clock-is-right */
};

#define APP_ARGS(type)                                                         \
	{"--data", ARG_TEXT, "DIR", "data folder (or $CARERPASS_DATA)",        \
	    offsetof(type, app.data), 0, false, 0, 0, NULL},                   \
	    {"--passphrase-file", ARG_TEXT, "FILE",                            \
		"read the passphrase from FILE, not from the terminal",        \
		offsetof(type, app.passphrase_file), 0, false, 0, 0, NULL},    \
	    {"--json", ARG_FLAG, NULL, "one JSON object a line",               \
		offsetof(type, app.json), 0, false, 0, 0, NULL},               \
	{                                                                      \
		"--quiet", ARG_FLAG, NULL, "no news, only results and errors", \
		    offsetof(type, app.quiet), 0, false, 0, 0, NULL            \
	}

struct app_conf {
	char host[APP_HOST_MAX + 1];
	char scheme[101];
	char front[APP_SHIFT + 1], back[APP_SHIFT + 1]; /* of a sheet of cards:
			 "RIGHT DOWN" in mm, or "" (render.h) */
};

struct app {
	const struct app_args *args;
	char data[APP_PATH - 64];
	struct app_conf conf;
	struct db *db;
	struct signer *signer; /* NULL unless asked for */
	struct sealer sealer;
};

enum app_need {
	APP_READ = 0,  /* the registry, not written */
	APP_WRITE = 1, /* the registry */
	APP_KEYS = 2,  /* the registry and the signer */
	APP_AUDIT = 3, /* as APP_READ, and the signer: nothing is written */
	APP_SIGN = 4,  /* as APP_KEYS, to sign: with a good clock; what a dead
			  instance reserved is finished first */
	APP_RECONCILE =
	    5, /* as APP_SIGN, but for an older registry: it is not
		  asked whether it is current, nothing is finished */
};

/* How old the registry is, by the signer's journal. */
enum app_age {
	APP_CURRENT = 0,
	APP_OLDER = 1, /* it lacks what the journal knows */
	APP_NEWER = 2, /* the journal lacks what it knows */
};

/*
 * app_open(app, args, need): opens what ${need} says. Returns ERR_OK, or why
 *     not (logged); app_close is called in either case.
 */
enum err app_open(struct app *app, const struct app_args *args,
    enum app_need need) MUST_CHECK;
void app_close(struct app *app);

/* app_data(out, args): the data folder's name; ERR_USAGE if none was given
 * (logged). */
enum err app_data(
    char out[static APP_PATH - 64], const struct app_args *args) MUST_CHECK;

/* app_path(out, app, name): DATA/name. */
void app_path(
    char out[static APP_PATH], const struct app *app, const char *name);

/* app_conf_write(path, conf): writes carerpass.conf. */
enum err app_conf_write(
    const char *path, const struct app_conf *conf) MUST_CHECK;

/* app_service(out, app): the status service's base URI. */
void app_service(char out[static 320], const struct app *app);

/* app_note_head(app): after a change: tells the signer's journal the registry's
 * newest event, and of the cards that ended before it. */
enum err app_note_head(struct app *app) MUST_CHECK;

/* app_head(app, head): before a signature: reads the newest event, which the
 * signer notes with it. The journal was told of the cards that ended. */
enum err app_head(struct app *app, struct signer_head *head) MUST_CHECK;

/* app_compare(app, age, head): compares the registry with the journal, whose
 * newest event is ${head}. */
enum err app_compare(
    struct app *app, enum app_age *age, struct signer_head *head) MUST_CHECK;

/* app_refuse_age(age, head): Returns ERR_OK if it is current, else ERR_CONFIG
 * (logged, with what to do). */
enum err app_refuse_age(
    enum app_age age, const struct signer_head *head) MUST_CHECK;

/* app_key_record(k): what the signer needs of a key of the registry. */
struct key_record app_key_record(const struct key *k);

/*
 * app_make_key(app, use, ods, from, days, out): has the signer make a key for
 *     ${days} days from ${from}; the caller stores ${out} with key_put.
 */
enum err app_make_key(struct app *app, enum key_use use, const char *ods,
    int64_t from, int days, struct key *out) MUST_CHECK;

/* app_now(): Returns the time in seconds. */
int64_t app_now(void);

/* The commands, one file each; they return an exit code. */
typedef int command_fn(int argc, char **argv);
command_fn cmd_init, cmd_root_new, cmd_root_sign, cmd_org_import, cmd_org_list,
    cmd_org_enrol, cmd_org_rotate, cmd_org_revoke, cmd_issue, cmd_find,
    cmd_card, cmd_renew, cmd_replace, cmd_withdraw, cmd_reissue, cmd_erase,
    cmd_publish, cmd_adoption, cmd_audit, cmd_reconcile;

#endif
