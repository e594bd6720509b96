#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/log.h"
#include "issuer/normal.h"
#include "issuer/output.h"
#include "issuer/records.h"
#include "issuer/serials.h"
#include "passport/name.h"
#include "passport/serial.h"
#include "passport/trust.h"

/* org enrol, org rotate, org revoke: who may sign, with which key. */

struct enrol_args {
	struct app_args app;
	const char *ods;
	const char *setting;
	const char *phone;
	const char *reason;
};

#define CODE_ARG                                                               \
	{                                                                      \
		"CODE", ARG_TEXT, NULL, "the organisation, like A81001",       \
		    offsetof(struct enrol_args, ods), 0, true, 0, 0, NULL      \
	}

static const struct arg enrol_table[] = {
    APP_ARGS(struct enrol_args),
    {"--setting", ARG_TEXT, "WORD",
	"general_practice, hospital, community, employer or education",
	offsetof(struct enrol_args, setting), 0, false, 0, 0, NULL},
    {"--phone", ARG_TEXT, "PHONE", "the number on cards, if not the NHS file's",
	offsetof(struct enrol_args, phone), 0, false, 0, 0, NULL},
    CODE_ARG,
};

static const struct args enrol_spec = {"carerpass org enrol",
    "Lets an organisation issue passports: makes its signing key. Once more "
    "changes setting or telephone and keeps the key.",
    enrol_table, sizeof(enrol_table) / sizeof(*enrol_table)};

static const struct arg rotate_table[] = {
    APP_ARGS(struct enrol_args),
    CODE_ARG,
};

static const struct args rotate_spec = {"carerpass org rotate",
    "Makes the organisation's next signing key, good for a year from now. "
    "Cards signed with the old one stay good.",
    rotate_table, sizeof(rotate_table) / sizeof(*rotate_table)};

static const struct arg revoke_table[] = {
    APP_ARGS(struct enrol_args),
    {"--reason", ARG_TEXT, "TEXT", "why, for the record",
	offsetof(struct enrol_args, reason), 0, true, 0, 0, NULL},
    {"CODE|KID", ARG_TEXT, NULL,
	"an organisation (all its keys), or one key's 16 hex digits",
	offsetof(struct enrol_args, ods), 0, true, 0, 0, NULL},
};

static const struct args revoke_spec = {"carerpass org revoke",
    "Revokes signing keys for ever: every card that they signed stops being "
    "confirmed with the next lists.",
    revoke_table, sizeof(revoke_table) / sizeof(*revoke_table)};

/* What one command writes in one transaction. */
struct change {
	struct enrolment *enrolment; /* NULL: not changed */
	struct key *key;             /* NULL: no new one */
};

static enum err
write_change(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	enum err e = ERR_OK;

	if (c->enrolment != NULL)
		e = record_enrolment(db, c->enrolment, app_now());
	if (e == ERR_OK && c->key != NULL)
		e = record_key(db, c->key, app_now());
	return e;
}

static enum err
commit(struct app *app, struct enrolment *en, struct key *key)
{
	struct change c = {en, key};
	enum err e = db_write(app->db, write_change, &c);

	return e == ERR_OK ? app_note_head(app) : e;
}

static enum err
read_code(char ods[static NORMAL_TEXT], const char *text)
{
	const char *why = normal_ods(ods, span_str(text));

	if (why == NULL)
		return ERR_OK;
	log_error("'%.40s' %s", text, why);
	return ERR_DATA;
}

/* May this organisation issue at all? */
static enum err
admit(struct app *app, const char *ods, struct org *org)
{
	char sentence[ORG_REFUSAL];
	enum err e = org_get(app->db, span_str(ods), org);
	const char *why = org_refusal(
	    e == ERR_OK ? org : NULL, date_day_of(app_now()), sentence);

	if (e != ERR_OK && e != ERR_NOINPUT)
		return e;
	if (why != NULL) {
		log_error("%s: %s", ods, why);
		return e == ERR_NOINPUT ? ERR_NOINPUT : ERR_DATA;
	}
	if (!name_is_org(span_str(org->name))) {
		log_error("%s: its name in the NHS file has characters that a "
			  "passport cannot carry: have the file corrected",
		    ods);
		return ERR_DATA;
	}
	return ERR_OK;
}

/* Takes setting and telephone from the command line into ${en}. */
static enum err
amend(struct enrolment *en, const struct enrol_args *a)
{
	char phone[NORMAL_TEXT];
	const char *why = NULL;

	if (a->setting != NULL &&
	    org_setting_parse(&en->setting, span_str(a->setting)) != ERR_OK) {
		log_error("--setting is one of: general_practice, hospital, "
			  "community, employer, education");
		return ERR_USAGE;
	}
	if (a->phone == NULL)
		return ERR_OK;
	why = normal_phone(phone, span_str(a->phone));
	if (why != NULL) {
		log_error("--phone %s", why);
		return ERR_DATA;
	}
	memcpy(en->phone, phone, strlen(phone) + 1);
	return ERR_OK;
}

static enum err
new_key(struct app *app, const char *ods, struct key *key)
{
	int64_t now = app_now();

	return app_make_key(app, USE_PASSPORT, ods,
	    now - now % DATE_DAY_SECONDS, TRUST_KEY_DAYS - 1, key);
}

static enum err
report(struct app *app, const struct org *org, const struct enrolment *en,
    const struct key *key, const char *what)
{
	char kid[2 * KEY_KID + 1] = "";
	char until[DATE_WORDS] = "";

	if (key != NULL) {
		sodium_bin2hex(kid, sizeof(kid), key->kid, KEY_KID);
		date_words(until, date_of(date_day_of(key->not_after)));
	}
	if (app->args->json)
		return output_json(
		    key != NULL ? json_pack("{s:s,s:s,s:s,s:s}", "ods",
				      org->ods, "name", org->name, "setting",
				      org_setting_name(en->setting), "kid", kid)
				: json_pack("{s:s,s:s,s:s}", "ods", org->ods,
				      "name", org->name, "setting",
				      org_setting_name(en->setting)));
	printf("%s %s %s", org->ods, org->name, what);
	if (key != NULL)
		printf(" Its key %s signs until %s.", kid, until);
	printf("\n");
	log_note("wards learn of it with the next lists: run carerpass "
		 "publish");
	return ERR_OK;
}

static enum err
enrol(struct app *app, const char *ods, const struct enrol_args *a)
{
	struct enrolment en;
	struct org org;
	struct key key;
	bool known;
	enum err e = admit(app, ods, &org);

	if (e != ERR_OK)
		return e;
	e = enrol_get(app->db, span_str(ods), &en);
	known = e == ERR_OK;
	if (e == ERR_NOINPUT) {
		memset(&en, 0, sizeof(en));
		memcpy(en.ods, org.ods, sizeof(en.ods));
		en.setting = org_setting_of(org.kind);
		en.enrolled = date_day_of(app_now());
		en.state = ENROL_ISSUING;
		e = ERR_OK;
	}
	if (e == ERR_OK)
		e = amend(&en, a);
	if (e != ERR_OK)
		return e;
	if (known)
		e = commit(app, &en, NULL);
	else if ((e = new_key(app, ods, &key)) == ERR_OK)
		e = commit(app, &en, &key);
	return e == ERR_OK
		   ? report(app, &org, &en, known ? NULL : &key,
			 known ? "was enrolled before; its details are stored."
			       : "may issue carer passports.")
		   : e;
}

static enum err
rotate(struct app *app, const char *ods, const struct enrol_args *a)
{
	struct enrolment en;
	struct org org;
	struct key key;
	enum err e = admit(app, ods, &org);

	(void)a;
	if (e != ERR_OK)
		return e;
	e = enrol_get(app->db, span_str(ods), &en);
	if (e == ERR_NOINPUT)
		log_error(
		    "%s was never enrolled: carerpass org enrol %s", ods, ods);
	if (e == ERR_OK)
		e = new_key(app, ods, &key);
	if (e == ERR_OK)
		e = commit(app, NULL, &key);
	return e == ERR_OK
		   ? report(app, &org, &en, &key, "has a new signing key.")
		   : e;
}

/* --- revoking --- */

struct revoking {
	struct app *app;
	const char *reason;
	uint8_t kid[64][KEY_KID];
	size_t n;
	size_t cards;
};

static enum err
collect(const struct key *k, void *ctx)
{
	struct revoking *r = ctx;

	if (k->state == KEY_REVOKED)
		return ERR_OK;
	if (r->n == sizeof(r->kid) / sizeof(*r->kid))
		return ERR_TOOBIG;
	memcpy(r->kid[r->n++], k->kid, KEY_KID);
	return ERR_OK;
}

static enum err
write_revocations(struct db *db, void *ctx)
{
	const struct revoking *r = ctx;
	enum err e = ERR_OK;

	for (size_t i = 0; i < r->n && e == ERR_OK; i++)
		e = record_revocation(
		    db, r->kid[i], app_now(), span_str(r->reason));
	return e;
}

static enum err
name_card(void *ctx, const struct card *c)
{
	struct revoking *r = ctx;
	char serial[SERIAL_TEXT];
	struct card_text text;
	enum err e = card_open(r->app->db, &r->app->sealer, c->serial, &text);

	r->cards++;
	serial_text(serial, (uint64_t)c->serial);
	if (e == ERR_OK && r->app->args->json)
		e = output_card(r->app, c, &text, card_kind_name(c->kind));
	else if (e == ERR_OK)
		printf("%s  %s\n", serial, text.name);
	explicit_bzero(&text, sizeof(text));
	return e;
}

static enum err
find_keys(struct app *app, const char *what, struct revoking *r)
{
	struct key_filter f = {.purpose = KEY_PASSPORT, .state = -1};
	char ods[NORMAL_TEXT];
	struct key key;
	size_t got;
	enum err e;

	if (strlen(what) == 2 * (size_t)KEY_KID &&
	    sodium_hex2bin(
		r->kid[0], KEY_KID, what, 2 * KEY_KID, NULL, &got, NULL) == 0 &&
	    got == KEY_KID) {
		e = key_get(app->db, r->kid[0], &key);
		r->n = e == ERR_OK && key.state != KEY_REVOKED;
	} else {
		e = read_code(ods, what);
		f.ods = span_str(ods);
		if (e == ERR_OK)
			e = key_list(app->db, &f, collect, r);
	}
	if (e == ERR_NOINPUT || (e == ERR_OK && r->n == 0)) {
		log_error("%s has no key that could be revoked", what);
		return ERR_DATA;
	}
	return e;
}

static enum err
revoke(struct app *app, const struct enrol_args *a)
{
	struct revoking r = {.app = app, .reason = a->reason};
	enum err e = strlen(a->reason) > 200 ? ERR_DATA : ERR_OK;

	if (e != ERR_OK)
		log_error("--reason is longer than 200 bytes");
	if (e == ERR_OK)
		e = find_keys(app, a->ods, &r);
	if (e == ERR_OK)
		e = db_write(app->db, write_revocations, &r);
	if (e == ERR_OK)
		e = app_note_head(app);
	if (e == ERR_OK && !app->args->json)
		printf("Revoked. These cards must be issued again:\n");
	for (size_t i = 0; i < r.n && e == ERR_OK; i++) {
		struct card_filter f = {.kid = r.kid[i], .good_at = app_now()};

		e = card_each(app->db, &f, name_card, &r);
	}
	if (e == ERR_OK && !app->args->json)
		printf("%zu card%s. Next: carerpass publish, then carerpass "
		       "org rotate CODE for a new key.\n",
		    r.cards, r.cards == 1 ? "" : "s");
	return e;
}

typedef enum err enrol_fn(
    struct app *app, const char *ods, const struct enrol_args *a);

static int
run(const struct args *spec, int argc, char **argv, enrol_fn *fn)
{
	struct enrol_args a = {0};
	struct app app = {0};
	char ods[NORMAL_TEXT];
	bool help = false;
	enum err e = args_parse(spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	if (fn != NULL)
		e = read_code(ods, a.ods);
	if (e == ERR_OK)
		e = app_open(&app, &a.app, APP_SIGN);
	if (e == ERR_OK)
		e = fn != NULL ? fn(&app, ods, &a) : revoke(&app, &a);
	app_close(&app);
	return err_exit(e);
}

int
cmd_org_enrol(int argc, char **argv)
{
	return run(&enrol_spec, argc, argv, enrol);
}

int
cmd_org_rotate(int argc, char **argv)
{
	return run(&rotate_spec, argc, argv, rotate);
}

int
cmd_org_revoke(int argc, char **argv)
{
	return run(&revoke_spec, argc, argv, NULL);
}
