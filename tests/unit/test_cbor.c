#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "passport/cbor.h"
#include "tests/kit/vectors.h"

static struct span
hex(uint8_t *out, size_t cap, const char *s)
{
	return span_of(out, vectors_hex(out, cap, s));
}

/* Is this one item of the subset, to the last byte? */
static bool
skips(const char *text)
{
	uint8_t b[256];
	struct cbor c = cbor_of(hex(b, sizeof(b), text));
	struct span s = cbor_skip(&c);

	return cbor_done(&c) && s.n > 0;
}

/*
 * Of RFC 8949 appendix A the subset takes integers below 2^64 in size,
 * strings, arrays and maps of definite length; no tag, float or simple value.
 */
static bool
in_subset(const char *text)
{
	static const char *const out[] = {"c2", "c3", "f", "c1", "d7", "d8",
	    "5f", "7f", "9f", "bf", "c0", NULL};

	for (int i = 0; out[i] != NULL; i++)
		if (strncmp(text, out[i], strlen(out[i])) == 0)
			return false;
	/* An indefinite, simple or floating item inside another. */
	return strcmp(text, "8301820203820405") == 0 ||
	       (strstr(text, "9f") == NULL && strstr(text, "bf61") == NULL);
}

static void
appendix_a_is_read_inside_the_subset_and_refused_outside(void **state)
{
	json_t *all = vectors_json("cbor-appendix-a/appendix_a.json");
	size_t in = 0;
	size_t i;
	json_t *v;

	(void)state;
	json_array_foreach(all, i, v)
	{
		const char *text = vectors_str(v, "hex");
		bool want = in_subset(text);

		if (skips(text) != want)
			fail_msg("%s: %s", text, want ? "refused" : "taken");
		in += want;
	}
	assert_int_equal(json_array_size(all), 82);
	assert_int_equal(in, 34);
	json_decref(all);
}

static void
appendix_a_values_are_read_and_written_the_same(void **state)
{
	json_t *all = vectors_json("cbor-appendix-a/appendix_a.json");
	size_t seen = 0;
	size_t i;
	json_t *v;

	(void)state;
	json_array_foreach(all, i, v)
	{
		const json_t *want = json_object_get(v, "decoded");
		uint8_t b[256];
		uint8_t again[256];
		struct span s = hex(b, sizeof(b), vectors_str(v, "hex"));
		struct cbor c = cbor_of(s);
		struct cbor_out o = {.p = again, .cap = sizeof(again)};
		int type = cbor_type(&c);

		if (type == 3 && json_is_string(want) && b[0] != 0x7f) {
			struct span t = cbor_text(&c);

			assert_true(span_is(t, json_string_value(want)));
			cbor_put_text(&o, t);
		} else if (type <= 1 && json_is_real(want) &&
			   json_real_value(want) < 1e15 &&
			   json_real_value(want) > -1e15) {
			int64_t n = cbor_int(&c);

			assert_true((double)n == json_real_value(want));
			cbor_put_int(&o, n);
		} else {
			continue;
		}
		assert_true(cbor_done(&c));
		assert_true(span_eq(cbor_written(&o), s));
		seen++;
	}
	assert_int_equal(seen, 21);
	json_decref(all);
}

static void
each_number_has_one_spelling(void **state)
{
	static const char *const longer[] = {"1817", "190017", "1900ff",
	    "1a0000ffff", "1b00000000ffffffff", "3817", "5817", "7800", "9800",
	    "b800", "d812"};
	static const char *const cut[] = {"", "18", "19ff", "1affffff",
	    "1bffffffffffffff", "41", "420a", "6161ff", "81", "a101", "a1"};

	(void)state;
	for (size_t i = 0; i < sizeof(longer) / sizeof(*longer); i++)
		assert_false(skips(longer[i]));
	for (size_t i = 0; i < sizeof(cut) / sizeof(*cut); i++)
		assert_false(skips(cut[i]));
	for (int info = 28; info < 32; info++) {
		uint8_t b[10] = {(uint8_t)info};
		struct cbor c = cbor_of(span_of(b, sizeof(b)));

		(void)cbor_uint(&c);
		assert_true(c.bad);
	}
}

static void
what_is_asked_for_must_stand_there(void **state)
{
	/* An item of each type; each reader takes its own only. */
	static const uint8_t items[][2] = {
	    {0x00}, {0x20}, {0x40}, {0x60}, {0x80}, {0xa0}, {0xd2, 0x00}};

	(void)state;
	for (int i = 0; i < 7; i++) {
		struct span s = span_of(items[i], i == 6 ? 2 : 1);
		struct cbor c[7];

		for (int k = 0; k < 7; k++)
			c[k] = cbor_of(s);
		(void)cbor_uint(&c[0]);
		(void)cbor_int(&c[1]);
		(void)cbor_bytes(&c[2]);
		(void)cbor_text(&c[3]);
		(void)cbor_array(&c[4]);
		(void)cbor_map(&c[5]);
		cbor_tag(&c[6], 18);
		for (int k = 0; k < 7; k++)
			assert_int_equal(
			    c[k].bad, k != i && !(k == 1 && i == 0));
	}
}

static void
a_fault_stays_and_nothing_more_is_read(void **state)
{
	static const uint8_t b[] = {0x01, 0x02, 0x03};
	struct cbor c = cbor_of(span_of(b, sizeof(b)));

	(void)state;
	assert_int_equal(cbor_uint(&c), 1);
	assert_false(cbor_done(&c));
	cbor_fail(&c);
	assert_int_equal(cbor_uint(&c), 0);
	assert_int_equal(cbor_int(&c), 0);
	assert_int_equal(cbor_array(&c), 0);
	assert_int_equal(cbor_map(&c), 0);
	assert_int_equal(cbor_bytes(&c).n, 0);
	assert_int_equal(cbor_text(&c).n, 0);
	assert_int_equal(cbor_skip(&c).n, 0);
	assert_int_equal(cbor_type(&c), -1);
	assert_false(cbor_done(&c));
}

static void
integers_beyond_64_bits_signed_are_refused(void **state)
{
	static const struct {
		uint8_t b[9];
		bool ok;
		int64_t v;
	} t[] = {
	    {{0x1b, 0x7f, 255, 255, 255, 255, 255, 255, 255}, true, INT64_MAX},
	    {{0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0}, false, 0},
	    {{0x3b, 0x7f, 255, 255, 255, 255, 255, 255, 255}, true, INT64_MIN},
	    {{0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0}, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct cbor c = cbor_of(span_of(t[i].b, 9));
		int64_t v = cbor_int(&c);

		assert_int_equal(cbor_done(&c), t[i].ok);
		assert_int_equal(v, t[i].v);
	}
}

static void
text_must_be_utf8(void **state)
{
	static const char *const good[] = {"6161", "62c3bc", "63e6b0b4",
	    "64f0908591", "63ed9fbf", "63ee8080", "64f48fbfbf"};
	/* Stray, overlong, surrogate, above U+10FFFF, cut, no continuation. */
	static const char *const bad[] = {"6180", "62c080", "62c1bf",
	    "63e08080", "63e09fbf", "63eda080", "63edbfbf", "64f0808080",
	    "64f08fbfbf", "64f4908080", "64f5808080", "61c3", "62e6b0",
	    "63f09085", "62c341", "63e6b041", "63e641b4", "61ff"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(skips(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(skips(bad[i]));
}

static void
counts_above_what_follows_ask_for_nothing(void **state)
{
	/* The inputs that made a library ask for gigabytes. */
	(void)state;
	assert_false(skips("9a08000000"));
	assert_false(skips("9affffffff"));
	assert_false(skips("ba10000000"));
	assert_false(skips("9bffffffffffffffff"));
	assert_false(skips("5bffffffffffffffff"));
	assert_false(skips("bb7fffffffffffffff"));
}

static void
nesting_is_bounded(void **state)
{
	uint8_t b[64];

	(void)state;
	for (size_t depth = 1; depth < sizeof(b); depth++) {
		struct cbor c;

		memset(b, 0x81, depth);
		b[depth] = 0x00;
		c = cbor_of(span_of(b, depth + 1));
		(void)cbor_skip(&c);
		assert_int_equal(cbor_done(&c), depth < CBOR_DEPTH);
	}
}

static void
maps_in_any_order_hold_no_key_twice(void **state)
{
	(void)state;
	assert_true(skips("a202000100"));
	assert_true(skips("a36162000100410102"));
	assert_false(skips("a20001a1020304"));
	assert_false(skips("a201000100"));
	assert_false(skips("a3010002000100"));
	assert_false(skips("a2616100616100"));
	/* The same key in an inner map is another's. */
	assert_true(skips("a201a1010002a10100"));
	assert_false(skips("a101a201000100"));
	/* A key that is no number or string. */
	assert_false(skips("a18000"));
	assert_false(skips("a1a000"));
}

static void
maps_of_more_than_64_pairs_are_not_passed_over(void **state)
{
	uint8_t b[512];

	(void)state;
	for (uint64_t n = 63; n < 67; n++) {
		struct cbor_out o = {.p = b, .cap = sizeof(b)};
		struct cbor c;

		cbor_put_map(&o, n);
		for (uint64_t i = 0; i < n; i++) {
			cbor_put_uint(&o, i);
			cbor_put_uint(&o, 0);
		}
		c = cbor_of(cbor_written(&o));
		(void)cbor_skip(&c);
		assert_int_equal(cbor_done(&c), n <= 64);
	}
}

static bool
walks(const char *text, int64_t *sum)
{
	uint8_t b[64];
	struct cbor c = cbor_of(hex(b, sizeof(b), text));
	struct cbor_pairs m = cbor_pairs(&c);

	*sum = 0;
	while (cbor_next(&c, &m))
		*sum += m.key * (int64_t)cbor_uint(&c);
	return cbor_done(&c);
}

static void
walked_maps_are_in_bytewise_order(void **state)
{
	int64_t sum;

	(void)state;
	assert_true(walks("a0", &sum));
	assert_true(walks("a301050206183009", &sum));
	assert_int_equal(sum, 5 + 12 + 48 * 9);
	/* Bytewise, not by value: 1 < 24 < 65536 < -1. */
	assert_true(walks("a218ff012001", &sum));
	assert_false(walks("a2200118ff01", &sum));
	assert_false(walks("a202000100", &sum));
	assert_false(walks("a201000100", &sum));
	assert_false(walks("a1616100", &sum));
	assert_false(walks("a201", &sum));
	assert_false(walks("80", &sum));
}

static void
the_writer_stops_at_its_room_and_says_so(void **state)
{
	uint8_t b[16];

	(void)state;
	for (size_t cap = 0; cap < 14; cap++) {
		struct cbor_out o = {.p = b, .cap = cap};

		memset(b, 0xee, sizeof(b));
		cbor_put_map(&o, 1);
		cbor_put_int(&o, -65537);
		cbor_put_text(&o, span_str("seven.."));
		assert_int_equal(o.full, cap < 14);
		for (size_t i = cap; i < sizeof(b); i++)
			assert_int_equal(b[i], 0xee);
	}
}

static void
the_writer_uses_the_shortest_heads(void **state)
{
	static const struct {
		uint64_t v;
		const char *hex;
	} t[] = {{0, "00"}, {23, "17"}, {24, "1818"}, {255, "18ff"},
	    {256, "190100"}, {65535, "19ffff"}, {65536, "1a00010000"},
	    {UINT32_MAX, "1affffffff"}, {1ULL << 32, "1b0000000100000000"},
	    {UINT64_MAX, "1bffffffffffffffff"}};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		uint8_t b[16];
		uint8_t want[16];
		struct cbor_out o = {.p = b, .cap = sizeof(b)};
		struct cbor c;

		cbor_put_uint(&o, t[i].v);
		assert_true(span_eq(
		    cbor_written(&o), hex(want, sizeof(want), t[i].hex)));
		c = cbor_of(cbor_written(&o));
		assert_true(cbor_uint(&c) == t[i].v && cbor_done(&c));
	}
}

static void
any_item_that_is_passed_over_is_written_back_from_its_parts(void **state)
{
	uint8_t b[64];
	struct cbor_out o = {.p = b, .cap = sizeof(b)};
	struct cbor c;

	(void)state;
	cbor_put_tag(&o, 18);
	cbor_put_array(&o, 2);
	cbor_put_bytes(&o, span_of("\x01\x02", 2));
	cbor_put_raw(&o, span_of("", 0));
	cbor_put_raw(&o, span_of("\xa1\x01\x20", 3));
	c = cbor_of(cbor_written(&o));
	cbor_tag(&c, 18);
	assert_int_equal(cbor_array(&c), 2);
	assert_int_equal(cbor_bytes(&c).n, 2);
	assert_int_equal(cbor_skip(&c).n, 3);
	assert_true(cbor_done(&c));
	c = cbor_of(cbor_written(&o));
	cbor_tag(&c, 61);
	assert_true(c.bad);
}

/* 64 pairs a level, the deep one first, which each other is compared with. */
static void
nested_maps_take_no_longer_than_flat_ones(void **state)
{
	uint8_t bytes[4096];
	struct cbor_out o = {.p = bytes, .cap = sizeof(bytes)};
	clock_t began = clock();
	struct cbor c;

	(void)state;
	for (int depth = 1; depth < CBOR_DEPTH; depth++) {
		cbor_put_map(&o, 64);
		cbor_put_int(&o, 0);
	}
	cbor_put_int(&o, 0);
	for (int depth = 1; depth < CBOR_DEPTH; depth++)
		for (int i = 1; i < 64; i++) {
			cbor_put_int(&o, i);
			cbor_put_int(&o, 0);
		}
	assert_false(o.full);
	c = cbor_of(cbor_written(&o));
	assert_int_equal(cbor_skip(&c).n, o.n);
	assert_true(cbor_done(&c));
	assert_true(clock() - began < 2 * CLOCKS_PER_SEC);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		appendix_a_is_read_inside_the_subset_and_refused_outside),
	    cmocka_unit_test(appendix_a_values_are_read_and_written_the_same),
	    cmocka_unit_test(each_number_has_one_spelling),
	    cmocka_unit_test(what_is_asked_for_must_stand_there),
	    cmocka_unit_test(a_fault_stays_and_nothing_more_is_read),
	    cmocka_unit_test(integers_beyond_64_bits_signed_are_refused),
	    cmocka_unit_test(text_must_be_utf8),
	    cmocka_unit_test(counts_above_what_follows_ask_for_nothing),
	    cmocka_unit_test(nesting_is_bounded),
	    cmocka_unit_test(maps_in_any_order_hold_no_key_twice),
	    cmocka_unit_test(maps_of_more_than_64_pairs_are_not_passed_over),
	    cmocka_unit_test(nested_maps_take_no_longer_than_flat_ones),
	    cmocka_unit_test(walked_maps_are_in_bytewise_order),
	    cmocka_unit_test(the_writer_stops_at_its_room_and_says_so),
	    cmocka_unit_test(the_writer_uses_the_shortest_heads),
	    cmocka_unit_test(
		any_item_that_is_passed_over_is_written_back_from_its_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
