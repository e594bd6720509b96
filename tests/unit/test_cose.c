#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sodium.h>

#include "passport/cose.h"
#include "tests/kit/scheme.h"
#include "tests/kit/vectors.h"

static bool
group_verifies(const json_t *group, const json_t *test)
{
	uint8_t key[64];
	uint8_t msg[4096];
	uint8_t sig[256];
	size_t nkey = vectors_hex(key, sizeof(key),
	    vectors_str(json_object_get(group, "publicKey"), "pk"));
	size_t nmsg = vectors_hex(msg, sizeof(msg), vectors_str(test, "msg"));
	size_t nsig = vectors_hex(sig, sizeof(sig), vectors_str(test, "sig"));

	/* Other lengths never come so far: cose_read() asks for 64 bytes. */
	return nkey == ED25519_KEY && nsig == ED25519_SIG &&
	       ed25519_point_ok(key) && ed25519_verify(sig, msg, nmsg, key);
}

static void
wycheproof_agrees_in_all_151_cases(void **state)
{
	json_t *all = vectors_json("wycheproof/ed25519_test.json");
	size_t valid = 0;
	size_t n = 0;
	size_t i;
	size_t k;
	json_t *group;
	json_t *test;

	(void)state;
	json_array_foreach(json_object_get(all, "testGroups"), i, group)
	{
		json_array_foreach(json_object_get(group, "tests"), k, test)
		{
			bool want =
			    strcmp(vectors_str(test, "result"), "valid") == 0;

			if (group_verifies(group, test) != want)
				fail_msg(
				    "case %s", vectors_str(test, "comment"));
			valid += want;
			n++;
		}
	}
	assert_int_equal(n, 151);
	assert_int_equal(valid, 88);
	json_decref(all);
}

static void
speccheck_edge_cases_are_all_refused(void **state)
{
	json_t *all = vectors_json("ed25519-speccheck/cases.json");
	unsigned points = 0;
	unsigned verified = 0;
	size_t i;
	json_t *v;

	(void)state;
	json_array_foreach(all, i, v)
	{
		uint8_t key[ED25519_KEY];
		uint8_t sig[ED25519_SIG];
		uint8_t msg[64];
		size_t n =
		    vectors_hex(msg, sizeof(msg), vectors_str(v, "message"));
		bool point;
		bool good;

		vectors_hex(key, sizeof(key), vectors_str(v, "pub_key"));
		vectors_hex(sig, sizeof(sig), vectors_str(v, "signature"));
		point = ed25519_point_ok(key);
		good = ed25519_verify(sig, msg, n, key);
		points |= (unsigned)point << i;
		verified |= (unsigned)good << i;
		assert_false(point && good);
	}
	/* As measured: the point check admits 6 and 7, the signature 3. */
	assert_int_equal(json_array_size(all), 12);
	assert_int_equal(points, 1 << 6 | 1 << 7);
	assert_int_equal(verified, 1 << 3);
	json_decref(all);
}

static void
thumbprints_agree_with_rfc_9679(void **state)
{
	json_t *all = vectors_json("rfc/cose-key-thumbprint.json");
	json_t *v = json_array_get(json_object_get(all, "vectors"), 0);
	uint8_t cose_key[64];
	uint8_t hash[32];
	uint8_t kid[KID_SIZE];
	size_t n =
	    vectors_hex(cose_key, sizeof(cose_key), vectors_str(v, "cbor"));

	(void)state;
	vectors_hex(hash, sizeof(hash), vectors_str(v, "sha256"));
	ed25519_kid(kid, cose_key + n - ED25519_KEY);
	assert_memory_equal(kid, hash, KID_SIZE);
	json_decref(all);
}

/* A vector of the COSE working group, and its parts. */
struct example {
	json_t *json;
	uint8_t bytes[1024];
	size_t n;
	struct span protected;
	struct span payload;
	struct span signature;
	uint8_t tbs[1024];
	size_t ntbs;
};

static void
example_read(struct example *x, const char *file)
{
	char path[256];
	const json_t *tbs;

	snprintf(path, sizeof(path), "cose-wg-examples/%s", file);
	x->json = vectors_json(path);
	x->n = vectors_hex(x->bytes, sizeof(x->bytes),
	    vectors_str(json_object_get(x->json, "output"), "cbor"));
	tbs = json_object_get(
	    json_object_get(x->json, "intermediates"), "ToBeSign_hex");
	x->ntbs = tbs == NULL ? 0
			      : vectors_hex(x->tbs, sizeof(x->tbs),
				    json_string_value(tbs));
}

/* Tag 18 of four; headers of any kind. */
static void
example_split(struct example *x)
{
	struct cbor c = cbor_of(span_of(x->bytes, x->n));

	cbor_tag(&c, 18);
	assert_int_equal(cbor_array(&c), 4);
	x->protected = cbor_bytes(&c);
	(void)cbor_skip(&c);
	x->payload = cbor_bytes(&c);
	x->signature = cbor_bytes(&c);
	assert_true(cbor_done(&c));
}

static void
sig_structures_are_those_of_the_working_group(void **state)
{
	static const char *const files[] = {"eddsa-examples/eddsa-sig-01.json",
	    "eddsa-examples/eddsa-sig-02.json", "CWT/A_3.json"};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		uint8_t ours[1024];
		struct cbor_out o = {.p = ours, .cap = sizeof(ours)};
		struct example x;

		example_read(&x, files[i]);
		example_split(&x);
		cose_put_tbs(&o, COSE_STATUS, x.protected, x.payload);
		assert_int_equal(o.n, x.ntbs);
		assert_memory_equal(ours, x.tbs, o.n);
		json_decref(x.json);
	}
}

static void
the_external_aad_stands_where_the_working_group_puts_it(void **state)
{
	static const char aad[] = "carer-passport-1";
	uint8_t ours[1024];
	uint8_t want[1024];
	struct cbor_out o = {.p = ours, .cap = sizeof(ours)};
	struct cbor_out w = {.p = want, .cap = sizeof(want)};
	struct example x;
	struct cbor c;

	(void)state;
	example_read(&x, "sign1-tests/sign-pass-02.json");
	example_split(&x);
	/* Theirs with our context in its third member. */
	c = cbor_of(span_of(x.tbs, x.ntbs));
	assert_int_equal(cbor_array(&c), 4);
	cbor_put_array(&w, 4);
	cbor_put_raw(&w, cbor_skip(&c));
	cbor_put_raw(&w, cbor_skip(&c));
	assert_int_equal(cbor_bytes(&c).n, 12);
	cbor_put_bytes(&w, span_str(aad));
	cbor_put_raw(&w, cbor_skip(&c));
	assert_true(cbor_done(&c));
	cose_put_tbs(&o, COSE_PASSPORT, x.protected, x.payload);
	assert_true(span_eq(cbor_written(&o), cbor_written(&w)));
	json_decref(x.json);
}

static void
the_working_groups_ed25519_signature_holds(void **state)
{
	struct example x;
	uint8_t key[ED25519_KEY];
	const json_t *input;

	(void)state;
	example_read(&x, "eddsa-examples/eddsa-sig-01.json");
	example_split(&x);
	input = json_object_get(
	    json_object_get(json_object_get(x.json, "input"), "sign0"), "key");
	vectors_hex(key, sizeof(key), vectors_str(input, "x_hex"));
	assert_true(ed25519_point_ok(key));
	assert_int_equal(x.signature.n, ED25519_SIG);
	assert_true(ed25519_verify(x.signature.p, x.tbs, x.ntbs, key));
	json_decref(x.json);
}

static void
other_profiles_of_cose_are_refused(void **state)
{
	static const char *const files[] = {"eddsa-examples/eddsa-01.json",
	    "eddsa-examples/eddsa-02.json", "eddsa-examples/eddsa-sig-01.json",
	    "eddsa-examples/eddsa-sig-02.json", "sign1-tests/sign-pass-01.json",
	    "sign1-tests/sign-pass-02.json", "sign1-tests/sign-pass-03.json",
	    "sign1-tests/sign-fail-01.json", "sign1-tests/sign-fail-02.json",
	    "sign1-tests/sign-fail-03.json", "sign1-tests/sign-fail-04.json",
	    "sign1-tests/sign-fail-06.json", "sign1-tests/sign-fail-07.json",
	    "CWT/A_3.json", "CWT/A_4.json", "CWT/A_5.json", "CWT/A_6.json",
	    "CWT/A_7.json"};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct example x;
		struct cose c;

		example_read(&x, files[i]);
		assert_true(x.n > 10);
		for (int kind = 0; kind < COSE_KINDS; kind++)
			assert_false(cose_read(
			    &c, (enum cose_kind)kind, span_of(x.bytes, x.n)));
		json_decref(x.json);
	}
}

/* Each kind, signed by one key. */
static struct span
sample(uint8_t *out, size_t cap, enum cose_kind kind, struct kit_key *k)
{
	kit_key(k, 9);
	return kit_sign(out, cap, kind, k, span_str("payload"));
}

static void
a_signed_object_is_read_and_verified_as_its_own_kind_only(void **state)
{
	uint8_t b[512];
	uint8_t work[512];
	struct kit_key key;
	struct kit_key other;

	(void)state;
	kit_key(&other, 10);
	for (int kind = 0; kind < COSE_KINDS; kind++) {
		struct span s =
		    sample(b, sizeof(b), (enum cose_kind)kind, &key);

		for (int as = 0; as < COSE_KINDS; as++) {
			struct cose c;
			enum cose_kind k = (enum cose_kind)as;

			assert_int_equal(cose_read(&c, k, s), kind == as);
			if (kind != as)
				continue;
			assert_memory_equal(c.kid, key.kid, KID_SIZE);
			assert_true(span_is(c.payload, "payload"));
			assert_true(
			    cose_verify(&c, k, key.public, work, sizeof(work)));
			assert_false(cose_verify(
			    &c, k, other.public, work, sizeof(work)));
			/* The signature of one context is none in another. */
			for (int in = 0; in < COSE_KINDS; in++)
				assert_int_equal(
				    cose_verify(&c, (enum cose_kind)in,
					key.public, work, sizeof(work)),
				    in == as);
			/* Too little scratch is no signature. */
			assert_false(cose_verify(&c, k, key.public, work, 40));
		}
	}
}

static void
every_changed_bit_is_refused_or_unsigned(void **state)
{
	uint8_t b[512];
	uint8_t work[512];
	struct kit_key key;
	struct span s = sample(b, sizeof(b), COSE_PASSPORT, &key);

	(void)state;
	for (size_t bit = 0; bit < 8 * s.n; bit++) {
		struct cose c;

		b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(cose_read(&c, COSE_PASSPORT, s) &&
			     cose_verify(&c, COSE_PASSPORT, key.public, work,
				 sizeof(work)));
		b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t n = 0; n < s.n; n++) {
		struct cose c;

		assert_false(cose_read(&c, COSE_PASSPORT, span_of(b, n)));
	}
	b[s.n] = 0;
	{
		struct cose c;

		assert_false(cose_read(&c, COSE_PASSPORT, span_of(b, s.n + 1)));
	}
}

/* An object of given parts; NULL for the right one. */
static bool
reads(const char *tag, const char *array, const char *protected,
    const char *unprotected, size_t nsig)
{
	uint8_t b[512];
	uint8_t part[128];
	uint8_t sig[128] = {0};
	struct cbor_out o = {.p = b, .cap = sizeof(b)};
	struct cose c;

	cbor_put_raw(&o, span_of(part, vectors_hex(part, sizeof(part), tag)));
	cbor_put_raw(&o, span_of(part, vectors_hex(part, sizeof(part), array)));
	cbor_put_bytes(
	    &o, span_of(part, vectors_hex(part, sizeof(part), protected)));
	cbor_put_raw(
	    &o, span_of(part, vectors_hex(part, sizeof(part), unprotected)));
	cbor_put_bytes(&o, span_str("payload"));
	cbor_put_bytes(&o, span_of(sig, nsig));
	return cose_read(&c, COSE_PASSPORT, cbor_written(&o));
}

static void
headers_are_exactly_ours(void **state)
{
	static const char good[] = "a201320448866eefbd6718c884";
	static const char *const bad[] = {
	    "",                             /* none */
	    "a0",                           /* empty */
	    "a201270448866eefbd6718c884",   /* EdDSA, -8 */
	    "a201050448866eefbd6718c884",   /* HMAC 256/256 */
	    "a10448866eefbd6718c884",       /* no alg */
	    "a10132",                       /* no kid */
	    "a201320447866eefbd6718c8",     /* kid of 7 */
	    "a201320449866eefbd6718c88400", /* kid of 9 */
	    "a2044886"
	    "6eefbd6718c8840132",               /* other order */
	    "a301320448866eefbd6718c8840300",   /* content type */
	    "a301320281040448866eefbd6718c884", /* crit */
	    "a201320468866eefbd6718c884",       /* kid as text */
	    "a2013904"
	    "120448866eefbd6718c884", /* alg -1043 */
	    "a201380104"
	    "48866eefbd6718c884",
	    "a20138120448866eefbd6718c884", /* -19, longer form */
	    "a201320448866eefbd6718c88400", /* one byte more */
	    "bf01320448866eefbd6718c884ff", /* indefinite */
	};

	(void)state;
	assert_true(reads("d2", "84", good, "a0", 64));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (reads("d2", "84", bad[i], "a0", 64))
			fail_msg("%s", bad[i]);
	assert_false(reads("", "84", good, "a0", 64));
	assert_false(reads("d1", "84", good, "a0", 64));
	assert_false(reads("d3", "84", good, "a0", 64));
	assert_false(reads("d83dd2", "84", good, "a0", 64));
	assert_false(reads("d2d2", "84", good, "a0", 64));
	assert_false(reads("d812", "84", good, "a0", 64));
	assert_false(reads("d2", "85", good, "a0", 64));
	assert_false(reads("d2", "83", good, "a0", 64));
	assert_false(reads("d2", "9804", good, "a0", 64));
	assert_false(reads("d2", "9f", good, "a0", 64));
	assert_false(reads("d2", "84", good, "a10448866eefbd6718c884", 64));
	assert_false(reads("d2", "84", good, "b800", 64));
	assert_false(reads("d2", "84", good, "80", 64));
	assert_false(reads("d2", "84", good, "a0", 63));
	assert_false(reads("d2", "84", good, "a0", 65));
	assert_false(reads("d2", "84", good, "a0", 0));
}

static void
no_object_is_longer_than_its_kind_allows(void **state)
{
	static uint8_t b[STATUS_MAX + 256];
	static uint8_t payload[STATUS_MAX];
	struct kit_key key;

	(void)state;
	kit_key(&key, 9);
	assert_int_equal(cose_max(COSE_PASSPORT), 512);
	assert_int_equal(cose_max(COSE_TRUST), 4 * 1024 * 1024);
	assert_int_equal(cose_max(COSE_STATUS), 65536);
	for (size_t n = 400; n < 460; n++) {
		struct cose c;
		struct span s = kit_sign(
		    b, sizeof(b), COSE_PASSPORT, &key, span_of(payload, n));

		assert_int_equal(cose_read(&c, COSE_PASSPORT, s), s.n <= 512);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wycheproof_agrees_in_all_151_cases),
	    cmocka_unit_test(speccheck_edge_cases_are_all_refused),
	    cmocka_unit_test(thumbprints_agree_with_rfc_9679),
	    cmocka_unit_test(sig_structures_are_those_of_the_working_group),
	    cmocka_unit_test(
		the_external_aad_stands_where_the_working_group_puts_it),
	    cmocka_unit_test(the_working_groups_ed25519_signature_holds),
	    cmocka_unit_test(other_profiles_of_cose_are_refused),
	    cmocka_unit_test(
		a_signed_object_is_read_and_verified_as_its_own_kind_only),
	    cmocka_unit_test(every_changed_bit_is_refused_or_unsigned),
	    cmocka_unit_test(headers_are_exactly_ours),
	    cmocka_unit_test(no_object_is_longer_than_its_kind_allows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
