/* Goal: the signer signs only what its own rules allow, whoever asks. */
#include "keys/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <sodium.h>

#include <cmocka.h>

#include "keys/status_build.h"
#include "passport/passport.h"
#include "tests/kit/folder.h"
#include "tests/kit/scheme.h"

#define MIDNIGHT (KIT_NOW - 43200)

static const uint8_t chain[SECRET_KEY] = "the key of the journal's chain";

struct desk {
	struct folder folder;
	struct kit kit;
	struct policy policy;
	struct key_record issuer;
	struct key_record status;
	struct key_record root;
	struct passport passport; /* good */
};

static struct key_record
record(const struct kit_key *k, enum key_use use, const char *ods)
{
	struct key_record r = {.use = use,
	    .not_before = KIT_NOW - 30 * KIT_DAY,
	    .not_after = KIT_NOW + 200 * KIT_DAY};

	memcpy(r.kid, k->kid, KID_SIZE);
	memcpy(r.public, k->public, ED25519_KEY);
	memcpy(r.ods, ods, strlen(ods));
	return r;
}

static int
set_up(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));
	char path[FOLDER_PATH];

	assert_non_null(d);
	folder_make(&d->folder);
	folder_path(path, &d->folder, "journal");
	kit_init(&d->kit);
	d->policy.now = KIT_NOW;
	d->policy.at = calloc(TRUST_KEYS_MAX, sizeof(*d->policy.at));
	assert_non_null(d->policy.at);
	assert_int_equal(journal_lock(&d->policy.journal, path, true), ERR_OK);
	assert_int_equal(journal_load(d->policy.journal, chain), ERR_OK);
	d->issuer = record(&d->kit.issuer, USE_PASSPORT, KIT_ODS);
	d->status = record(&d->kit.status, USE_STATUS, "");
	d->root = record(&d->kit.root, USE_ROOT, "");
	kit_passport(&d->passport);
	d->passport.iat = KIT_NOW;
	d->passport.exp = MIDNIGHT + 700 * KIT_DAY;
	*state = d;
	return 0;
}

static int
tear_down(void **state)
{
	struct desk *d = *state;

	journal_close(d->policy.journal);
	folder_remove(&d->folder);
	free(d->policy.at);
	free(d);
	return 0;
}

/* What the policy says, in a word: NULL is yes. */
static const char *
ask(struct desk *d, const struct key_record *key, enum cose_kind kind,
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

static const char *
ask_passport(
    struct desk *d, const struct key_record *key, const struct passport *p)
{
	uint8_t bytes[1024];
	struct cbor_out o = {.p = bytes, .cap = sizeof(bytes)};

	passport_put(&o, p);
	assert_false(o.full);
	return ask(d, key, COSE_PASSPORT, cbor_written(&o));
}

static const char *
ask_trust(struct desk *d, const struct key_record *key,
    const struct trust_draft *draft)
{
	static uint8_t bytes[65536];
	struct cbor_out o = {.p = bytes, .cap = sizeof(bytes)};

	trust_put(&o, draft);
	assert_false(o.full);
	return ask(d, key, COSE_TRUST, cbor_written(&o));
}

static const char *
ask_sub(struct desk *d, const struct key_record *key, const char *sub,
    int64_t iat, int64_t exp)
{
	uint8_t bytes[1024];
	struct cbor_out o = {.p = bytes, .cap = sizeof(bytes)};

	status_put(&o, span_str(sub), iat, exp, span_str("a zlib stream"));
	assert_false(o.full);
	return ask(d, key, COSE_STATUS, cbor_written(&o));
}

static void
settle(struct desk *d)
{
	assert_int_equal(journal_commit(d->policy.journal), ERR_OK);
}

#define LIST(n) KIT_BASE #n ".cwt"

/* --- passports --- */

static void
a_good_passport_is_admitted_and_remembered(void **state)
{
	struct desk *d = *state;
	uint8_t hash[JOURNAL_HASH];

	assert_null(ask_passport(d, &d->issuer, &d->passport));
	settle(d);
	assert_true(
	    journal_passport(d->policy.journal, d->passport.index, hash));
}

static void
a_passport_needs_its_issuers_own_key(void **state)
{
	struct desk *d = *state;
	struct key_record k = d->issuer;

	assert_non_null(ask_passport(d, &d->status, &d->passport));
	assert_non_null(ask_passport(d, &d->root, &d->passport));
	memcpy(k.ods, "A81002", 6);
	assert_non_null(ask_passport(d, &k, &d->passport));
	memcpy(k.ods, "A8100", 6); /* a part of the code is another code */
	assert_non_null(ask_passport(d, &k, &d->passport));
	d->passport.iss = span_str("A810011");
	assert_non_null(ask_passport(d, &d->issuer, &d->passport));
	d->passport.iss = span_of("A81001\0", 7);
	assert_non_null(ask_passport(d, &d->issuer, &d->passport));
	d->passport.iss = span_str("");
	assert_non_null(ask_passport(d, &d->issuer, &d->passport));
	d->passport.iss = span_str(KIT_ODS);
	assert_null(ask_passport(d, &d->issuer, &d->passport));
}

static void
the_start_is_in_the_keys_period_and_not_ahead(void **state)
{
	struct desk *d = *state;
	const struct {
		int64_t iat;
		bool good;
	} cases[] = {
	    {d->issuer.not_before - 1, false},
	    {d->issuer.not_before, true},
	    {KIT_NOW, true},
	    {KIT_NOW + POLICY_CLOCK_SLACK, true},
	    {KIT_NOW + POLICY_CLOCK_SLACK + 1, false},
	    {KIT_NOW + KIT_DAY, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		d->passport.iat = cases[i].iat;
		d->passport.index = (uint32_t)i;
		assert_int_equal(
		    ask_passport(d, &d->issuer, &d->passport) == NULL,
		    cases[i].good);
	}
	d->policy.now = d->issuer.not_after;
	d->passport.iat = d->issuer.not_after;
	assert_null(ask_passport(d, &d->issuer, &d->passport));
	d->passport.iat = d->issuer.not_after + 1;
	assert_non_null(ask_passport(d, &d->issuer, &d->passport));
}

static void
the_end_is_a_midnight_ahead_and_not_too_far(void **state)
{
	struct desk *d = *state;
	const struct {
		int64_t exp;
		bool good;
	} cases[] = {
	    {MIDNIGHT + 700 * KIT_DAY + 1, false},
	    {MIDNIGHT + 700 * KIT_DAY - 1, false},
	    {MIDNIGHT + 700 * KIT_DAY + 3600, false},
	    {MIDNIGHT + 1098 * KIT_DAY, true},
	    {MIDNIGHT + 1099 * KIT_DAY, false},
	    {MIDNIGHT, false},
	    {MIDNIGHT + KIT_DAY, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		d->passport.exp = cases[i].exp;
		d->passport.index = (uint32_t)i;
		assert_int_equal(
		    ask_passport(d, &d->issuer, &d->passport) == NULL,
		    cases[i].good);
	}
	/* Over before anybody could hold it. */
	d->passport.iat = KIT_NOW - 10 * KIT_DAY;
	d->passport.exp = MIDNIGHT;
	d->passport.index = 99;
	assert_non_null(ask_passport(d, &d->issuer, &d->passport));
	d->policy.now = MIDNIGHT;
	assert_non_null(ask_passport(d, &d->issuer, &d->passport));
	d->policy.now = MIDNIGHT - 1;
	assert_null(ask_passport(d, &d->issuer, &d->passport));
}

static void
an_index_belongs_to_one_payload_for_good(void **state)
{
	struct desk *d = *state;
	struct passport other = d->passport;
	struct passport next = d->passport;

	assert_null(ask_passport(d, &d->issuer, &d->passport));
	other.name = span_str("Margaret Thomson");
	/* In the same batch, before anything is on the disk. */
	assert_non_null(ask_passport(d, &d->issuer, &other));
	settle(d);
	assert_non_null(ask_passport(d, &d->issuer, &other));
	other = d->passport;
	other.serial ^= 1;
	assert_non_null(ask_passport(d, &d->issuer, &other));
	other = d->passport;
	other.exp += KIT_DAY;
	assert_non_null(ask_passport(d, &d->issuer, &other));
	next.index++;
	assert_null(ask_passport(d, &d->issuer, &next));
}

static void
the_same_payload_again_adds_no_record(void **state)
{
	struct desk *d = *state;
	char path[FOLDER_PATH];
	uint8_t file[1024];

	folder_path(path, &d->folder, "journal");
	assert_null(ask_passport(d, &d->issuer, &d->passport));
	assert_null(ask_passport(d, &d->issuer, &d->passport));
	settle(d);
	assert_null(ask_passport(d, &d->issuer, &d->passport));
	assert_null(
	    ask_sub(d, &d->status, LIST(0), KIT_NOW, KIT_NOW + KIT_DAY));
	assert_null(
	    ask_sub(d, &d->status, LIST(0), KIT_NOW, KIT_NOW + KIT_DAY));
	assert_null(ask_trust(d, &d->root, &d->kit.draft));
	assert_null(ask_trust(d, &d->root, &d->kit.draft));
	settle(d);
	assert_null(ask_trust(d, &d->root, &d->kit.draft));
	assert_null(
	    ask_sub(d, &d->status, LIST(0), KIT_NOW, KIT_NOW + KIT_DAY));
	settle(d);
	assert_int_equal(
	    folder_get(file, sizeof(file), path), 3 * JOURNAL_RECORD);
}

static void
the_index_has_a_place_in_the_journal(void **state)
{
	struct desk *d = *state;

	d->passport.index = JOURNAL_LISTS * 131072U - 1;
	assert_null(ask_passport(d, &d->issuer, &d->passport));
	d->passport.index++;
	assert_non_null(ask_passport(d, &d->issuer, &d->passport));
	d->passport.index = UINT32_MAX;
	assert_non_null(ask_passport(d, &d->issuer, &d->passport));
}

/* Every payload that is not the one spelling is refused: any bit, any byte
 * more or less, and no claims of our own making. */
static void
only_the_one_spelling_of_a_passport(void **state)
{
	struct desk *d = *state;
	uint8_t good[1024];
	uint8_t bad[1024];
	struct cbor_out o = {.p = good, .cap = sizeof(good)};
	struct passport c;

	passport_put(&o, &d->passport);
	for (size_t i = 0; i <= o.n; i++) {
		memcpy(bad, good, o.n);
		bad[o.n] = 0;
		if (i != o.n) /* a part, and at last one byte more */
			assert_non_null(ask(
			    d, &d->issuer, COSE_PASSPORT, span_of(good, i)));
		else
			assert_non_null(ask(d, &d->issuer, COSE_PASSPORT,
			    span_of(bad, o.n + 1)));
	}
	/* Whatever is admitted of one flipped bit is again a passport of this
	 * issuer, spelt our way. */
	for (size_t i = 0; i < 8 * o.n; i++) {
		uint8_t ours[1024];
		struct cbor_out again = {.p = ours, .cap = sizeof(ours)};

		memcpy(bad, good, o.n);
		bad[i / 8] ^= (uint8_t)(1 << i % 8);
		if (ask(d, &d->issuer, COSE_PASSPORT, span_of(bad, o.n)) !=
		    NULL)
			continue;
		journal_drop(d->policy.journal);
		assert_true(passport_read(&c, span_of(bad, o.n)));
		assert_true(span_is(c.iss, KIT_ODS));
		passport_put(&again, &c);
		assert_true(span_eq(cbor_written(&again), span_of(bad, o.n)));
	}
	/* The index in more bytes than it needs. */
	memcpy(bad, good, o.n - 3);
	memcpy(bad + o.n - 3, "\x1a\0\0\x12\x67", 5);
	assert_non_null(
	    ask(d, &d->issuer, COSE_PASSPORT, span_of(bad, o.n + 2)));
}

static void
a_passport_is_not_signed_as_another_kind(void **state)
{
	struct desk *d = *state;
	uint8_t bytes[1024];
	struct cbor_out o = {.p = bytes, .cap = sizeof(bytes)};

	passport_put(&o, &d->passport);
	assert_non_null(ask(d, &d->root, COSE_TRUST, cbor_written(&o)));
	assert_non_null(ask(d, &d->status, COSE_STATUS, cbor_written(&o)));
	assert_non_null(ask(d, &d->issuer, COSE_TRUST, cbor_written(&o)));
	assert_non_null(ask(d, &d->issuer, COSE_STATUS, cbor_written(&o)));
	assert_null(ask(d, &d->issuer, COSE_PASSPORT, cbor_written(&o)));
}

/* --- status lists --- */

static void
a_status_list_needs_a_status_key(void **state)
{
	struct desk *d = *state;
	const int64_t end = KIT_NOW + KIT_DAY;

	assert_non_null(ask_sub(d, &d->root, LIST(0), KIT_NOW, end));
	assert_non_null(ask_sub(d, &d->issuer, LIST(0), KIT_NOW, end));
	assert_null(ask_sub(d, &d->status, LIST(0), KIT_NOW, end));
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
		if (ask_sub(d, &d->status, bad[i], KIT_NOW,
			KIT_NOW + KIT_DAY) == NULL)
			fail_msg("taken: %s", bad[i]);
	assert_null(
	    ask_sub(d, &d->status, LIST(0), KIT_NOW, KIT_NOW + KIT_DAY));
	assert_null(
	    ask_sub(d, &d->status, LIST(10), KIT_NOW, KIT_NOW + KIT_DAY));
	assert_null(
	    ask_sub(d, &d->status, LIST(1023), KIT_NOW, KIT_NOW + KIT_DAY));
	settle(d);
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
		assert_int_equal(ask_sub(d, &d->status, LIST(0), cases[i].iat,
				     cases[i].exp) == NULL,
		    cases[i].good);
	d->policy.now = d->status.not_after + 1;
	assert_non_null(ask_sub(
	    d, &d->status, LIST(1), d->policy.now, d->policy.now + KIT_DAY));
}

static void
a_status_list_never_goes_back(void **state)
{
	struct desk *d = *state;
	const int64_t end = KIT_NOW + KIT_DAY;

	assert_null(ask_sub(d, &d->status, LIST(0), KIT_NOW, end));
	/* In the same batch, and once it is on the disk. */
	assert_non_null(ask_sub(d, &d->status, LIST(0), KIT_NOW - 1, end));
	settle(d);
	assert_non_null(ask_sub(d, &d->status, LIST(0), KIT_NOW - 1, end));
	assert_null(ask_sub(d, &d->status, LIST(1), KIT_NOW - 1, end));
	assert_null(ask_sub(d, &d->status, LIST(0), KIT_NOW + 1, end));
	/* Nor does the first of the batch come back. */
	assert_non_null(ask_sub(d, &d->status, LIST(0), KIT_NOW, end));
}

static void
nothing_is_signed_that_no_verifier_would_read(void **state)
{
	static uint8_t large[STATUS_MAX + 64];
	static uint8_t stream[STATUS_MAX];
	struct desk *d = *state;
	struct cbor_out o = {.p = large, .cap = sizeof(large)};

	status_put(&o, span_str(LIST(0)), KIT_NOW, KIT_NOW + 1,
	    span_of(stream, STATUS_MAX - COSE_OVERHEAD - 60));
	assert_true(o.n > STATUS_MAX - COSE_OVERHEAD);
	assert_true(o.n < STATUS_MAX);
	assert_non_null(ask(d, &d->status, COSE_STATUS, cbor_written(&o)));
	o.n = 0;
	status_put(
	    &o, span_str(LIST(0)), KIT_NOW, KIT_NOW + 1, span_of(stream, 1000));
	assert_null(ask(d, &d->status, COSE_STATUS, cbor_written(&o)));
}

/* --- trust lists --- */

static void
a_trust_list_needs_a_root_key(void **state)
{
	struct desk *d = *state;

	assert_non_null(ask_trust(d, &d->status, &d->kit.draft));
	assert_non_null(ask_trust(d, &d->issuer, &d->kit.draft));
	assert_null(ask_trust(d, &d->root, &d->kit.draft));
}

static void
the_number_of_a_trust_list_rises(void **state)
{
	struct desk *d = *state;
	struct trust_draft *t = &d->kit.draft;

	assert_null(ask_trust(d, &d->root, t));
	t->exp++; /* other bytes, the same number: in one batch ... */
	assert_non_null(ask_trust(d, &d->root, t));
	settle(d); /* ... and later */
	assert_non_null(ask_trust(d, &d->root, t));
	t->seq--;
	assert_non_null(ask_trust(d, &d->root, t));
	t->seq = 0;
	assert_non_null(ask_trust(d, &d->root, t));
	t->seq = 8;
	t->iat--; /* a higher number of an earlier time */
	assert_non_null(ask_trust(d, &d->root, t));
	t->iat++;
	assert_null(ask_trust(d, &d->root, t));
	settle(d);
	assert_int_equal(journal_last_trust(d->policy.journal).a, 8);
}

static void
a_trust_list_is_not_of_the_future_nor_for_ever(void **state)
{
	struct desk *d = *state;
	struct trust_draft *t = &d->kit.draft;

	t->iat = KIT_NOW + POLICY_CLOCK_SLACK + 1;
	assert_non_null(ask_trust(d, &d->root, t));
	t->iat = KIT_NOW;
	t->exp = t->iat + (POLICY_TRUST_DAYS * KIT_DAY) + 1;
	assert_non_null(ask_trust(d, &d->root, t));
	t->exp = t->iat;
	assert_non_null(ask_trust(d, &d->root, t));
	t->exp = t->iat + POLICY_TRUST_DAYS * KIT_DAY;
	assert_null(ask_trust(d, &d->root, t));
}

static void
a_tombstone_keeps_its_key_out(void **state)
{
	struct desk *d = *state;
	struct trust_draft *t = &d->kit.draft;

	memcpy(d->kit.tombstones[0], d->kit.issuer.kid, KID_SIZE);
	t->ntombstones = 1;
	assert_non_null(ask_trust(d, &d->root, t));
	memcpy(d->kit.tombstones[0], d->kit.status.kid, KID_SIZE);
	assert_non_null(ask_trust(d, &d->root, t));
	d->kit.tombstones[0][7] ^= 1;
	assert_null(ask_trust(d, &d->root, t));
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
		if (ask_trust(d, &d->root, t) == NULL)
			fail_msg("taken: key %zu", i);
	}
	memcpy(k->key, d->kit.issuer.public, ED25519_KEY);
	memcpy(k->kid, d->kit.issuer.kid, KID_SIZE);
	k->kid[0] ^= 1;
	assert_non_null(ask_trust(d, &d->root, t));
	k->kid[0] ^= 1;
	assert_null(ask_trust(d, &d->root, t));
}

static void
no_key_may_sign_for_more_than_a_year(void **state)
{
	struct desk *d = *state;
	struct trust_key *k = d->kit.status_entry;

	k->not_after = k->not_before + TRUST_KEY_DAYS * KIT_DAY + 1;
	assert_non_null(ask_trust(d, &d->root, &d->kit.draft));
	k->not_after = k->not_before - 1;
	assert_non_null(ask_trust(d, &d->root, &d->kit.draft));
	k->not_after = k->not_before + TRUST_KEY_DAYS * KIT_DAY;
	assert_null(ask_trust(d, &d->root, &d->kit.draft));
}

static void
every_key_names_a_service_of_the_list(void **state)
{
	struct trust_service two[2];
	struct desk *d = *state;
	struct trust_draft *t = &d->kit.draft;

	d->kit.issuer_entry->service = 1;
	assert_non_null(ask_trust(d, &d->root, t));
	two[0] = two[1] = d->kit.services[0];
	two[1].base = span_str("https://other.example/lists/status/");
	t->services = two;
	t->nservices = 2;
	assert_null(ask_trust(d, &d->root, t));
	d->kit.issuer_entry->service = 2;
	t->seq++;
	assert_non_null(ask_trust(d, &d->root, t));
	d->kit.issuer_entry->service = UINT64_MAX;
	assert_non_null(ask_trust(d, &d->root, t));
}

static void
keys_stand_in_order_and_once(void **state)
{
	struct desk *d = *state;
	struct trust_key keys[3] = {d->kit.keys[1], d->kit.keys[0]};
	struct trust_draft *t = &d->kit.draft;

	t->keys = keys;
	assert_non_null(ask_trust(d, &d->root, t));
	keys[0] = d->kit.keys[0];
	assert_non_null(ask_trust(d, &d->root, t));
	keys[1] = d->kit.keys[1];
	assert_null(ask_trust(d, &d->root, t));
}

/* --- the clock, and keys --- */

static void
a_clock_that_went_back_stops_everything(void **state)
{
	struct desk *d = *state;
	struct passport next = d->passport;

	assert_null(ask_passport(d, &d->issuer, &d->passport));
	settle(d);
	next.index++;
	next.iat -= KIT_DAY;
	d->policy.now = KIT_NOW - POLICY_CLOCK_SLACK;
	assert_null(ask_passport(d, &d->issuer, &next));
	journal_drop(d->policy.journal);
	d->policy.now--;
	assert_non_null(ask_passport(d, &d->issuer, &next));
	assert_non_null(ask_trust(d, &d->root, &d->kit.draft));
	assert_non_null(
	    ask_sub(d, &d->status, LIST(0), KIT_NOW - KIT_DAY, KIT_NOW));
}

static void
only_keys_that_could_be_used_are_made(void **state)
{
	const int64_t year = TRUST_KEY_DAYS * KIT_DAY;
	const struct {
		struct key_record k;
		bool good;
	} cases[] = {
	    {{.use = USE_PASSPORT, .ods = "A81001", .not_after = year}, true},
	    {{.use = USE_PASSPORT, .ods = "ABC", .not_after = 1}, true},
	    {{.use = USE_PASSPORT, .ods = "ABCDEFGHIJ", .not_after = 1}, true},
	    {{.use = USE_STATUS, .ods = "", .not_after = year}, true},
	    {{.use = USE_ROOT, .ods = "", .not_after = 10 * year}, true},
	    {{.use = USE_PASSPORT, .ods = "", .not_after = 1}, false},
	    {{.use = USE_PASSPORT, .ods = "AB", .not_after = 1}, false},
	    {{.use = USE_PASSPORT, .ods = "a81001", .not_after = 1}, false},
	    {{.use = USE_PASSPORT, .ods = "A8 001", .not_after = 1}, false},
	    {{.use = USE_PASSPORT,
		 .ods = "\xc3\x84"
			"81001",
		 .not_after = 1},
		false},
	    {{.use = USE_STATUS, .ods = "A81001", .not_after = 1}, false},
	    {{.use = USE_ROOT, .ods = "A81001", .not_after = 1}, false},
	    {{.use = USE_PASSPORT, .ods = "A81001", .not_after = year + 1},
		false},
	    {{.use = USE_STATUS, .not_after = year + 1}, false},
	    {{.use = USE_STATUS, .not_before = -1, .not_after = 1}, false},
	    {{.use = USE_STATUS, .not_before = 2, .not_after = 1}, false},
	    {{.use = USE_ROOT, .not_before = INT64_MIN, .not_after = 1}, false},
	    {{.use = USE_ROOT, .not_after = INT64_MAX}, false},
	    {{.use = USE_ROOT, .not_after = PASSPORT_TIME_MAX - 1}, true},
	    {{.use = USE_ROOT, .not_after = PASSPORT_TIME_MAX}, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if ((policy_key(&cases[i].k) == NULL) != cases[i].good)
			fail_msg("key %zu", i);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(a_good_passport_is_admitted_and_remembered),
	    TEST(a_passport_needs_its_issuers_own_key),
	    TEST(the_start_is_in_the_keys_period_and_not_ahead),
	    TEST(the_end_is_a_midnight_ahead_and_not_too_far),
	    TEST(an_index_belongs_to_one_payload_for_good),
	    TEST(the_same_payload_again_adds_no_record),
	    TEST(the_index_has_a_place_in_the_journal),
	    TEST(only_the_one_spelling_of_a_passport),
	    TEST(a_passport_is_not_signed_as_another_kind),
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
	    TEST(a_clock_that_went_back_stops_everything),
	    cmocka_unit_test(only_keys_that_could_be_used_are_made),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
