/* Goal: a status list is what the draft and every reader expect, byte for byte.
 */
#include "keys/status_build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <sodium.h>
#include <zlib.h>

#include <cmocka.h>

#include "keys/trust_build.h"
#include "tests/kit/scheme.h"
#include "tests/kit/vectors.h"

static void
build(struct buf *out, uint32_t n, const uint8_t *bits)
{
	out->n = 0;
	assert_int_equal(
	    status_build(out, span_str(KIT_BASE), n, KIT_NOW, bits), ERR_OK);
}

static void
inflate_all(uint8_t out[static STATUS_BYTES], struct span lst)
{
	uLongf n = STATUS_BYTES;
	uLong used = lst.n;

	assert_int_equal(uncompress2(out, &n, lst.p, &used), Z_OK);
	assert_int_equal(n, STATUS_BYTES);
	assert_int_equal(used, lst.n);
}

/* FORMAT.md 4, written out: 2, 4, 6, 65533 {"lst", "bits"}, 65534. */
static void
the_payload_is_the_profiles_to_the_byte(void **state)
{
	static uint8_t bits[STATUS_BYTES];
	static uint8_t want[STATUS_MAX];
	uint8_t lst[1024];
	struct buf out = BUF_INIT(STATUS_MAX);
	struct span z = kit_deflate(lst, sizeof(lst), bits, sizeof(bits));
	const char *sub = KIT_BASE "42.cwt";
	size_t n = 0;

	(void)state;
	assert_true(z.n < 256 && strlen(sub) >= 24);
	memcpy(want, "\xa5\x02\x78", 3);
	want[3] = (uint8_t)strlen(sub);
	memcpy(want + 4, sub, strlen(sub));
	n = 4 + strlen(sub);
	memcpy(want + n, "\x04\x1a\x6b\x0c\x13\xc0\x06\x1a\x6b\x02\xd9\x40",
	    12); /* a week from 2026-11-22T12:00:00Z */
	n += 12;
	memcpy(want + n, "\x19\xff\xfd\xa2\x63lst\x58", 9);
	n += 9;
	want[n++] = (uint8_t)z.n;
	memcpy(want + n, z.p, z.n);
	n += z.n;
	memcpy(want + n,
	    "\x64"
	    "bits\x01\x19\xff\xfe\x19\xa8\xc0",
	    12);
	n += 12;
	build(&out, 42, bits);
	assert_int_equal(out.n, n);
	assert_memory_equal(out.p, want, n);
	buf_free(&out);
}

static void
the_same_bits_give_the_same_bytes(void **state)
{
	static uint8_t bits[STATUS_BYTES];
	struct buf a = BUF_INIT(STATUS_MAX);
	struct buf b = BUF_INIT(STATUS_MAX);

	(void)state;
	randombytes_buf_deterministic(
	    bits, sizeof(bits), (const uint8_t[randombytes_SEEDBYTES]){1});
	build(&a, 1, bits);
	build(&b, 1, bits);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	bits[STATUS_BYTES - 1] ^= 0x80;
	build(&b, 1, bits);
	assert_false(span_eq(buf_span(&a), buf_span(&b)));
	buf_free(&a);
	buf_free(&b);
}

/* Signed and read again by the verifier's own reader, to the single bit. */
static void
a_reader_finds_each_bit_where_it_was_put(void **state)
{
	static const uint32_t set[] = {0, 1, 7, 8, 63, 4711, 65535, 131071};
	static uint8_t bits[STATUS_BYTES];
	static uint8_t back[STATUS_BYTES];
	static uint8_t bytes[STATUS_MAX];
	static uint8_t work[STATUS_MAX + COSE_OVERHEAD];
	static struct kit kit;
	struct buf out = BUF_INIT(STATUS_MAX);
	struct status s;
	struct span token;

	(void)state;
	kit_init(&kit);
	assert_true(kit_read(&kit));
	for (size_t i = 0; i < 8; i++)
		bits[set[i] >> 3] |= (uint8_t)(1 << (set[i] & 7));
	build(&out, 3, bits);
	token = kit_sign(
	    bytes, sizeof(bytes), COSE_STATUS, &kit.status, buf_span(&out));
	assert_true(
	    status_read(&s, token, &kit.trust, 0, 3, work, sizeof(work)));
	assert_false(
	    status_read(&s, token, &kit.trust, 0, 4, work, sizeof(work)));
	assert_true(
	    status_read(&s, token, &kit.trust, 0, 3, work, sizeof(work)));
	assert_int_equal(s.iat, KIT_NOW);
	assert_int_equal(s.exp, KIT_NOW + 7 * KIT_DAY);
	inflate_all(back, s.lst);
	for (uint32_t i = 0, next = 0; i < STATUS_ENTRIES; i++) {
		bool want = next < 8 && set[next] == i;

		assert_int_equal(status_bit(back, i), want);
		next += want;
	}
	buf_free(&out);
}

/* No number of withdrawn carers makes a list too large. */
static void
the_worst_bits_still_fit(void **state)
{
	static uint8_t bits[STATUS_BYTES];
	static uint8_t back[STATUS_BYTES];
	char base[STATUS_URI_MAX - 8];
	struct buf out = BUF_INIT(STATUS_MAX);
	struct status s;

	(void)state;
	randombytes_buf_deterministic(
	    bits, sizeof(bits), (const uint8_t[randombytes_SEEDBYTES]){7});
	memset(base, 'a', sizeof(base));
	memcpy(base, "https://", 8);
	base[sizeof(base) - 1] = '/';
	assert_int_equal(status_build(&out, span_of(base, sizeof(base)), 1023,
			     KIT_NOW, bits),
	    ERR_OK);
	assert_true(out.n > STATUS_BYTES && out.n < STATUS_MAX - COSE_OVERHEAD);
	assert_true(status_payload_read(&s, buf_span(&out)));
	inflate_all(back, s.lst);
	assert_memory_equal(back, bits, sizeof(bits));
	out.n = 0;
	assert_int_equal(status_build(&out, span_of(base, sizeof(base)), 10000,
			     KIT_NOW, bits),
	    ERR_TOOBIG);
	buf_free(&out);
}

/*
 * The draft's long example, 2^20 entries of one bit, is what zlib at level 9
 * makes of them; an eighth of it goes through our builder the same way.
 */
static void
compresses_as_the_drafts_examples_are(void **state)
{
	static uint8_t cbor[1024];
	static uint8_t bits[8 * STATUS_BYTES];
	uint8_t again[1024];
	struct buf text = BUF_INIT(65536);
	struct buf out = BUF_INIT(STATUS_MAX);
	uLongf n = sizeof(bits);
	struct cbor c;
	struct span lst;
	struct status s;

	(void)state;
	vectors_read(&text,
	    "token-status-list/examples/status_list_encoding1_long_cbor.md");
	c = cbor_of(span_of(
	    cbor, vectors_hex(cbor, sizeof(cbor), (const char *)text.p)));
	assert_int_equal(cbor_map(&c), 2);
	assert_true(span_is(cbor_text(&c), "bits"));
	assert_int_equal(cbor_uint(&c), 1);
	assert_true(span_is(cbor_text(&c), "lst"));
	lst = cbor_bytes(&c);
	assert_true(cbor_done(&c));
	assert_int_equal(uncompress(bits, &n, lst.p, lst.n), Z_OK);
	assert_int_equal(n, sizeof(bits));
	assert_true(span_eq(
	    kit_deflate(again, sizeof(again), bits, sizeof(bits)), lst));
	for (size_t i = 0; i < 8; i++) {
		const uint8_t *part = bits + i * STATUS_BYTES;

		build(&out, (uint32_t)i, part);
		assert_true(status_payload_read(&s, buf_span(&out)));
		assert_true(span_eq(s.lst,
		    kit_deflate(again, sizeof(again), part, STATUS_BYTES)));
	}
	buf_free(&text);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_payload_is_the_profiles_to_the_byte),
	    cmocka_unit_test(the_same_bits_give_the_same_bytes),
	    cmocka_unit_test(a_reader_finds_each_bit_where_it_was_put),
	    cmocka_unit_test(the_worst_bits_still_fit),
	    cmocka_unit_test(compresses_as_the_drafts_examples_are),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
