/* Goal: the signer signs only the status and trust lists that its own rules
 * allow, and never goes back. */
#include "keys/policy.h"

#include <setjmp.h>
#include <stdarg.h>

#include <sodium.h>

#include <cmocka.h>

#include "tests/kit/desk.h"

/* --- status lists --- */

static void
a_status_list_needs_a_status_key(void **state)
{
	struct desk *d = *state;
	const int64_t end = KIT_NOW + KIT_DAY;

	assert_non_null(desk_status(d, &d->root, DESK_LIST(0), KIT_NOW, end));
	assert_non_null(desk_status(d, &d->issuer, DESK_LIST(0), KIT_NOW, end));
	assert_null(desk_status(d, &d->status, DESK_LIST(0), KIT_NOW, end));
}

static void
a_status_list_is_named_by_its_number(void **state)
{
	static const char *const bad[] = {
	    "",
	    "cwt",
	    ".cwt",
	    "0.cwt",
	    "https://verify.example/",
	    KIT_BASE ".cwt",
	    KIT_BASE "x.cwt",
	    KIT_BASE "-1.cwt",
	    KIT_BASE "1x.cwt",
	    KIT_BASE "01.cwt",
	    KIT_BASE "00.cwt",
	    KIT_BASE "1.cwt ",
	    KIT_BASE "1.CWT",
	    KIT_BASE "1.jwt",
	    KIT_BASE "12345",
	    KIT_BASE "1024.cwt",
	    KIT_BASE "18446744073709551616.cwt",
	    KIT_BASE "99999999999999999999999999.cwt",
	};
	struct desk *d = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (desk_status(d, &d->status, bad[i], KIT_NOW,
			KIT_NOW + KIT_DAY) == NULL)
			fail_msg("taken: %s", bad[i]);
	assert_null(desk_status(
	    d, &d->status, DESK_LIST(0), KIT_NOW, KIT_NOW + KIT_DAY));
	assert_null(desk_status(
	    d, &d->status, DESK_LIST(10), KIT_NOW, KIT_NOW + KIT_DAY));
	assert_null(desk_status(
	    d, &d->status, DESK_LIST(1023), KIT_NOW, KIT_NOW + KIT_DAY));
	desk_settle(d);
	assert_int_equal(journal_last_status(d->policy.journal, 10).b, KIT_NOW);
	assert_int_equal(journal_last_status(d->policy.journal, 1).b, 0);
}

static void
a_status_list_is_of_now_and_lives_a_week_at_most(void **state)
{
	struct desk *d = *state;
	const int64_t week = 7 * KIT_DAY;
	const struct {
		int64_t iat;
		int64_t exp;
		bool good;
	} cases[] = {
	    {d->status.not_before - 1, KIT_NOW, false},
	    {KIT_NOW, KIT_NOW + week + 1, false},
	    {KIT_NOW, KIT_NOW - 1, false},
	    {KIT_NOW + POLICY_CLOCK_SLACK + 1, KIT_NOW + week, false},
	    {KIT_NOW, KIT_NOW + week, true},
	    {KIT_NOW + POLICY_CLOCK_SLACK, KIT_NOW + week, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(desk_status(d, &d->status, DESK_LIST(0),
				     cases[i].iat, cases[i].exp) == NULL,
		    cases[i].good);
	d->policy.now = d->status.not_after + 1;
	assert_non_null(desk_status(d, &d->status, DESK_LIST(1), d->policy.now,
	    d->policy.now + KIT_DAY));
}

static void
a_status_list_never_goes_back(void **state)
{
	struct desk *d = *state;
	const int64_t end = KIT_NOW + KIT_DAY;

	assert_null(desk_status(d, &d->status, DESK_LIST(0), KIT_NOW, end));
	/* In the same batch, and once it is on the disk. */
	assert_non_null(
	    desk_status(d, &d->status, DESK_LIST(0), KIT_NOW - 1, end));
	desk_settle(d);
	assert_non_null(
	    desk_status(d, &d->status, DESK_LIST(0), KIT_NOW - 1, end));
	assert_null(desk_status(d, &d->status, DESK_LIST(1), KIT_NOW - 1, end));
	assert_null(desk_status(d, &d->status, DESK_LIST(0), KIT_NOW + 1, end));
	/* Nor does the first of the batch come back. */
	assert_non_null(desk_status(d, &d->status, DESK_LIST(0), KIT_NOW, end));
}

static void
nothing_is_signed_that_no_verifier_would_read(void **state)
{
	static uint8_t large[STATUS_MAX + 64];
	static uint8_t stream[STATUS_MAX];
	struct desk *d = *state;
	struct cbor_out o = {.p = large, .cap = sizeof(large)};

	status_put(&o, span_str(DESK_LIST(0)), KIT_NOW, KIT_NOW + 1,
	    span_of(stream, STATUS_MAX - COSE_OVERHEAD - 60));
	assert_true(o.n > STATUS_MAX - COSE_OVERHEAD);
	assert_true(o.n < STATUS_MAX);
	assert_non_null(desk_ask(d, &d->status, COSE_STATUS, cbor_written(&o)));
	o.n = 0;
	status_put(&o, span_str(DESK_LIST(0)), KIT_NOW, KIT_NOW + 1,
	    span_of(stream, 1000));
	assert_null(desk_ask(d, &d->status, COSE_STATUS, cbor_written(&o)));
}

/* --- trust lists --- */

static void
a_trust_list_needs_a_root_key(void **state)
{
	struct desk *d = *state;

	assert_non_null(desk_trust(d, &d->status, &d->kit.draft));
	assert_non_null(desk_trust(d, &d->issuer, &d->kit.draft));
	assert_null(desk_trust(d, &d->root, &d->kit.draft));
}

static void
the_number_of_a_trust_list_rises(void **state)
{
	struct desk *d = *state;
	struct trust_draft *t = &d->kit.draft;

	assert_null(desk_trust(d, &d->root, t));
	t->exp++; /* other bytes, the same number: in one batch ... */
	assert_non_null(desk_trust(d, &d->root, t));
	desk_settle(d); /* ... and later */
	assert_non_null(desk_trust(d, &d->root, t));
	t->seq--;
	assert_non_null(desk_trust(d, &d->root, t));
	t->seq = 0;
	assert_non_null(desk_trust(d, &d->root, t));
	t->seq = 8;
	t->iat--; /* a higher number of an earlier time */
	assert_non_null(desk_trust(d, &d->root, t));
	t->iat++;
	assert_null(desk_trust(d, &d->root, t));
	desk_settle(d);
	assert_int_equal(journal_last_trust(d->policy.journal).a, 8);
}

static void
a_trust_list_is_not_of_the_future_nor_for_ever(void **state)
{
	struct desk *d = *state;
	struct trust_draft *t = &d->kit.draft;

	t->iat = KIT_NOW + POLICY_CLOCK_SLACK + 1;
	assert_non_null(desk_trust(d, &d->root, t));
	t->iat = KIT_NOW;
	t->exp = t->iat + (POLICY_TRUST_DAYS * KIT_DAY) + 1;
	assert_non_null(desk_trust(d, &d->root, t));
	t->exp = t->iat;
	assert_non_null(desk_trust(d, &d->root, t));
	t->exp = t->iat + POLICY_TRUST_DAYS * KIT_DAY;
	assert_null(desk_trust(d, &d->root, t));
}

static void
a_tombstone_keeps_its_key_out(void **state)
{
	struct desk *d = *state;
	struct trust_draft *t = &d->kit.draft;

	memcpy(d->kit.tombstones[0], d->kit.issuer.kid, KID_SIZE);
	t->ntombstones = 1;
	assert_non_null(desk_trust(d, &d->root, t));
	memcpy(d->kit.tombstones[0], d->kit.status.kid, KID_SIZE);
	assert_non_null(desk_trust(d, &d->root, t));
	d->kit.tombstones[0][7] ^= 1;
	assert_null(desk_trust(d, &d->root, t));
}

/* FORMAT.md R1, with keys of the ed25519-speccheck: small order, mixed order,
 * and the neutral element. */
static void
every_key_is_a_good_point_named_by_its_thumbprint(void **state)
{
	static const char *const bad[] = {
	    "c7176a703d4dd84fba3c0b760d10670f"
	    "2a2053fa2c39ccc64ec7fd7792ac03fa",
	    "ecffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffffff",
	    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
	    "0100000000000000000000000000000000000000000000000000000000000000",
	    "0000000000000000000000000000000000000000000000000000000000000000",
	};
	struct desk *d = *state;
	struct trust_draft *t = &d->kit.draft;
	struct trust_key *k = d->kit.issuer_entry;

	t->nkeys = 1;
	t->keys = k;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		size_t n;

		assert_int_equal(sodium_hex2bin(k->key, ED25519_KEY, bad[i], 64,
				     NULL, &n, NULL),
		    0);
		ed25519_kid(k->kid, k->key);
		if (desk_trust(d, &d->root, t) == NULL)
			fail_msg("taken: key %zu", i);
	}
	memcpy(k->key, d->kit.issuer.public, ED25519_KEY);
	memcpy(k->kid, d->kit.issuer.kid, KID_SIZE);
	k->kid[0] ^= 1;
	assert_non_null(desk_trust(d, &d->root, t));
	k->kid[0] ^= 1;
	assert_null(desk_trust(d, &d->root, t));
}

static void
no_key_may_sign_for_more_than_a_year(void **state)
{
	struct desk *d = *state;
	struct trust_key *k = d->kit.status_entry;

	k->not_after = k->not_before + TRUST_KEY_DAYS * KIT_DAY + 1;
	assert_non_null(desk_trust(d, &d->root, &d->kit.draft));
	k->not_after = k->not_before - 1;
	assert_non_null(desk_trust(d, &d->root, &d->kit.draft));
	k->not_after = k->not_before + TRUST_KEY_DAYS * KIT_DAY;
	assert_null(desk_trust(d, &d->root, &d->kit.draft));
}

static void
every_key_names_a_service_of_the_list(void **state)
{
	struct trust_service two[2];
	struct desk *d = *state;
	struct trust_draft *t = &d->kit.draft;

	d->kit.issuer_entry->service = 1;
	assert_non_null(desk_trust(d, &d->root, t));
	two[0] = two[1] = d->kit.services[0];
	two[1].base = span_str("https://other.example/lists/status/");
	t->services = two;
	t->nservices = 2;
	assert_null(desk_trust(d, &d->root, t));
	d->kit.issuer_entry->service = 2;
	t->seq++;
	assert_non_null(desk_trust(d, &d->root, t));
	d->kit.issuer_entry->service = UINT64_MAX;
	assert_non_null(desk_trust(d, &d->root, t));
}

static void
keys_stand_in_order_and_once(void **state)
{
	struct desk *d = *state;
	struct trust_key keys[3] = {d->kit.keys[1], d->kit.keys[0]};
	struct trust_draft *t = &d->kit.draft;

	t->keys = keys;
	assert_non_null(desk_trust(d, &d->root, t));
	keys[0] = d->kit.keys[0];
	assert_non_null(desk_trust(d, &d->root, t));
	keys[1] = d->kit.keys[1];
	assert_null(desk_trust(d, &d->root, t));
}

/* K7: once a signed list has revoked a key, every later one does. */
static void
no_list_forgets_a_tombstone(void **state)
{
	struct desk *d = *state;
	struct trust_draft *t = &d->kit.draft;

	memset(d->kit.tombstones[0], 0x55, KID_SIZE);
	t->ntombstones = 1;
	assert_null(desk_trust(d, &d->root, t));
	desk_settle(d);
	t->seq++;
	t->ntombstones = 0;
	assert_non_null(desk_trust(d, &d->root, t));
	t->ntombstones = 1;
	d->kit.tombstones[0][7] ^= 1; /* another in its place */
	assert_non_null(desk_trust(d, &d->root, t));
	d->kit.tombstones[0][7] ^= 1;
	assert_null(desk_trust(d, &d->root, t));
	desk_settle(d);
}

/* ... also after the signer was started anew. */
static void
tombstones_outlast_a_restart(void **state)
{
	static const uint8_t chain[SECRET_KEY] =
	    "the key of the journal's chain";
	struct desk *d = *state;
	struct trust_draft *t = &d->kit.draft;

	t->ntombstones = 1;
	memset(d->kit.tombstones[0], 0x55, KID_SIZE);
	assert_null(desk_trust(d, &d->root, t));
	desk_settle(d);
	journal_close(d->policy.journal);
	assert_int_equal(
	    journal_lock(&d->policy.journal, d->journal, false), ERR_OK);
	assert_int_equal(journal_load(d->policy.journal, chain), ERR_OK);
	t->seq++;
	t->ntombstones = 0;
	assert_non_null(desk_trust(d, &d->root, t));
	t->ntombstones = 1;
	assert_null(desk_trust(d, &d->root, t));
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, desk_open, desk_close)
	const struct CMUnitTest tests[] = {
	    TEST(a_status_list_needs_a_status_key),
	    TEST(a_status_list_is_named_by_its_number),
	    TEST(a_status_list_is_of_now_and_lives_a_week_at_most),
	    TEST(a_status_list_never_goes_back),
	    TEST(nothing_is_signed_that_no_verifier_would_read),
	    TEST(a_trust_list_needs_a_root_key),
	    TEST(the_number_of_a_trust_list_rises),
	    TEST(a_trust_list_is_not_of_the_future_nor_for_ever),
	    TEST(a_tombstone_keeps_its_key_out),
	    TEST(every_key_is_a_good_point_named_by_its_thumbprint),
	    TEST(no_key_may_sign_for_more_than_a_year),
	    TEST(every_key_names_a_service_of_the_list),
	    TEST(keys_stand_in_order_and_once),
	    TEST(no_list_forgets_a_tombstone),
	    TEST(tombstones_outlast_a_restart),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
