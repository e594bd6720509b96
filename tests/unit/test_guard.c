#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "http/guard.h"

static bool
line_passes(const char *method, const char *target, const char *version)
{
	struct guard g;

	guard_line(&g, method, target, version);
	guard_field(&g, span_str("Host"), span_str("ward.example"));
	return guard_passes(&g);
}

/* "Name: value" pairs, each ended by "|". */
static bool
fields_pass(const char *method, const char *fields)
{
	struct guard g;

	guard_line(&g, method, "/v1/verify", "HTTP/1.1");
	while (*fields != '\0') {
		size_t n = strcspn(fields, "|");
		const char *colon = memchr(fields, ':', n);
		size_t name = (size_t)(colon - fields);

		guard_field(&g, span_of(fields, name),
		    span_of(colon + 1, n - name - 1));
		fields += n + 1;
	}
	return guard_passes(&g);
}

static void
request_lines_are_read_one_way_only(void **state)
{
	static const char *const good[] = {"/", "/lists/status/0.cwt",
	    "/?lang=cy", "/a%20b", "/..", "/a..b/", "/%2e%2e/x"};
	static const char *const bad[] = {"", "*", "a", "http://evil.example/a",
	    "/a b", "/a%00b", "/../etc/passwd", "/a/../b", "/a\tb", "/a#b",
	    "/a\\b", "/caf\xc3\xa9", "/a\x7f"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(line_passes("GET", good[i], "HTTP/1.1"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(line_passes("GET", bad[i], "HTTP/1.1"));
	assert_false(line_passes("GET", NULL, "HTTP/1.1"));
	assert_true(line_passes("PATCH", "/", "HTTP/1.0"));
	assert_false(line_passes("get", "/", "HTTP/1.1"));
	assert_false(line_passes("G@T", "/", "HTTP/1.1"));
	assert_false(line_passes("", "/", "HTTP/1.1"));
	assert_false(line_passes("GETGETGETGETGETGE", "/", "HTTP/1.1"));
	assert_false(line_passes("GET", "/", "HTTP/1.9"));
	assert_false(line_passes("GET", "/", "HTTP/2.0"));
	assert_false(line_passes("GET", "/", ""));
}

static void
targets_have_a_longest(void **state)
{
	char target[GUARD_TARGET_MAX + 2];

	(void)state;
	memset(target, 'a', sizeof(target));
	target[0] = '/';
	target[GUARD_TARGET_MAX] = '\0';
	assert_true(line_passes("GET", target, "HTTP/1.1"));
	target[GUARD_TARGET_MAX] = 'a';
	target[GUARD_TARGET_MAX + 1] = '\0';
	assert_false(line_passes("GET", target, "HTTP/1.1"));
}

static void
a_body_has_one_length_and_no_other_framing(void **state)
{
	static const char *const good[] = {"Host:a|", "host:a|",
	    "Host:a|Content-Length:0|", "Host:a|Content-Length:5|",
	    "Host:a|X-Other:b\tc|X-Other:d|"};
	static const char *const bad[] = {"", "X:a|", "Host:a|Host:b|",
	    "Host:a|HOST:b|", "Host:a|Content-Length:5|Content-Length:5|",
	    "Host:a|Content-Length:5|content-length:0|",
	    "Host:a|Content-Length:+5|", "Host:a|Content-Length:-5|",
	    "Host:a|Content-Length:0x5|", "Host:a|Content-Length:5, 5|",
	    "Host:a|Content-Length:|", "Host:a|Content-Length:5 |",
	    "Host:a|Content-Length:9999999999999999|",
	    "Host:a|Transfer-Encoding:chunked|",
	    "Host:a|transfer-encoding:identity|",
	    "Host:a|Transfer-Encoding :chunked|", "Host:a|X A:b|", "Host:a|:b|",
	    "Host:a|X:b\rc|", "Host:a|X:b\x01|"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(fields_pass("POST", good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(fields_pass("POST", bad[i]));
	assert_true(fields_pass("GET", "Host:a|Content-Length:0|"));
	assert_false(fields_pass("GET", "Host:a|Content-Length:5|"));
	assert_false(fields_pass("HEAD", "Host:a|Content-Length:5|"));
}

static void
a_nul_in_a_field_is_seen(void **state)
{
	struct guard g;

	(void)state;
	guard_line(&g, "GET", "/", "HTTP/1.1");
	guard_field(&g, span_str("Host"), span_of("a\0b", 3));
	assert_false(guard_passes(&g));
	guard_line(&g, "GET", "/", "HTTP/1.1");
	guard_field(&g, span_of("Ho\0st", 5), span_str("a"));
	assert_false(guard_passes(&g));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(request_lines_are_read_one_way_only),
	    cmocka_unit_test(targets_have_a_longest),
	    cmocka_unit_test(a_body_has_one_length_and_no_other_framing),
	    cmocka_unit_test(a_nul_in_a_field_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
