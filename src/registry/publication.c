#include "registry/publication.h"

#include "base/log.h"
#include "registry/event.h"

static const char sql_get[] =
    "SELECT seq, iat, exp, sha256, at FROM publication WHERE object = $object";

static const char sql_put[] =
    "INSERT INTO publication (object, seq, iat, exp, sha256, at)"
    " VALUES ($object, $seq, $iat, $exp, $sha256, $at)"
    " ON CONFLICT (object) DO UPDATE SET seq = excluded.seq,"
    " iat = excluded.iat, exp = excluded.exp, sha256 = excluded.sha256,"
    " at = excluded.at";

enum err
publication_get(
    struct db *db, int64_t object, struct publication *out, bool *found)
{
	struct stmt *st = db_prepare(db, sql_get);
	enum err e;

	*out = (struct publication){0};
	db_bind_int(st, "$object", object);
	e = db_one(st, found);
	if (e != ERR_OK || !*found)
		return e;
	*out = (struct publication){.seq = db_int(st, 0),
	    .iat = db_int(st, 1),
	    .exp = db_int(st, 2),
	    .at = db_int(st, 4)};
	if (db_blob(st, 3).n == sizeof(out->sha256))
		memcpy(out->sha256, db_blob(st, 3).p, sizeof(out->sha256));
	else
		e = ERR_DATA;
	db_reset(st);
	return e;
}

enum err
publication_put(struct db *db, int64_t object, const struct publication *p)
{
	struct event ev = event_of(EVENT_PUBLISH, p->at);
	struct publication last;
	struct stmt *st;
	bool found;
	enum err e = publication_get(db, object, &last, &found);

	if (e != ERR_OK)
		return e;
	if (found && (p->seq < last.seq || p->iat < last.iat)) {
		log_error("registry: a publication older than the last one");
		return ERR_INTERNAL;
	}
	st = db_prepare(db, sql_put);
	db_bind_int(st, "$object", object);
	db_bind_int(st, "$seq", p->seq);
	db_bind_int(st, "$iat", p->iat);
	db_bind_int(st, "$exp", p->exp);
	db_bind_blob(st, "$sha256", span_of(p->sha256, sizeof(p->sha256)));
	db_bind_int(st, "$at", p->at);
	e = db_run(st);
	ev.other = object;
	return e == ERR_OK ? event_append(db, &ev) : e;
}
