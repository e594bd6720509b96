#include "registry/reservation.h"

#include <assert.h>

#include "base/rand.h"
#include "registry/event.h"
#include "registry/ledger.h"
#include "registry/sealed.h"
#include "registry/status_pool.h"

#define SERIAL_TRIES 100 /* even at 10^11 cards a draw misses 9 of 10 */
#define SERIAL_COUNT ((UINT64_C(1) << 40) - 1) /* serials: 1 to 2^40 - 1 */

static const char sql_next_holder[] =
    "SELECT coalesce(max(id), 0) + 1 FROM holder";

static const char sql_serial[] =
    "SELECT 1 FROM card WHERE serial = $serial"
    " UNION ALL SELECT 1 FROM lost_card WHERE serial = $serial";

static const char sql_holder[] =
    "INSERT INTO holder (id, person, org, ref_index, key, salt, name, born,"
    " ref, nhs, erased) VALUES ($id, $person, $org, $ref_index, $key, $salt,"
    " $name, $born, $ref, $nhs, 0)";

static const char sql_card[] =
    "INSERT INTO card (serial, holder, org, setting, kid, class, kind,"
    " status_index, iat, exp, replaces, payload) VALUES ($serial, $holder,"
    " $org, $setting, $kid, $class, $kind, $status_index, $iat, $exp,"
    " $replaces, $payload)";

/* --- numbers and texts ---------------------------------------------------- */

/* Runs a query of one integer. */
static enum err
get_int(struct stmt *st, int64_t *out, bool *found)
{
	enum err e = db_one(st, found);

	if (e == ERR_OK && *found)
		*out = db_int(st, 0);
	db_reset(st);
	return e;
}

static bool
is_waiting(const struct reserving *r, int64_t serial)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].serial == serial)
			return true;
	return false;
}

static enum err
draw_serial(struct reserving *r, int64_t *serial)
{
	for (int i = 0; i < SERIAL_TRIES; i++) {
		struct stmt *st = db_prepare(r->db, sql_serial);
		uint64_t n;
		int64_t one;
		bool taken;
		enum err e = rand_below(&n, SERIAL_COUNT);

		if (e != ERR_OK)
			return e;
		*serial = (int64_t)n + 1;
		if (is_waiting(r, *serial))
			continue;
		db_bind_int(st, "$serial", *serial);
		e = get_int(st, &one, &taken);
		if (e != ERR_OK || !taken)
			return e;
	}
	return ERR_INTERNAL;
}

static enum err
make_payload(
    struct reserving *r, const struct reservation *it, struct span name)
{
	struct card_text *text = &it->out->text;
	struct issue_claims claims = {.request = it->req,
	    .name = name,
	    .serial = it->serial,
	    .status_index = it->index};
	enum err e = r->fn(r->ctx, &claims, text->payload, &text->payload_n);

	if (e == ERR_OK &&
	    (text->payload_n == 0 || text->payload_n > CARD_TEXT_MAX))
		e = ERR_INTERNAL;
	if (e == ERR_OK)
		memcpy(text->name, name.p, name.n);
	return e;
}

enum err
reservation_next_holder(const struct reserving *r, int64_t *id)
{
	bool found;

	/* Those that wait are all of new holders. */
	if (r->n == 0)
		return get_int(db_prepare(r->db, sql_next_holder), id, &found);
	*id = r->v[r->n - 1].holder.id + 1;
	return ERR_OK;
}

enum err
reservation_add(
    struct reserving *r, const struct reservation *it, struct span name)
{
	struct reservation *to = &r->v[r->n];
	uint32_t held[SEALER_HOLDERS];
	enum err e;

	assert(r->n < SEALER_HOLDERS);
	*to = *it;
	for (size_t i = 0; i < r->n; i++)
		held[i] = r->v[i].index;
	e = draw_serial(r, &to->serial);
	if (e == ERR_OK)
		e = status_pool_take(r->db, to->req->iat, held, r->n,
		    &to->index, &to->out->new_list);
	if (e == ERR_OK)
		e = make_payload(r, to, name);
	if (e == ERR_OK)
		r->n++;
	return e;
}

/* --- storing -------------------------------------------------------------- */

/* What is to be sealed of one: the payload and, of a new holder, what is known
 * about them. */
static void
fill(
    const struct reservation *it, struct sealed_in in[static RESERVATION_TEXTS])
{
	const struct issue_request *q = it->req;
	const struct card_text *text = &it->out->text;
	int64_t id = it->holder.id;

	in[0] = (struct sealed_in){"card", "payload", it->serial,
	    span_of(text->payload, text->payload_n)};
	in[1] = (struct sealed_in){"holder", "name", id, q->name};
	in[2] = (struct sealed_in){"holder", "born", id, q->born};
	in[3] = (struct sealed_in){"holder", "ref", id, q->ref};
	in[4] = (struct sealed_in){"holder", "nhs", id, q->nhs};
}

static enum err
seal_all(struct reserving *r)
{
	struct sealed_in in[SEALER_HOLDERS][RESERVATION_TEXTS];
	struct sealed_holder h[SEALER_HOLDERS];

	for (size_t i = 0; i < r->n; i++) {
		struct reservation *it = &r->v[i];

		fill(it, in[i]);
		h[i] = (struct sealed_holder){it->holder.key, it->holder.id,
		    it->is_new, in[i], it->sealed,
		    it->is_new ? RESERVATION_TEXTS : 1};
	}
	return sealed_write(r->sealer, h, r->n);
}

static enum err
insert_holder(struct db *db, const struct reservation *r)
{
	const struct holder *h = &r->holder;
	struct stmt *st = db_prepare(db, sql_holder);

	db_bind_int(st, "$id", h->id);
	db_bind_int(st, "$person", h->person);
	db_bind_text(st, "$org", span_str(r->req->org));
	if (r->req->ref.n > 0)
		db_bind_blob(
		    st, "$ref_index", span_of(r->who->ref, SEALER_BLIND));
	else
		db_bind_null(st, "$ref_index");
	db_bind_blob(st, "$key", span_of(h->key, SEALER_KEY));
	db_bind_blob(st, "$salt", span_of(h->salt, HOLDER_SALT));
	sealed_bind(st, "$name", &r->sealed[1]);
	sealed_bind(st, "$born", &r->sealed[2]);
	sealed_bind(st, "$ref", &r->sealed[3]);
	sealed_bind(st, "$nhs", &r->sealed[4]);
	return db_run(st);
}

static enum err
insert_card(struct db *db, const struct reservation *r)
{
	const struct issue_request *q = r->req;
	struct stmt *st = db_prepare(db, sql_card);

	db_bind_int(st, "$serial", r->serial);
	db_bind_int(st, "$holder", r->holder.id);
	db_bind_text(st, "$org", span_str(q->org));
	db_bind_int(st, "$setting", q->setting);
	db_bind_blob(st, "$kid", span_of(q->kid, CARD_KID));
	db_bind_int(st, "$class", q->class);
	db_bind_int(st, "$kind", q->kind);
	db_bind_int(st, "$status_index", r->index);
	db_bind_int(st, "$iat", q->iat);
	db_bind_int(st, "$exp", q->exp);
	if (q->kind == CARD_FIRST)
		db_bind_null(st, "$replaces");
	else
		db_bind_int(st, "$replaces", q->replaces);
	sealed_bind(st, "$payload", &r->sealed[0]);
	return db_run(st);
}

static enum err
note_issue(struct db *db, const struct reservation *r)
{
	const struct issue_request *q = r->req;
	const struct card_text *text = &r->out->text;
	struct event ev = event_of(EVENT_ISSUE, q->iat);
	uint8_t hash[EVENT_HASH];

	event_payload_hash(
	    hash, r->holder.salt, span_of(text->payload, text->payload_n));
	ev.org = span_str(q->org);
	ev.serial = r->serial;
	ev.holder = r->holder.id;
	ev.person = r->holder.person;
	ev.kid = span_of(q->kid, CARD_KID);
	ev.other = q->kind == CARD_FIRST ? EVENT_NONE : q->replaces;
	ev.card_kind = q->kind;
	ev.class = q->class;
	ev.setting = q->setting;
	ev.reason = q->reason == 0 ? EVENT_NONE : q->reason;
	ev.payload_hash = hash;
	ledger_card_days(q->iat, q->exp, NULL, &ev.start_day, &ev.end_day);
	return event_append(db, &ev);
}

/* The row that was just written. */
static void
fill_card(const struct reservation *r)
{
	const struct issue_request *q = r->req;
	struct card *c = &r->out->card;

	*c = (struct card){.serial = r->serial,
	    .holder = r->holder.id,
	    .setting = q->setting,
	    .class = q->class,
	    .kind = q->kind,
	    .status_index = r->index,
	    .iat = q->iat,
	    .exp = q->exp,
	    .replaces = q->kind == CARD_FIRST ? 0 : q->replaces};
	memcpy(c->org, q->org, strnlen(q->org, CARD_ORG - 1));
	memcpy(c->kid, q->kid, CARD_KID);
}

/* Stores holder and card, ends the card that it replaces, keeps the figures. */
static enum err
store(struct db *db, const struct reservation *r)
{
	enum err e = ERR_OK;

	if (!r->person_made)
		e = ledger_person(db, r->holder.person, -1);
	if (e == ERR_OK && r->is_new)
		e = insert_holder(db, r);
	if (e == ERR_OK)
		e = insert_card(db, r);
	if (e == ERR_OK)
		e = note_issue(db, r);
	if (e == ERR_OK && r->end_old)
		e = card_supersede(
		    db, r->req->replaces, r->serial, r->req->iat);
	if (e != ERR_OK)
		return e;
	fill_card(r);
	return r->person_made ? ledger_first(db, &r->out->card)
			      : ledger_person(db, r->holder.person, +1);
}

enum err
reservation_store(struct reserving *r)
{
	enum err e = r->n > 0 ? seal_all(r) : ERR_OK;

	for (size_t i = 0; i < r->n && e == ERR_OK; i++) {
		e = store(r->db, &r->v[i]);
		r->v[i].out->outcome = ISSUE_RESERVED;
	}
	explicit_bzero(r->v, r->n * sizeof(*r->v));
	r->n = 0;
	return e;
}
