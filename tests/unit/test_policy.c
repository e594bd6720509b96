/* Goal: the signer signs only the passports that its own rules allow, whoever
 * asks. */
#include "keys/policy.h"

#include <setjmp.h>
#include <stdarg.h>

#include <sodium.h>

#include <cmocka.h>

#include "tests/kit/desk.h"

/* --- passports --- */

static void
a_good_passport_is_admitted_and_remembered(void **state)
{
	struct desk *d = *state;
	uint8_t hash[JOURNAL_HASH];

	assert_null(desk_passport(d, &d->issuer, &d->passport));
	desk_settle(d);
	assert_true(
	    journal_passport(d->policy.journal, d->passport.index, hash));
}

static void
a_passport_needs_its_issuers_own_key(void **state)
{
	struct desk *d = *state;
	struct key_record k = d->issuer;

	assert_non_null(desk_passport(d, &d->status, &d->passport));
	assert_non_null(desk_passport(d, &d->root, &d->passport));
	memcpy(k.ods, "A81002", 6);
	assert_non_null(desk_passport(d, &k, &d->passport));
	memcpy(k.ods, "A8100", 6); /* a part of the code is another code */
	assert_non_null(desk_passport(d, &k, &d->passport));
	d->passport.iss = span_str("A810011");
	assert_non_null(desk_passport(d, &d->issuer, &d->passport));
	d->passport.iss = span_of("A81001\0", 7);
	assert_non_null(desk_passport(d, &d->issuer, &d->passport));
	d->passport.iss = span_str("");
	assert_non_null(desk_passport(d, &d->issuer, &d->passport));
	d->passport.iss = span_str(KIT_ODS);
	assert_null(desk_passport(d, &d->issuer, &d->passport));
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
		    desk_passport(d, &d->issuer, &d->passport) == NULL,
		    cases[i].good);
	}
	d->policy.now = d->issuer.not_after;
	d->passport.iat = d->issuer.not_after;
	assert_null(desk_passport(d, &d->issuer, &d->passport));
	d->passport.iat = d->issuer.not_after + 1;
	assert_non_null(desk_passport(d, &d->issuer, &d->passport));
}

static void
the_end_is_a_midnight_ahead_and_not_too_far(void **state)
{
	struct desk *d = *state;
	const struct {
		int64_t exp;
		bool good;
	} cases[] = {
	    {DESK_MIDNIGHT + 700 * KIT_DAY + 1, false},
	    {DESK_MIDNIGHT + 700 * KIT_DAY - 1, false},
	    {DESK_MIDNIGHT + 700 * KIT_DAY + 3600, false},
	    {DESK_MIDNIGHT + 1098 * KIT_DAY, true},
	    {DESK_MIDNIGHT + 1099 * KIT_DAY, false},
	    {DESK_MIDNIGHT, false},
	    {DESK_MIDNIGHT + KIT_DAY, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		d->passport.exp = cases[i].exp;
		d->passport.index = (uint32_t)i;
		assert_int_equal(
		    desk_passport(d, &d->issuer, &d->passport) == NULL,
		    cases[i].good);
	}
	/* Over before anybody could hold it. */
	d->passport.iat = KIT_NOW - 10 * KIT_DAY;
	d->passport.exp = DESK_MIDNIGHT;
	d->passport.index = 99;
	assert_non_null(desk_passport(d, &d->issuer, &d->passport));
	d->policy.now = DESK_MIDNIGHT;
	assert_non_null(desk_passport(d, &d->issuer, &d->passport));
	d->policy.now = DESK_MIDNIGHT - 1;
	assert_null(desk_passport(d, &d->issuer, &d->passport));
}

static void
an_index_belongs_to_one_payload_for_good(void **state)
{
	struct desk *d = *state;
	struct passport other = d->passport;
	struct passport next = d->passport;

	assert_null(desk_passport(d, &d->issuer, &d->passport));
	other.name = span_str("Margaret Thomson");
	/* In the same batch, before anything is on the disk. */
	assert_non_null(desk_passport(d, &d->issuer, &other));
	desk_settle(d);
	assert_non_null(desk_passport(d, &d->issuer, &other));
	other = d->passport;
	other.serial ^= 1;
	assert_non_null(desk_passport(d, &d->issuer, &other));
	other = d->passport;
	other.exp += KIT_DAY;
	assert_non_null(desk_passport(d, &d->issuer, &other));
	next.index++;
	assert_null(desk_passport(d, &d->issuer, &next));
}

static void
the_same_payload_again_adds_no_record(void **state)
{
	struct desk *d = *state;
	char path[FOLDER_PATH];
	uint8_t file[1024];

	folder_path(path, &d->folder, "journal");
	assert_null(desk_passport(d, &d->issuer, &d->passport));
	assert_null(desk_passport(d, &d->issuer, &d->passport));
	desk_settle(d);
	assert_null(desk_passport(d, &d->issuer, &d->passport));
	assert_null(desk_status(
	    d, &d->status, DESK_LIST(0), KIT_NOW, KIT_NOW + KIT_DAY));
	assert_null(desk_status(
	    d, &d->status, DESK_LIST(0), KIT_NOW, KIT_NOW + KIT_DAY));
	assert_null(desk_trust(d, &d->root, &d->kit.draft));
	assert_null(desk_trust(d, &d->root, &d->kit.draft));
	desk_settle(d);
	assert_null(desk_trust(d, &d->root, &d->kit.draft));
	assert_null(desk_status(
	    d, &d->status, DESK_LIST(0), KIT_NOW, KIT_NOW + KIT_DAY));
	desk_settle(d);
	assert_int_equal(
	    folder_get(file, sizeof(file), path), 3 * JOURNAL_RECORD);
}

static void
the_index_has_a_place_in_the_journal(void **state)
{
	struct desk *d = *state;

	d->passport.index = JOURNAL_LISTS * 131072U - 1;
	assert_null(desk_passport(d, &d->issuer, &d->passport));
	d->passport.index++;
	assert_non_null(desk_passport(d, &d->issuer, &d->passport));
	d->passport.index = UINT32_MAX;
	assert_non_null(desk_passport(d, &d->issuer, &d->passport));
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
			assert_non_null(desk_ask(
			    d, &d->issuer, COSE_PASSPORT, span_of(good, i)));
		else
			assert_non_null(desk_ask(d, &d->issuer, COSE_PASSPORT,
			    span_of(bad, o.n + 1)));
	}
	/* Whatever is admitted of one flipped bit is again a passport of this
	 * issuer, spelt our way. */
	for (size_t i = 0; i < 8 * o.n; i++) {
		uint8_t ours[1024];
		struct cbor_out again = {.p = ours, .cap = sizeof(ours)};

		memcpy(bad, good, o.n);
		bad[i / 8] ^= (uint8_t)(1 << i % 8);
		if (desk_ask(d, &d->issuer, COSE_PASSPORT, span_of(bad, o.n)) !=
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
	    desk_ask(d, &d->issuer, COSE_PASSPORT, span_of(bad, o.n + 2)));
}

static void
a_passport_is_not_signed_as_another_kind(void **state)
{
	struct desk *d = *state;
	uint8_t bytes[1024];
	struct cbor_out o = {.p = bytes, .cap = sizeof(bytes)};

	passport_put(&o, &d->passport);
	assert_non_null(desk_ask(d, &d->root, COSE_TRUST, cbor_written(&o)));
	assert_non_null(desk_ask(d, &d->status, COSE_STATUS, cbor_written(&o)));
	assert_non_null(desk_ask(d, &d->issuer, COSE_TRUST, cbor_written(&o)));
	assert_non_null(desk_ask(d, &d->issuer, COSE_STATUS, cbor_written(&o)));
	assert_null(desk_ask(d, &d->issuer, COSE_PASSPORT, cbor_written(&o)));
}

/* --- the clock, and keys --- */

static void
a_clock_that_went_back_stops_everything(void **state)
{
	struct desk *d = *state;
	struct passport next = d->passport;

	assert_null(desk_passport(d, &d->issuer, &d->passport));
	desk_settle(d);
	next.index++;
	next.iat -= KIT_DAY;
	d->policy.now = KIT_NOW - POLICY_CLOCK_SLACK;
	assert_null(desk_passport(d, &d->issuer, &next));
	journal_drop(d->policy.journal);
	d->policy.now--;
	assert_non_null(desk_passport(d, &d->issuer, &next));
	assert_non_null(desk_trust(d, &d->root, &d->kit.draft));
	assert_non_null(desk_status(
	    d, &d->status, DESK_LIST(0), KIT_NOW - KIT_DAY, KIT_NOW));
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

/* A key that was rotated out does not start signing again, nor does the next
 * one sign what the last one did. */
static void
a_payload_belongs_to_the_key_that_signed_it(void **state)
{
	struct desk *d = *state;
	struct kit_key next;
	struct key_record k;

	kit_key(&next, 9);
	k = desk_record(&next, USE_PASSPORT, KIT_ODS);
	assert_null(desk_passport(d, &d->issuer, &d->passport));
	desk_settle(d);
	assert_non_null(desk_passport(d, &k, &d->passport));
	assert_null(desk_passport(d, &d->issuer, &d->passport));
}

/* What was reserved in the key's period may be finished for a few days. */
static void
a_key_does_not_outlive_its_period(void **state)
{
	struct desk *d = *state;
	const int64_t last = d->issuer.not_after + POLICY_LATE_DAYS * KIT_DAY;

	d->passport.iat = d->issuer.not_after;
	d->policy.now = last;
	assert_null(desk_passport(d, &d->issuer, &d->passport));
	journal_drop(d->policy.journal);
	d->policy.now = last + 1;
	assert_non_null(desk_passport(d, &d->issuer, &d->passport));
}

/* --- what is noted -------------------------------------------------------- */

/* What the policy says of a note: NULL is yes. */
static const char *
note(struct desk *d, struct journal_entry e)
{
	const char *why = "";
	enum err err = policy_note(&d->policy, &e, &why);

	if (err == ERR_OK)
		return NULL;
	assert_int_equal(err, ERR_POLICY);
	assert_true(strlen(why) > 0);
	return why;
}

static void
a_withdrawn_passport_is_not_signed_again(void **state)
{
	struct desk *d = *state;
	struct journal_entry e = {.type = JOURNAL_WITHDRAWN,
	    .a = d->passport.index,
	    .b = d->passport.serial};

	assert_null(desk_passport(d, &d->issuer, &d->passport));
	desk_settle(d);
	assert_null(desk_passport(d, &d->issuer, &d->passport));
	assert_null(note(d, e));
	assert_non_null(desk_passport(d, &d->issuer, &d->passport));
	desk_settle(d);
	assert_non_null(desk_passport(d, &d->issuer, &d->passport));
	/* Nor one that was withdrawn before it was signed. */
	e.a++;
	assert_null(note(d, e));
	desk_settle(d);
	d->passport.index++;
	assert_non_null(desk_passport(d, &d->issuer, &d->passport));
	d->passport.index++;
	assert_null(desk_passport(d, &d->issuer, &d->passport));
}

static void
only_ends_erasures_and_revocations_are_noted(void **state)
{
	struct desk *d = *state;
	const uint64_t places = JOURNAL_LISTS * UINT64_C(131072);
	const struct {
		struct journal_entry e;
		bool good;
	} cases[] = {
	    {{.type = JOURNAL_WITHDRAWN, .a = places - 1, .b = 1}, true},
	    {{.type = JOURNAL_WITHDRAWN, .a = places, .b = 1}, false},
	    {{.type = JOURNAL_WITHDRAWN, .b = PASSPORT_SERIAL_MAX}, true},
	    {{.type = JOURNAL_WITHDRAWN, .b = PASSPORT_SERIAL_MAX + 1}, false},
	    {{.type = JOURNAL_WITHDRAWN, .a = 1, .kid = {1}}, false},
	    {{.type = JOURNAL_ERASED, .a = INT64_MAX, .b = 5}, true},
	    {{.type = JOURNAL_ERASED, .a = UINT64_MAX, .b = 5}, false},
	    {{.type = JOURNAL_ERASED, .a = 5, .b = UINT64_MAX}, false},
	    {{.type = JOURNAL_ERASED, .a = 5, .kid = {1}}, false},
	    {{.type = JOURNAL_TOMBSTONE, .kid = {1}}, true},
	    {{.type = JOURNAL_TOMBSTONE, .a = 1, .kid = {1}}, false},
	    {{.type = JOURNAL_PASSPORT, .a = 5, .b = 5}, false},
	    {{.type = JOURNAL_STATUS, .a = 5, .b = 5}, false},
	    {{.type = JOURNAL_TRUST, .a = 5, .b = 5}, false},
	    {{.type = JOURNAL_HEAD, .a = 5}, false},
	    {{.type = JOURNAL_RESET, .a = 5}, false},
	    {{.type = (enum journal_type)0}, false},
	    {{.type = (enum journal_type)9}, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if ((note(d, cases[i].e) == NULL) != cases[i].good)
			fail_msg("note %zu", i);
}

static void
what_is_known_is_not_noted_again(void **state)
{
	struct desk *d = *state;
	struct journal_entry card = {.type = JOURNAL_WITHDRAWN, .a = 7, .b = 8};
	struct journal_entry key = {.type = JOURNAL_TOMBSTONE, .kid = {9}};
	uint8_t file[1024];
	size_t n;

	for (int i = 0; i < 3; i++) {
		assert_null(note(d, card));
		assert_null(note(d, key));
		desk_settle(d);
	}
	assert_int_equal(
	    folder_get(file, sizeof(file), d->journal), 2 * JOURNAL_RECORD);
	(void)journal_tombstones(d->policy.journal, &n);
	assert_int_equal(n, 1);
}

/* A key that was revoked and not yet published: no list may leave it out. */
static void
no_list_forgets_a_key_that_was_noted(void **state)
{
	struct desk *d = *state;
	struct journal_entry key = {.type = JOURNAL_TOMBSTONE, .kid = {9}};

	assert_null(note(d, key));
	desk_settle(d);
	assert_non_null(desk_trust(d, &d->root, &d->kit.draft));
}

static void
only_a_reset_moves_the_registry_back(void **state)
{
	struct desk *d = *state;
	struct journal_entry head = {.a = 10, .hash = {1}};
	const char *why;

	assert_int_equal(policy_head(&d->policy, &head, &why), ERR_OK);
	desk_settle(d);
	head.a = 9;
	assert_int_equal(policy_head(&d->policy, &head, &why), ERR_POLICY);
	d->policy.now = KIT_NOW - POLICY_CLOCK_SLACK - 1;
	assert_int_equal(policy_reset(&d->policy, &head, &why), ERR_POLICY);
	d->policy.now = KIT_NOW;
	assert_int_equal(policy_reset(&d->policy, &head, &why), ERR_OK);
	desk_settle(d);
	assert_int_equal(journal_last_head(d->policy.journal).a, 9);
	assert_int_equal(policy_head(&d->policy, &head, &why), ERR_OK);
	head.a = 8;
	assert_int_equal(policy_head(&d->policy, &head, &why), ERR_POLICY);
	head.a = 9;
	head.hash[0] = 2;
	assert_int_equal(policy_head(&d->policy, &head, &why), ERR_POLICY);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, desk_open, desk_close)
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
	    TEST(a_clock_that_went_back_stops_everything),
	    TEST(only_keys_that_could_be_used_are_made),
	    TEST(a_payload_belongs_to_the_key_that_signed_it),
	    TEST(a_key_does_not_outlive_its_period),
	    TEST(a_withdrawn_passport_is_not_signed_again),
	    TEST(only_ends_erasures_and_revocations_are_noted),
	    TEST(what_is_known_is_not_noted_again),
	    TEST(no_list_forgets_a_key_that_was_noted),
	    TEST(only_a_reset_moves_the_registry_back),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
