#include "issuer/issuing.h"

#include <stdio.h>

#include "base/log.h"
#include "passport/passport.h"
#include "passport/serial.h"
#include "registry/enrol.h"
#include "registry/holder.h"
#include "registry/publication.h"

const char *
issuing_exp(int64_t *exp, const struct issuing *in, int64_t now)
{
	struct date today = date_of(date_day_of(now));
	int64_t last = date_days(date_add_months(today, in->months));
	int64_t adult;
	struct date born;

	if (in->born[0] == '\0') {
		if (in->young)
			return "a young carer's card ends before the 18th "
			       "birthday: give the birth date with --born "
			       "YYYY-MM-DD";
		*exp = (last + 1) * DATE_DAY_SECONDS;
		return NULL;
	}
	if (date_parse(&born, span_str(in->born)) != ERR_OK)
		return "the birth date is not a date: write it as YYYY-MM-DD";
	if (date_days(born) > date_days(today) || born.year < 1900)
		return "the birth date cannot be right: look at the year";
	adult = date_days(date_add_months(born, 12 * ISSUING_YOUNG));
	if (!in->young && date_days(today) < adult)
		return "this person is under 18: issue a young carer's "
		       "passport with --young";
	if (in->young && date_days(today) >= adult)
		return "this person is 18 or over: issue the passport without "
		       "--young";
	if (in->young && last >= adult)
		last = adult - 1;
	*exp = (last + 1) * DATE_DAY_SECONDS;
	return NULL;
}

struct reserving {
	struct app *app;
	struct issue_request req;
	struct issue_result *out;
};

static enum err
payload(void *ctx, const struct issue_claims *c,
    uint8_t out[static CARD_TEXT_MAX], size_t *n)
{
	struct cbor_out o = {.p = out, .cap = CARD_TEXT_MAX};
	struct passport p = {.iss = span_str(c->request->org),
	    .exp = c->request->exp,
	    .iat = c->request->iat,
	    .serial = (uint64_t)c->serial,
	    .name = c->name,
	    .class = (enum passport_class)c->request->class,
	    .index = c->status_index};

	(void)ctx;
	passport_put(&o, &p);
	*n = o.n;
	return o.full ? ERR_TOOBIG : ERR_OK;
}

static enum err
reserve(struct db *db, void *ctx)
{
	struct reserving *r = ctx;

	return issue_reserve(
	    db, &r->app->sealer, &r->req, payload, NULL, r->out);
}

struct storing {
	int64_t serial;
	const uint8_t *signature;
};

static enum err
store(struct db *db, void *ctx)
{
	const struct storing *s = ctx;

	return issue_store_signature(db, s->serial, s->signature, app_now());
}

/* Has the payload signed by the card's key, and keeps the signature. */
static enum err
sign(struct app *app, const struct card *card, const struct card_text *text,
    uint8_t sig[static CARD_SIGNATURE])
{
	struct span bytes = span_of(text->payload, text->payload_n);
	struct storing s = {card->serial, sig};
	struct signer_head head;
	struct key key;
	struct key_record record;
	uint8_t sigs[1][ED25519_SIG];
	enum err e = key_get(app->db, card->kid, &key);

	if (e == ERR_OK)
		e = app_head(app, &head);
	if (e != ERR_OK)
		return e;
	record = app_key_record(&key);
	e = signer_sign(
	    app->signer, COSE_PASSPORT, &record, &head, &bytes, 1, sigs);
	if (e != ERR_OK)
		return e;
	memcpy(sig, sigs[0], CARD_SIGNATURE);
	return db_write(app->db, store, &s);
}

static enum err
finish(void *ctx, const struct card *card, const struct card_text *text)
{
	struct app *app = ctx;
	uint8_t sig[CARD_SIGNATURE];
	char serial[SERIAL_TEXT];
	struct key key;
	enum err e = key_get(app->db, card->kid, &key);

	/* It was withdrawn, so nobody waits for it. */
	if (card->is_ended)
		return ERR_OK;
	serial_text(serial, (uint64_t)card->serial);
	/* A card that can no longer be signed never left the house. */
	if (e == ERR_OK && key.nsealed == 0) {
		log_warn("card %s was reserved and its key has gone: it was "
			 "never handed out; withdraw it and issue another",
		    serial);
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = sign(app, card, text, sig);
	/* One card that is past signing must not stop all the others. */
	if (e == ERR_POLICY) {
		log_warn("card %s was reserved and cannot be signed: it was "
			 "never handed out; withdraw it and issue another",
		    serial);
		return ERR_OK;
	}
	return e;
}

enum err
issuing_finish(struct app *app)
{
	return issue_unsigned(app->db, &app->sealer, finish, app);
}

static enum err
find_key(
    struct app *app, const char *ods, struct enrolment *en, struct key *key)
{
	enum err e = enrol_get(app->db, span_str(ods), en);

	if (e == ERR_NOINPUT || (e == ERR_OK && en->state != ENROL_ISSUING)) {
		log_error("%s issues no passports: check the code, or enrol "
			  "it first with carerpass org enrol %s",
		    ods, ods);
		return ERR_DATA;
	}
	if (e != ERR_OK)
		return e;
	e = key_active(app->db, KEY_PASSPORT, span_str(ods), app_now(), key);
	if (e == ERR_NOINPUT) {
		log_error("%s has no signing key in its period: make the next "
			  "with carerpass org rotate %s",
		    ods, ods);
		return ERR_DATA;
	}
	return e;
}

/* A column as people say it. */
static const char *
spoken(const char *column)
{
	static const char *const words[][2] = {
	    {"ref", "reference"},
	    {"nhs_number", "NHS number"},
	    {"born", "birth date"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i][0], column) == 0)
			return words[i][1];
	return column;
}

static enum err
report_conflict(const struct issue_result *r)
{
	log_error("this %s is already used by somebody with another %s: look "
		  "the person up with carerpass find, or correct what was "
		  "typed",
	    spoken(r->column), spoken(r->differs));
	return ERR_DATA;
}

enum err
issuing_is_good(struct app *app, const struct card *card, bool *good)
{
	struct key key;
	enum err e = key_get(app->db, card->kid, &key);

	*good = e == ERR_OK && key.state != KEY_REVOKED &&
		card_is_good(card, app_now());
	return e;
}

/* Reserves, has it signed, and tells what came of it. */
static enum err
issue(struct reserving *r, const char *ods)
{
	struct issue_result *out = r->out;
	struct enrolment en;
	struct key key;
	bool good = true;
	enum err e = find_key(r->app, ods, &en, &key);

	if (e != ERR_OK)
		return e;
	r->req.org = ods;
	r->req.setting = (int)en.setting;
	r->req.kid = key.kid;
	r->req.iat = app_now();
	e = db_write(r->app->db, reserve, r);
	if (e == ERR_OK && out->outcome == ISSUE_CONFLICT)
		return report_conflict(out);
	if (e == ERR_OK && out->outcome == ISSUE_EXISTING)
		e = issuing_is_good(r->app, &out->card, &good);
	if (!good)
		out->outcome = ISSUE_ENDED;
	if (e == ERR_OK && out->outcome == ISSUE_RESERVED) {
		e = sign(r->app, &out->card, &out->text, out->card.signature);
		out->card.is_signed = e == ERR_OK;
	}
	return e;
}

static enum err
refuse(const char *why)
{
	log_error("%s", why);
	return ERR_DATA;
}

enum err
issuing_one(struct app *app, const struct issuing *in, struct issue_result *out)
{
	struct reserving r = {.app = app, .out = out};
	const char *why = issuing_exp(&r.req.exp, in, app_now());

	memset(out, 0, sizeof(*out));
	if (why != NULL)
		return refuse(why);
	r.req.name = span_str(in->name);
	r.req.ref = span_str(in->ref);
	r.req.nhs = span_str(in->nhs);
	r.req.born = span_str(in->born);
	r.req.class = in->young ? CLASS_YOUNG : CLASS_ADULT;
	r.req.kind = CARD_FIRST;
	return issue(&r, in->ods);
}

/* Young or not is asked anew: birthdays pass. */
static enum err
class_now(struct app *app, const struct card *old, struct issuing *in)
{
	struct holder_text text;
	struct holder holder;
	struct date born;
	enum err e = holder_get(app->db, old->holder, &holder);

	if (e == ERR_OK)
		e = holder_open(app->db, &app->sealer, &holder, &text);
	if (e != ERR_OK)
		return e;
	memcpy(in->born, text.born, strnlen(text.born, NORMAL_DATE - 1));
	explicit_bzero(&text, sizeof(text));
	in->young = old->class == CLASS_YOUNG &&
		    date_parse(&born, span_str(in->born)) == ERR_OK &&
		    date_day_of(app_now()) <
			date_days(date_add_months(born, 12 * ISSUING_YOUNG));
	return ERR_OK;
}

enum err
issuing_again(struct app *app, int64_t serial, enum card_kind kind, int months,
    struct issue_result *out)
{
	struct reserving r = {.app = app, .out = out};
	struct issuing in = {.months = months};
	struct card old;
	const char *why;
	enum err e = card_get(app->db, serial, &old);

	memset(out, 0, sizeof(*out));
	if (e == ERR_OK)
		e = class_now(app, &old, &in);
	if (e == ERR_NOINPUT)
		return refuse(
		    "there is no such card, or its holder was erased");
	if (e != ERR_OK)
		return e;
	why = issuing_exp(&r.req.exp, &in, app_now());
	if (why != NULL)
		return refuse(why);
	r.req.class = in.young ? CLASS_YOUNG : CLASS_ADULT;
	r.req.kind = kind;
	r.req.replaces = serial;
	return issue(&r, old.org);
}
