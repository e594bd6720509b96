#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/kit/scheme.h"
#include "tests/kit/vectors.h"

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
to_hex(char *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		snprintf(out + 2 * i, 3, "%02x", s.p[i]);
}

/* The kit's payload with one stretch of hex put in another's place. */
static bool
reads_with(const char *old, const char *new)
{
	static char hex[8192];
	static char text[8192];
	static uint8_t b[4096];
	struct kit k;
	const char *at;

	kit_init(&k);
	to_hex(hex, payload_of(&k, b, sizeof(b)));
	at = strstr(hex, old);
	if (at == NULL)
		fail_msg("no %s in %s", old, hex);
	assert_null(strstr(at + 1, old));
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - hex), hex, new,
	    at + strlen(old));
	return payload_reads(span_of(b, vectors_hex(b, sizeof(b), text)));
}

static void
codes_look_like_ods_codes(void **state)
{
	/* An array of one, and what is none. */
	static const struct {
		const char *hex;
		bool ok;
	} t[] = {{"8163413142", true}, {"816a41313233343536373839", true},
	    {"80", false}, {"81624131", false},
	    {"816b4131323334353637383930", false}, {"8163613142", false},
	    {"8163412d42", false}, {"8143413142", false}, {"63413142", false},
	    {"8263413142", false}};
	uint8_t b[64];
	struct kit k;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		kit_init(&k);
		k.issuer_entry->codes =
		    span_of(b, vectors_hex(b, sizeof(b), t[i].hex));
		if (draft_reads(&k) != t[i].ok)
			fail_msg("%s", t[i].hex);
	}
}

static void
the_shape_is_exact(void **state)
{
	/* "Riverside carers", then exp, iat and the body's first members. */
	static const char scheme[] = "a401705269766572736964652063617265727304";
	static const struct {
		const char *old;
		const char *new;
	} bad[] = {
	    {scheme, "a501705269766572736964652063617265727304"},
	    {scheme, "8401705269766572736964652063617265727304"},
	    {scheme, "a402705269766572736964652063617265727304"},
	    {scheme, "a401505269766572736964652063617265727304"},
	    {scheme, "a401705269766572736964652063617265727305"},
	    {"3a00010001a50107", "3a00010000a50107"},
	    {"3a00010001a50107", "3a00010001a40107"},
	    {"3a00010001a50107", "3a00010001850107"},
	    {"3a00010001a50107", "3a00010001a50207"},
	    {"3a00010001a50107", "3a00010001a50120"},
	    {"3a00010001a50107", "3a00010001a5011807"},
	    {"02816e766572", "03816e766572"},
	    {"02816e766572", "02a16e766572"},
	    {"02816e766572", "02826e766572"},
	    {"02816e766572", "02814e766572"},
	    {"048005", "0405"},
	    {"048005", "058005"},
	    {"048005", "04814705"},
	    {"048005", "04824748050505050505050505"}, /* the first is short */
	    {"0581a201", "0581a301"},
	    {"0581a201", "05818201"},
	    {"0581a201", "0581a221"},
	    {"0581a201", "0581a202"},
	    {"0581a201", "0581a26161"},
	    {"2f7374617475732f0248", "2f7374617475732f0348"},
	    {"2f7374617475732f0248", "2f7374617475732f0148"},
	};

	(void)state;
	assert_true(reads_with(scheme, scheme));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (reads_with(bad[i].old, bad[i].new))
			fail_msg("%s for %s", bad[i].new, bad[i].old);
}

static void
key_entries_have_their_members_and_no_more(void **state)
{
	/* "Riverside Surgery", setting 0, service 0, the telephone. */
	static const char tail[] =
	    "07715269766572736964652053757267657279080009000a6c3031363332"
	    "20393630313233";
	static const char *const bad[] = {
	    /* Without 10, but counted. */
	    "0771526976657273696465205375726765727908000900",
	    /* 8 and 9 the other way round. */
	    "07715269766572736964652053757267657279090008000a6c3031363332"
	    "20393630313233",
	    /* 8 twice. */
	    "07715269766572736964652053757267657279080008000a6c3031363332"
	    "20393630313233",
	    /* 11 for 10. */
	    "07715269766572736964652053757267657279080009000b6c3031363332"
	    "20393630313233",
	    /* An empty telephone. */
	    "07715269766572736964652053757267657279080009000a60",
	    /* A negative service. */
	    "07715269766572736964652053757267657279080009200a6c3031363332"
	    "20393630313233",
	    /* A setting that is none. */
	    "07715269766572736964652053757267657279080509000a6c3031363332"
	    "20393630313233",
	    /* 64 for 10: no bit stands for it. */
	    "07715269766572736964652053757267657279080009001840 6c30313633"
	    "3220393630313233",
	};

	(void)state;
	assert_true(reads_with(tail, tail));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (reads_with(tail, bad[i]))
			fail_msg("%s", bad[i]);
}

/* Writes a status entry with ${n} extra members of a passport key. */
static bool
status_entry_reads(int purpose, int64_t extra, size_t nkey, size_t nkid)
{
	static uint8_t b[1024];
	static const uint8_t zero[64];
	struct cbor_out o = {.p = b, .cap = sizeof(b)};

	cbor_put_map(&o, 4);
	cbor_put_int(&o, 1);
	cbor_put_text(&o, span_str("S"));
	cbor_put_int(&o, 4);
	cbor_put_int(&o, 2);
	cbor_put_int(&o, 6);
	cbor_put_int(&o, 1);
	cbor_put_int(&o, -65538);
	cbor_put_map(&o, 5);
	cbor_put_int(&o, 1);
	cbor_put_int(&o, 1);
	cbor_put_int(&o, 2);
	cbor_put_array(&o, 0);
	cbor_put_int(&o, 3);
	cbor_put_array(&o, 1);
	cbor_put_map(&o, extra == 0 ? 5 : 6);
	cbor_put_int(&o, 1);
	cbor_put_bytes(&o, span_of(zero, nkid));
	cbor_put_int(&o, 2);
	cbor_put_bytes(&o, span_of(zero, nkey));
	cbor_put_int(&o, 3);
	cbor_put_int(&o, purpose);
	cbor_put_int(&o, 5);
	cbor_put_int(&o, 1);
	cbor_put_int(&o, 6);
	cbor_put_int(&o, 2);
	if (extra != 0) {
		cbor_put_int(&o, extra);
		cbor_put_int(&o, 0);
	}
	cbor_put_int(&o, 4);
	cbor_put_array(&o, 0);
	cbor_put_int(&o, 5);
	cbor_put_array(&o, 0);
	return payload_reads(cbor_written(&o));
}

static void
status_keys_have_five_members(void **state)
{
	(void)state;
	assert_true(status_entry_reads(1, 0, 32, 8));
	assert_false(status_entry_reads(0, 0, 32, 8)); /* too few for that */
	assert_false(status_entry_reads(2, 0, 32, 8));
	assert_false(status_entry_reads(-1, 0, 32, 8));
	assert_false(status_entry_reads(1, 8, 32, 8));
	assert_false(status_entry_reads(1, 9, 32, 8));
	assert_false(status_entry_reads(1, 11, 32, 8));
	assert_false(status_entry_reads(1, -1, 32, 8));
	assert_false(status_entry_reads(1, 0, 31, 8));
	assert_false(status_entry_reads(1, 0, 33, 8));
	assert_false(status_entry_reads(1, 0, 32, 7));
	assert_false(status_entry_reads(1, 0, 32, 9));
}

static void
no_shorter_or_longer_payload_reads(void **state)
{
	uint8_t b[4096];
	struct kit k;
	struct span s;

	(void)state;
	kit_init(&k);
	k.draft.ntombstones = 1;
	s = payload_of(&k, b, sizeof(b) - 1);
	assert_true(payload_reads(s));
	for (size_t n = 0; n < s.n; n++)
		assert_false(payload_reads(span_of(b, n)));
	b[s.n] = 0;
	assert_false(payload_reads(span_of(b, s.n + 1)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(codes_look_like_ods_codes),
	    cmocka_unit_test(the_shape_is_exact),
	    cmocka_unit_test(key_entries_have_their_members_and_no_more),
	    cmocka_unit_test(status_keys_have_five_members),
	    cmocka_unit_test(no_shorter_or_longer_payload_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
