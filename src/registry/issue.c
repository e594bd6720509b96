#include "registry/issue.h"

#include "base/log.h"
#include "base/rand.h"
#include "registry/event.h"
#include "registry/ledger.h"
#include "registry/sealed.h"
#include "registry/status_pool.h"
#include "registry/who.h"

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

static const char sql_sign[] = "UPDATE card SET signature = $signature"
			       " WHERE serial = $serial AND signature IS NULL";

static const char sql_unsigned[] =
    "SELECT serial FROM card WHERE signature IS NULL AND payload IS NOT NULL"
    " AND serial > $after ORDER BY serial LIMIT 1";

/* --- making a card -------------------------------------------------------- */

/* What a reservation is put together from. */
struct reservation {
	const struct issue_request *req;
	struct holder holder; /* new, if is_new */
	bool is_new;
	uint8_t ref_index[SEALER_BLIND]; /* of a new holder with a reference */
	bool person_made;
	int64_t serial;
	uint32_t index;
	uint8_t payload[CARD_TEXT_MAX];
	size_t payload_n;
	struct sealed_out sealed[5]; /* payload, then name, born, ref, nhs */
};

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

static enum err
draw_serial(struct db *db, int64_t *serial)
{
	for (int i = 0; i < SERIAL_TRIES; i++) {
		struct stmt *st = db_prepare(db, sql_serial);
		uint64_t r;
		int64_t one;
		bool taken;
		enum err e = rand_below(&r, SERIAL_COUNT);

		if (e != ERR_OK)
			return e;
		*serial = (int64_t)r + 1;
		db_bind_int(st, "$serial", *serial);
		e = get_int(st, &one, &taken);
		if (e != ERR_OK || !taken)
			return e;
	}
	return ERR_INTERNAL;
}

/* Seals the payload and, of a new holder, what is known about them. */
static enum err
seal(const struct sealer *sealer, struct reservation *r)
{
	const struct issue_request *q = r->req;
	int64_t id = r->holder.id;
	struct sealed_in in[] = {
	    {"card", "payload", r->serial, span_of(r->payload, r->payload_n)},
	    {"holder", "name", id, q->name},
	    {"holder", "born", id, q->born},
	    {"holder", "ref", id, q->ref},
	    {"holder", "nhs", id, q->nhs},
	};

	return sealed_write(sealer, r->holder.key, id, r->is_new, in, r->sealed,
	    r->is_new ? 5 : 1);
}

static void
bind_sealed(struct stmt *st, const char *name, const struct sealed_out *t)
{
	if (t->n == 0)
		db_bind_null(st, name);
	else
		db_bind_blob(st, name, span_of(t->b, t->n));
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
		db_bind_blob(st, "$ref_index",
		    span_of(r->ref_index, sizeof(r->ref_index)));
	else
		db_bind_null(st, "$ref_index");
	db_bind_blob(st, "$key", span_of(h->key, SEALER_KEY));
	db_bind_blob(st, "$salt", span_of(h->salt, HOLDER_SALT));
	bind_sealed(st, "$name", &r->sealed[1]);
	bind_sealed(st, "$born", &r->sealed[2]);
	bind_sealed(st, "$ref", &r->sealed[3]);
	bind_sealed(st, "$nhs", &r->sealed[4]);
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
	bind_sealed(st, "$payload", &r->sealed[0]);
	return db_run(st);
}

static enum err
note_issue(struct db *db, const struct reservation *r)
{
	const struct issue_request *q = r->req;
	struct event ev = event_of(EVENT_ISSUE, q->iat);
	uint8_t hash[EVENT_HASH];

	event_payload_hash(
	    hash, r->holder.salt, span_of(r->payload, r->payload_n));
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

/* Stores holder and card, ends the card that it replaces, keeps the figures. */
static enum err
store(struct db *db, const struct reservation *r, bool end_old)
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
	if (e == ERR_OK && end_old)
		e = card_supersede(
		    db, r->req->replaces, r->serial, r->req->iat);
	return e == ERR_OK ? ledger_person(db, r->holder.person, +1) : e;
}

static enum err
make_payload(
    struct reservation *r, struct span name, issue_payload_fn *fn, void *ctx)
{
	struct issue_claims claims = {.request = r->req,
	    .name = name,
	    .serial = r->serial,
	    .status_index = r->index};
	enum err e = fn(ctx, &claims, r->payload, &r->payload_n);

	if (e == ERR_OK && (r->payload_n == 0 || r->payload_n > CARD_TEXT_MAX))
		e = ERR_INTERNAL;
	return e;
}

/* From a holder, stored or new, to a reserved card. */
static enum err
make_card(struct db *db, const struct sealer *sealer, struct reservation *r,
    struct span name, bool end_old, issue_payload_fn *fn, void *ctx,
    struct issue_result *out)
{
	enum err e = draw_serial(db, &r->serial);

	if (e == ERR_OK)
		e = status_pool_take(
		    db, r->req->iat, &r->index, &out->new_list);
	if (e == ERR_OK)
		e = make_payload(r, name, fn, ctx);
	if (e == ERR_OK)
		e = seal(sealer, r);
	if (e == ERR_OK)
		e = store(db, r, end_old);
	if (e == ERR_OK)
		e = card_get(db, r->serial, &out->card);
	if (e != ERR_OK)
		return e;
	out->outcome = ISSUE_RESERVED;
	memcpy(out->text.name, name.p, name.n);
	memcpy(out->text.payload, r->payload, r->payload_n);
	out->text.payload_n = r->payload_n;
	return ERR_OK;
}

/* --- the ways in ---------------------------------------------------------- */

/* Somebody who has, or had, a card: nothing is issued, the card is shown. */
static enum err
show(struct db *db, const struct sealer *sealer, int64_t now,
    struct issue_result *out)
{
	out->outcome =
	    card_is_good(&out->card, now) ? ISSUE_EXISTING : ISSUE_ENDED;
	return card_open(db, sealer, out->card.serial, &out->text);
}

/* A holder and, unless the NHS number is known, a person of their own. */
static enum err
new_holder(struct db *db, const struct sealer *sealer, const struct who *w,
    struct reservation *r)
{
	bool found;
	enum err e =
	    get_int(db_prepare(db, sql_next_holder), &r->holder.id, &found);

	r->is_new = true;
	memcpy(r->ref_index, w->ref_index, sizeof(r->ref_index));
	if (e == ERR_OK)
		e = rand_bytes(r->holder.salt, HOLDER_SALT);
	if (e == ERR_OK)
		e = who_person(
		    db, sealer, r->req, w, &r->holder.person, &r->person_made);
	return e;
}

static enum err
reserve_first(struct db *db, const struct sealer *sealer, struct reservation *r,
    issue_payload_fn *fn, void *ctx, struct issue_result *out)
{
	struct who w;
	bool done = false;
	enum err e = who_find(db, sealer, r->req, &w);

	if (e == ERR_OK && w.is_known) {
		e = who_complete(db, sealer, r->req, &w, out);
		done = out->outcome == ISSUE_CONFLICT;
	}
	if (e == ERR_OK && w.is_known && !done) {
		e = card_newest(db, w.holder.id, &out->card);
		done = e == ERR_OK;
		if (done)
			e = show(db, sealer, r->req->iat, out);
		else if (e == ERR_NOINPUT)
			e = ERR_OK; /* known, but never had one */
		r->holder = w.holder;
	} else if (e == ERR_OK && !done) {
		e = new_holder(db, sealer, &w, r);
	}
	who_wipe(&w);
	return e == ERR_OK && !done
		   ? make_card(db, sealer, r, r->req->name, false, fn, ctx, out)
		   : e;
}

/* The last of the cards that replaced ${old} one after the other; ${old}'s own
 * number in ${*last} if none did. */
static enum err
last_successor(struct db *db, int64_t old, struct card *last)
{
	enum err e = ERR_OK;

	last->serial = old;
	/* Each card is replaced by one made later, so this ends. */
	while (e == ERR_OK)
		e = card_successor(db, last->serial, last);
	return e == ERR_NOINPUT ? ERR_OK : e;
}

static enum err
reserve_again(struct db *db, const struct sealer *sealer, struct reservation *r,
    issue_payload_fn *fn, void *ctx, struct issue_result *out)
{
	struct holder_text text;
	struct card old;
	enum err e = card_get(db, r->req->replaces, &old);

	if (e == ERR_OK && strcmp(old.org, r->req->org) != 0)
		e = ERR_NOINPUT; /* another's card is none of theirs */
	if (e == ERR_OK)
		e = last_successor(db, old.serial, &out->card);
	if (e == ERR_OK && out->card.serial != old.serial) {
		e = show(db, sealer, r->req->iat, out);
		if (e == ERR_OK && out->outcome == ISSUE_EXISTING)
			out->outcome = ISSUE_REPLACED;
		return e;
	}
	if (e != ERR_OK)
		return e;
	e = holder_get(db, old.holder, &r->holder);
	if (e == ERR_OK)
		e = holder_open(db, sealer, &r->holder, &text);
	if (e == ERR_OK) {
		/* One that ran out, or was withdrawn, has its end already. */
		e = make_card(db, sealer, r, span_str(text.name),
		    card_is_good(&old, r->req->iat), fn, ctx, out);
		explicit_bzero(&text, sizeof(text));
	}
	return e;
}

enum err
issue_reserve(struct db *db, const struct sealer *sealer,
    const struct issue_request *req, issue_payload_fn *fn, void *ctx,
    struct issue_result *out)
{
	struct reservation r = {.req = req};
	enum err e;

	*out = (struct issue_result){.outcome = ISSUE_RESERVED};
	if (req->name.n > CARD_TEXT_MAX ||
	    (req->kind == CARD_FIRST && req->name.n == 0))
		e = ERR_INTERNAL;
	else if (req->kind == CARD_FIRST)
		e = reserve_first(db, sealer, &r, fn, ctx, out);
	else
		e = reserve_again(db, sealer, &r, fn, ctx, out);
	explicit_bzero(&r, sizeof(r));
	return e;
}

/* --- signatures ----------------------------------------------------------- */

enum err
issue_store_signature(struct db *db, int64_t serial,
    const uint8_t signature[static CARD_SIGNATURE], int64_t at)
{
	struct event ev = event_of(EVENT_SIGN, at);
	struct stmt *st = db_prepare(db, sql_sign);
	struct card c;
	enum err e;

	db_bind_blob(st, "$signature", span_of(signature, CARD_SIGNATURE));
	db_bind_int(st, "$serial", serial);
	e = db_run(st);
	if (e != ERR_OK)
		return e;
	if (db_changes(db) == 1) {
		ev.serial = serial;
		return event_append(db, &ev);
	}
	e = card_get(db, serial, &c);
	if (e == ERR_OK &&
	    memcmp(c.signature, signature, CARD_SIGNATURE) != 0) {
		log_error("registry: a second, different signature for one "
			  "card");
		e = ERR_INTERNAL;
	}
	return e;
}

enum err
issue_unsigned(struct db *db, const struct sealer *sealer,
    enum err (*fn)(void *ctx, const struct card *c, const struct card_text *t),
    void *ctx)
{
	struct card_text text;
	struct card c;
	int64_t serial = 0;
	bool found = true;
	enum err e = ERR_OK;

	while (e == ERR_OK) {
		struct stmt *st = db_prepare(db, sql_unsigned);

		db_bind_int(st, "$after", serial);
		e = get_int(st, &serial, &found);
		if (e != ERR_OK || !found)
			break;
		e = card_get(db, serial, &c);
		if (e == ERR_OK)
			e = card_open(db, sealer, serial, &text);
		if (e == ERR_OK)
			e = fn(ctx, &c, &text);
		explicit_bzero(&text, sizeof(text));
	}
	return e;
}
