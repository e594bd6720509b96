#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/kit/scheme.h"

static struct span
payload_of(const struct kit *k, uint8_t *b, size_t cap)
{
	struct cbor_out o = {.p = b, .cap = cap};

	trust_put(&o, &k->draft);
	assert_false(o.full);
	return cbor_written(&o);
}

static bool
payload_reads(struct span payload)
{
	struct trust t;
	uint32_t at[64];

	return trust_payload_read(&t, payload, at, 64);
}

static bool
draft_reads(const struct kit *k)
{
	uint8_t b[4096];

	return payload_reads(payload_of(k, b, sizeof(b)));
}

static void
a_list_is_read_as_it_was_written(void **state)
{
	struct kit k;
	struct trust_key found;
	struct trust_service s;

	(void)state;
	kit_init(&k);
	assert_true(kit_read(&k));
	assert_true(span_is(k.trust.scheme, KIT_SCHEME));
	assert_true(k.trust.seq == 7 && k.trust.nkeys == 2);
	assert_true(k.trust.iat == KIT_NOW - KIT_DAY);
	assert_true(k.trust.exp == KIT_NOW + 89 * KIT_DAY);
	assert_true(trust_find(&k.trust, k.issuer.kid, &found));
	assert_memory_equal(found.key, k.issuer.public, ED25519_KEY);
	assert_int_equal(found.purpose, PURPOSE_PASSPORT);
	assert_true(span_is(found.name, "Riverside Surgery"));
	assert_true(span_is(found.phone, "01632 960123"));
	assert_true(trust_key_has(&found, span_str(KIT_ODS)));
	assert_false(trust_key_has(&found, span_str("A81002")));
	assert_true(trust_find(&k.trust, k.status.kid, &found));
	assert_int_equal(found.purpose, PURPOSE_STATUS);
	assert_false(trust_find(&k.trust, k.root.kid, &found));
	assert_false(trust_is_tombstone(&k.trust, k.issuer.kid));
	assert_true(trust_has_host(&k.trust, span_str(KIT_HOST)));
	assert_false(trust_has_host(&k.trust, span_str("other.example")));
	assert_true(trust_service_at(&k.trust, 0, &s));
	assert_true(span_is(s.base, KIT_BASE));
	assert_memory_equal(s.kid, k.status.kid, KID_SIZE);
	assert_false(trust_service_at(&k.trust, 1, &s));
}

static void
only_a_pinned_root_may_sign(void **state)
{
	struct kit k;
	struct kit_key other;
	struct root roots[3] = {0};
	struct trust t;
	uint8_t bytes[4096];
	struct span s;

	(void)state;
	kit_init(&k);
	kit_key(&other, 77);
	s = kit_trust(&k, bytes, sizeof(bytes));
	memcpy(roots[0].kid, other.kid, KID_SIZE);
	memcpy(roots[0].key, other.public, ED25519_KEY);
	assert_false(
	    trust_read(&t, s, roots, 0, k.work, sizeof(k.work), k.at, 64));
	assert_false(
	    trust_read(&t, s, roots, 1, k.work, sizeof(k.work), k.at, 64));
	/* Another key that claims the root's kid. */
	memcpy(roots[1].kid, k.root.kid, KID_SIZE);
	memcpy(roots[1].key, other.public, ED25519_KEY);
	assert_false(
	    trust_read(&t, s, roots, 2, k.work, sizeof(k.work), k.at, 64));
	/* A root that is no good point never counts. */
	memset(roots[1].key, 0, ED25519_KEY);
	assert_false(
	    trust_read(&t, s, roots, 2, k.work, sizeof(k.work), k.at, 64));
	roots[2] = k.roots[0];
	assert_true(
	    trust_read(&t, s, roots, 3, k.work, sizeof(k.work), k.at, 64));
	assert_true(t.bytes.p == bytes && t.bytes.n == s.n);
	roots[0] = k.roots[0];
	assert_true(
	    trust_read(&t, s, roots, 2, k.work, sizeof(k.work), k.at, 64));
	/* Too little scratch, too few places, too short, of another kind. */
	assert_false(trust_read(&t, s, roots, 3, k.work, 64, k.at, 64));
	assert_false(
	    trust_read(&t, s, roots, 3, k.work, sizeof(k.work), k.at, 1));
	assert_false(trust_read(&t, span_of(bytes, s.n - 1), roots, 3, k.work,
	    sizeof(k.work), k.at, 64));
	s = kit_sign(bytes, sizeof(bytes), COSE_STATUS, &k.root, span_str("x"));
	assert_false(
	    trust_read(&t, s, roots, 3, k.work, sizeof(k.work), k.at, 64));
	/* Signed by the root, but no trust list. */
	s = kit_sign(bytes, sizeof(bytes), COSE_TRUST, &k.root, span_str("x"));
	assert_false(
	    trust_read(&t, s, roots, 3, k.work, sizeof(k.work), k.at, 64));
}

static void
every_changed_bit_is_noticed(void **state)
{
	struct kit k;
	struct trust t;
	uint8_t bytes[4096];
	struct span s;

	(void)state;
	kit_init(&k);
	s = kit_trust(&k, bytes, sizeof(bytes));
	for (size_t bit = 0; bit < 8 * s.n; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(trust_read(
		    &t, s, k.roots, 1, k.work, sizeof(k.work), k.at, 64));
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(
	    trust_read(&t, s, k.roots, 1, k.work, sizeof(k.work), k.at, 64));
}

static void
keys_stand_in_order_and_once(void **state)
{
	struct kit k;
	struct trust_key swap;

	(void)state;
	kit_init(&k);
	assert_true(draft_reads(&k));
	swap = k.keys[0];
	k.keys[0] = k.keys[1];
	k.keys[1] = swap;
	assert_false(draft_reads(&k));
	k.keys[0] = k.keys[1];
	assert_false(draft_reads(&k));
	k.draft.nkeys = 0;
	k.draft.nservices = 0;
	assert_true(draft_reads(&k));
}

static void
a_kid_is_a_key_or_a_tombstone(void **state)
{
	static uint8_t many[40][KID_SIZE];
	struct kit k;

	(void)state;
	for (uint8_t i = 0; i < 40; i++)
		many[i][0] = (uint8_t)(6 * i + 1);
	kit_init(&k);
	k.draft.tombstones = (const uint8_t(*)[KID_SIZE])many;
	for (k.draft.ntombstones = 0; k.draft.ntombstones <= 40;
	     k.draft.ntombstones++)
		assert_true(draft_reads(&k));
	k.draft.ntombstones = 40;
	assert_true(kit_read(&k));
	assert_true(trust_is_tombstone(&k.trust, many[0]));
	assert_true(trust_is_tombstone(&k.trust, many[39]));
	/* The first and the last key of the list, each as a tombstone. */
	for (int i = 0; i < 2; i++) {
		k.draft.tombstones = (const uint8_t(*)[KID_SIZE])k.keys[i].kid;
		k.draft.ntombstones = 1;
		assert_false(draft_reads(&k));
	}
	k.draft.tombstones = (const uint8_t(*)[KID_SIZE])many;
	k.draft.ntombstones = 40;
	memcpy(many[39], many[38], KID_SIZE); /* twice */
	assert_false(draft_reads(&k));
	many[39][0] = 1; /* out of order */
	assert_false(draft_reads(&k));
}

static void
members_hold_within_their_ranges_only(void **state)
{
	char phone[67];
	struct kit k;

	(void)state;
	kit_init(&k);
	k.issuer_entry->not_after = k.issuer_entry->not_before;
	assert_true(draft_reads(&k));
	k.issuer_entry->not_after--;
	assert_false(draft_reads(&k));
	kit_init(&k);
	k.issuer_entry->setting = (enum setting)SETTINGS;
	assert_false(draft_reads(&k));
	k.issuer_entry->setting = SETTING_EDUCATION;
	assert_true(draft_reads(&k));
	k.issuer_entry->name = span_str("<b>");
	assert_false(draft_reads(&k));
	kit_init(&k);
	k.issuer_entry->phone = span_of(NULL, 0); /* left out */
	assert_true(draft_reads(&k));
	memset(phone, '1', sizeof(phone));
	k.issuer_entry->phone = span_str("01632\n960123");
	assert_false(draft_reads(&k));
	k.issuer_entry->phone = span_str("01632\x7f");
	assert_false(draft_reads(&k));
	for (size_t n = 1; n < sizeof(phone); n++) {
		k.issuer_entry->phone = span_of(phone, n);
		assert_int_equal(draft_reads(&k), n <= 64);
	}
	kit_init(&k);
	k.draft.exp = k.draft.iat;
	assert_false(draft_reads(&k));
	k.draft.exp = PASSPORT_TIME_MAX;
	assert_false(draft_reads(&k));
	kit_init(&k);
	k.draft.scheme = span_str("");
	assert_false(draft_reads(&k));
	k.draft.scheme = span_str("A\nB");
	assert_false(draft_reads(&k));
	kit_init(&k);
	k.hosts[0] = span_str("Verify.example");
	assert_false(draft_reads(&k));
	k.hosts[0] = span_str("verify.example:443");
	assert_false(draft_reads(&k));
	k.hosts[0] = span_str("verify.example:8443");
	assert_true(draft_reads(&k));
}

static void
services_are_https_folders(void **state)
{
	static const char *const bad[] = {"", "https://", "http://a.example/",
	    "https://a.example", "https:/a.example/", "/a/"};
	char longest[400];
	struct kit k;

	(void)state;
	kit_init(&k);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		k.services[0].base = span_str(bad[i]);
		if (draft_reads(&k))
			fail_msg("%s", bad[i]);
	}
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "https://", 8);
	for (size_t n = 298; n < 303; n++) {
		longest[n - 1] = '/';
		k.services[0].base = span_of(longest, n);
		assert_int_equal(draft_reads(&k), n <= 300);
		longest[n - 1] = 'a';
	}
}

static void
arrays_are_bounded(void **state)
{
	static struct span hosts[66];
	static struct trust_service services[66];
	uint8_t codes[1024];
	struct kit k;

	(void)state;
	for (size_t i = 0; i < 66; i++) {
		hosts[i] = span_str("a.example");
		services[i].base = span_str("https://a.example/");
	}
	for (size_t n = 63; n < 67; n++) {
		struct cbor_out o = {.p = codes, .cap = sizeof(codes)};

		kit_init(&k);
		k.draft.hosts = hosts;
		k.draft.nhosts = n;
		assert_int_equal(draft_reads(&k), n <= 64);
		kit_init(&k);
		k.draft.services = services;
		k.draft.nservices = n;
		assert_int_equal(draft_reads(&k), n <= 64);
		kit_init(&k);
		cbor_put_array(&o, n);
		for (size_t i = 0; i < n; i++)
			cbor_put_text(&o, span_str("A81001"));
		k.issuer_entry->codes = cbor_written(&o);
		assert_int_equal(draft_reads(&k), n <= 64);
	}
}

static void
a_key_is_found_among_many(void **state)
{
	enum { MANY = 500 };
	static struct trust_key keys[MANY];
	static uint8_t b[65536];
	static uint32_t at[MANY];
	struct cbor_out o = {.p = b, .cap = sizeof(b)};
	struct trust_key found;
	struct trust t;
	struct kit k;

	(void)state;
	kit_init(&k);
	for (size_t i = 0; i < MANY; i++) {
		keys[i] = *k.status_entry;
		memset(keys[i].kid, 0, KID_SIZE);
		keys[i].kid[0] = (uint8_t)(i >> 7);
		keys[i].kid[7] = (uint8_t)(2 * i);
	}
	k.draft.keys = keys;
	k.draft.nkeys = MANY;
	trust_put(&o, &k.draft);
	assert_false(trust_payload_read(&t, cbor_written(&o), at, MANY - 1));
	assert_true(trust_payload_read(&t, cbor_written(&o), at, MANY));
	for (size_t i = 0; i < MANY; i++) {
		uint8_t kid[KID_SIZE];

		memcpy(kid, keys[i].kid, KID_SIZE);
		assert_true(trust_find(&t, kid, &found));
		assert_memory_equal(found.kid, kid, KID_SIZE);
		kid[7] |= 1;
		assert_false(trust_find(&t, kid, &found));
	}
}

static void
services_of_one_address_and_key_are_one(void **state)
{
	/* Four of them: twins, another address, another key. */
	static const char text[] = "\x84"
				   "\xa2\x01\x6ahttps://a/\x02\x48"
				   "kid-kid-"
				   "\xa2\x01\x6ahttps://a/\x02\x48"
				   "kid-kid-"
				   "\xa2\x01\x6ahttps://b/\x02\x48"
				   "kid-kid-"
				   "\xa2\x01\x6ahttps://a/\x02\x48"
				   "kid-kie-";
	struct trust t = {.services = span_of(text, sizeof(text) - 1)};

	(void)state;
	assert_true(trust_service_eq(&t, 0, 0));
	assert_true(trust_service_eq(&t, 0, 1));
	assert_true(trust_service_eq(&t, 1, 0));
	assert_false(trust_service_eq(&t, 0, 2));
	assert_false(trust_service_eq(&t, 0, 3));
	assert_false(trust_service_eq(&t, 0, 4));
	assert_false(trust_service_eq(&t, 4, 4));
}

static void
damaged_views_find_nothing(void **state)
{
	/* Whoever fills a struct by hand is not led astray, either. */
	struct trust_key k = {.codes = span_of("\x82\xff\x00", 3)};
	struct trust_service s;
	struct trust t = {.services = span_of("\x81\x00", 2)};

	(void)state;
	assert_false(trust_key_has(&k, span_str("A81001")));
	assert_false(trust_key_has(&k, span_of(NULL, 0)));
	assert_false(trust_service_at(&t, 0, &s));
	t.services = span_of("\x82\x00\x00", 3);
	assert_false(trust_service_at(&t, 1, &s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_is_read_as_it_was_written),
	    cmocka_unit_test(only_a_pinned_root_may_sign),
	    cmocka_unit_test(every_changed_bit_is_noticed),
	    cmocka_unit_test(keys_stand_in_order_and_once),
	    cmocka_unit_test(a_kid_is_a_key_or_a_tombstone),
	    cmocka_unit_test(members_hold_within_their_ranges_only),
	    cmocka_unit_test(services_are_https_folders),
	    cmocka_unit_test(arrays_are_bounded),
	    cmocka_unit_test(a_key_is_found_among_many),
	    cmocka_unit_test(services_of_one_address_and_key_are_one),
	    cmocka_unit_test(damaged_views_find_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
