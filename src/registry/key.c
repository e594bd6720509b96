#include "registry/key.h"

#include "base/log.h"

#define COLUMNS                                                                \
	"kid, public, purpose, ods, not_before, not_after, state, revoked_at," \
	" reason, sealed"

static const char sql_get[] =
    "SELECT " COLUMNS " FROM signing_key WHERE kid = $kid";

static const char sql_active[] =
    "SELECT " COLUMNS " FROM signing_key WHERE purpose = $purpose"
    " AND ods IS NOT DISTINCT FROM $ods AND state = 0"
    " AND sealed IS NOT NULL AND not_before <= $at AND not_after >= $at"
    " ORDER BY not_before DESC, kid LIMIT 1";

static const char sql_list[] =
    "SELECT " COLUMNS " FROM signing_key"
    " WHERE ($purpose = -1 OR purpose = $purpose)"
    " AND ($state = -1 OR state = $state) AND ($ods = '' OR ods = $ods)"
    " ORDER BY kid";

static const char sql_put[] =
    "INSERT INTO signing_key (" COLUMNS ") VALUES ($kid, $public, $purpose,"
    " $ods, $not_before, $not_after, $state, $revoked_at, $reason, $sealed)"
    " ON CONFLICT DO NOTHING";

static const char sql_revoke[] =
    "UPDATE signing_key SET state = 2, revoked_at = $at, reason = $reason,"
    " sealed = NULL WHERE kid = $kid AND state <> 2";

static const char sql_retire[] =
    "UPDATE signing_key SET state = 1, sealed = NULL"
    " WHERE state = 0 AND not_after < $at";

/* Copies a blob of exactly ${n} bytes. */
static bool
fixed(uint8_t *out, size_t n, struct stmt *st, int col)
{
	struct span v = db_blob(st, col);

	if (v.n != n)
		return false;
	memcpy(out, v.p, n);
	return true;
}

static enum err
read_key(struct stmt *st, struct key *out)
{
	struct span sealed = db_blob(st, 9);

	*out = (struct key){.purpose = (enum key_purpose)db_int(st, 2),
	    .not_before = db_int(st, 4),
	    .not_after = db_int(st, 5),
	    .state = (enum key_state)db_int(st, 6),
	    .revoked_at = db_int(st, 7),
	    .nsealed = sealed.n};
	if (!fixed(out->kid, KEY_KID, st, 0) ||
	    !fixed(out->public, KEY_PUBLIC, st, 1) ||
	    !db_copy(out->ods, sizeof(out->ods), st, 3) ||
	    !db_copy(out->reason, sizeof(out->reason), st, 8) ||
	    sealed.n > KEY_SEALED_MAX) {
		log_error("registry: a signing key's row is damaged");
		return ERR_INTERNAL;
	}
	if (sealed.n > 0)
		memcpy(out->sealed, sealed.p, sealed.n);
	return ERR_OK;
}

/* Runs a bound statement that finds one key or none. */
static enum err
one_key(struct stmt *st, struct key *out)
{
	bool found;
	enum err e = db_one(st, &found);

	if (e == ERR_OK && !found)
		return ERR_NOINPUT;
	if (e == ERR_OK)
		e = read_key(st, out);
	db_reset(st);
	return e;
}

enum err
key_get(struct db *db, const uint8_t kid[static KEY_KID], struct key *out)
{
	struct stmt *st = db_prepare(db, sql_get);

	db_bind_blob(st, "$kid", span_of(kid, KEY_KID));
	return one_key(st, out);
}

enum err
key_active(struct db *db, enum key_purpose purpose, struct span ods, int64_t at,
    struct key *out)
{
	struct stmt *st = db_prepare(db, sql_active);

	db_bind_int(st, "$purpose", purpose);
	db_bind_opt(st, "$ods", ods);
	db_bind_int(st, "$at", at);
	return one_key(st, out);
}

enum err
key_list(struct db *db, const struct key_filter *filter,
    enum err (*fn)(const struct key *, void *), void *ctx)
{
	struct stmt *st = db_prepare(db, sql_list);
	struct key key;
	enum db_more more;
	enum err e = ERR_OK;

	db_bind_int(st, "$purpose", filter->purpose);
	db_bind_int(st, "$state", filter->state);
	db_bind_text(st, "$ods", filter->ods);
	while ((more = db_step(st)) == DB_ROW) {
		e = read_key(st, &key);
		if (e == ERR_OK)
			e = fn(&key, ctx);
		if (e != ERR_OK)
			break;
	}
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	return e;
}

enum err
key_put(struct db *db, const struct key *key)
{
	struct stmt *st = db_prepare(db, sql_put);
	enum err e;

	db_bind_blob(st, "$kid", span_of(key->kid, KEY_KID));
	db_bind_blob(st, "$public", span_of(key->public, KEY_PUBLIC));
	db_bind_int(st, "$purpose", key->purpose);
	db_bind_opt(st, "$ods", span_str(key->ods));
	db_bind_int(st, "$not_before", key->not_before);
	db_bind_int(st, "$not_after", key->not_after);
	db_bind_int(st, "$state", key->state);
	if (key->state == KEY_REVOKED)
		db_bind_int(st, "$revoked_at", key->revoked_at);
	else
		db_bind_null(st, "$revoked_at");
	db_bind_text(st, "$reason", span_str(key->reason));
	if (key->nsealed == 0)
		db_bind_null(st, "$sealed");
	else
		db_bind_blob(st, "$sealed", span_of(key->sealed, key->nsealed));
	e = db_run(st);
	if (e == ERR_OK && db_changes(db) == 0) {
		log_error("this signing key, or another with the same id, is "
			  "in the registry already");
		e = ERR_DATA;
	}
	return e;
}

enum err
key_revoke(struct db *db, const uint8_t kid[static KEY_KID], int64_t at,
    struct span reason)
{
	struct stmt *st = db_prepare(db, sql_revoke);
	struct key key;
	enum err e;

	db_bind_blob(st, "$kid", span_of(kid, KEY_KID));
	db_bind_int(st, "$at", at);
	db_bind_text(st, "$reason", reason);
	e = db_run(st);
	if (e == ERR_OK && db_changes(db) == 0)
		e = key_get(db, kid, &key);
	return e;
}

enum err
key_retire(struct db *db, int64_t at, int64_t *n)
{
	struct stmt *st = db_prepare(db, sql_retire);
	enum err e;

	db_bind_int(st, "$at", at);
	e = db_run(st);
	*n = e == ERR_OK ? db_changes(db) : 0;
	return e;
}
