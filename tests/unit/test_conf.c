#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/file.h"

struct settings {
	char host[65];
	char scheme[101];
	int64_t months;
	bool quiet;
	int64_t offset;
};

static const struct conf_key keys[] = {
    {"scheme", "host", CONF_HOST, 1, 64, offsetof(struct settings, host), true},
    {"scheme", "name", CONF_TEXT, 1, 100, offsetof(struct settings, scheme),
	false},
    {"cards", "months", CONF_INT, 1, 36, offsetof(struct settings, months),
	false},
    {"cards", "quiet", CONF_BOOL, 0, 0, offsetof(struct settings, quiet),
	false},
    {"cards", "offset", CONF_INT, -10, 10, offsetof(struct settings, offset),
	false},
};
#define NKEYS (sizeof(keys) / sizeof(*keys))

static const struct settings defaults = {
    .scheme = "Carer Passport", .months = 24};

static void
reads_values_and_keeps_defaults(void **state)
{
	static const char text[] = "\xef\xbb\xbf# a comment\n"
				   "[scheme]\r\n"
				   "host = cards.example:8443 ; why\r\n"
				   "\n"
				   "[cards]\n"
				   "quiet=yes\n"
				   "offset: -3\n";
	struct settings s = defaults;
	struct conf_fault fault;

	(void)state;
	assert_int_equal(
	    conf_parse(span_str(text), keys, NKEYS, &s, &fault), ERR_OK);
	assert_string_equal(s.host, "cards.example:8443");
	assert_string_equal(s.scheme, "Carer Passport");
	assert_int_equal(s.months, 24);
	assert_true(s.quiet);
	assert_int_equal(s.offset, -3);
}

static void
names_the_line_and_what_is_allowed(void **state)
{
	static const struct {
		const char *text;
		size_t line;
		const char *says;
	} t[] = {
	    {"[scheme]\nhost = a\n[cards]\nmonths = 37\n", 4, "1 to 36"},
	    {"[scheme]\nhost = a\n[cards]\nmonths = 0\n", 4, "\"0\""},
	    {"[scheme]\nhost = a\n[cards]\nmonths = 024\n", 4, "whole number"},
	    {"[scheme]\nhost = a\n[cards]\nmonths = 2 4\n", 4, "whole number"},
	    {"[scheme]\nhost = a\n[cards]\nmonths = 99999999999999999999\n", 4,
		"1 to 36"},
	    {"[scheme]\nhost = a\n[cards]\nmonths =\n", 4, "months"},
	    {"[scheme]\nhost = a\n[cards]\nquiet = true\n", 4, "yes or no"},
	    {"[scheme]\nhost = A.example\n", 2, "lower case"},
	    {"[scheme]\nhost = a\nname =\n", 3, "1 to 100"},
	    {"[scheme]\nhost = a\nname = a\tb\n", 3, "control"},
	    {"[scheme]\nhost = a\nhost = b\n", 3, "second time"},
	    {"[scheme]\nhost = a\n  b\n", 3, "second time"},
	    {"[scheme]\nhost = a\nport = 1\n", 3, "no key \"port\""},
	    {"[other]\nhost = a\n", 2, "no section [other]"},
	    {"host = a\n", 1, "before the first"},
	    {"[scheme]\nhost = a\nnonsense\n", 3, "neither"},
	    {"[scheme\nhost = a\n", 1, "neither"},
	    {"[cards]\nmonths = 12\n", 0, "host is missing in [scheme]"},
	    {"", 0, "host is missing"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct settings s = defaults;
		struct conf_fault f;

		assert_int_equal(
		    conf_parse(span_str(t[i].text), keys, NKEYS, &s, &f),
		    ERR_CONFIG);
		assert_int_equal(f.line, t[i].line);
		assert_non_null(strstr(f.why, t[i].says));
	}
}

static void
refuses_a_line_that_would_be_split(void **state)
{
	char text[512];
	struct settings s = defaults;
	struct conf_fault f;
	int n = snprintf(text, sizeof(text), "[scheme]\nhost = a\n; ");

	(void)state;
	memset(text + n, 'x', sizeof(text) - (size_t)n);
	/* A comment of 197 bytes will do, one of 198 will not. */
	assert_int_equal(
	    conf_parse(span_of(text, (size_t)n + 195), keys, NKEYS, &s, &f),
	    ERR_OK);
	assert_int_equal(
	    conf_parse(span_of(text, (size_t)n + 196), keys, NKEYS, &s, &f),
	    ERR_CONFIG);
	assert_int_equal(f.line, 3);
	assert_int_equal(conf_parse(span_of("[scheme]\nhost = a\0b\n", 20),
			     keys, NKEYS, &s, &f),
	    ERR_CONFIG);
	assert_int_equal(f.line, 2);
}

static void
knows_a_host_when_it_sees_one(void **state)
{
	static const char *const good[] = {"a", "cards.example", "127.0.0.1",
	    "localhost:8080", "a-b.c-d.example", "x.example:65535"};
	static const char *const bad[] = {"", ".", "a.", ".a", "a..b", "-a",
	    "a-", "a-.b", "a.-b", "A", "a_b", "a b", "a:", "a:0", "a:65536",
	    "a:443", "a:080", ":80", "a:80:80", "a/b", "https://a", "\xc3\xa9",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(conf_is_host(span_str(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(conf_is_host(span_str(bad[i])));
}

static void
writes_what_it_reads_back(void **state)
{
	struct settings s = {
	    "cards.example", "Si\xc3\xa2n & Co.", 12, true, -7};
	struct settings back = defaults;
	char dir[] = "/tmp/test_conf.XXXXXX";
	char path[64];
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/carerpass.conf", dir);
	assert_int_equal(conf_write(path, keys, NKEYS, &s), ERR_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(conf_read(path, keys, NKEYS, &back), ERR_OK);
	assert_string_equal(back.host, s.host);
	assert_string_equal(back.scheme, s.scheme);
	assert_int_equal(back.months, 12);
	assert_true(back.quiet);
	assert_int_equal(back.offset, -7);
	unlink(path);
	/* What could not be read back is never written. */
	snprintf(s.scheme, sizeof(s.scheme), "a ; b");
	assert_int_equal(conf_write(path, keys, NKEYS, &s), ERR_CONFIG);
	snprintf(s.scheme, sizeof(s.scheme), "a\nb = c");
	assert_int_equal(conf_write(path, keys, NKEYS, &s), ERR_CONFIG);
	snprintf(s.scheme, sizeof(s.scheme), " a");
	assert_int_equal(conf_write(path, keys, NKEYS, &s), ERR_CONFIG);
	assert_int_equal(access(path, F_OK), -1);
	rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_values_and_keeps_defaults),
	    cmocka_unit_test(names_the_line_and_what_is_allowed),
	    cmocka_unit_test(refuses_a_line_that_would_be_split),
	    cmocka_unit_test(knows_a_host_when_it_sees_one),
	    cmocka_unit_test(writes_what_it_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
