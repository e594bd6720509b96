#include "registry/lost.h"

#include "registry/event.h"

#define COLUMNS "lost_card.serial, status_index, lost_card.kid, lost_card.at"

static const char sql_get[] =
    "SELECT " COLUMNS " FROM lost_card WHERE serial = $serial";

static const char sql_each[] =
    "SELECT " COLUMNS " FROM lost_card JOIN event"
    " ON event.kind = 14 AND event.other = lost_card.serial"
    " WHERE event.seq > $after ORDER BY lost_card.at, lost_card.serial";

/* Who else has that number, or that place? */
static const char sql_taken[] =
    "SELECT 1 FROM card WHERE serial = $serial OR status_index = $idx"
    " UNION ALL SELECT 1 FROM lost_card"
    " WHERE serial = $serial OR status_index = $idx";

static const char sql_put[] =
    "INSERT INTO lost_card (serial, status_index, kid, at)"
    " VALUES ($serial, $idx, $kid, $at)";

static const char sql_known_key[] =
    "SELECT 1 FROM signing_key WHERE kid = $kid"
    " UNION ALL SELECT 1 FROM lost_key WHERE kid = $kid";

static const char sql_put_key[] =
    "INSERT INTO lost_key (kid, at) VALUES ($kid, $at)";

static const char sql_keys[] = "SELECT kid FROM lost_key ORDER BY kid";

static struct lost_card
read_card(struct stmt *st)
{
	struct lost_card c = {.serial = db_int(st, 0),
	    .status_index = (uint32_t)db_int(st, 1),
	    .has_kid = db_blob(st, 2).n == CARD_KID,
	    .at = db_int(st, 3)};

	if (c.has_kid)
		memcpy(c.kid, db_blob(st, 2).p, CARD_KID);
	return c;
}

enum err
lost_card_get(struct db *db, int64_t serial, struct lost_card *out)
{
	struct stmt *st = db_prepare(db, sql_get);
	bool found;
	enum err e;

	db_bind_int(st, "$serial", serial);
	e = db_one(st, &found);
	if (e == ERR_OK && !found)
		return ERR_NOINPUT;
	if (e == ERR_OK)
		*out = read_card(st);
	db_reset(st);
	return e;
}

static enum err
is_taken(struct db *db, const struct lost_card *c, bool *taken)
{
	struct stmt *st = db_prepare(db, sql_taken);
	enum err e;

	db_bind_int(st, "$serial", c->serial);
	db_bind_int(st, "$idx", c->status_index);
	e = db_one(st, taken);
	db_reset(st);
	return e;
}

enum err
lost_card_put(struct db *db, const struct lost_card *c, int64_t at, bool *added)
{
	struct event ev = event_of(EVENT_LOST, at);
	struct lost_card old;
	struct stmt *st;
	bool taken = false;
	enum err e = lost_card_get(db, c->serial, &old);

	*added = false;
	if (e == ERR_OK)
		return old.status_index == c->status_index ? ERR_OK
							   : ERR_CONFIG;
	if (e == ERR_NOINPUT)
		e = is_taken(db, c, &taken);
	if (e == ERR_OK && taken)
		e = ERR_CONFIG;
	if (e != ERR_OK)
		return e;
	st = db_prepare(db, sql_put);
	db_bind_int(st, "$serial", c->serial);
	db_bind_int(st, "$idx", c->status_index);
	if (c->has_kid)
		db_bind_blob(st, "$kid", span_of(c->kid, CARD_KID));
	else
		db_bind_null(st, "$kid");
	db_bind_int(st, "$at", c->at);
	e = db_run(st);
	ev.other = c->serial;
	*added = true;
	return e == ERR_OK ? event_append(db, &ev) : e;
}

enum err
lost_card_each(struct db *db, int64_t after,
    enum err (*fn)(void *ctx, const struct lost_card *c), void *ctx)
{
	struct stmt *st = db_prepare(db, sql_each);
	enum db_more more;
	enum err e = ERR_OK;

	db_bind_int(st, "$after", after);
	while ((more = db_step(st)) == DB_ROW) {
		struct lost_card c = read_card(st);

		e = fn(ctx, &c);
		if (e != ERR_OK)
			break;
	}
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	return e;
}

enum err
lost_key_put(
    struct db *db, const uint8_t kid[static CARD_KID], int64_t at, bool *added)
{
	struct span key = span_of(kid, CARD_KID);
	struct stmt *st = db_prepare(db, sql_known_key);
	bool known;
	enum err e;

	*added = false;
	db_bind_blob(st, "$kid", key);
	e = db_one(st, &known);
	db_reset(st);
	if (e != ERR_OK || known)
		return e;
	st = db_prepare(db, sql_put_key);
	db_bind_blob(st, "$kid", key);
	db_bind_int(st, "$at", at);
	e = db_run(st);
	*added = true;
	return e == ERR_OK ? event_append_key(db, EVENT_LOST_KEY, key, at) : e;
}

enum err
lost_key_each(
    struct db *db, enum err (*fn)(void *ctx, const uint8_t *kid), void *ctx)
{
	struct stmt *st = db_prepare(db, sql_keys);
	enum db_more more;
	enum err e = ERR_OK;

	while ((more = db_step(st)) == DB_ROW) {
		e = db_blob(st, 0).n == CARD_KID ? fn(ctx, db_blob(st, 0).p)
						 : ERR_DATA;
		if (e != ERR_OK)
			break;
	}
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	return e;
}
