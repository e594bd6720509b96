#include "issuer/issuing.h"

#include <stdio.h>

#include "base/log.h"
#include "issuer/term.h"
#include "passport/passport.h"
#include "passport/serial.h"
#include "registry/enrol.h"
#include "registry/holder.h"
#include "registry/publication.h"

static void
refused(struct issuing_item *it, const char *column, const char *why)
{
	it->column = column;
	(void)snprintf(it->why, sizeof(it->why), "%s", why);
}

/* Until when it is good, unless birth date or class refuse it. */
static void
find_end(struct issuing_item *it, const struct issuing *in, int64_t now,
    int64_t *exp)
{
	const char *column = NULL;
	const char *why = term_end(in, now, exp, &column);

	if (why != NULL)
		refused(it, column, why);
}

/* --- reserving and signing ------------------------------------------------ */

/* The key that signs for an organisation now, looked up once for many cards. */
struct issuer_key {
	char ods[NORMAL_TEXT];
	struct enrolment en;
	struct key key;
};

struct reserving {
	struct app *app;
	struct issuing_item *item;
	size_t n;
	struct issuer_key issuer;
	int64_t now;
	enum issuing_mode mode;
	bool undo; /* all is said, and the transaction is to be undone */
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

struct storing {
	const struct card **card;
	uint8_t (*signature)[CARD_SIGNATURE];
	size_t n;
};

static enum err
store(struct db *db, void *ctx)
{
	const struct storing *s = ctx;
	enum err e = ERR_OK;

	for (size_t i = 0; i < s->n && e == ERR_OK; i++)
		e = issue_store_signature(
		    db, s->card[i]->serial, s->signature[i], app_now());
	return e;
}

/* Has the payloads signed by the key that their cards share. */
static enum err
sign_run(struct app *app, const struct storing *s, const struct span *payload)
{
	struct signer_head head;
	struct key key;
	struct key_record record;
	enum err e = key_get(app->db, s->card[0]->kid, &key);

	if (e == ERR_OK)
		e = app_head(app, &head);
	if (e != ERR_OK)
		return e;
	record = app_key_record(&key);
	return signer_sign(app->signer, COSE_PASSPORT, &record, &head, payload,
	    s->n, s->signature);
}

/* The same for one card, which also keeps it. */
static enum err
sign(struct app *app, const struct card *card, const struct card_text *text)
{
	struct span payload = span_of(text->payload, text->payload_n);
	uint8_t signature[1][CARD_SIGNATURE];
	struct storing s = {&card, signature, 1};
	enum err e = sign_run(app, &s, &payload);

	return e == ERR_OK ? db_write(app->db, store, &s) : e;
}

static enum err
finish(void *ctx, const struct card *card, const struct card_text *text)
{
	struct app *app = ctx;
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
		e = sign(app, card, text);
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
find_key(struct app *app, const char *ods, struct issuer_key *k)
{
	struct span code = span_str(ods);
	enum err e = enrol_get(app->db, code, &k->en);

	k->ods[0] = '\0';
	if (e == ERR_NOINPUT || (e == ERR_OK && k->en.state != ENROL_ISSUING)) {
		log_error("%s issues no passports: check the code, or enrol "
			  "it first with carerpass org enrol %s",
		    ods, ods);
		return ERR_DATA;
	}
	if (e == ERR_OK)
		e = key_active(app->db, KEY_PASSPORT, code, app_now(), &k->key);
	if (e == ERR_NOINPUT) {
		log_error("%s has no signing key in its period: make the next "
			  "with carerpass org rotate %s",
		    ods, ods);
		return ERR_DATA;
	}
	if (e == ERR_OK)
		memcpy(k->ods, ods, code.n + 1);
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

static void
note_conflict(struct issuing_item *it)
{
	const struct issue_result *r = &it->result;

	it->column = r->column;
	(void)snprintf(it->why, sizeof(it->why),
	    "this %s is already used by somebody with another %s: look the "
	    "person up with carerpass find, or correct what was typed",
	    spoken(r->column), spoken(r->differs));
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

/* --- many ----------------------------------------------------------------- */

/* Young or not is asked anew: birthdays pass. */
static enum err
class_now(struct reserving *r, const struct card *old, struct issuing *in)
{
	struct holder_text text;
	struct holder holder;
	struct date born;
	enum err e = holder_get(r->app->db, old->holder, &holder);

	if (e == ERR_OK)
		e = holder_open(r->app->db, &r->app->sealer, &holder, &text);
	if (e != ERR_OK)
		return e;
	memcpy(in->born, text.born, strnlen(text.born, NORMAL_DATE - 1));
	explicit_bzero(&text, sizeof(text));
	in->young = old->class == CLASS_YOUNG &&
		    date_parse(&born, span_str(in->born)) == ERR_OK &&
		    date_day_of(r->now) <
			date_days(date_add_months(born, 12 * ISSUING_YOUNG));
	return ERR_OK;
}

static enum err
fill_again(
    struct reserving *r, struct issuing_item *it, struct issue_request *q)
{
	struct issuing in = {.months = it->want.months};
	struct card old;
	enum err e = card_get(r->app->db, it->replaces, &old);

	if (e == ERR_OK)
		e = class_now(r, &old, &in);
	if (e == ERR_NOINPUT) {
		refused(it, "serial",
		    "this person was erased: issue a new passport with "
		    "carerpass issue");
		return ERR_OK;
	}
	if (e == ERR_OK)
		find_end(it, &in, r->now, &q->exp);
	if (e == ERR_OK && it->keep_end && old.exp < q->exp)
		q->exp = old.exp;
	q->class = in.young ? CLASS_YOUNG : CLASS_ADULT;
	q->replaces = it->replaces;
	q->reason = (int)it->reason;
	explicit_bzero(&in, sizeof(in));
	return e;
}

static void
fill_first(
    struct reserving *r, struct issuing_item *it, struct issue_request *q)
{
	const struct issuing *in = &it->want;

	find_end(it, in, r->now, &q->exp);
	/* Whoever has a card already is told so, whatever a new one would need.
	 */
	q->only_known = it->why[0] != '\0';
	q->name = span_str(in->name);
	q->ref = span_str(in->ref);
	q->nhs = span_str(in->nhs);
	q->born = span_str(q->only_known ? "" : in->born);
	q->class = in->young ? CLASS_YOUNG : CLASS_ADULT;
}

/* A card of a revoked key has ended, whatever its own row says. */
static enum err
look_at_key(struct app *app, struct issue_result *r)
{
	bool good = true;
	enum err e = ERR_OK;

	if (r->outcome == ISSUE_EXISTING || r->outcome == ISSUE_REPLACED)
		e = issuing_is_good(app, &r->card, &good);
	if (!good)
		r->outcome = ISSUE_ENDED;
	return e;
}

/* What the registry is asked, and what that stands on. */
struct asking {
	struct issue_request q;
	uint8_t kid[CARD_KID];
};

/* From what is asked of us to what the registry is asked, unless it is refused.
 */
static enum err
fill(struct reserving *r, struct issuing_item *it, struct asking *a)
{
	struct issue_request *q = &a->q;
	enum err e = ERR_OK;

	*q = (struct issue_request){.kind = it->kind, .iat = r->now};
	it->column = NULL;
	it->why[0] = '\0';
	if (strcmp(r->issuer.ods, it->want.ods) != 0)
		e = find_key(r->app, it->want.ods, &r->issuer);
	if (e == ERR_OK && it->kind == CARD_FIRST)
		fill_first(r, it, q);
	else if (e == ERR_OK)
		e = fill_again(r, it, q);
	q->org = it->want.ods;
	q->setting = (int)r->issuer.en.setting;
	memcpy(a->kid, r->issuer.key.kid, sizeof(a->kid));
	q->kid = a->kid;
	return e;
}

/* Inside a transaction: at most SEALER_HOLDERS items become reserved cards, or
 * are refused. */
static enum err
reserve_some(struct db *db, struct reserving *r, struct issuing_item *item,
    size_t n, bool *refusal)
{
	struct asking a[SEALER_HOLDERS];
	struct issue_job job[SEALER_HOLDERS] = {{NULL, NULL}};
	size_t jobs = 0;
	enum err e = ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		e = fill(r, &item[i], &a[i]);
		if (e == ERR_OK &&
		    (item[i].why[0] == '\0' || a[i].q.only_known))
			job[jobs++] =
			    (struct issue_job){&a[i].q, &item[i].result};
	}
	if (e == ERR_OK && jobs > 0)
		e = issue_reserve_many(
		    db, &r->app->sealer, job, jobs, payload, NULL);
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		struct issuing_item *it = &item[i];

		if (a[i].q.only_known && it->result.outcome != ISSUE_NOBODY)
			it->why[0] = '\0';
		if (it->why[0] == '\0')
			e = look_at_key(r->app, &it->result);
		if (e == ERR_OK && it->why[0] == '\0' &&
		    it->result.outcome == ISSUE_CONFLICT)
			note_conflict(it);
		*refusal = *refusal || it->why[0] != '\0';
	}
	return e;
}

static enum err
reserve_all(struct db *db, void *ctx)
{
	struct reserving *r = ctx;
	bool refusal = false;
	enum err e = ERR_OK;

	for (size_t i = 0; i < r->n && e == ERR_OK; i += SEALER_HOLDERS) {
		size_t left = r->n - i;

		e = reserve_some(db, r, &r->item[i],
		    left < SEALER_HOLDERS ? left : SEALER_HOLDERS, &refusal);
	}
	r->undo = e == ERR_OK && (r->mode == ISSUING_DRY ||
				     (r->mode == ISSUING_ALL && refusal));
	return r->undo ? ERR_DATA : e;
}

static bool
is_reserved(const struct issuing_item *it)
{
	return it->why[0] == '\0' && it->result.outcome == ISSUE_RESERVED;
}

/* Some cards that were reserved and are to be signed, and the signatures. */
struct signing {
	struct issuing_item *item[ISSUING_BATCH];
	const struct card *card[ISSUING_BATCH];
	struct span payload[ISSUING_BATCH];
	uint8_t signature[ISSUING_BATCH][CARD_SIGNATURE];
	size_t n;
};

/* A run of cards of one key at a time; then all are kept. */
static enum err
sign_some(struct app *app, struct signing *s)
{
	struct storing all = {s->card, s->signature, s->n};
	size_t from = 0;
	enum err e = ERR_OK;

	for (size_t i = 1; i <= s->n && e == ERR_OK; i++) {
		struct storing run = {
		    s->card + from, s->signature + from, i - from};

		if (i < s->n &&
		    memcmp(s->card[i]->kid, s->card[from]->kid, CARD_KID) == 0)
			continue;
		e = sign_run(app, &run, s->payload + from);
		from = i;
	}
	if (e == ERR_OK && s->n > 0)
		e = db_write(app->db, store, &all);
	for (size_t i = 0; i < s->n && e == ERR_OK; i++) {
		struct card *c = &s->item[i]->result.card;

		memcpy(c->signature, s->signature[i], CARD_SIGNATURE);
		c->is_signed = true;
	}
	s->n = 0;
	return e;
}

static enum err
sign_all(struct app *app, struct issuing_item *item, size_t n)
{
	struct signing s = {.n = 0};
	enum err e = ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		struct issue_result *r = &item[i].result;

		if (!is_reserved(&item[i]))
			continue;
		s.item[s.n] = &item[i];
		s.card[s.n] = &r->card;
		s.payload[s.n++] = span_of(r->text.payload, r->text.payload_n);
		if (s.n == ISSUING_BATCH)
			e = sign_some(app, &s);
	}
	return e == ERR_OK ? sign_some(app, &s) : e;
}

enum err
issuing_many(struct app *app, struct issuing_item *item, size_t n,
    enum issuing_mode mode, bool *issued)
{
	struct reserving r = {
	    .app = app, .item = item, .n = n, .now = app_now(), .mode = mode};
	enum err e = db_write(app->db, reserve_all, &r);

	*issued = e == ERR_OK;
	if (r.undo)
		return ERR_OK;
	return e == ERR_OK ? sign_all(app, item, n) : e;
}

enum err
issuing_one(struct app *app, struct issuing_item *item)
{
	bool issued;
	enum err e = issuing_many(app, item, 1, ISSUING_EACH, &issued);

	if (e != ERR_OK || item->why[0] == '\0')
		return e;
	log_error("%s", item->why);
	return ERR_DATA;
}

void
issuing_again(struct issuing_item *it, const struct card *card,
    enum card_kind kind, int months)
{
	*it = (struct issuing_item){
	    .kind = kind, .replaces = card->serial, .want.months = months};
	memcpy(it->want.ods, card->org, strnlen(card->org, CARD_ORG - 1));
}
