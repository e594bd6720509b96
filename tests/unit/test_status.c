#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <zlib.h>

#include <cmocka.h>

#include "tests/kit/scheme.h"
#include "tests/kit/vectors.h"

#define IAT (KIT_NOW - 3600)

/* "a", h'01', -65537 beside ours, and 1 beside "bits" and "lst". */
#define OTHER_CLAIMS                                                           \
	"a7 026161 0402 0601 19fffd a3 636c737441aa 646269747301 01a0 "        \
	"616100 4101 80 3a00010000 83010203"

/* The hex behind "encoded:" of an example of the draft. */
static size_t
example(uint8_t *out, size_t cap, const char *file)
{
	struct buf text = BUF_INIT(65536);
	char path[128];
	const char *hex;
	size_t n;

	snprintf(path, sizeof(path), "token-status-list/examples/%s", file);
	vectors_read(&text, path);
	hex = strstr((const char *)text.p, "encoded:");
	n = vectors_hex(out, cap, hex != NULL ? hex + 8 : (char *)text.p);
	buf_free(&text);
	return n;
}

/* {"bits": 1, "lst": ...}, inflated. */
static size_t
example_bits(uint8_t *out, size_t cap, const char *file, struct span *lst)
{
	static uint8_t b[4096];
	struct cbor c = cbor_of(span_of(b, example(b, sizeof(b), file)));
	uLongf n = cap;

	assert_int_equal(cbor_map(&c), 2);
	assert_true(span_is(cbor_text(&c), "bits"));
	assert_int_equal(cbor_uint(&c), 1);
	assert_true(span_is(cbor_text(&c), "lst"));
	*lst = cbor_bytes(&c);
	assert_true(cbor_done(&c));
	assert_int_equal(uncompress(out, &n, lst->p, lst->n), Z_OK);
	return n;
}

static void
the_drafts_short_list_has_our_bit_order(void **state)
{
	static const bool want[16] = {
	    1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1};
	uint8_t bits[16];
	uint8_t ours[2] = {0};
	uint8_t packed[64];
	struct span lst;

	(void)state;
	assert_int_equal(example_bits(bits, sizeof(bits),
			     "status_list_encoding_cbor.md", &lst),
	    2);
	for (uint32_t i = 0; i < 16; i++) {
		assert_int_equal(status_bit(bits, i), want[i]);
		ours[i >> 3] |= (uint8_t)(want[i] << (i & 7));
	}
	/* And packed, it is the draft's to the byte. */
	assert_true(span_eq(kit_deflate(packed, sizeof(packed), ours, 2), lst));
}

static void
the_drafts_long_list_has_its_eleven_entries(void **state)
{
	static const uint32_t want[] = {0, 1993, 25460, 159495, 495669, 554353,
	    645645, 723232, 854545, 934534, 1000345};
	static uint8_t bits[131072];
	static uint8_t ours[131072];
	uint8_t packed[512];
	struct span lst;
	size_t seen = 0;

	(void)state;
	assert_int_equal(example_bits(bits, sizeof(bits),
			     "status_list_encoding1_long_cbor.md", &lst),
	    sizeof(bits));
	for (uint32_t i = 0; i < 8 * sizeof(bits); i++) {
		if (!status_bit(bits, i))
			continue;
		assert_true(seen < 11);
		assert_int_equal(i, want[seen++]);
		ours[i >> 3] |= (uint8_t)(1 << (i & 7));
	}
	assert_int_equal(seen, 11);
	assert_true(span_eq(
	    kit_deflate(packed, sizeof(packed), ours, sizeof(ours)), lst));
}

static void
the_drafts_token_reads_but_for_its_headers(void **state)
{
	uint8_t b[512];
	struct cbor c =
	    cbor_of(span_of(b, example(b, sizeof(b), "status_list_cwt.md")));
	struct status s;
	struct cose cose;

	(void)state;
	/* ES256 and its kid unprotected: not ours. */
	assert_false(
	    cose_read(&cose, COSE_STATUS, span_of(b, (size_t)(c.end - c.p))));
	cbor_tag(&c, 18);
	assert_int_equal(cbor_array(&c), 4);
	(void)cbor_skip(&c);
	(void)cbor_skip(&c);
	/* Its claims live for 22 years: too long; its shape is right. */
	assert_false(status_payload_read(&s, cbor_bytes(&c)));
	assert_true(span_is(s.sub, "https://example.com/statuslists/1"));
	assert_true(s.iat == 1686920170 && s.exp == 2291720170);
	assert_int_equal(s.lst.n, 10);
}

/* A payload in a given shape: claims as hex. */
static bool
payload_reads(const char *hex, struct status *s)
{
	static uint8_t b[1024];

	return status_payload_read(
	    s, span_of(b, vectors_hex(b, sizeof(b), hex)));
}

static void
claims_stand_in_any_order_and_once(void **state)
{
	static const char *const good[] = {
	    "a40261610402060119fffda2636c737441aa646269747301",
	    "a419fffda2646269747301 636c737441aa06010402 026161",
	    "a5 0261610402060119fffda2636c737441aa646269747301 19fffe20",
	    /* Other claims and members, of any kind of key, are passed over. */
	    OTHER_CLAIMS,
	};
	static const char *const bad[] = {
	    "",
	    "80",
	    "a0",
	    "a30402060119fffda2636c737441aa646269747301",
	    "a3 026161060119fffda2636c737441aa646269747301",
	    "a3 026161040219fffda2636c737441aa646269747301",
	    "a3 02616104020601",
	    "a5 02616104020402060119fffda2636c737441aa646269747301",
	    "a402616104020601 19fffd a3 636c737441aa646269747301646269747301",
	    "a40261610402060119fffda2636c737441aa646269747302",
	    "a40261610402060119fffda2636c737441aa646269747300",
	    "a40261610402060119fffda2646269747361ff636c737441aa",
	    "a40261610402060119fffda26462697473616f636c737441aa",
	    "a402616104020601 19fffd a1 636c737441aa",
	    "a40261610402060119fffda2636c737461aa646269747301",
	    "a402616104020601 19fffd 80",
	    "a40241610402060119fffda2636c737441aa646269747301",
	    "a40261610420060119fffda2636c737441aa646269747301",
	    "a40261610402061bffffffffffffffff19fffda2636c737441aa646269747301",
	    "a40261610401060219fffda2636c737441aa646269747301",
	    "a40261610402060119fffda2636c737441aa64626974730100",
	    "a5 0261610402060119fffda2636c737441aa646269747301 8000",
	};
	struct status s;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		if (!payload_reads(good[i], &s))
			fail_msg("%s", good[i]);
		assert_true(span_is(s.sub, "a"));
		assert_true(s.iat == 1 && s.exp == 2);
		assert_int_equal(s.lst.n, 1);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (payload_reads(bad[i], &s))
			fail_msg("%s", bad[i]);
}

/* Reads a list of the kit after a change. */
static bool
reads(struct kit *k, uint32_t n, int64_t iat, int64_t exp, uint64_t service,
    uint32_t as)
{
	static uint8_t b[STATUS_MAX];
	static uint8_t work[STATUS_MAX + COSE_OVERHEAD];
	struct status s;
	struct span list;

	assert_true(kit_read(k));
	list = kit_status(k, n, iat, exp, span_str("lst"), b, sizeof(b));
	return status_read(
	    &s, list, &k->trust, service, as, work, sizeof(work));
}

static void
a_list_lives_seven_days_at_most(void **state)
{
	struct kit k;

	(void)state;
	kit_init(&k);
	assert_true(reads(&k, 0, IAT, IAT, 0, 0));
	assert_true(reads(&k, 0, IAT, IAT + 604800, 0, 0));
	assert_false(reads(&k, 0, IAT, IAT + 604801, 0, 0));
	assert_false(reads(&k, 0, IAT, IAT - 1, 0, 0));
}

static void
a_list_is_named_after_its_service_and_number(void **state)
{
	struct kit k;

	(void)state;
	kit_init(&k);
	assert_true(reads(&k, 5, IAT, IAT, 0, 5));
	assert_false(reads(&k, 5, IAT, IAT, 0, 4));
	assert_false(reads(&k, 5, IAT, IAT, 1, 5)); /* no such service */
	assert_true(reads(&k, UINT32_MAX, IAT, IAT, 0, UINT32_MAX));
}

static void
only_the_services_status_key_signs_and_in_its_period(void **state)
{
	struct kit k;

	(void)state;
	kit_init(&k);
	k.status_entry->not_before = IAT + 1;
	assert_false(reads(&k, 0, IAT, IAT, 0, 0));
	k.status_entry->not_before = IAT;
	k.status_entry->not_after = IAT;
	assert_true(reads(&k, 0, IAT, IAT, 0, 0));
	k.status_entry->not_before = IAT - 2;
	k.status_entry->not_after = IAT - 1;
	assert_false(reads(&k, 0, IAT, IAT, 0, 0));
	/* The service names another key. */
	kit_init(&k);
	memcpy(k.services[0].kid, k.issuer.kid, KID_SIZE);
	assert_false(reads(&k, 0, IAT, IAT, 0, 0));
	/* It names a key for passports, which signed. */
	k.status = k.issuer;
	assert_false(reads(&k, 0, IAT, IAT, 0, 0));
	/* The key is in no entry. */
	kit_init(&k);
	k.draft.keys = k.issuer_entry;
	k.draft.nkeys = 1;
	assert_false(reads(&k, 0, IAT, IAT, 0, 0));
	/* It was revoked. */
	memcpy(k.tombstones[0], k.status.kid, KID_SIZE);
	k.draft.ntombstones = 1;
	assert_false(reads(&k, 0, IAT, IAT, 0, 0));
	/* Its point is none: the all-zero key under the right kid. */
	kit_init(&k);
	memset(k.status_entry->key, 0, ED25519_KEY);
	assert_false(reads(&k, 0, IAT, IAT, 0, 0));
	/* Another key signed under its kid. */
	kit_init(&k);
	memcpy(k.status.secret, k.issuer.secret, sizeof(k.status.secret));
	assert_false(reads(&k, 0, IAT, IAT, 0, 0));
}

static void
every_changed_byte_is_noticed(void **state)
{
	uint8_t b[512];
	uint8_t work[512 + COSE_OVERHEAD];
	struct kit k;
	struct status s;
	struct span list;

	(void)state;
	kit_init(&k);
	assert_true(kit_read(&k));
	list = kit_status(&k, 0, IAT, IAT, span_str("lst"), b, sizeof(b));
	assert_true(status_read(&s, list, &k.trust, 0, 0, work, sizeof(work)));
	assert_memory_equal(s.kid, k.status.kid, KID_SIZE);
	assert_true(span_is(s.lst, "lst"));
	for (size_t i = 0; i < list.n; i++) {
		b[i] ^= 0x10;
		assert_false(
		    status_read(&s, list, &k.trust, 0, 0, work, sizeof(work)));
		b[i] ^= 0x10;
		assert_false(status_read(
		    &s, span_of(b, i), &k.trust, 0, 0, work, sizeof(work)));
	}
	assert_false(status_read(&s, list, &k.trust, 0, 0, work, 20));
}

static void
signed_rubbish_is_no_list(void **state)
{
	uint8_t b[512];
	uint8_t work[512];
	struct kit k;
	struct status s;

	(void)state;
	kit_init(&k);
	assert_true(kit_read(&k));
	assert_false(status_read(&s,
	    kit_sign(b, sizeof(b), COSE_STATUS, &k.status, span_str("x")),
	    &k.trust, 0, 0, work, sizeof(work)));
}

static void
names_of_lists_fit_or_are_refused(void **state)
{
	char base[STATUS_URI_MAX];
	char out[STATUS_URI_MAX];

	(void)state;
	assert_int_equal(
	    status_uri(out, span_str("https://a/"), 4294967295), 24);
	assert_memory_equal(out, "https://a/4294967295.cwt", 24);
	assert_int_equal(status_uri(out, span_str("https://a/"), 0), 15);
	assert_memory_equal(out, "https://a/0.cwt", 15);
	memset(base, 'a', sizeof(base));
	assert_int_equal(status_uri(out, span_of(base, STATUS_URI_MAX - 5), 7),
	    STATUS_URI_MAX);
	assert_int_equal(
	    status_uri(out, span_of(base, STATUS_URI_MAX - 4), 7), 0);
	assert_int_equal(
	    status_uri(out, span_of(base, STATUS_URI_MAX - 5), 10), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_drafts_short_list_has_our_bit_order),
	    cmocka_unit_test(the_drafts_long_list_has_its_eleven_entries),
	    cmocka_unit_test(the_drafts_token_reads_but_for_its_headers),
	    cmocka_unit_test(claims_stand_in_any_order_and_once),
	    cmocka_unit_test(a_list_lives_seven_days_at_most),
	    cmocka_unit_test(a_list_is_named_after_its_service_and_number),
	    cmocka_unit_test(
		only_the_services_status_key_signs_and_in_its_period),
	    cmocka_unit_test(every_changed_byte_is_noticed),
	    cmocka_unit_test(signed_rubbish_is_no_list),
	    cmocka_unit_test(names_of_lists_fit_or_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
