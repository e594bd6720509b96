#include "registry/audit.h"

#include <stdarg.h>
#include <stdio.h>

#include "registry/audit_private.h"
#include "registry/event.h"

static const char todo_file[] =
    "somebody or something changed the file without this program: keep it as "
    "it is for whoever looks into it, put the newest backup in its place and "
    "run audit on that";
static const char todo_bug[] =
    "this is a fault of the program, or was made to look like one: keep the "
    "file, issue nothing, and report it";

static const char sql_counts[] =
    "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM card),"
    " (SELECT count(*) FROM holder),"
    " (SELECT count(*) FROM card WHERE signature IS NULL"
    " AND payload IS NOT NULL),"
    " (SELECT count(*) FROM ledger)";

static const char sql_payload[] =
    "SELECT event.payload_hash, holder.salt FROM event JOIN holder"
    " ON holder.id = event.holder WHERE event.serial = $serial"
    " AND event.kind = 1";

/* Each gives the key of something wrong, or nothing. */
static const struct {
	const char *table;
	const char *sql;
	const char *what;
} checks[] = {
    {"card",
	"SELECT serial FROM card WHERE (SELECT count(*) FROM event"
	" WHERE event.serial = card.serial AND kind = 1) <> 1"
	" ORDER BY serial LIMIT 1",
	"does not have exactly one event that issued it"},
    {"card",
	"SELECT serial FROM card WHERE (SELECT count(*) FROM event"
	" WHERE event.serial = card.serial AND kind = 2)"
	" <> (signature IS NOT NULL) AND payload IS NOT NULL"
	" ORDER BY serial LIMIT 1",
	"is signed without an event that says so, or the other way round"},
    {"card",
	"SELECT serial FROM card WHERE (SELECT count(*) FROM event"
	" WHERE event.serial = card.serial AND kind IN (3, 4))"
	" <> (ended IS NOT NULL) ORDER BY serial LIMIT 1",
	"has ended without an event that says so, or the other way round"},
    {"card",
	"SELECT card.serial FROM card JOIN event ON event.serial = card.serial"
	" AND event.kind = 1 WHERE event.org <> card.org"
	" OR event.holder <> card.holder OR event.kid <> card.kid"
	" OR event.card_kind <> card.kind OR event.class <> card.class"
	" OR event.setting <> card.setting OR event.at <> card.iat"
	" OR event.other IS DISTINCT FROM card.replaces"
	" OR card.iat - event.start_day * 86400 NOT BETWEEN 0 AND 86399"
	" OR card.exp - event.end_day * 86400 NOT BETWEEN 0 AND 86399"
	" ORDER BY card.serial LIMIT 1",
	"is another card than the one that its event issued"},
    {"card",
	"SELECT card.serial FROM card JOIN event ON event.serial = card.serial"
	" AND event.kind IN (3, 4) WHERE event.reason <> card.end_reason"
	" OR (event.kind = 4) <> (card.end_reason = 0)"
	" OR card.ended <> CASE WHEN event.at > card.iat THEN event.at"
	" ELSE card.iat END"
	" ORDER BY card.serial LIMIT 1",
	"ended at another time, or for another reason, than its event says"},
    {"card",
	"SELECT serial FROM card WHERE status_index IN"
	" (SELECT status_index FROM card GROUP BY status_index"
	" HAVING count(*) > 1) ORDER BY serial LIMIT 1",
	"shares its place in the status list with another card"},
    {"card",
	"SELECT serial FROM card WHERE EXISTS (SELECT 1 FROM status_decoy"
	" WHERE idx = status_index) ORDER BY serial LIMIT 1",
	"has the place of a decoy in the status list"},
    {"card",
	"SELECT serial FROM card WHERE NOT EXISTS (SELECT 1 FROM status_list"
	" WHERE n = status_index / 131072) ORDER BY serial LIMIT 1",
	"is in a status list that there is not"},
    {"card",
	"SELECT card.serial FROM card JOIN card AS old"
	" ON old.serial = card.replaces WHERE old.holder <> card.holder"
	" OR old.org <> card.org ORDER BY card.serial LIMIT 1",
	"replaces a card of somebody else"},
    {"card",
	"SELECT card.serial FROM card JOIN signing_key"
	" ON signing_key.kid = card.kid WHERE purpose <> 0 OR ods <> card.org"
	" ORDER BY card.serial LIMIT 1",
	"was signed with a key of somebody else"},
    {"card",
	"SELECT card.serial FROM card JOIN holder ON holder.id = card.holder"
	" WHERE (erased = 1) <> (payload IS NULL)"
	" OR (erased = 1 AND signature IS NOT NULL)"
	" ORDER BY card.serial LIMIT 1",
	"still has its text, though its holder was erased, or lacks it, though "
	"nobody was"},
    {"holder",
	"SELECT id FROM holder WHERE erased <> (SELECT count(*) > 0 FROM event"
	" WHERE event.holder = holder.id AND kind = 6) ORDER BY id LIMIT 1",
	"was erased without an event that says so, or the other way round"},
    {"lost_card",
	"SELECT serial FROM lost_card WHERE serial IN (SELECT serial FROM card)"
	" OR status_index IN (SELECT status_index FROM card)"
	" OR status_index IN (SELECT idx FROM status_decoy)"
	" ORDER BY serial LIMIT 1",
	"has the number or the place of a card, or the place of a decoy"},
    {"lost_card",
	"SELECT serial FROM lost_card WHERE NOT EXISTS"
	" (SELECT 1 FROM status_list WHERE n = status_index / 131072)"
	" ORDER BY serial LIMIT 1",
	"is in a status list that there is not"},
    {"lost_card",
	"SELECT serial FROM lost_card WHERE kid IS NOT NULL"
	" AND kid NOT IN (SELECT kid FROM signing_key)"
	" AND kid NOT IN (SELECT kid FROM lost_key) ORDER BY serial LIMIT 1",
	"was signed with a key that is neither here nor lost"},
    {"publication",
	"SELECT object FROM publication WHERE seq < (SELECT count(*) FROM event"
	" WHERE kind = 11 AND other = object) ORDER BY object LIMIT 1",
	"has a lower number than times that it was published"},
    {"publication",
	"SELECT object FROM publication WHERE at <> (SELECT at FROM event"
	" WHERE kind = 11 AND other = object ORDER BY seq DESC LIMIT 1)"
	" ORDER BY object LIMIT 1",
	"is from another time than its newest event"},
    {"publication",
	"SELECT object FROM publication WHERE object >= 0 AND NOT EXISTS"
	" (SELECT 1 FROM status_list WHERE n = object)"
	" ORDER BY object LIMIT 1",
	"is of a status list that there is not"},
};

enum err
audit_fault(struct audit *a, const char *table, int64_t row, const char *todo,
    const char *fmt, ...)
{
	va_list args;

	a->table = table;
	a->row = row;
	a->todo = todo;
	va_start(args, fmt);
	(void)vsnprintf(a->what, sizeof(a->what), fmt, args);
	va_end(args);
	return ERR_DATA;
}

static enum err
check_events(struct db *db, struct audit *a)
{
	struct event_fault f;
	enum err e = event_check(db, &f);

	if (e != ERR_DATA || f.what == NULL)
		return e;
	a->seq = f.seq;
	return audit_fault(a, f.table, f.row, todo_file, "%s", f.what);
}

static enum err
check_cards(struct db *db, struct audit *a)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		struct stmt *st = db_prepare(db, checks[i].sql);
		int64_t key = 0;
		bool found;
		enum err e = db_one(st, &found);

		if (e == ERR_OK && found)
			key = db_int(st, 0);
		db_reset(st);
		if (e != ERR_OK)
			return e;
		if (found)
			return audit_fault(a, checks[i].table, key, todo_bug,
			    "%s", checks[i].what);
	}
	return ERR_OK;
}

static enum err
count(struct db *db, struct audit *a)
{
	struct stmt *st = db_prepare(db, sql_counts);
	bool found;
	enum err e = db_one(st, &found);

	if (e == ERR_OK && found) {
		a->events = db_int(st, 0);
		a->cards = db_int(st, 1);
		a->holders = db_int(st, 2);
		a->unsigned_cards = db_int(st, 3);
		a->ledger_rows = db_int(st, 4);
	}
	db_reset(st);
	return e;
}

enum err
audit_payload(struct db *db, int64_t serial, struct span payload, bool *same)
{
	struct stmt *st = db_prepare(db, sql_payload);
	uint8_t hash[EVENT_HASH];
	bool found;
	enum err e;

	*same = false;
	db_bind_int(st, "$serial", serial);
	e = db_one(st, &found);
	if (e == ERR_OK && found && db_blob(st, 1).n == 16) {
		event_payload_hash(hash, db_blob(st, 1).p, payload);
		*same = span_eq(db_blob(st, 0), span_of(hash, sizeof(hash)));
	}
	db_reset(st);
	return e;
}

enum err
audit_run(struct db *db, struct audit *out)
{
	static enum err (*const steps[])(struct db *, struct audit *) = {
	    count, check_events, check_cards, audit_figures};
	enum err e = ERR_OK;

	*out = (struct audit){0};
	for (size_t i = 0; e == ERR_OK && i < sizeof(steps) / sizeof(*steps);
	     i++)
		e = steps[i](db, out);
	return e;
}
