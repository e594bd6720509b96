#include "registry/ending.h"

#include "base/log.h"

static const char sql_next[] =
    "SELECT event.seq, event.hash, event.kind, event.holder,"
    " coalesce(card.serial, lost_card.serial),"
    " coalesce(card.status_index, lost_card.status_index), event.reason,"
    " event.kid FROM event LEFT JOIN card ON card.serial = event.serial"
    " LEFT JOIN lost_card"
    " ON event.kind = 14 AND lost_card.serial = event.other"
    " WHERE event.seq > $after AND event.kind IN (3, 4, 6, 10, 14, 15)"
    " ORDER BY event.seq LIMIT 1";

static enum ending_what
what_of(int64_t kind)
{
	if (kind == EVENT_KEY_REVOKE || kind == EVENT_LOST_KEY)
		return ENDING_KEY;
	return kind == EVENT_ERASE ? ENDING_HOLDER : ENDING_CARD;
}

static enum err
read_ending(struct stmt *st, struct ending *out)
{
	struct span hash = db_blob(st, 1);
	struct span kid = db_blob(st, 7);

	*out = (struct ending){.seq = db_int(st, 0),
	    .what = what_of(db_int(st, 2)),
	    .holder = db_int(st, 3),
	    .serial = db_int(st, 4),
	    .status_index = (uint32_t)db_int(st, 5),
	    .reason = (enum card_reason)db_int(st, 6)};
	/* We cannot say why: nobody withdrew it, its record is gone. */
	if (db_int(st, 2) == EVENT_LOST)
		out->reason = CARD_ERROR;
	if (hash.n != EVENT_HASH ||
	    (out->what == ENDING_KEY && kid.n != CARD_KID)) {
		log_error("registry: event %lld is damaged: run audit",
		    (long long)out->seq);
		return ERR_DATA;
	}
	memcpy(out->hash, hash.p, EVENT_HASH);
	if (out->what == ENDING_KEY)
		memcpy(out->kid, kid.p, CARD_KID);
	return ERR_OK;
}

enum err
ending_next(struct db *db, int64_t after, struct ending *out)
{
	struct stmt *st = db_prepare(db, sql_next);
	bool found;
	enum err e;

	db_bind_int(st, "$after", after);
	e = db_one(st, &found);
	if (e == ERR_OK && !found)
		return ERR_NOINPUT;
	if (e == ERR_OK)
		e = read_ending(st, out);
	db_reset(st);
	return e;
}
