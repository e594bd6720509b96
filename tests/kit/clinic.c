#include "tests/kit/clinic.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "registry/event.h"
#include "registry/key.h"

const char *const clinic_orgs[CLINIC_ORGS] = {"A00001", "A00002", "H00001"};
static const int settings[CLINIC_ORGS] = {0, 0, 1};
static const uint8_t kids[CLINIC_ORGS][8] = {"kid-one", "kid-two", "kid-hos"};

static const char sql_org[] =
    "INSERT INTO organisation (ods, name, kind, status, service, opened,"
    " address1, address2, address3, address4, address5, postcode, phone)"
    " VALUES ($ods, 'Example Surgery', 0, 0, -1, 0, '', '', '', '', '', '',"
    " '')";

static const char sql_enrol[] =
    "INSERT INTO enrolment (ods, setting, phone, address, enrolled, state)"
    " VALUES ($ods, $setting, '', '', 0, 0)";

static int
number(const char *org)
{
	for (int i = 0; i < CLINIC_ORGS; i++)
		if (strcmp(org, clinic_orgs[i]) == 0)
			return i;
	abort();
}

int
clinic_setting(const char *org)
{
	return settings[number(org)];
}

const uint8_t *
clinic_kid(const char *org)
{
	return kids[number(org)];
}

static enum err
enrol(struct db *db, int i, int64_t at)
{
	struct key key = {.purpose = KEY_PASSPORT,
	    .not_before = 0,
	    .not_after = INT64_C(1) << 40,
	    .state = KEY_ACTIVE,
	    .sealed = {1},
	    .nsealed = 1};
	struct stmt *st = db_prepare(db, sql_org);
	enum err e;

	memcpy(key.kid, kids[i], 8);
	memset(key.public, 0x40 + i, sizeof(key.public));
	snprintf(key.ods, sizeof(key.ods), "%s", clinic_orgs[i]);
	db_bind_text(st, "$ods", span_str(clinic_orgs[i]));
	e = db_run(st);
	if (e != ERR_OK)
		return e;
	st = db_prepare(db, sql_enrol);
	db_bind_text(st, "$ods", span_str(clinic_orgs[i]));
	db_bind_int(st, "$setting", settings[i]);
	e = db_run(st);
	if (e == ERR_OK)
		e = event_append_enrolment(db, span_str(clinic_orgs[i]), at);
	if (e == ERR_OK)
		e = key_put(db, &key);
	return e == ERR_OK
		   ? event_append_key(db, EVENT_KEY, span_of(kids[i], 8), at)
		   : e;
}

static enum err
enrol_all(struct db *db, void *ctx)
{
	const struct clinic *c = ctx;
	enum err e = ERR_OK;

	for (int i = 0; e == ERR_OK && i < CLINIC_ORGS; i++)
		e = enrol(db, i, c->now);
	return e;
}

int
clinic_open(void **state)
{
	struct clinic *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return -1;
	*state = c;
	fake_sealer_init(&c->fake);
	c->now = INT64_C(1700000000);
	/* In memory where there is such a folder: hundreds of commits. */
	snprintf(c->dir, sizeof(c->dir), "%s/clinic.XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(c->dir) == NULL)
		return -1;
	snprintf(c->path, sizeof(c->path), "%s/registry.db", c->dir);
	if (db_open(&c->db, c->path, DB_CREATE) != ERR_OK)
		return -1;
	return db_write(c->db, enrol_all, c) == ERR_OK ? 0 : -1;
}

int
clinic_close(void **state)
{
	static const char *const tail[] = {"", "-wal", "-shm", "-journal"};
	struct clinic *c = *state;
	char path[80];

	db_close(c->db);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", c->path, tail[i]);
		unlink(path);
	}
	rmdir(c->dir);
	free(c);
	return 0;
}

enum err
clinic_payload(void *ctx, const struct issue_claims *claims,
    uint8_t out[static CARD_TEXT_MAX], size_t *n)
{
	int len = snprintf((char *)out, CARD_TEXT_MAX, "%.*s|%lld|%lu",
	    (int)claims->name.n, (const char *)claims->name.p,
	    (long long)claims->serial, (unsigned long)claims->status_index);

	(void)ctx;
	*n = (size_t)len;
	return len > 0 && len < CARD_TEXT_MAX ? ERR_OK : ERR_TOOBIG;
}

struct reserve_args {
	struct clinic *c;
	const struct issue_request *req;
};

static enum err
reserve(struct db *db, void *ctx)
{
	struct reserve_args *a = ctx;

	return issue_reserve(
	    db, &a->c->fake.sealer, a->req, clinic_payload, NULL, &a->c->last);
}

enum err
clinic_request(struct clinic *c, const struct issue_request *req)
{
	struct reserve_args a = {c, req};

	return db_write(c->db, reserve, &a);
}

static struct span
maybe(const char *s)
{
	return s == NULL ? span_of(NULL, 0) : span_str(s);
}

enum err
clinic_issue(struct clinic *c, const char *org, const struct clinic_person *p)
{
	struct issue_request req = {.org = org,
	    .setting = clinic_setting(org),
	    .kid = clinic_kid(org),
	    .name = span_str(p->name),
	    .ref = maybe(p->ref),
	    .nhs = maybe(p->nhs),
	    .born = maybe(p->born),
	    .iat = c->now,
	    .exp = c->now + 730 * INT64_C(86400),
	    .kind = CARD_FIRST};

	return clinic_request(c, &req);
}

enum err
clinic_again(struct clinic *c, enum card_kind kind, int64_t replaces)
{
	struct card old;
	struct issue_request req = {.iat = c->now,
	    .exp = c->now + 730 * INT64_C(86400),
	    .kind = kind,
	    .replaces = replaces};
	enum err e = card_get(c->db, replaces, &old);

	if (e != ERR_OK)
		return e;
	req.org = old.org;
	req.setting = old.setting;
	req.kid = old.kid;
	req.class = old.class;
	return clinic_request(c, &req);
}

struct withdraw_args {
	struct clinic *c;
	int64_t serial;
	enum card_reason reason;
	enum card_withdrawal how;
};

static enum err
withdraw(struct db *db, void *ctx)
{
	struct withdraw_args *a = ctx;

	return card_withdraw(db, a->serial, a->reason, a->c->now, &a->how);
}

enum card_withdrawal
clinic_withdraw(struct clinic *c, int64_t serial, enum card_reason reason)
{
	struct withdraw_args a = {c, serial, reason, CARD_UNKNOWN};

	if (db_write(c->db, withdraw, &a) != ERR_OK)
		abort();
	return a.how;
}

struct erase_args {
	struct clinic *c;
	int64_t serial;
	struct erase_result result;
};

static enum err
erase(struct db *db, void *ctx)
{
	struct erase_args *a = ctx;
	struct card card;
	enum err e = card_get(db, a->serial, &card);

	return e == ERR_OK ? erase_holder(db, card.holder, CARD_CONSENT,
				 a->c->now, &a->result)
			   : e;
}

struct erase_result
clinic_erase(struct clinic *c, int64_t serial)
{
	struct erase_args a = {.c = c, .serial = serial};

	if (db_write(c->db, erase, &a) != ERR_OK)
		abort();
	return a.result;
}

int64_t
clinic_int(struct clinic *c, const char *sql)
{
	struct stmt *st = db_prepare(c->db, sql);
	bool found;
	int64_t v;

	if (db_one(st, &found) != ERR_OK || !found)
		abort();
	v = db_int(st, 0);
	db_reset(st);
	return v;
}

bool
clinic_check(struct clinic *c)
{
	struct event_fault f;
	enum err e = event_check(c->db, &f);

	if (e != ERR_OK)
		fprintf(stderr, "event_check: %s: event %lld, %s %lld: %s\n",
		    err_name(e), (long long)f.seq, f.table, (long long)f.row,
		    f.what);
	return e == ERR_OK;
}

void
clinic_tamper(struct clinic *c, const char *sql)
{
	sqlite3 *raw = NULL;
	char *why = NULL;

	db_close(c->db);
	c->db = NULL;
	if (sqlite3_open(c->path, &raw) != SQLITE_OK ||
	    sqlite3_exec(raw,
		"PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = "
		"ON",
		NULL, NULL, &why) != SQLITE_OK ||
	    sqlite3_exec(raw, sql, NULL, NULL, &why) != SQLITE_OK) {
		fprintf(stderr, "tamper: %s: %s\n", sql, why);
		abort();
	}
	sqlite3_close(raw);
	if (db_open(&c->db, c->path, DB_WRITE) != ERR_OK)
		abort();
}
