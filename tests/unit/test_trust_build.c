/* Goal: a trust list that we write is one that every verifier reads. */
#include "keys/trust_build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <sodium.h>

#include <cmocka.h>

#include "tests/kit/scheme.h"

#define MANY 400

/* A draft of many keys and tombstones, in the order of ${order}. */
struct many {
	struct kit kit;
	struct trust_key keys[MANY];
	uint8_t tombstones[MANY][KID_SIZE];
	struct trust_draft draft;
};

static void
fill(struct many *m, uint8_t order)
{
	kit_init(&m->kit);
	m->draft = m->kit.draft;
	for (size_t i = 0; i < MANY; i++) {
		size_t from = (i * 7 + order) % MANY; /* 7 and 400: each once */

		m->keys[i] = *m->kit.issuer_entry;
		memset(m->keys[i].key, 0, ED25519_KEY);
		m->keys[i].key[0] = (uint8_t)from;
		m->keys[i].key[1] = (uint8_t)(from >> 8);
		ed25519_kid(m->keys[i].kid, m->keys[i].key);
		m->keys[i].key[31] = 1; /* tombstones are of other keys */
		ed25519_kid(m->tombstones[i], m->keys[i].key);
	}
	m->draft.keys = m->keys;
	m->draft.nkeys = MANY;
	m->draft.tombstones = (const uint8_t(*)[KID_SIZE])m->tombstones;
	m->draft.ntombstones = MANY;
}

static void
the_order_of_the_draft_does_not_matter(void **state)
{
	static struct many m;
	static uint32_t at[2 * MANY];
	struct buf first = BUF_INIT(TRUST_MAX);
	struct trust t;

	(void)state;
	fill(&m, 0);
	assert_int_equal(trust_build(&first, &m.draft), ERR_OK);
	for (uint8_t order = 1; order < 200; order = (uint8_t)(order * 3)) {
		struct buf again = BUF_INIT(TRUST_MAX);

		fill(&m, order);
		assert_int_equal(trust_build(&again, &m.draft), ERR_OK);
		assert_true(span_eq(buf_span(&first), buf_span(&again)));
		buf_free(&again);
		if (order == 81)
			break;
	}
	assert_true(trust_payload_read(&t, buf_span(&first), at, 2 * MANY));
	assert_int_equal(t.nkeys, MANY);
	assert_int_equal(t.ntombstones, MANY);
	for (size_t i = 0; i < MANY; i++) {
		struct trust_key k;

		assert_true(trust_find(&t, m.keys[i].kid, &k));
		assert_memory_equal(k.key, m.keys[i].key, ED25519_KEY);
		assert_true(trust_is_tombstone(&t, m.tombstones[i]));
		assert_false(trust_is_tombstone(&t, m.keys[i].kid));
	}
	buf_free(&first);
}

/* Built, signed and read by the core's reader: every member as it was given. */
static void
a_verifier_reads_every_member(void **state)
{
	static struct kit kit;
	static uint8_t sig[ED25519_SIG];
	struct buf payload = BUF_INIT(TRUST_MAX);
	struct buf token = BUF_INIT(TRUST_MAX);
	uint8_t bytes[4096];
	struct span ours;
	struct trust_service s;
	struct trust_key k;
	struct cose c;
	struct trust t;

	(void)state;
	kit_init(&kit);
	kit.draft.ntombstones = 1;
	memset(kit.tombstones[0], 0x55, KID_SIZE);
	assert_int_equal(trust_build(&payload, &kit.draft), ERR_OK);
	ours = kit_sign(
	    bytes, sizeof(bytes), COSE_TRUST, &kit.root, buf_span(&payload));
	assert_true(cose_read(&c, COSE_TRUST, ours));
	memcpy(sig, c.signature, sizeof(sig));
	assert_int_equal(signed_object(&token, COSE_TRUST, kit.root.kid,
			     buf_span(&payload), sig),
	    ERR_OK);
	assert_true(span_eq(buf_span(&token), ours));
	assert_true(trust_read(&t, buf_span(&token), kit.roots, 1, kit.work,
	    sizeof(kit.work), kit.at, 64));
	assert_true(span_is(t.scheme, KIT_SCHEME));
	assert_int_equal(t.seq, 7);
	assert_int_equal(t.iat, KIT_NOW - KIT_DAY);
	assert_int_equal(t.exp, KIT_NOW + 89 * KIT_DAY);
	assert_true(trust_has_host(&t, span_str(KIT_HOST)));
	assert_true(trust_is_tombstone(&t, kit.tombstones[0]));
	assert_true(trust_service_at(&t, 0, &s));
	assert_true(span_is(s.base, KIT_BASE));
	assert_memory_equal(s.kid, kit.status.kid, KID_SIZE);
	assert_true(trust_find(&t, kit.issuer.kid, &k));
	assert_true(trust_key_has(&k, span_str(KIT_ODS)));
	assert_true(span_is(k.name, "Riverside Surgery"));
	assert_true(span_is(k.phone, "01632 960123"));
	assert_int_equal(k.purpose, PURPOSE_PASSPORT);
	assert_true(trust_find(&t, kit.status.kid, &k));
	assert_int_equal(k.purpose, PURPOSE_STATUS);
	buf_free(&payload);
	buf_free(&token);
}

static void
what_no_verifier_would_read_is_not_built(void **state)
{
	struct kit kit;
	struct buf out = BUF_INIT(TRUST_MAX);

	(void)state;
#define REFUSED(change)                                                        \
	do {                                                                   \
		kit_init(&kit);                                                \
		change;                                                        \
		assert_int_equal(trust_build(&out, &kit.draft), ERR_DATA);     \
		assert_int_equal(out.n, 0);                                    \
	} while (0)
	REFUSED(kit.issuer_entry->name = span_str("A  B"));
	REFUSED(kit.issuer_entry->name = span_str("A\x01"));
	REFUSED(kit.issuer_entry->phone = span_str("\xc2\xa3"));
	REFUSED(kit.issuer_entry->not_after = kit.issuer_entry->not_before - 1);
	REFUSED(kit.draft.scheme = span_str(""));
	REFUSED(kit.draft.exp = kit.draft.iat);
	REFUSED(kit.hosts[0] = span_str("VERIFY.example"));
	REFUSED(kit.hosts[0] = span_str("https://verify.example"));
	REFUSED(kit.services[0].base = span_str("http://verify.example/"));
	REFUSED(memcpy(kit.keys[0].kid, kit.keys[1].kid, KID_SIZE));
	REFUSED((memcpy(kit.tombstones[0], kit.issuer.kid, KID_SIZE),
	    kit.draft.ntombstones = 1));
#undef REFUSED
	kit_init(&kit);
	assert_int_equal(trust_build(&out, &kit.draft), ERR_OK);
	buf_free(&out);
}

static void
an_empty_list_can_be_built(void **state)
{
	struct kit kit;
	struct buf out = BUF_INIT(TRUST_MAX);

	(void)state;
	kit_init(&kit);
	kit.draft.nkeys = 0;
	kit.draft.keys = NULL;
	kit.draft.tombstones = NULL;
	assert_int_equal(trust_build(&out, &kit.draft), ERR_OK);
	buf_free(&out);
}

/* Four MiB are some 30,000 practices; more is an error with a reason, not a
 * list that verifiers refuse. */
static void
a_list_larger_than_any_reader_takes_is_refused(void **state)
{
	struct kit kit;
	struct buf out = BUF_INIT(TRUST_MAX);
	size_t n = 40000;
	struct trust_key *keys = calloc(n, sizeof(*keys));

	(void)state;
	assert_non_null(keys);
	kit_init(&kit);
	for (size_t i = 0; i < n; i++) {
		keys[i] = *kit.issuer_entry;
		keys[i].kid[0] = (uint8_t)(i >> 16);
		keys[i].kid[1] = (uint8_t)(i >> 8);
		keys[i].kid[2] = (uint8_t)i;
	}
	kit.draft.keys = keys;
	kit.draft.nkeys = n;
	assert_int_equal(trust_build(&out, &kit.draft), ERR_TOOBIG);
	kit.draft.nkeys = 20000;
	assert_int_equal(trust_build(&out, &kit.draft), ERR_OK);
	free(keys);
	buf_free(&out);
}

/* FORMAT.md 2: d2 84, the header, a0, the payload, the signature. */
static void
a_signed_object_is_tag_18_of_four(void **state)
{
	static const uint8_t kid[KID_SIZE] = "kid of 8";
	uint8_t sig[ED25519_SIG];
	uint8_t want[200] = "\xd2\x84\x4d\xa2\x01\x32\x04\x48"
			    "kid of 8\xa0\x43"
			    "abc"
			    "\x58\x40";
	struct buf out = BUF_INIT(1024);

	(void)state;
	memset(sig, 0x99, sizeof(sig));
	memcpy(want + 23, sig, sizeof(sig));
	assert_int_equal(buf_puts(&out, "before"), ERR_OK); /* it is appended */
	assert_int_equal(
	    signed_object(&out, COSE_PASSPORT, kid, span_str("abc"), sig),
	    ERR_OK);
	assert_int_equal(out.n, 6 + 23 + 64);
	assert_memory_equal(out.p + 6, want, 23 + 64);
	out.cap = out.n + 10;
	assert_int_equal(
	    signed_object(&out, COSE_PASSPORT, kid, span_str("abc"), sig),
	    ERR_TOOBIG);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_order_of_the_draft_does_not_matter),
	    cmocka_unit_test(a_verifier_reads_every_member),
	    cmocka_unit_test(what_no_verifier_would_read_is_not_built),
	    cmocka_unit_test(an_empty_list_can_be_built),
	    cmocka_unit_test(a_list_larger_than_any_reader_takes_is_refused),
	    cmocka_unit_test(a_signed_object_is_tag_18_of_four),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
