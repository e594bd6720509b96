#include "registry/erase.h"

#include "base/rand.h"
#include "registry/event.h"
#include "registry/holder.h"

static const char sql_holder[] =
    "UPDATE holder SET key = NULL, salt = NULL, name = NULL, born = NULL,"
    " ref = NULL, nhs = NULL, ref_index = NULL, erased = 1 WHERE id = $id";

static const char sql_cards[] =
    "UPDATE card SET payload = NULL, signature = NULL WHERE holder = $id";

static const char sql_next[] =
    "SELECT serial FROM card WHERE holder = $id AND serial > $after"
    " ORDER BY serial LIMIT 1";

static const char sql_others[] =
    "SELECT 1 FROM holder WHERE person = $person AND erased = 0 LIMIT 1";

static const char sql_record[] =
    "SELECT id FROM holder WHERE person = $person AND org = $org"
    " AND erased = 0 ORDER BY id LIMIT 1";

static const char sql_person[] =
    "UPDATE person SET hash = $hash, salt = $salt WHERE id = $id";

/* The holder's next card by number; 0: no more. */
static enum err
next_card(struct db *db, int64_t holder, int64_t after, int64_t *serial)
{
	struct stmt *st = db_prepare(db, sql_next);
	bool found;
	enum err e;

	db_bind_int(st, "$id", holder);
	db_bind_int(st, "$after", after);
	e = db_one(st, &found);
	*serial = e == ERR_OK && found ? db_int(st, 0) : 0;
	db_reset(st);
	return e;
}

static enum err
end_cards(struct db *db, int64_t holder, enum card_reason reason, int64_t at,
    struct erase_result *out)
{
	int64_t serial = 0;
	enum err e = next_card(db, holder, 0, &serial);

	for (; e == ERR_OK && serial != 0; out->cards++) {
		enum card_withdrawal how;
		struct card c;

		e = card_get(db, serial, &c);
		if (e == ERR_OK && card_is_good(&c, at)) {
			e = card_withdraw(db, serial, reason, at, &how);
			out->ended++;
		}
		if (e == ERR_OK)
			e = next_card(db, holder, serial, &serial);
	}
	return e;
}

static enum err
run_with(struct db *db, const char *sql, int64_t id)
{
	struct stmt *st = db_prepare(db, sql);

	db_bind_int(st, "$id", id);
	return db_run(st);
}

/* A person whom nobody knows any more is a row of random bytes. */
static enum err
forget_person(struct db *db, int64_t person)
{
	struct stmt *st = db_prepare(db, sql_others);
	uint8_t hash[SEALER_BLIND];
	uint8_t salt[HOLDER_SALT];
	bool found;
	enum err e;

	db_bind_int(st, "$person", person);
	e = db_one(st, &found);
	db_reset(st);
	if (e != ERR_OK || found)
		return e;
	e = rand_bytes(hash, sizeof(hash));
	if (e == ERR_OK)
		e = rand_bytes(salt, sizeof(salt));
	if (e != ERR_OK)
		return e;
	st = db_prepare(db, sql_person);
	db_bind_blob(st, "$hash", span_of(hash, sizeof(hash)));
	db_bind_blob(st, "$salt", span_of(salt, sizeof(salt)));
	db_bind_int(st, "$id", person);
	return db_run(st);
}

/* One event a card: each of their rows is another now. */
static enum err
note_cards(struct db *db, const struct holder *h, int64_t at)
{
	struct event ev = event_of(EVENT_ERASE, at);
	int64_t serial = 0;
	enum err e = next_card(db, h->id, 0, &serial);

	ev.org = span_str(h->org);
	ev.holder = h->id;
	ev.person = h->person;
	while (e == ERR_OK && serial != 0) {
		ev.serial = serial;
		e = event_append(db, &ev);
		if (e == ERR_OK)
			e = next_card(db, h->id, serial, &serial);
	}
	return e;
}

static enum err
erase_one(struct db *db, const struct holder *h, enum card_reason reason,
    int64_t at, struct erase_result *out)
{
	enum err e = end_cards(db, h->id, reason, at, out);

	if (e == ERR_OK)
		e = run_with(db, sql_holder, h->id);
	if (e == ERR_OK)
		e = run_with(db, sql_cards, h->id);
	if (e == ERR_OK)
		e = forget_person(db, h->person);
	return e == ERR_OK ? note_cards(db, h, at) : e;
}

/* Another record of the same person here, as a merger leaves it; 0: none. */
static enum err
next_record(struct db *db, const struct holder *h, int64_t *id)
{
	struct stmt *st = db_prepare(db, sql_record);
	bool found;
	enum err e;

	db_bind_int(st, "$person", h->person);
	db_bind_text(st, "$org", span_str(h->org));
	e = db_one(st, &found);
	*id = e == ERR_OK && found ? db_int(st, 0) : 0;
	db_reset(st);
	return e;
}

enum err
erase_holder(struct db *db, int64_t holder, enum card_reason reason, int64_t at,
    struct erase_result *out)
{
	struct holder h;
	int64_t id = holder;
	enum err e = holder_get(db, holder, &h);

	*out = (struct erase_result){0};
	if (e != ERR_OK)
		return e;
	out->was_erased = h.is_erased;
	if (h.is_erased)
		return ERR_OK;
	while (e == ERR_OK && id != 0) {
		e = erase_one(db, &h, reason, at, out);
		if (e == ERR_OK)
			e = next_record(db, &h, &id);
		if (e == ERR_OK && id != 0)
			e = holder_get(db, id, &h);
	}
	explicit_bzero(&h, sizeof(h));
	return e;
}
