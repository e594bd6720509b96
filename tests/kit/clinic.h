#ifndef KIT_CLINIC_H
#define KIT_CLINIC_H

#include "registry/erase.h"
#include "registry/issue.h"
#include "tests/kit/fake_sealer.h"

/*
 * A registry in a folder of its own, with three invented organisations that
 * issue (A00001, a practice; A00002, a practice; H00001, a hospital), each with
 * a signing key; and short ways to issue in it.
 */
#define CLINIC_ORGS 3

struct clinic {
	char dir[40];
	char path[64];
	struct db *db;
	struct fake_sealer fake;
	int64_t now;
	struct issue_result last; /* of clinic_issue() */
};

struct clinic_person {
	const char *name;
	const char *ref;  /* or NULL */
	const char *nhs;  /* or NULL */
	const char *born; /* or NULL */
};

extern const char *const clinic_orgs[CLINIC_ORGS];

/* clinic_open(state), clinic_close(state): set-up and tear-down for cmocka. */
int clinic_open(void **state);
int clinic_close(void **state);

/* clinic_setting(org): its setting. */
int clinic_setting(const char *org);

/* clinic_kid(org): its key's name, 8 bytes. */
const uint8_t *clinic_kid(const char *org);

/*
 * clinic_issue(c, org, p): issues a first card good for 730 days from c->now,
 * in a transaction of its own, to c->last; its payload is
 * "NAME|SERIAL|INDEX". Returns issue_reserve()'s error.
 */
enum err clinic_issue(
    struct clinic *c, const char *org, const struct clinic_person *p);

/* clinic_again(c, kind, replaces): the same for a renewal or replacement. */
enum err clinic_again(struct clinic *c, enum card_kind kind, int64_t replaces);

/* clinic_request(c, req): the same for a request of the caller's. */
enum err clinic_request(struct clinic *c, const struct issue_request *req);

/* clinic_withdraw(c, serial, reason): withdraws at c->now. */
enum card_withdrawal clinic_withdraw(
    struct clinic *c, int64_t serial, enum card_reason reason);

/* clinic_erase(c, serial): erases the card's holder at c->now. */
struct erase_result clinic_erase(struct clinic *c, int64_t serial);

/* clinic_payload(...): the issue_payload_fn behind these. */
enum err clinic_payload(void *ctx, const struct issue_claims *claims,
    uint8_t out[static CARD_TEXT_MAX], size_t *n);

/* clinic_int(c, sql): the one integer that a constant query gives. */
int64_t clinic_int(struct clinic *c, const char *sql);

/* clinic_check(c): Returns true if event_check() finds nothing. */
bool clinic_check(struct clinic *c);

/*
 * clinic_tamper(c, sql): closes the registry, runs ${sql} on the file with
 * every guard off, as somebody who got hold of it would, and opens it again.
 */
void clinic_tamper(struct clinic *c, const char *sql);

#endif
