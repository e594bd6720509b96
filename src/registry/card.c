#include "registry/card.h"

#include "base/log.h"
#include "registry/event.h"
#include "registry/ledger.h"
#include "registry/sealed.h"

#define COLUMNS                                                                \
	"serial, holder, org, setting, kid, class, kind, status_index, iat,"   \
	" exp, replaces, payload IS NULL, signature, ended, end_reason"

static const char sql_get[] =
    "SELECT " COLUMNS " FROM card WHERE serial = $serial";

static const char sql_newest[] =
    "SELECT " COLUMNS " FROM card WHERE holder = $holder"
    " ORDER BY NOT EXISTS (SELECT 1 FROM card AS next"
    " WHERE next.replaces = card.serial) DESC, iat DESC, serial DESC LIMIT 1";

static const char sql_successor[] =
    "SELECT " COLUMNS " FROM card WHERE replaces = $serial";

static const char sql_next[] =
    "SELECT " COLUMNS " FROM card WHERE serial > $after"
    " AND ($org = '' OR org = $org) AND ($kid = $none OR kid = $kid)"
    " AND ($good = 0 OR (ended IS NULL AND exp > $good))"
    " ORDER BY serial LIMIT 1";

static const char sql_open[] =
    "SELECT card.payload, holder.name, holder.key, holder.id"
    " FROM card JOIN holder ON holder.id = card.holder"
    " WHERE serial = $serial AND payload IS NOT NULL AND erased = 0";

static const char sql_end[] =
    "UPDATE card SET ended = $ended, end_reason = $reason"
    " WHERE serial = $serial AND ended IS NULL";

static const char sql_person[] = "SELECT person FROM holder WHERE id = $id";

static const char *const kinds[] = {
    [CARD_FIRST] = "first",
    [CARD_RENEWAL] = "renewal",
    [CARD_REPLACEMENT] = "replacement",
};

static const char *const reasons[] = {
    [CARD_SUPERSEDED] = "superseded",
    [CARD_ENDED] = "ended",
    [CARD_BEREAVED] = "bereaved",
    [CARD_LOST] = "lost",
    [CARD_STOLEN] = "stolen",
    [CARD_LEFT_PRACTICE] = "left_practice",
    [CARD_CONSENT] = "consent",
    [CARD_SAFEGUARDING] = "safeguarding",
    [CARD_ERROR] = "error",
};
#define REASONS (sizeof(reasons) / sizeof(*reasons))

const char *
card_kind_name(enum card_kind kind)
{
	size_t i = (size_t)kind;

	return i < sizeof(kinds) / sizeof(*kinds) ? kinds[i] : "unknown";
}

const char *
card_reason_name(enum card_reason reason)
{
	size_t i = (size_t)reason;

	return i < REASONS ? reasons[i] : "unknown";
}

bool
card_reason_read(enum card_reason *out, struct span word)
{
	for (size_t i = CARD_SUPERSEDED + 1; i < REASONS; i++) {
		if (span_is(word, reasons[i])) {
			*out = (enum card_reason)i;
			return true;
		}
	}
	return false;
}

const char *
card_reason_list(void)
{
	return "ended, bereaved, lost, stolen, left_practice, consent, "
	       "safeguarding, error";
}

bool
card_is_good(const struct card *c, int64_t now)
{
	return !c->is_ended && now < c->exp;
}

/* --- reading -------------------------------------------------------------- */

static enum err
read_card(struct card *c, struct stmt *st)
{
	struct span kid = db_blob(st, 4);
	struct span signature = db_blob(st, 12);

	*c = (struct card){.serial = db_int(st, 0),
	    .holder = db_int(st, 1),
	    .setting = (int)db_int(st, 3),
	    .class = (int)db_int(st, 5),
	    .kind = (enum card_kind)db_int(st, 6),
	    .status_index = (uint32_t)db_int(st, 7),
	    .iat = db_int(st, 8),
	    .exp = db_int(st, 9),
	    .replaces = db_int(st, 10),
	    .is_erased = db_int(st, 11) != 0,
	    .is_signed = !db_is_null(st, 12),
	    .is_ended = !db_is_null(st, 13),
	    .ended = db_int(st, 13),
	    .reason = (enum card_reason)db_int(st, 14)};
	if (!db_copy(c->org, sizeof(c->org), st, 2) || kid.n != CARD_KID ||
	    (c->is_signed && signature.n != CARD_SIGNATURE)) {
		log_error("registry: card row %lld is damaged: run audit",
		    (long long)c->serial);
		return ERR_DATA;
	}
	memcpy(c->kid, kid.p, CARD_KID);
	if (c->is_signed)
		memcpy(c->signature, signature.p, CARD_SIGNATURE);
	return ERR_OK;
}

/* Runs a bound statement that finds one card or none. */
static enum err
one_card(struct stmt *st, struct card *out)
{
	bool found;
	enum err e = db_one(st, &found);

	if (e == ERR_OK && !found)
		return ERR_NOINPUT;
	if (e == ERR_OK)
		e = read_card(out, st);
	db_reset(st);
	return e;
}

enum err
card_get(struct db *db, int64_t serial, struct card *out)
{
	struct stmt *st = db_prepare(db, sql_get);

	db_bind_int(st, "$serial", serial);
	return one_card(st, out);
}

enum err
card_newest(struct db *db, int64_t holder, struct card *out)
{
	struct stmt *st = db_prepare(db, sql_newest);

	db_bind_int(st, "$holder", holder);
	return one_card(st, out);
}

enum err
card_successor(struct db *db, int64_t serial, struct card *out)
{
	struct stmt *st = db_prepare(db, sql_successor);

	db_bind_int(st, "$serial", serial);
	return one_card(st, out);
}

enum err
card_each(struct db *db, const struct card_filter *filter,
    enum err (*fn)(void *ctx, const struct card *c), void *ctx)
{
	struct card c = {.serial = 0};
	enum err e = ERR_OK;

	/* One at a time, so that ${fn} may write, and begin again, as it likes.
	 */
	while (e == ERR_OK) {
		struct stmt *st = db_prepare(db, sql_next);

		db_bind_int(st, "$after", c.serial);
		db_bind_text(st, "$org",
		    span_str(filter->org == NULL ? "" : filter->org));
		db_bind_blob(st, "$kid",
		    span_of(filter->kid, filter->kid == NULL ? 0 : CARD_KID));
		db_bind_blob(st, "$none", span_of(NULL, 0));
		db_bind_int(st, "$good", filter->good_at);
		e = one_card(st, &c);
		if (e == ERR_OK)
			e = fn(ctx, &c);
		else if (e == ERR_NOINPUT)
			return ERR_OK;
	}
	return e;
}

static enum err
open_row(const struct sealer *sealer, struct stmt *st, int64_t serial,
    struct card_text *out)
{
	int64_t holder = db_int(st, 3);
	struct sealed_in in[] = {{"holder", "name", holder, db_blob(st, 1)},
	    {"card", "payload", serial, db_blob(st, 0)}};
	struct sealed_out text[2];
	enum err e;

	if (db_blob(st, 2).n != SEALER_KEY)
		return ERR_DATA;
	e = sealed_read(sealer, db_blob(st, 2).p, holder, in, text, 2);
	if (e == ERR_OK && text[0].n <= CARD_TEXT_MAX &&
	    text[1].n <= CARD_TEXT_MAX) {
		memcpy(out->name, text[0].b, text[0].n + 1);
		memcpy(out->payload, text[1].b, text[1].n);
		out->payload_n = text[1].n;
	}
	explicit_bzero(text, sizeof(text));
	return e;
}

enum err
card_open(struct db *db, const struct sealer *sealer, int64_t serial,
    struct card_text *out)
{
	struct stmt *st = db_prepare(db, sql_open);
	bool found;
	enum err e;

	*out = (struct card_text){.payload_n = 0};
	db_bind_int(st, "$serial", serial);
	e = db_one(st, &found);
	if (e == ERR_OK && !found)
		return ERR_NOINPUT;
	if (e == ERR_OK)
		e = open_row(sealer, st, serial, out);
	db_reset(st);
	return e;
}

/* --- ending --------------------------------------------------------------- */

static enum err
person_of(struct db *db, int64_t holder, int64_t *person)
{
	struct stmt *st = db_prepare(db, sql_person);
	bool found;
	enum err e;

	db_bind_int(st, "$id", holder);
	e = db_one(st, &found);
	if (e == ERR_OK && !found)
		e = ERR_INTERNAL;
	if (e == ERR_OK)
		*person = db_int(st, 0);
	db_reset(st);
	return e;
}

/* Ends a card that has not ended and notes it; the figures are the caller's. */
static enum err
end_card(struct db *db, const struct card *c, int64_t person,
    enum card_reason reason, int64_t other, int64_t at)
{
	bool superseded = reason == CARD_SUPERSEDED;
	struct event ev =
	    event_of(superseded ? EVENT_SUPERSEDE : EVENT_WITHDRAW, at);
	int64_t ended = at > c->iat ? at : c->iat;
	struct stmt *st = db_prepare(db, sql_end);
	enum err e;

	db_bind_int(st, "$ended", ended);
	db_bind_int(st, "$reason", reason);
	db_bind_int(st, "$serial", c->serial);
	e = db_run(st);
	if (e == ERR_OK && db_changes(db) != 1)
		e = ERR_INTERNAL;
	if (e != ERR_OK)
		return e;
	ev.org = span_str(c->org);
	ev.serial = c->serial;
	ev.holder = c->holder;
	ev.person = person;
	ev.other = other;
	ev.class = c->class;
	ev.setting = c->setting;
	ev.reason = reason;
	ledger_card_days(c->iat, c->exp, &ended, &ev.start_day, &ev.end_day);
	return event_append(db, &ev);
}

enum err
card_withdraw(struct db *db, int64_t serial, enum card_reason reason,
    int64_t at, enum card_withdrawal *how)
{
	struct card c;
	int64_t person;
	enum err e = card_get(db, serial, &c);

	*how = CARD_UNKNOWN;
	if (e == ERR_NOINPUT)
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	*how = CARD_ALREADY_ENDED;
	if (c.is_ended)
		return ERR_OK;
	*how = CARD_WITHDRAWN;
	if (reason == CARD_SUPERSEDED)
		return ERR_INTERNAL;
	e = person_of(db, c.holder, &person);
	if (e == ERR_OK)
		e = ledger_person(db, person, -1);
	if (e == ERR_OK)
		e = end_card(db, &c, person, reason, EVENT_NONE, at);
	return e == ERR_OK ? ledger_person(db, person, +1) : e;
}

enum err
card_supersede(struct db *db, int64_t serial, int64_t by, int64_t at)
{
	struct card c;
	int64_t person;
	enum err e = card_get(db, serial, &c);

	if (e == ERR_OK)
		e = person_of(db, c.holder, &person);
	return e == ERR_OK ? end_card(db, &c, person, CARD_SUPERSEDED, by, at)
			   : e;
}
