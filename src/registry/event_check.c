#include "registry/event_private.h"

static const char sql_chain[] =
    "SELECT " EVENT_COLUMNS ", hash FROM event ORDER BY seq";

static const char sql_used[] =
    "SELECT n FROM status_list WHERE used <> (SELECT count(*) FROM card"
    " WHERE status_index >= n * 131072 AND status_index < (n + 1) * 131072)"
    " ORDER BY n LIMIT 1";

static const char sql_stray[] =
    "SELECT idx FROM status_decoy WHERE NOT EXISTS (SELECT 1 FROM status_list"
    " WHERE n = idx / 131072) ORDER BY idx LIMIT 1";

/*
 * How each table is compared: its keys, what the newest event about a row says
 * it must hash to, and the events about rows that are not there.
 */
static const struct {
	enum row_table table;
	char key; /* 'i', 't' or 'b' */
	const char *keys;
	const char *newest;
	const char *dropped;
} checks[] = {
    {ROW_PERSON, 'i', "SELECT id FROM person ORDER BY id",
	"SELECT person_hash FROM event WHERE person = $k"
	" ORDER BY seq DESC LIMIT 1",
	"SELECT seq FROM event WHERE person IS NOT NULL AND NOT EXISTS"
	" (SELECT 1 FROM person WHERE id = event.person) ORDER BY seq LIMIT 1"},
    {ROW_HOLDER, 'i', "SELECT id FROM holder ORDER BY id",
	"SELECT holder_hash FROM event WHERE holder = $k"
	" ORDER BY seq DESC LIMIT 1",
	"SELECT seq FROM event WHERE holder IS NOT NULL AND NOT EXISTS"
	" (SELECT 1 FROM holder WHERE id = event.holder)"
	" ORDER BY seq LIMIT 1"},
    {ROW_CARD, 'i', "SELECT serial FROM card ORDER BY serial",
	"SELECT card_hash FROM event WHERE serial = $k"
	" ORDER BY seq DESC LIMIT 1",
	"SELECT seq FROM event WHERE serial IS NOT NULL AND NOT EXISTS"
	" (SELECT 1 FROM card WHERE serial = event.serial)"
	" ORDER BY seq LIMIT 1"},
    {ROW_LIST, 'i', "SELECT n FROM status_list ORDER BY n",
	"SELECT other_hash FROM event WHERE kind IN (12, 13) AND other = $k"
	" ORDER BY seq DESC LIMIT 1",
	"SELECT seq FROM event WHERE kind IN (12, 13) AND NOT EXISTS"
	" (SELECT 1 FROM status_list WHERE n = event.other) ORDER BY seq LIMIT "
	"1"},
    {ROW_PUBLICATION, 'i', "SELECT object FROM publication ORDER BY object",
	"SELECT other_hash FROM event WHERE kind = 11 AND other = $k"
	" ORDER BY seq DESC LIMIT 1",
	"SELECT seq FROM event WHERE kind = 11 AND NOT EXISTS"
	" (SELECT 1 FROM publication WHERE object = event.other)"
	" ORDER BY seq LIMIT 1"},
    {ROW_ENROLMENT, 't', "SELECT ods FROM enrolment ORDER BY ods",
	"SELECT other_hash FROM event WHERE kind = 8 AND org = $k"
	" ORDER BY seq DESC LIMIT 1",
	"SELECT seq FROM event WHERE kind = 8 AND NOT EXISTS"
	" (SELECT 1 FROM enrolment WHERE ods = event.org) ORDER BY seq LIMIT "
	"1"},
    {ROW_KEY, 'b', "SELECT kid FROM signing_key ORDER BY kid",
	"SELECT other_hash FROM event WHERE kind IN (9, 10) AND kid = $k"
	" ORDER BY seq DESC LIMIT 1",
	"SELECT seq FROM event WHERE kind IN (9, 10) AND NOT EXISTS"
	" (SELECT 1 FROM signing_key WHERE kid = event.kid)"
	" ORDER BY seq LIMIT 1"},
    {ROW_LOST_CARD, 'i', "SELECT serial FROM lost_card ORDER BY serial",
	"SELECT other_hash FROM event WHERE kind = 14 AND other = $k"
	" ORDER BY seq DESC LIMIT 1",
	"SELECT seq FROM event WHERE kind = 14 AND NOT EXISTS"
	" (SELECT 1 FROM lost_card WHERE serial = event.other)"
	" ORDER BY seq LIMIT 1"},
    {ROW_LOST_KEY, 'b', "SELECT kid FROM lost_key ORDER BY kid",
	"SELECT other_hash FROM event WHERE kind = 15 AND kid = $k"
	" ORDER BY seq DESC LIMIT 1",
	"SELECT seq FROM event WHERE kind = 15 AND NOT EXISTS"
	" (SELECT 1 FROM lost_key WHERE kid = event.kid)"
	" ORDER BY seq LIMIT 1"},
};

static enum err
fault_is(struct event_fault *f, int64_t seq, const char *table, int64_t row,
    const char *what)
{
	*f = (struct event_fault){seq, table, row, what};
	return ERR_DATA;
}

/* Is this event the one after ${seq} and ${hash}? Moves both on. */
static enum err
check_link(struct stmt *st, int64_t *seq, uint8_t hash[static EVENT_HASH],
    struct event_fault *fault)
{
	struct cell cells[EVENT_CELLS + 1];
	const char *what = NULL;

	hash_read_cells(cells, st, EVENT_TYPES "b");
	if (cells[0].i != *seq + 1)
		what = "an event is missing before this one";
	event_hash(hash, hash, cells);
	if (what == NULL &&
	    !span_eq(cells[EVENT_CELLS].s, span_of(hash, EVENT_HASH)))
		what = "this event, or one before it, was changed";
	*seq = cells[0].i;
	return what == NULL ? ERR_OK
			    : fault_is(fault, *seq, "event", *seq, what);
}

static enum err
check_chain(struct db *db, struct event_fault *fault)
{
	struct stmt *st = db_prepare(db, sql_chain);
	uint8_t hash[EVENT_HASH] = {0};
	int64_t seq = 0;
	enum db_more more;
	enum err e = ERR_OK;

	while (e == ERR_OK && (more = db_step(st)) != DB_DONE) {
		if (more == DB_ERR)
			return db_err(st);
		e = check_link(st, &seq, hash, fault);
	}
	db_reset(st);
	return e;
}

/* Does the row hash to what its newest event says? */
static enum err
check_row(
    struct db *db, size_t i, struct row_key key, struct event_fault *fault)
{
	const char *name = row_table_name(checks[i].table);
	struct stmt *st = db_prepare(db, checks[i].newest);
	uint8_t hash[ROW_HASH];
	bool found;
	enum err e;

	if (checks[i].key == 'i')
		db_bind_int(st, "$k", key.id);
	else if (checks[i].key == 't')
		db_bind_text(st, "$k", key.text);
	else
		db_bind_blob(st, "$k", key.text);
	e = db_one(st, &found);
	if (e != ERR_OK)
		return e;
	if (!found)
		return fault_is(
		    fault, 0, name, key.id, "no event made this row");
	e = row_hash(db, checks[i].table, key, hash);
	if (e == ERR_OK && !span_eq(db_blob(st, 0), span_of(hash, ROW_HASH)))
		e = fault_is(fault, 0, name, key.id,
		    "this row is not as its newest event left it");
	db_reset(st);
	return e;
}

static enum err
check_table(struct db *db, size_t i, struct event_fault *fault)
{
	struct stmt *st = db_prepare(db, checks[i].keys);
	char type[2] = {checks[i].key, '\0'};
	enum db_more more;
	enum err e = ERR_OK;

	while (e == ERR_OK && (more = db_step(st)) != DB_DONE) {
		struct cell c;

		if (more == DB_ERR)
			return db_err(st);
		hash_read_cells(&c, st, type);
		e = check_row(
		    db, i, (struct row_key){.id = c.i, .text = c.s}, fault);
	}
	db_reset(st);
	return e;
}

/* Runs a query that gives the key of something wrong, or nothing. */
static enum err
check_none(struct db *db, const char *sql, const char *table, const char *what,
    struct event_fault *fault)
{
	struct stmt *st = db_prepare(db, sql);
	bool found;
	enum err e = db_one(st, &found);

	if (e == ERR_OK && found) {
		int64_t key = db_int(st, 0);
		/* Of dropped rows it is the event that we know. */
		bool is_row = sql == sql_used || sql == sql_stray;

		e = fault_is(
		    fault, is_row ? 0 : key, table, is_row ? key : 0, what);
	}
	db_reset(st);
	return e;
}

enum err
event_check(struct db *db, struct event_fault *fault)
{
	enum err e;

	*fault = (struct event_fault){0};
	e = check_chain(db, fault);
	for (size_t i = 0; e == ERR_OK && i < sizeof(checks) / sizeof(*checks);
	     i++) {
		e = check_table(db, i, fault);
		if (e == ERR_OK)
			e = check_none(db, checks[i].dropped,
			    row_table_name(checks[i].table),
			    "a row that an event made is not there", fault);
	}
	if (e == ERR_OK)
		e = check_none(db, sql_used, "status_list",
		    "does not hold as many cards as it says", fault);
	if (e == ERR_OK)
		e = check_none(db, sql_stray, "status_decoy",
		    "is in no status list", fault);
	return e;
}
