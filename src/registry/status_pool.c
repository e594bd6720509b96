#include "registry/status_pool.h"

#include "base/log.h"
#include "base/rand.h"
#include "registry/event.h"

#define TRIES 1000 /* draws of one index; a full list misses 3 of 4 */

static const char sql_newest[] =
    "SELECT n, used FROM status_list ORDER BY n DESC LIMIT 1";

static const char sql_make[] =
    "INSERT INTO status_list (n, made, used) VALUES ($n, $at, 0)";

static const char sql_use[] =
    "UPDATE status_list SET used = used + 1 WHERE n = $n";

static const char sql_taken[] =
    "SELECT 1 FROM card WHERE status_index = $idx"
    " UNION ALL SELECT 1 FROM status_decoy WHERE idx = $idx"
    " UNION ALL SELECT 1 FROM lost_card WHERE status_index = $idx";

static const char sql_decoy[] = "INSERT INTO status_decoy (idx) VALUES ($idx)";

static const char sql_set[] =
    "SELECT idx FROM status_decoy WHERE idx >= $from AND idx < $to"
    " UNION ALL SELECT status_index FROM card"
    " WHERE ended IS NOT NULL AND status_index >= $from"
    " AND status_index < $to"
    " UNION ALL SELECT status_index FROM lost_card"
    " WHERE status_index >= $from AND status_index < $to";

static const char sql_card[] =
    "SELECT serial FROM card WHERE status_index = $idx AND ended IS NULL";

/* Indices that are taken though the registry does not say so yet. */
struct held {
	const uint32_t *index;
	size_t n;
};

static bool
is_held(const struct held *held, uint32_t index)
{
	for (size_t i = 0; i < held->n; i++)
		if (held->index[i] == index)
			return true;
	return false;
}

/* Draws a position of list ${n} that neither a card nor a decoy has. */
static enum err
draw(struct db *db, uint32_t n, const struct held *held, uint32_t *index,
    bool *found)
{
	enum err e = ERR_OK;
	bool taken = true;

	for (int i = 0; e == ERR_OK && taken && i < TRIES; i++) {
		struct stmt *st = db_prepare(db, sql_taken);
		uint64_t position;

		e = rand_below(&position, STATUS_POOL_POSITIONS);
		if (e != ERR_OK)
			break;
		*index = n << 17 | (uint32_t)position;
		if (is_held(held, *index))
			continue;
		db_bind_int(st, "$idx", *index);
		e = db_one(st, &taken);
		db_reset(st);
	}
	*found = !taken;
	return e;
}

static enum err
put_decoy(struct db *db, uint32_t index)
{
	struct stmt *st = db_prepare(db, sql_decoy);

	db_bind_int(st, "$idx", index);
	return db_run(st);
}

/* Adds decoys; a list with next to no room left takes fewer. */
static enum err
add_decoys(struct db *db, uint32_t n, uint64_t count)
{
	static const struct held none = {NULL, 0};

	for (uint64_t i = 0; i < count; i++) {
		uint32_t index;
		bool found;
		enum err e = draw(db, n, &none, &index, &found);

		if (e != ERR_OK || !found)
			return e;
		e = put_decoy(db, index);
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

static enum err
note(struct db *db, enum event_kind kind, uint32_t n, int64_t at)
{
	struct event ev = event_of(kind, at);

	ev.other = n;
	return event_append(db, &ev);
}

static enum err
make(struct db *db, uint32_t n, int64_t at)
{
	struct stmt *st;
	enum err e;

	if (n >= STATUS_POOL_LISTS) {
		log_error("all %d status lists are full", STATUS_POOL_LISTS);
		return ERR_TOOBIG;
	}
	st = db_prepare(db, sql_make);
	db_bind_int(st, "$n", n);
	db_bind_int(st, "$at", at);
	e = db_run(st);
	if (e == ERR_OK)
		e = add_decoys(db, n, STATUS_POOL_DECOYS);
	if (e == ERR_OK)
		e = note(db, EVENT_LIST, n, at);
	return e;
}

/* The newest list; ${*count} is how many there are. */
static enum err
newest(struct db *db, uint32_t *count, int64_t *used)
{
	struct stmt *st = db_prepare(db, sql_newest);
	bool found;
	enum err e = db_one(st, &found);

	*count = 0;
	*used = 0;
	if (e == ERR_OK && found) {
		*count = (uint32_t)db_int(st, 0) + 1;
		*used = db_int(st, 1);
	}
	db_reset(st);
	return e;
}

enum err
status_pool_take(struct db *db, int64_t at, const uint32_t *held, size_t n,
    uint32_t *index, bool *made)
{
	struct held taken = {held, n};
	struct stmt *st;
	uint32_t count;
	int64_t used;
	bool found = false;
	enum err e = newest(db, &count, &used);

	*made = false;
	if (e == ERR_OK && count > 0 && used < STATUS_POOL_CARDS)
		e = draw(db, count - 1, &taken, index, &found);
	if (e == ERR_OK && !found) {
		e = make(db, count, at);
		*made = true;
		count++;
		if (e == ERR_OK)
			e = draw(db, count - 1, &taken, index, &found);
	}
	if (e != ERR_OK)
		return e;
	if (!found)
		return ERR_INTERNAL;
	st = db_prepare(db, sql_use);
	db_bind_int(st, "$n", count - 1);
	return db_run(st);
}

enum err
status_pool_ensure(struct db *db, uint32_t lists, int64_t at)
{
	uint32_t count;
	int64_t used;
	enum err e = newest(db, &count, &used);

	for (; e == ERR_OK && count < lists; count++)
		e = make(db, count, at);
	return e;
}

enum err
status_pool_count(struct db *db, uint32_t *n)
{
	int64_t used;

	return newest(db, n, &used);
}

enum err
status_pool_more_decoys(struct db *db, uint32_t n, int64_t at)
{
	uint64_t count;
	enum err e = rand_below(&count, STATUS_POOL_MORE + 1);

	if (e == ERR_OK)
		e = add_decoys(db, n, count);
	/* Also when none was added: the event too must not tell. */
	return e == ERR_OK ? note(db, EVENT_DECOYS, n, at) : e;
}

/* The card, not ended, that has an index; 0: none. */
static enum err
card_at(struct db *db, uint32_t index, int64_t *serial)
{
	struct stmt *st = db_prepare(db, sql_card);
	bool found;
	enum err e;

	db_bind_int(st, "$idx", index);
	e = db_one(st, &found);
	*serial = e == ERR_OK && found ? db_int(st, 0) : 0;
	db_reset(st);
	return e;
}

enum err
status_pool_keep(struct db *db, uint32_t n,
    const uint8_t bits[static STATUS_POOL_BYTES], int64_t at, int64_t *decoys,
    enum err (*fn)(void *ctx, int64_t serial), void *ctx)
{
	uint8_t ours[STATUS_POOL_BYTES];
	enum err e = status_pool_bits(db, n, ours);

	*decoys = 0;
	for (uint32_t i = 0; e == ERR_OK && i < STATUS_POOL_POSITIONS; i++) {
		uint32_t index = n << 17 | i;
		int64_t serial;

		if ((bits[i / 8] & ~ours[i / 8] & 1 << i % 8) == 0)
			continue;
		e = card_at(db, index, &serial);
		if (e == ERR_OK && serial != 0)
			e = fn(ctx, serial);
		else if (e == ERR_OK) {
			e = put_decoy(db, index);
			++*decoys;
		}
	}
	return e == ERR_OK && *decoys > 0 ? note(db, EVENT_DECOYS, n, at) : e;
}

enum err
status_pool_bits(
    struct db *db, uint32_t n, uint8_t bits[static STATUS_POOL_BYTES])
{
	struct stmt *st = db_prepare(db, sql_set);
	enum db_more more;

	memset(bits, 0, STATUS_POOL_BYTES);
	db_bind_int(st, "$from", (int64_t)n * STATUS_POOL_POSITIONS);
	db_bind_int(st, "$to", ((int64_t)n + 1) * STATUS_POOL_POSITIONS);
	while ((more = db_step(st)) == DB_ROW) {
		uint32_t i = (uint32_t)db_int(st, 0) % STATUS_POOL_POSITIONS;

		bits[i / 8] = (uint8_t)(bits[i / 8] | 1 << i % 8);
	}
	return more == DB_ERR ? db_err(st) : ERR_OK;
}
