#include "registry/event.h"

#include "base/log.h"
#include "registry/event_private.h"

static const char sql_head[] =
    "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1";

static const char sql_last_time[] =
    "SELECT at FROM event ORDER BY seq DESC LIMIT 1";

static const char sql_last_signed[] =
    "SELECT seq FROM event WHERE kind = 1 AND serial ="
    " (SELECT serial FROM event WHERE kind = 2 ORDER BY seq DESC LIMIT 1)";

static const char sql_last[] =
    "SELECT kind, other FROM event ORDER BY seq DESC LIMIT 1";

static const char sql_at[] = "SELECT seq, hash FROM event WHERE seq = $seq";

static const char sql_append[] =
    "INSERT INTO event (" EVENT_COLUMNS ", hash) VALUES ($seq, $at, $kind,"
    " $org, $serial, $holder, $person, $kid, $other, $card_kind, $class,"
    " $setting, $start_day, $end_day, $reason, $payload_hash, $card_hash,"
    " $holder_hash, $person_hash, $other_hash, $hash)";

/* In the order of EVENT_COLUMNS. */
static const char *const params[EVENT_CELLS] = {"$seq", "$at", "$kind", "$org",
    "$serial", "$holder", "$person", "$kid", "$other", "$card_kind", "$class",
    "$setting", "$start_day", "$end_day", "$reason", "$payload_hash",
    "$card_hash", "$holder_hash", "$person_hash", "$other_hash"};

/* Which row of another table a kind of event is about. */
static const struct {
	enum event_kind kind;
	enum row_table table;
} others[] = {
    {EVENT_ENROL, ROW_ENROLMENT},
    {EVENT_KEY, ROW_KEY},
    {EVENT_KEY_REVOKE, ROW_KEY},
    {EVENT_PUBLISH, ROW_PUBLICATION},
    {EVENT_LIST, ROW_LIST},
    {EVENT_DECOYS, ROW_LIST},
    {EVENT_LOST, ROW_LOST_CARD},
    {EVENT_LOST_KEY, ROW_LOST_KEY},
};

struct event
event_of(enum event_kind kind, int64_t at)
{
	return (struct event){.kind = kind,
	    .at = at,
	    .serial = EVENT_NONE,
	    .holder = EVENT_NONE,
	    .person = EVENT_NONE,
	    .other = EVENT_NONE,
	    .card_kind = EVENT_NONE,
	    .class = EVENT_NONE,
	    .setting = EVENT_NONE,
	    .start_day = EVENT_NONE,
	    .end_day = EVENT_NONE,
	    .reason = EVENT_NONE};
}

void
event_hash(uint8_t out[static EVENT_HASH],
    const uint8_t prev[static EVENT_HASH],
    const struct cell cells[static EVENT_CELLS])
{
	struct hash h;

	hash_init(&h, "event");
	hash_bytes(&h, span_of(prev, EVENT_HASH));
	hash_cells(&h, cells, EVENT_CELLS);
	hash_done(&h, out);
}

void
event_payload_hash(uint8_t out[static EVENT_HASH],
    const uint8_t salt[static 16], struct span payload)
{
	(void)crypto_generichash(
	    out, EVENT_HASH, payload.p, payload.n, salt, 16);
}

/* Reads seq and hash from a bound statement. */
static enum err
read_hash(
    struct stmt *st, bool *found, int64_t *seq, uint8_t hash[static EVENT_HASH])
{
	enum err e = db_one(st, found);

	*seq = 0;
	memset(hash, 0, EVENT_HASH);
	if (e != ERR_OK || !*found)
		return e;
	if (db_blob(st, 1).n == EVENT_HASH) {
		*seq = db_int(st, 0);
		memcpy(hash, db_blob(st, 1).p, EVENT_HASH);
	} else {
		log_error("registry: an event's hash is damaged: run audit");
		e = ERR_DATA;
	}
	db_reset(st);
	return e;
}

enum err
event_head(struct db *db, int64_t *seq, uint8_t hash[static EVENT_HASH])
{
	bool found;

	return read_hash(db_prepare(db, sql_head), &found, seq, hash);
}

static enum err
read_int(struct stmt *st, int64_t *out)
{
	bool found = false;
	enum err e = db_one(st, &found);

	*out = e == ERR_OK && found ? db_int(st, 0) : 0;
	db_reset(st);
	return e;
}

enum err
event_last_time(struct db *db, int64_t *at)
{
	return read_int(db_prepare(db, sql_last_time), at);
}

enum err
event_last_kind(struct db *db, enum event_kind *kind, int64_t *other)
{
	struct stmt *st = db_prepare(db, sql_last);
	bool found;
	enum err e = db_one(st, &found);

	*kind = (enum event_kind)0;
	*other = 0;
	if (e == ERR_OK && found) {
		*kind = (enum event_kind)db_int(st, 0);
		*other = db_int(st, 1);
	}
	db_reset(st);
	return e;
}

enum err
event_last_signed(struct db *db, int64_t *seq)
{
	return read_int(db_prepare(db, sql_last_signed), seq);
}

enum err
event_hash_at(struct db *db, int64_t seq, uint8_t hash[static EVENT_HASH])
{
	struct stmt *st = db_prepare(db, sql_at);
	int64_t got;
	bool found;
	enum err e;

	db_bind_int(st, "$seq", seq);
	e = read_hash(st, &found, &got, hash);
	return e == ERR_OK && !found && seq != 0 ? ERR_NOINPUT : e;
}

/* --- appending ------------------------------------------------------------ */

static struct cell
cell_int(int64_t v)
{
	return (struct cell){.type = v == EVENT_NONE ? '0' : 'i', .i = v};
}

static struct cell
cell_span(char type, struct span s)
{
	return (struct cell){.type = s.n == 0 ? '0' : type, .s = s};
}

/* Hashes a row that the event names; it must be there. */
static enum err
hash_row(struct db *db, enum row_table table, struct row_key key,
    struct cell *cell, uint8_t out[static ROW_HASH])
{
	enum err e = row_hash(db, table, key, out);

	if (e == ERR_NOINPUT) {
		log_error("registry: an event about a row of %s that is not "
			  "there",
		    row_table_name(table));
		return ERR_INTERNAL;
	}
	if (e == ERR_OK)
		*cell = cell_span('b', span_of(out, ROW_HASH));
	return e;
}

struct row_hashes {
	uint8_t card[ROW_HASH];
	uint8_t holder[ROW_HASH];
	uint8_t person[ROW_HASH];
	uint8_t other[ROW_HASH];
};

static enum err
hash_other(struct db *db, const struct event *ev, struct cell *cell,
    uint8_t out[static ROW_HASH])
{
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct row_key key = {.id = ev->other};

		if (others[i].kind != ev->kind)
			continue;
		if (others[i].table == ROW_ENROLMENT)
			key.text = ev->org;
		if (others[i].table == ROW_KEY ||
		    others[i].table == ROW_LOST_KEY)
			key.text = ev->kid;
		return hash_row(db, others[i].table, key, cell, out);
	}
	return ERR_OK;
}

/* Fills the last four cells: the rows as they are now. */
static enum err
hash_rows(struct db *db, const struct event *ev, struct row_hashes *r,
    struct cell cell[static 4])
{
	enum err e = ERR_OK;

	for (int i = 0; i < 4; i++)
		cell[i] = (struct cell){.type = '0'};
	if (ev->serial != EVENT_NONE)
		e = hash_row(db, ROW_CARD, (struct row_key){.id = ev->serial},
		    &cell[0], r->card);
	if (e == ERR_OK && ev->holder != EVENT_NONE)
		e = hash_row(db, ROW_HOLDER, (struct row_key){.id = ev->holder},
		    &cell[1], r->holder);
	if (e == ERR_OK && ev->person != EVENT_NONE)
		e = hash_row(db, ROW_PERSON, (struct row_key){.id = ev->person},
		    &cell[2], r->person);
	if (e == ERR_OK)
		e = hash_other(db, ev, &cell[3], r->other);
	return e;
}

static void
bind_cell(struct stmt *st, const char *name, const struct cell *c)
{
	if (c->type == 'i')
		db_bind_int(st, name, c->i);
	else if (c->type == 't')
		db_bind_text(st, name, c->s);
	else if (c->type == 'b')
		db_bind_blob(st, name, c->s);
	else
		db_bind_null(st, name);
}

enum err
event_append(struct db *db, const struct event *ev)
{
	struct span payload = span_of(
	    ev->payload_hash, ev->payload_hash == NULL ? 0 : EVENT_HASH);
	struct cell cells[EVENT_CELLS] = {{0}, cell_int(ev->at),
	    cell_int(ev->kind), cell_span('t', ev->org), cell_int(ev->serial),
	    cell_int(ev->holder), cell_int(ev->person), cell_span('b', ev->kid),
	    cell_int(ev->other), cell_int(ev->card_kind), cell_int(ev->class),
	    cell_int(ev->setting), cell_int(ev->start_day),
	    cell_int(ev->end_day), cell_int(ev->reason),
	    cell_span('b', payload)};
	uint8_t hash[EVENT_HASH];
	struct row_hashes rows;
	struct stmt *st;
	int64_t seq;
	enum err e = hash_rows(db, ev, &rows, &cells[16]);

	if (e == ERR_OK)
		e = event_head(db, &seq, hash);
	if (e != ERR_OK)
		return e;
	cells[0] = cell_int(seq + 1);
	event_hash(hash, hash, cells);
	st = db_prepare(db, sql_append);
	for (int i = 0; i < EVENT_CELLS; i++)
		bind_cell(st, params[i], &cells[i]);
	db_bind_blob(st, "$hash", span_of(hash, sizeof(hash)));
	return db_run(st);
}

enum err
event_append_enrolment(struct db *db, struct span ods, int64_t at)
{
	struct event ev = event_of(EVENT_ENROL, at);

	ev.org = ods;
	return event_append(db, &ev);
}

enum err
event_append_key(
    struct db *db, enum event_kind kind, struct span kid, int64_t at)
{
	struct event ev = event_of(kind, at);

	ev.kid = kid;
	return event_append(db, &ev);
}
