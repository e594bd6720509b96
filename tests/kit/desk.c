#include "tests/kit/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <sodium.h>

#include <cmocka.h>

static const uint8_t chain[SECRET_KEY] = "the key of the journal's chain";

struct key_record
desk_record(const struct kit_key *k, enum key_use use, const char *ods)
{
	struct key_record r = {.use = use,
	    .not_before = KIT_NOW - 30 * KIT_DAY,
	    .not_after = KIT_NOW + 200 * KIT_DAY};

	memcpy(r.kid, k->kid, KID_SIZE);
	memcpy(r.public, k->public, ED25519_KEY);
	memcpy(r.ods, ods, strlen(ods));
	return r;
}

int
desk_open(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	folder_make(&d->folder);
	folder_path(d->journal, &d->folder, "journal");
	kit_init(&d->kit);
	d->policy.now = KIT_NOW;
	d->policy.at = calloc(TRUST_KEYS_MAX, sizeof(*d->policy.at));
	assert_non_null(d->policy.at);
	assert_int_equal(
	    journal_lock(&d->policy.journal, d->journal, true), ERR_OK);
	assert_int_equal(journal_load(d->policy.journal, chain), ERR_OK);
	d->issuer = desk_record(&d->kit.issuer, USE_PASSPORT, KIT_ODS);
	d->status = desk_record(&d->kit.status, USE_STATUS, "");
	d->root = desk_record(&d->kit.root, USE_ROOT, "");
	kit_passport(&d->passport);
	d->passport.iat = KIT_NOW;
	d->passport.exp = DESK_MIDNIGHT + 700 * KIT_DAY;
	*state = d;
	return 0;
}

int
desk_close(void **state)
{
	struct desk *d = *state;

	journal_close(d->policy.journal);
	folder_remove(&d->folder);
	free(d->policy.at);
	free(d);
	return 0;
}

/* What the policy says, in a word: NULL is yes. */
const char *
desk_ask(struct desk *d, const struct key_record *key, enum cose_kind kind,
    struct span payload)
{
	const char *why = "";
	enum err e = policy_admit(&d->policy, key, (int)kind, payload, &why);

	if (e == ERR_OK)
		return NULL;
	assert_int_equal(e, ERR_POLICY);
	assert_non_null(why);
	assert_true(strlen(why) > 0);
	return why;
}

const char *
desk_passport(
    struct desk *d, const struct key_record *key, const struct passport *p)
{
	uint8_t bytes[1024];
	struct cbor_out o = {.p = bytes, .cap = sizeof(bytes)};

	passport_put(&o, p);
	assert_false(o.full);
	return desk_ask(d, key, COSE_PASSPORT, cbor_written(&o));
}

const char *
desk_trust(struct desk *d, const struct key_record *key,
    const struct trust_draft *draft)
{
	static uint8_t bytes[65536];
	struct cbor_out o = {.p = bytes, .cap = sizeof(bytes)};

	trust_put(&o, draft);
	assert_false(o.full);
	return desk_ask(d, key, COSE_TRUST, cbor_written(&o));
}

const char *
desk_status(struct desk *d, const struct key_record *key, const char *sub,
    int64_t iat, int64_t exp)
{
	uint8_t bytes[1024];
	struct cbor_out o = {.p = bytes, .cap = sizeof(bytes)};

	status_put(&o, span_str(sub), iat, exp, span_str("a zlib stream"));
	assert_false(o.full);
	return desk_ask(d, key, COSE_STATUS, cbor_written(&o));
}

void
desk_settle(struct desk *d)
{
	assert_int_equal(journal_commit(d->policy.journal), ERR_OK);
}
