#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "verifier/mirror/etags.h"
#include "verifier/mirror/index.h"
#include "verifier/mirror/url.h"

static const struct {
	const char *text;
	const char *as; /* NULL: refused */
} addresses[] = {
    {"https://pass.example.org/lists/", "https://pass.example.org/lists/"},
    {"https://pass.example.org/lists", "https://pass.example.org/lists/"},
    {"https://pass.example.org", "https://pass.example.org/"},
    {"https://pass.example.org:8443/a/b%20c/",
	"https://pass.example.org:8443/a/b%20c/"},
    {"https://[2001:db8::1]:443/l", "https://[2001:db8::1]:443/l/"},
    {"http://127.0.0.1:80/lists/", "http://127.0.0.1:80/lists/"},
    {"http://127.255.3.4", "http://127.255.3.4/"},
    {"http://[::1]:8080/x..y/", "http://[::1]:8080/x..y/"},
    {"http://pass.example.org/lists/", NULL},
    {"http://localhost/lists/", NULL},
    {"http://127.0.0.1.example.org/", NULL},
    {"http://127.1/", NULL},
    {"http://128.0.0.1/", NULL},
    {"http://0.0.0.0/", NULL},
    {"http://[::2]/", NULL},
    {"http://[::ffff:127.0.0.1]/", NULL},
    {"", NULL},
    {"https://", NULL},
    {"https:///lists/", NULL},
    {"HTTPS://pass.example.org/", NULL},
    {"ftp://pass.example.org/", NULL},
    {"file:///etc/", NULL},
    {"pass.example.org/lists/", NULL},
    {"https://user@pass.example.org/", NULL},
    {"https://user:word@pass.example.org/", NULL},
    {"http://127.0.0.1@example.org/", NULL},
    {"https://pass.example.org:/", NULL},
    {"https://pass.example.org:0/", NULL},
    {"https://pass.example.org:65536/", NULL},
    {"https://pass.example.org:443443/", NULL},
    {"https://pass.example.org:44a/", NULL},
    {"https://pass.example.org?x", NULL},
    {"https://pass.example.org/?x", NULL},
    {"https://pass.example.org/#x", NULL},
    {"https://pass.example.org/a b/", NULL},
    {"https://pass.example.org/a\nb/", NULL},
    {"https://pass.example.org/a\\b/", NULL},
    {"https://pass.example.org/../a/", NULL},
    {"https://pass.example.org/a/./b/", NULL},
    {"https://pass.example.org/a/..", NULL},
    {"https://p\xc3\xa4ss.example.org/", NULL},
    {"https://[::1/", NULL},
    {"https://[]/", NULL},
};

static void
only_https_or_this_machine_is_asked(void **state)
{
	struct url u;

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		const char *wrong = url_parse(&u, addresses[i].text);

		if ((wrong == NULL) != (addresses[i].as != NULL))
			fail_msg("%s: %s", addresses[i].text,
			    wrong == NULL ? "is taken" : wrong);
		if (wrong == NULL)
			assert_string_equal(u.text, addresses[i].as);
		if (wrong == NULL)
			assert_int_equal(
			    u.plain, strncmp(addresses[i].as, "http:", 5) == 0);
	}
}

static void
an_address_leaves_room_for_a_files_name(void **state)
{
	char text[URL_MAX + 16];
	struct url u;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "https://h/", 10);
	text[URL_MAX - 63] = '\0';
	assert_non_null(url_parse(&u, text));
	text[URL_MAX - 64] = '\0';
	assert_null(url_parse(&u, text));
	assert_int_equal(strlen(u.text), URL_MAX - 63);
}

static bool
parse(struct index *ix, const char *text)
{
	return index_parse(ix, span_str(text));
}

static void
an_index_names_lists_and_nothing_else_counts(void **state)
{
	static const char *const no[] = {"", "x", "[]", "7", "{}",
	    "{\"status\":{}}", "{\"status\":[1]}", "{\"status\":[{}]}",
	    "{\"status\":[{\"n\":\"1\"}]}", "{\"status\":[{\"n\":1.0}]}",
	    "{\"status\":[{\"n\":-1}]}", "{\"status\":[{\"n\":32768}]}",
	    "{\"status\":[{\"n\":1},{\"n\":1}]}",
	    "{\"status\":[{\"n\":1,\"n\":2}]}",
	    "{\"status\":[],\"status\":[{\"n\":1}]}", "{\"status\":[]} x",
	    "{\"status\":[{\"n\":1e3}]}", "{\"status\":[{\"n\":01}]}",
	    "{\"status\":[{\"n\":18446744073709551617}]}"};
	static struct index ix;

	(void)state;
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
		if (parse(&ix, no[i]))
			fail_msg("taken: %s", no[i]);
		assert_int_equal(ix.n, 0);
	}
	assert_true(parse(&ix, "{\"status\":[]}"));
	assert_int_equal(ix.n, 0);
	assert_true(parse(&ix, "{\"trust\":7,\"status\":[{\"n\":32767,"
			       "\"x\":[1]},{\"n\":0},{\"n\":5}]}"));
	assert_int_equal(ix.n, 3);
	assert_int_equal(ix.v[0], 0);
	assert_int_equal(ix.v[1], 5);
	assert_int_equal(ix.v[2], 32767);
}

static void
an_index_has_4096_lists_at_most(void **state)
{
	struct buf b = BUF_INIT(INDEX_MAX);
	static struct index ix;

	(void)state;
	for (int more = 0; more < 2; more++) {
		buf_free(&b);
		buf_puts(&b, "{\"status\":[");
		for (int i = INDEX_LISTS + more; i > 0; i--)
			buf_printf(&b, "{\"n\":%d}%s", i, i > 1 ? "," : "");
		buf_puts(&b, "]}");
		assert_int_equal(buf_err(&b), ERR_OK);
		assert_int_equal(index_parse(&ix, buf_span(&b)), more == 0);
		assert_int_equal(ix.n, more == 0 ? INDEX_LISTS : 0);
	}
	buf_free(&b);
}

static void
the_index_that_is_written_is_that_of_publish(void **state)
{
	struct index_entry trust = {.number = 1,
	    .iat = 1795311690,
	    .exp = 1803087690,
	    .sha256 = {0x07, 0xc3}};
	struct index_entry status = {
	    .number = 0, .iat = 1795311690, .exp = 1795916490};
	struct buf b = BUF_INIT(4096);
	static struct index ix;

	(void)state;
	status.sha256[31] = 0xe5;
	index_begin(&b, &trust);
	index_put(&b, true, &status);
	status.number = 1;
	index_put(&b, false, &status);
	index_end(&b);
	assert_string_equal((const char *)b.p,
	    "{\"trust\":{\"seq\":1,\"iat\":1795311690,\"exp\":1803087690,"
	    "\"sha256\":\"07c3000000000000000000000000000000000000000000000"
	    "000000000000000\"},\"status\":[{\"n\":0,\"iat\":1795311690,"
	    "\"exp\":1795916490,\"sha256\":\"0000000000000000000000000000000"
	    "0000000000000000000000000000000e5\"},{\"n\":1,\"iat\":"
	    "1795311690,\"exp\":1795916490,\"sha256\":\"000000000000000000000"
	    "00000000000000000000000000000000000000000e5\"}]}");
	assert_true(index_parse(&ix, buf_span(&b)));
	assert_int_equal(ix.n, 2);
	buf_free(&b);
}

static void
tags_are_kept_with_the_bytes_they_are_for(void **state)
{
	static const char *const no[] = {"", "\"", "abc", "\"a", "a\"", "W/",
	    "W/\"", "w/\"a\"", "\"a\"b\"", "\"a b\"", "\"a\nb\"", "\"\x7f\"",
	    "\"\xc3\xa4\""};
	static const char *const yes[] = {
	    "\"\"", "W/\"\"", "\"a!~\"", "W/\"1\""};
	const char *url = "https://h/lists/";
	uint8_t one[INDEX_SHA] = {1};
	uint8_t two[INDEX_SHA] = {2};
	char long_tag[ETAG_MAX + 1];
	struct buf b = BUF_INIT(4096);
	struct etags t;
	struct etags again;

	(void)state;
	assert_int_equal(etags_new(&t), ERR_OK);
	assert_int_equal(etags_new(&again), ERR_OK);
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		assert_false(etag_ok(no[i]));
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		assert_true(etag_ok(yes[i]));
	memset(long_tag, 'a', ETAG_MAX);
	long_tag[0] = long_tag[ETAG_MAX - 1] = '"';
	long_tag[ETAG_MAX] = '\0';
	etags_put(&t, "trust.cwt", one, long_tag);
	etags_put(&t, "trust.cwt", one, "none");
	assert_int_equal(t.n, 0);
	etags_put(&t, "trust.cwt", one, "\"x\"");
	etags_put(&t, "status/7.cwt", two, "W/\"y\"");
	assert_string_equal(etags_find(&t, "trust.cwt", one), "\"x\"");
	assert_null(etags_find(&t, "trust.cwt", two));
	assert_null(etags_find(&t, "status/8.cwt", two));
	etags_text(&b, &t, url);
	assert_true(etags_parse(&again, buf_span(&b), url));
	assert_int_equal(again.n, 2);
	assert_string_equal(etags_find(&again, "status/7.cwt", two), "W/\"y\"");
	/* Another address; a line that was cut; anything else. */
	assert_false(etags_parse(&again, buf_span(&b), "https://other/"));
	assert_int_equal(again.n, 0);
	assert_false(etags_parse(&again, span_of(b.p, b.n - 1), url));
	assert_false(etags_parse(&again, span_str("x\n"), url));
	assert_false(etags_parse(&again, span_str(""), url));
	buf_free(&b);
	etags_free(&t);
	etags_free(&again);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_https_or_this_machine_is_asked),
	    cmocka_unit_test(an_address_leaves_room_for_a_files_name),
	    cmocka_unit_test(an_index_names_lists_and_nothing_else_counts),
	    cmocka_unit_test(an_index_has_4096_lists_at_most),
	    cmocka_unit_test(the_index_that_is_written_is_that_of_publish),
	    cmocka_unit_test(tags_are_kept_with_the_bytes_they_are_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
