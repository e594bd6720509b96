#include "registry/issue.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/rand.h"
#include "registry/event.h"
#include "registry/reservation.h"

static const char sql_sign[] = "UPDATE card SET signature = $signature"
			       " WHERE serial = $serial AND signature IS NULL";

static const char sql_unsigned[] =
    "SELECT serial FROM card WHERE signature IS NULL AND payload IS NOT NULL"
    " AND serial > $after ORDER BY serial LIMIT 1";

/* --- reserving ------------------------------------------------------------ */

/* Somebody who has, or had, a card: nothing is issued, the card is shown. */
static enum err
show(const struct reserving *r, int64_t now, struct issue_result *out)
{
	out->outcome =
	    card_is_good(&out->card, now) ? ISSUE_EXISTING : ISSUE_ENDED;
	return card_open(r->db, r->sealer, out->card.serial, &out->text);
}

/* A holder and, unless the NHS number is known, a person of their own. */
static enum err
new_holder(struct reserving *r, const struct who *w, struct reservation *it)
{
	enum err e = reservation_next_holder(r, &it->holder.id);

	it->is_new = true;
	if (e == ERR_OK)
		e = rand_bytes(it->holder.salt, HOLDER_SALT);
	if (e == ERR_OK)
		e = who_person(r->db, w, &it->holder.person, &it->person_made);
	return e == ERR_OK ? reservation_add(r, it, it->req->name) : e;
}

/* The newest card of somebody who is known; the first, if there is none. */
static enum err
known_holder(struct reserving *r, struct who *w, struct reservation *it)
{
	struct issue_result *out = it->out;
	enum err e = who_complete(r->db, r->sealer, it->req, w, out);

	if (e != ERR_OK || out->outcome == ISSUE_CONFLICT)
		return e;
	e = card_newest(r->db, w->holder.id, &out->card);
	if (e == ERR_OK)
		return show(r, it->req->iat, out);
	if (e != ERR_NOINPUT)
		return e;
	if (it->req->only_known) {
		out->outcome = ISSUE_NOBODY;
		return ERR_OK;
	}
	it->holder = w->holder;
	e = reservation_store(r);
	if (e == ERR_OK)
		e = reservation_add(r, it, it->req->name);
	return e == ERR_OK ? reservation_store(r) : e;
}

static bool
is_same(const uint8_t a[static SEALER_BLIND], const uint8_t *b)
{
	return memcmp(a, b, SEALER_BLIND) == 0;
}

/* Is this somebody who waits? The registry does not know them yet. */
static bool
waits(const struct reserving *r, const struct who_index *x)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct who_index *y = r->v[i].who;

		if ((x->has_ref && y->has_ref && is_same(x->ref, y->ref)) ||
		    (x->has_nhs && y->has_nhs && is_same(x->nhs, y->nhs)))
			return true;
	}
	return false;
}

static enum err
reserve_first(struct reserving *r, struct reservation *it)
{
	struct who w;
	enum err e = waits(r, it->who) ? reservation_store(r) : ERR_OK;

	if (e != ERR_OK)
		return e;
	e = who_find(r->db, r->sealer, it->req, it->who, &w);
	if (e == ERR_OK && w.is_known)
		e = known_holder(r, &w, it);
	else if (e == ERR_OK && it->req->only_known)
		it->out->outcome = ISSUE_NOBODY;
	else if (e == ERR_OK)
		e = new_holder(r, &w, it);
	who_wipe(&w);
	return e;
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

/* From a holder that is stored to a card that is. */
static enum err
make_again(struct reserving *r, struct reservation *it, const struct card *old)
{
	struct holder_text text;
	enum err e = holder_get(r->db, old->holder, &it->holder);

	if (e == ERR_OK)
		e = holder_open(r->db, r->sealer, &it->holder, &text);
	if (e != ERR_OK)
		return e;
	/* One that ran out, or was withdrawn, has its end already. */
	it->end_old = card_is_good(old, it->req->iat);
	e = reservation_add(r, it, span_str(text.name));
	if (e == ERR_OK)
		e = reservation_store(r);
	explicit_bzero(&text, sizeof(text));
	return e;
}

static enum err
reserve_again(struct reserving *r, struct reservation *it)
{
	struct issue_result *out = it->out;
	struct card old;
	enum err e = reservation_store(r);

	if (e == ERR_OK)
		e = card_get(r->db, it->req->replaces, &old);
	if (e == ERR_OK && strcmp(old.org, it->req->org) != 0)
		e = ERR_NOINPUT; /* another's card is none of theirs */
	if (e == ERR_OK)
		e = last_successor(r->db, old.serial, &out->card);
	if (e != ERR_OK)
		return e;
	if (out->card.serial == old.serial)
		return make_again(r, it, &old);
	e = show(r, it->req->iat, out);
	if (e == ERR_OK && out->outcome == ISSUE_EXISTING)
		out->outcome = ISSUE_REPLACED;
	return e;
}

/* At most SEALER_HOLDERS of them. */
static enum err
reserve_some(struct reserving *r, const struct issue_job *job, size_t n)
{
	struct who_index x[SEALER_HOLDERS];
	enum err e = who_index(r->sealer, job, n, x);

	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		const struct issue_request *req = job[i].req;
		struct reservation it = {
		    .req = req, .who = &x[i], .out = job[i].out};

		*it.out = (struct issue_result){.outcome = ISSUE_RESERVED};
		if (req->name.n > CARD_TEXT_MAX ||
		    (req->kind == CARD_FIRST && req->name.n == 0))
			e = ERR_INTERNAL;
		else if (req->kind == CARD_FIRST)
			e = reserve_first(r, &it);
		else
			e = reserve_again(r, &it);
	}
	return e == ERR_OK ? reservation_store(r) : e;
}

enum err
issue_reserve_many(struct db *db, const struct sealer *sealer,
    const struct issue_job *job, size_t n, issue_payload_fn *fn, void *ctx)
{
	size_t room = n < SEALER_HOLDERS ? n : SEALER_HOLDERS;
	struct reserving r = {.db = db, .sealer = sealer, .fn = fn, .ctx = ctx};
	enum err e = ERR_OK;

	if (n == 0)
		return ERR_OK;
	r.v = calloc(room, sizeof(*r.v));
	if (r.v == NULL)
		return ERR_MEM;
	for (size_t at = 0; at < n && e == ERR_OK; at += room)
		e = reserve_some(&r, job + at, n - at < room ? n - at : room);
	explicit_bzero(r.v, room * sizeof(*r.v));
	free(r.v);
	return e;
}

enum err
issue_reserve(struct db *db, const struct sealer *sealer,
    const struct issue_request *req, issue_payload_fn *fn, void *ctx,
    struct issue_result *out)
{
	return issue_reserve_many(
	    db, sealer, &(struct issue_job){req, out}, 1, fn, ctx);
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
		e = db_one(st, &found);
		if (e == ERR_OK && found)
			serial = db_int(st, 0);
		db_reset(st);
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
