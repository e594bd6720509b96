#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <stdio.h>

#include "passport/link.h"

static size_t
back(const char *digits, uint8_t out[LINK_BYTES_MAX])
{
	return link_bytes(out, span_str(digits));
}

static void
bytes_go_to_digits_and_back(void **state)
{
	uint8_t b[LINK_BYTES_MAX];
	uint8_t again[LINK_BYTES_MAX];
	char text[LINK_DIGITS_MAX + 1];
	uint32_t seed = 1;

	(void)state;
	for (size_t n = 1; n <= sizeof(b); n++) {
		static const size_t tail[] = {0, 3, 5, 8, 10, 13, 15};
		size_t digits;

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			b[i] = n % 3 == 0   ? 0xff
			       : n % 3 == 1 ? 0
					    : (uint8_t)(seed >> 24);
		}
		digits = link_digits(text, span_of(b, n));
		assert_int_equal(digits, n / 7 * 17 + tail[n % 7]);
		assert_int_equal(strlen(text), digits);
		assert_int_equal(back(text, again), n);
		assert_memory_equal(b, again, n);
	}
	assert_int_equal(link_digits(text, span_of(b, LINK_BYTES_MAX + 1)), 0);
	assert_int_equal(link_digits(text, span_of(b, 0)), 0);
	assert_string_equal(text, "");
}

static void
digits_have_one_right_spelling(void **state)
{
	uint8_t b[LINK_BYTES_MAX];
	char text[LINK_DIGITS_MAX + 1];
	uint32_t seed = 7;
	int taken = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char digits[64];
		size_t n = 1 + (seed >> 16) % 50;
		size_t got;

		for (size_t k = 0; k < n; k++) {
			seed = seed * 1664525 + 1013904223;
			digits[k] = (char)('0' + (seed >> 20) % 10);
		}
		digits[n] = '\0';
		got = back(digits, b);
		if (got == 0)
			continue;
		taken++;
		link_digits(text, span_of(b, got));
		assert_string_equal(text, digits);
	}
	assert_in_range(taken, 100, 19000);
}

static void
digits_that_stand_for_no_bytes_are_refused(void **state)
{
	uint8_t b[LINK_BYTES_MAX];
	char many[LINK_DIGITS_MAX + 20];

	(void)state;
	assert_int_equal(back("255", b), 1);
	assert_int_equal(b[0], 255);
	assert_int_equal(back("256", b), 0);
	assert_int_equal(back("65535", b), 2);
	assert_int_equal(back("65536", b), 0);
	assert_int_equal(back("72057594037927935", b), 7);
	assert_int_equal(back("72057594037927936", b), 0);
	assert_int_equal(back("99999999999999999", b), 0);
	/* A last group of no right length, and what is no digit. */
	assert_int_equal(back("", b), 0);
	assert_int_equal(back("1", b), 0);
	assert_int_equal(back("12", b), 0);
	assert_int_equal(back("1234", b), 0);
	assert_int_equal(back("000000000000000001", b), 0);
	assert_int_equal(back("00a", b), 0);
	assert_int_equal(back("0/0", b), 0);
	assert_int_equal(back("0:0", b), 0);
	memset(many, '0', sizeof(many));
	for (size_t n = 1200; n < sizeof(many); n++) {
		size_t got = link_bytes(b, span_of(many, n));

		assert_true(n <= LINK_DIGITS_MAX || got == 0);
		assert_true(got <= LINK_BYTES_MAX);
	}
	/* The longest: 73 groups of 17 and one of 3. */
	assert_int_equal(link_bytes(b, span_of(many, 1244)), LINK_BYTES_MAX);
}

struct text {
	const char *text;
	enum link_kind kind;
	const char *host;
	const char *digits;
};

static const struct text texts[] = {
    {"255", LINK_CODE, "", "255"},
    {" \r\n255\n\r ", LINK_CODE, "", "255"},
    {"https://a.example/#255", LINK_CODE, "a.example", "255"},
    {"https://a.example/x/y-z_~1.html#255", LINK_CODE, "a.example", "255"},
    {"https://a.example/\xc2\xa3"
     "255",
	LINK_CODE, "a.example", "255"},
    {"https://a.example:8443/#255", LINK_CODE, "a.example:8443", "255"},
    {"https://a.example:443/#255", LINK_CODE, "a.example", "255"},
    {"https://a.example:1/#255", LINK_CODE, "a.example:1", "255"},
    {"https://a.example:65535/#2", LINK_CODE, "a.example:65535", "2"},
    {"https://127.0.0.1/#2", LINK_CODE, "127.0.0.1", "2"},
    {"https://a/#2", LINK_CODE, "a", "2"},
    {"M6SC-7N75-0", LINK_SERIAL, "", ""},
    {" m6sc7n750\n", LINK_SERIAL, "", ""},
    {"", LINK_BAD, NULL, NULL},
    {" ", LINK_BAD, NULL, NULL},
    {"\t255", LINK_BAD, NULL, NULL},
    {"255 255", LINK_BAD, NULL, NULL},
    {"255x", LINK_BAD, NULL, NULL},
    {"+255", LINK_BAD, NULL, NULL},
    {"http://a.example/#255", LINK_BAD, NULL, NULL},
    {"HTTPS://a.example/#255", LINK_BAD, NULL, NULL},
    {"https://A.example/#255", LINK_BAD, NULL, NULL},
    {"https://a.example#255", LINK_BAD, NULL, NULL},
    {"https://a.example/", LINK_BAD, NULL, NULL},
    {"https://a.example", LINK_BAD, NULL, NULL},
    {"https://a.example/#", LINK_BAD, NULL, NULL},
    {"https://a.example/255", LINK_BAD, NULL, NULL},
    {"https://a.example/##255", LINK_BAD, NULL, NULL},
    {"https://a.example/#255#", LINK_BAD, NULL, NULL},
    {"https://a.example/\xc2#255", LINK_BAD, NULL, NULL},
    {"https://a.example/\xa3#255", LINK_BAD, NULL, NULL},
    {"https://a.example/\xc2", LINK_BAD, NULL, NULL},
    {"https://a.example/A#255", LINK_BAD, NULL, NULL},
    {"https://a.example/%23255", LINK_BAD, NULL, NULL},
    {"https://a.example/?x=1#255", LINK_BAD, NULL, NULL},
    {"https://a.example/#2 5", LINK_BAD, NULL, NULL},
    {"https://user@a.example/#255", LINK_BAD, NULL, NULL},
    {"https://a.example:/#255", LINK_BAD, NULL, NULL},
    {"https://a.example:0/#255", LINK_BAD, NULL, NULL},
    {"https://a.example:0443/#255", LINK_BAD, NULL, NULL},
    {"https://a.example:65536/#255", LINK_BAD, NULL, NULL},
    {"https://a.example:123456/#255", LINK_BAD, NULL, NULL},
    {"https://a.example:x/#255", LINK_BAD, NULL, NULL},
    {"https://a..example/#255", LINK_BAD, NULL, NULL},
    {"https://.a/#255", LINK_BAD, NULL, NULL},
    {"https://a./#255", LINK_BAD, NULL, NULL},
    {"https://-a/#255", LINK_BAD, NULL, NULL},
    {"https://a-/#255", LINK_BAD, NULL, NULL},
    {"https:///#255", LINK_BAD, NULL, NULL},
    {"https://[::1]/#255", LINK_BAD, NULL, NULL},
    {"javascript:alert(1)", LINK_BAD, NULL, NULL},
    {"M6SC-7N75-1", LINK_BAD, NULL, NULL},
};

static void
texts_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const struct text *t = &texts[i];
		struct link l = link_read(span_str(t->text));

		if (l.kind != t->kind)
			fail_msg("'%s': kind %d", t->text, (int)l.kind);
		if (l.kind != LINK_CODE)
			continue;
		assert_true(span_is(l.host, t->host));
		assert_true(span_is(l.digits, t->digits));
	}
	assert_int_equal(
	    link_read(span_str("M6SC-7N75-0")).serial, 0xa1b2c3d4e5);
	assert_int_equal(link_read(span_of(NULL, 0)).kind, LINK_BAD);
}

static void
hosts_are_spelled_as_a_trust_list_spells_them(void **state)
{
	static const char *const good[] = {
	    "a", "a.b", "a-b.c", "a:1", "a.example:8443"};
	static const char *const bad[] = {"", "A", "a:", "a:443", "a:0",
	    "a:65536", "a:x", "a/b", ".a", "a..b", "-a", "a b", "a:1/"};
	char longest[LINK_HOST_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(link_host_ok(span_str(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (link_host_ok(span_str(bad[i])))
			fail_msg("%s", bad[i]);
	memset(longest, 'a', sizeof(longest));
	assert_true(link_host_ok(span_of(longest, LINK_HOST_MAX)));
	assert_false(link_host_ok(span_of(longest, LINK_HOST_MAX + 1)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bytes_go_to_digits_and_back),
	    cmocka_unit_test(digits_have_one_right_spelling),
	    cmocka_unit_test(digits_that_stand_for_no_bytes_are_refused),
	    cmocka_unit_test(texts_are_told_apart),
	    cmocka_unit_test(hosts_are_spelled_as_a_trust_list_spells_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
