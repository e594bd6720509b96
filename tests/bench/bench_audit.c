/*
 * What an audit costs: a registry of issued cards, a tenth of them renewed, one
 * in twenty withdrawn; event_check() alone beside all of audit_run(); and what
 * one issue costs with its roll-ups.  The baseline, in the same run, is
 * SQLite's own check of the file. bench_audit [CARDS]     default 100000
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "registry/audit.h"
#include "registry/event.h"
#include "tests/kit/clinic.h"

#define BATCH 1000

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

struct batch {
	struct clinic *c;
	int64_t from;
	int64_t to;
};

static enum err
issue_one(struct db *db, struct clinic *c, int64_t i)
{
	static const uint8_t sig[CARD_SIGNATURE] = {7};
	struct issue_result out;
	enum card_withdrawal how;
	char ref[24];
	const char *org = clinic_orgs[i % CLINIC_ORGS];
	struct issue_request req = {.org = org,
	    .setting = clinic_setting(org),
	    .kid = clinic_kid(org),
	    .name = span_str("Rose Example"),
	    .iat = c->now + i % 700 * 86400,
	    .exp = c->now + (i % 700 + 730) * 86400,
	    .kind = CARD_FIRST};
	enum err e;

	snprintf(ref, sizeof(ref), "R%lld", (long long)i);
	req.ref = span_str(ref);
	e = issue_reserve(
	    db, &c->fake.sealer, &req, clinic_payload, NULL, &out);
	if (e == ERR_OK && i % 10 == 0) {
		req.kind = CARD_RENEWAL;
		req.replaces = out.card.serial;
		req.iat += 600 * INT64_C(86400);
		req.exp += 600 * INT64_C(86400);
		e = issue_reserve(
		    db, &c->fake.sealer, &req, clinic_payload, NULL, &out);
	}
	if (e == ERR_OK)
		e = issue_store_signature(db, out.card.serial, sig, req.iat);
	if (e == ERR_OK && i % 20 == 1)
		e = card_withdraw(db, out.card.serial, CARD_ENDED,
		    req.iat + 86400 * 99, &how);
	return e;
}

static enum err
issue_batch(struct db *db, void *ctx)
{
	const struct batch *b = ctx;
	enum err e = ERR_OK;

	for (int64_t i = b->from; e == ERR_OK && i < b->to; i++)
		e = issue_one(db, b->c, i);
	return e;
}

static enum err
event_only(struct db *db, void *ctx)
{
	return event_check(db, ctx);
}

static enum err
audit_all(struct db *db, void *ctx)
{
	return audit_run(db, ctx);
}

int
main(int argc, char **argv)
{
	int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 100000;
	struct event_fault fault;
	struct audit audit;
	void *state = NULL;
	struct clinic *c;
	double t[5];

	if (clinic_open(&state) != 0)
		return 1;
	c = state;
	t[0] = now_ms();
	for (int64_t i = 0; i < n; i += BATCH) {
		struct batch b = {c, i, i + BATCH < n ? i + BATCH : n};

		if (db_write(c->db, issue_batch, &b) != ERR_OK)
			return 1;
	}
	t[1] = now_ms();
	if (db_check(c->db) != ERR_OK)
		return 1;
	t[2] = now_ms();
	if (db_read(c->db, event_only, &fault) != ERR_OK)
		return 1;
	t[3] = now_ms();
	if (db_read(c->db, audit_all, &audit) != ERR_OK) {
		fprintf(stderr, "%s: %s\n", audit.table, audit.what);
		return 1;
	}
	t[4] = now_ms();
	printf("%lld cards, %lld events, %lld rows of ledger; made at %.0f us "
	       "each\nSQLite's check of the file %.0f ms, event_check() %.0f "
	       "ms, all of audit %.0f ms: %.1f us a card, %.0f events/s\n",
	    (long long)audit.cards, (long long)audit.events,
	    (long long)audit.ledger_rows, (t[1] - t[0]) * 1e3 / (double)n,
	    t[2] - t[1], t[3] - t[2], t[4] - t[3],
	    (t[4] - t[3]) * 1e3 / (double)audit.cards,
	    (double)audit.events * 1e3 / (t[4] - t[3]));
	return clinic_close(&state);
}
