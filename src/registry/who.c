#include "registry/who.h"

#include <assert.h>

#include "base/log.h"
#include "base/rand.h"
#include "registry/event.h"
#include "registry/ledger.h"
#include "registry/sealed.h"

static const char sql_person[] = "SELECT id FROM person WHERE hash = $hash";

/* Of several holders of one person here: the one with the best card. */
static const char sql_here[] =
    "SELECT holder.id FROM holder LEFT JOIN card ON card.holder = holder.id"
    " WHERE person = $person AND holder.org = $org AND erased = 0"
    " ORDER BY (ended IS NULL) DESC, exp DESC, holder.id LIMIT 1";

static const char sql_next_person[] =
    "SELECT coalesce(max(id), 0) + 1 FROM person";

static const char sql_new_person[] =
    "INSERT INTO person (id, hash, salt) VALUES ($id, $hash, $salt)";

static const char sql_set_person[] =
    "UPDATE person SET hash = $hash, salt = $salt WHERE id = $id";

static const char sql_move[] =
    "UPDATE holder SET person = $person WHERE id = $id";

static const char sql_add[] =
    "UPDATE holder SET ref_index = coalesce(ref_index, $ref_index),"
    " born = coalesce(born, $born), ref = coalesce(ref, $ref),"
    " nhs = coalesce(nhs, $nhs) WHERE id = $id";

/* --- looking up ----------------------------------------------------------- */

static enum err
find_person(struct db *db, const uint8_t hash[static SEALER_BLIND], int64_t *id)
{
	struct stmt *st = db_prepare(db, sql_person);
	bool found;
	enum err e;

	db_bind_blob(st, "$hash", span_of(hash, SEALER_BLIND));
	e = db_one(st, &found);
	*id = e == ERR_OK && found ? db_int(st, 0) : 0;
	db_reset(st);
	return e;
}

/* The holder of a person at an organisation. */
static enum err
find_here(
    struct db *db, int64_t person, const char *org, int64_t *id, bool *found)
{
	struct stmt *st = db_prepare(db, sql_here);
	enum err e;

	db_bind_int(st, "$person", person);
	db_bind_text(st, "$org", span_str(org));
	e = db_one(st, found);
	if (e == ERR_OK && *found)
		*id = db_int(st, 0);
	db_reset(st);
	return e;
}

/* What goes to the sealer, and where each answer belongs. */
struct blinding {
	struct seal_blind b[SEALER_BLINDS];
	uint8_t *to[SEALER_BLINDS];
	uint8_t ref[SEALER_HOLDERS][HOLDER_REF_MAX];
	size_t n;
};

static void
blind(struct blinding *all, const char *domain, struct span text, uint8_t *to)
{
	all->to[all->n] = to;
	all->b[all->n++] = (struct seal_blind){.domain = domain, .text = text};
}

/* Two at most: a person with an NHS number is known by it alone. */
static enum err
blind_request(struct blinding *all, size_t i, const struct issue_request *req,
    struct who_index *x)
{
	uint8_t *ref = all->ref[i];
	size_t n = 0;
	enum err e = ERR_OK;

	x->has_ref = req->ref.n > 0;
	x->has_nhs = req->nhs.n > 0;
	if (x->has_ref)
		e = holder_ref_text(ref, &n, req->org, req->ref);
	if (e == ERR_OK && x->has_ref)
		blind(all, "ref", span_of(ref, n), x->ref);
	if (e == ERR_OK && x->has_nhs)
		blind(all, "nhs", req->nhs, x->nhs);
	else if (e == ERR_OK && x->has_ref)
		blind(all, "person", span_of(ref, n), x->person);
	return e;
}

static_assert(SEALER_BLINDS >= 2 * SEALER_HOLDERS, "room for all");

enum err
who_index(const struct sealer *sealer, const struct issue_job *job, size_t n,
    struct who_index *x)
{
	struct blinding all = {.n = 0};
	enum err e = n > SEALER_HOLDERS ? ERR_INTERNAL : ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		x[i] = (struct who_index){.has_ref = false};
		if (job[i].req->kind == CARD_FIRST)
			e = blind_request(&all, i, job[i].req, &x[i]);
	}
	if (e == ERR_OK && all.n > 0)
		e = sealer->blind(sealer->ctx, all.b, all.n);
	for (size_t i = 0; i < all.n && e == ERR_OK; i++)
		memcpy(all.to[i], all.b[i].out, SEALER_BLIND);
	explicit_bzero(all.ref, sizeof(all.ref));
	return e;
}

enum err
who_find(struct db *db, const struct sealer *sealer,
    const struct issue_request *req, const struct who_index *x, struct who *w)
{
	int64_t id = 0;
	enum err e = ERR_OK;

	*w = (struct who){.column = "ref", .index = x};
	if (x->has_ref)
		e = holder_by_ref(db, x->ref, &id, &w->is_known);
	if (e == ERR_OK && x->has_nhs)
		e = find_person(db, x->nhs, &w->nhs_person);
	if (e == ERR_OK && !w->is_known && w->nhs_person != 0) {
		e = find_here(db, w->nhs_person, req->org, &id, &w->is_known);
		w->column = "nhs_number";
	}
	if (e == ERR_OK && w->is_known)
		e = holder_get(db, id, &w->holder);
	if (e == ERR_OK && w->is_known)
		e = holder_open(db, sealer, &w->holder, &w->text);
	return e;
}

void
who_wipe(struct who *w)
{
	explicit_bzero(w, sizeof(*w));
}

/* --- comparing ------------------------------------------------------------ */

/* Are both there and not the same? */
static bool
is_other(struct span asked, const char *stored)
{
	return asked.n > 0 && stored[0] != '\0' && !span_is(asked, stored);
}

/* What of the request contradicts what is stored, or NULL. */
static const char *
differs(const struct issue_request *req, const struct holder_text *t)
{
	if (!span_is(req->name, t->name))
		return "name";
	if (is_other(req->born, t->born))
		return "born";
	if (is_other(req->nhs, t->nhs))
		return "nhs_number";
	if (is_other(req->ref, t->ref))
		return "ref";
	return NULL;
}

static void
conflict(struct issue_result *out, const char *column, const char *what)
{
	out->outcome = ISSUE_CONFLICT;
	out->column = column;
	out->differs = what;
}

/* The same human being, who was issued to twice before we knew. */
static enum err
note_second(
    struct db *db, int64_t holder, int64_t now, struct issue_result *out)
{
	struct card c;
	enum err e = card_newest(db, holder, &c);

	if (e == ERR_OK && card_is_good(&c, now))
		out->also = c.serial;
	return e == ERR_NOINPUT ? ERR_OK : e;
}

/*
 * The request's NHS number belongs to somebody already. If that somebody is
 * known here as well, under another name or birth date, it is not the same
 * human being.
 */
static enum err
compare_other(struct db *db, const struct sealer *sealer,
    const struct issue_request *req, const struct who *w,
    struct issue_result *out)
{
	struct holder h;
	struct holder_text t = {{0}, {0}, {0}, {0}};
	int64_t id = 0;
	bool found = false;
	enum err e = find_here(db, w->nhs_person, req->org, &id, &found);

	if (e != ERR_OK || !found)
		return e;
	e = holder_get(db, id, &h);
	if (e == ERR_OK)
		e = holder_open(db, sealer, &h, &t);
	if (e == ERR_OK && !span_is(req->name, t.name))
		conflict(out, "nhs_number", "name");
	else if (e == ERR_OK && is_other(req->born, t.born))
		conflict(out, "nhs_number", "born");
	else if (e == ERR_OK && h.id != w->holder.id)
		e = note_second(db, h.id, req->iat, out);
	explicit_bzero(&t, sizeof(t));
	return e;
}

/* --- adding --------------------------------------------------------------- */

static struct span
if_new(struct span asked, const char *stored)
{
	return stored[0] == '\0' ? asked : span_of(NULL, 0);
}

/* Seals and stores the details that were not known. */
static enum err
add_details(struct db *db, const struct sealer *sealer,
    const struct issue_request *req, struct who *w)
{
	int64_t id = w->holder.id;
	struct sealed_in in[] = {
	    {"holder", "born", id, if_new(req->born, w->text.born)},
	    {"holder", "ref", id, if_new(req->ref, w->text.ref)},
	    {"holder", "nhs", id, if_new(req->nhs, w->text.nhs)}};
	struct sealed_out t[3];
	struct stmt *st;
	enum err e = sealed_write(sealer,
	    &(struct sealed_holder){w->holder.key, id, false, in, t, 3}, 1);

	if (e != ERR_OK)
		return e;
	st = db_prepare(db, sql_add);
	if (req->ref.n > 0)
		db_bind_blob(
		    st, "$ref_index", span_of(w->index->ref, SEALER_BLIND));
	else
		db_bind_null(st, "$ref_index");
	sealed_bind(st, "$born", &t[0]);
	sealed_bind(st, "$ref", &t[1]);
	sealed_bind(st, "$nhs", &t[2]);
	db_bind_int(st, "$id", id);
	return db_run(st);
}

static enum err
set_person(struct db *db, int64_t id, const uint8_t hash[static SEALER_BLIND])
{
	uint8_t salt[16];
	struct stmt *st;
	enum err e = rand_bytes(salt, sizeof(salt));

	if (e != ERR_OK)
		return e;
	st = db_prepare(db, sql_set_person);
	db_bind_blob(st, "$hash", span_of(hash, SEALER_BLIND));
	db_bind_blob(st, "$salt", span_of(salt, sizeof(salt)));
	db_bind_int(st, "$id", id);
	return db_run(st);
}

/*
 * The holder's person becomes the one with the NHS number; what is left of the
 * old one is a row of random bytes. A person without an NHS number has no other
 * holder: their hash is that of one reference, or random.
 */
static enum err
merge(struct db *db, struct who *w, int64_t at)
{
	struct event ev = event_of(EVENT_MERGE, at);
	uint8_t hash[SEALER_BLIND];
	int64_t old = w->holder.person;
	struct stmt *st;
	enum err e = rand_bytes(hash, sizeof(hash));

	if (e == ERR_OK)
		e = ledger_person(db, old, -1);
	if (e == ERR_OK)
		e = ledger_person(db, w->nhs_person, -1);
	if (e != ERR_OK)
		return e;
	st = db_prepare(db, sql_move);
	db_bind_int(st, "$person", w->nhs_person);
	db_bind_int(st, "$id", w->holder.id);
	e = db_run(st);
	if (e == ERR_OK)
		e = set_person(db, old, hash);
	if (e == ERR_OK)
		e = ledger_person(db, w->nhs_person, +1);
	ev.org = span_str(w->holder.org);
	ev.holder = w->holder.id;
	ev.person = old;
	ev.other = w->nhs_person;
	w->holder.person = w->nhs_person;
	return e == ERR_OK ? event_append(db, &ev) : e;
}

/* An NHS number for somebody of whom none was known. */
static enum err
add_nhs(struct db *db, const struct issue_request *req, struct who *w,
    struct issue_result *out)
{
	if (w->nhs_person == w->holder.person)
		return ERR_OK;
	if (w->nhs_person == 0)
		return set_person(db, w->holder.person, w->index->nhs);
	out->merged = true;
	return merge(db, w, req->iat);
}

static enum err
note_details(struct db *db, const struct who *w, int64_t at)
{
	struct event ev = event_of(EVENT_HOLDER, at);

	ev.org = span_str(w->holder.org);
	ev.holder = w->holder.id;
	ev.person = w->holder.person;
	return event_append(db, &ev);
}

enum err
who_complete(struct db *db, const struct sealer *sealer,
    const struct issue_request *req, struct who *w, struct issue_result *out)
{
	const char *what = differs(req, &w->text);
	bool new_nhs = req->nhs.n > 0 && w->text.nhs[0] == '\0';
	enum err e = ERR_OK;

	if (what != NULL) {
		conflict(out, w->column, what);
		return ERR_OK;
	}
	if (new_nhs && w->nhs_person != 0)
		e = compare_other(db, sealer, req, w, out);
	if (e != ERR_OK || out->outcome == ISSUE_CONFLICT)
		return e;
	out->details_added = new_nhs || if_new(req->born, w->text.born).n > 0 ||
			     if_new(req->ref, w->text.ref).n > 0;
	if (!out->details_added)
		return ERR_OK;
	e = add_details(db, sealer, req, w);
	if (e == ERR_OK && new_nhs)
		e = add_nhs(db, req, w, out);
	return e == ERR_OK ? note_details(db, w, req->iat) : e;
}

/* --- new here ------------------------------------------------------------- */

static enum err
make_person(struct db *db, const uint8_t hash[static SEALER_BLIND],
    const uint8_t salt[static 16], int64_t *person)
{
	struct stmt *st = db_prepare(db, sql_next_person);
	bool found;
	enum err e = db_one(st, &found);

	if (e == ERR_OK)
		*person = db_int(st, 0);
	db_reset(st);
	if (e != ERR_OK)
		return e;
	st = db_prepare(db, sql_new_person);
	db_bind_int(st, "$id", *person);
	db_bind_blob(st, "$hash", span_of(hash, SEALER_BLIND));
	db_bind_blob(st, "$salt", span_of(salt, 16));
	return db_run(st);
}

enum err
who_person(struct db *db, const struct who *w, int64_t *person, bool *made)
{
	uint8_t salt[16];
	uint8_t hash[SEALER_BLIND];
	enum err e = rand_bytes(salt, sizeof(salt));

	*made = w->nhs_person == 0;
	*person = w->nhs_person;
	if (e != ERR_OK || !*made)
		return e;
	if (w->index->has_nhs)
		memcpy(hash, w->index->nhs, sizeof(hash));
	else if (w->index->has_ref)
		memcpy(hash, w->index->person, sizeof(hash));
	else
		e = rand_bytes(hash, sizeof(hash));
	return e == ERR_OK ? make_person(db, hash, salt, person) : e;
}
