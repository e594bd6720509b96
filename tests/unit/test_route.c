#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "http/accept.h"
#include "http/route.h"
#include "http/secure.h"

static const struct route table[] = {
    {"POST", "/v1/verify", 10, NULL},
    {"GET", "/lists/*", 0, NULL},
    {"GET", "/both", 0, NULL},
    {"POST", "/both", 0, NULL},
    {"GET", "/*", 0, NULL},
};

#define N (sizeof(table) / sizeof(*table))

static int
found(const char *method, const char *path, const char *rest)
{
	struct span r;
	const struct route *at =
	    route_find(table, N, method, span_str(path), &r);

	if (at != NULL)
		assert_true(span_is(r, rest));
	return at == NULL ? -1 : (int)(at - table);
}

static void
the_first_path_that_fits_decides(void **state)
{
	(void)state;
	assert_int_equal(found("POST", "/v1/verify", ""), 0);
	assert_int_equal(found("GET", "/v1/verify", ""), -1);
	assert_int_equal(
	    found("GET", "/lists/status/0.cwt", "status/0.cwt"), 1);
	assert_int_equal(found("HEAD", "/lists/", ""), 1);
	assert_int_equal(found("POST", "/lists/trust.cwt", ""), -1);
	assert_int_equal(found("GET", "/both", ""), 2);
	assert_int_equal(found("POST", "/both", ""), 3);
	assert_int_equal(found("GET", "/", ""), 4);
	assert_int_equal(found("GET", "/lists", "lists"), 4);
	assert_int_equal(found("GET", "/v1/verify/", "v1/verify/"), 4);
	assert_int_equal(found("GET", "", ""), -1);
}

static void
allow_names_the_methods_of_the_path(void **state)
{
	char allow[ROUTE_ALLOW];

	(void)state;
	assert_true(route_allow(allow, table, N, span_str("/v1/verify")));
	assert_string_equal(allow, "POST");
	assert_true(route_allow(allow, table, N, span_str("/both")));
	assert_string_equal(allow, "GET, HEAD, POST");
	assert_true(route_allow(allow, table, N, span_str("/x")));
	assert_string_equal(allow, "GET, HEAD");
	assert_false(route_allow(allow, table, 4, span_str("/x")));
}

static void
weights_are_those_of_rfc_9110(void **state)
{
	static const struct {
		const char *field;
		const char *word;
		int weight;
	} t[] = {
	    {NULL, "gzip", -1},
	    {"", "gzip", -1},
	    {"gzip", "gzip", 1000},
	    {"GZIP, br", "gzip", 1000},
	    {"br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip", 800},
	    {"br, *;q=0.1", "gzip", 100},
	    {"gzip;q=0", "gzip", 0},
	    {"gzip;q=0.000, *", "gzip", 0},
	    {"xgzip", "gzip", -1},
	    {"gzip-foo", "gzip", -1},
	    {" cy ; q=0.3 ,en", "cy", 300},
	    {"cy;q=9", "cy", 1000},
	    {",,;,cy", "cy", 1000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		assert_int_equal(
		    accept_weight(t[i].field, t[i].word), t[i].weight);
	assert_int_equal(accept_language("cy-GB, en;q=0.5", "cy"), 1000);
	assert_int_equal(accept_language("cy-GB;q=0.25, en", "cy"), 250);
	assert_int_equal(accept_language("cym", "cy"), -1);
	assert_int_equal(accept_language("*;q=0.2, en", "cy"), 200);
}

static void
a_media_type_is_met_with_its_parameters(void **state)
{
	static const char *const good[] = {"text/plain", "Text/Plain",
	    "text/plain; charset=utf-8", "text/plain;charset=UTF-8",
	    "text/plain; charset=\"utf-8\"", "text/plain ; charset=us-ascii",
	    "text/plain; format=flowed"};
	static const char *const bad[] = {NULL, "", "text/html", "text/plainx",
	    "text", "application/x-www-form-urlencoded",
	    "text/plain; charset=utf-16", "text/plain;charset=iso-8859-1"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(accept_media(good[i], "text/plain"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(accept_media(bad[i], "text/plain"));
}

static void
an_entity_tag_is_found_among_several(void **state)
{
	(void)state;
	assert_true(accept_match("\"a\"", "\"a\""));
	assert_true(accept_match("\"b\", W/\"a\"", "\"a\""));
	assert_true(accept_match("*", "\"a\""));
	assert_false(accept_match("\"ab\"", "\"a\""));
	assert_false(accept_match(NULL, "\"a\""));
	assert_false(accept_match("\"a\"", NULL));
}

/* The fields as "Name: value" lines. */
static bool
add(void *to, const char *name, const char *value)
{
	buf_printf(to, "%s: %s\n", name, value);
	return true;
}

static bool
add_none(void *to, const char *name, const char *value)
{
	(void)to;
	(void)name;
	(void)value;
	return false;
}

static void
every_answer_is_closed_to_others_unless_it_says_so(void **state)
{
	struct buf out = BUF_INIT(4096);
	struct resp a = {.status = 200, .type = "text/plain"};

	(void)state;
	assert_true(secure_fields(&a, add, &out));
	for (size_t i = 0; i < 7; i++) {
		static const char *const must[] = {"Cache-Control: no-store\n",
		    "Content-Security-Policy: default-src 'none';",
		    "X-Content-Type-Options: nosniff\n",
		    "Referrer-Policy: no-referrer\n",
		    "Strict-Transport-Security: max-age=",
		    "Cross-Origin-Resource-Policy: same-origin\n",
		    "Cross-Origin-Opener-Policy: same-origin\n"};

		assert_non_null(strstr((const char *)out.p, must[i]));
	}
	assert_null(strstr((const char *)out.p, "Access-Control"));
	assert_null(strstr((const char *)out.p, "Connection"));
	assert_false(secure_fields(&a, add_none, NULL));
	a.everyone = true;
	a.close = true;
	assert_true(secure_fields(&a, add, &out));
	assert_non_null(
	    strstr((const char *)out.p, "Access-Control-Allow-Origin: *\n"));
	assert_non_null(strstr((const char *)out.p, "Connection: close\n"));
	buf_free(&out);
}

static void
a_problem_is_json_and_forgets_what_was_written(void **state)
{
	struct resp a = {.own = BUF_INIT(RESP_OWN_MAX)};

	(void)state;
	buf_puts(&a.own, "half an answer");
	resp_problem(&a, 415, "Send text.");
	assert_int_equal(a.status, 415);
	assert_string_equal(a.type, "application/problem+json");
	assert_true(span_is(a.body,
	    "{\"type\":\"about:blank\",\"title\":\"Unsupported Media "
	    "Type\",\"status\":415,\"detail\":\"Send text.\"}\n"));
	buf_free(&a.own);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_path_that_fits_decides),
	    cmocka_unit_test(allow_names_the_methods_of_the_path),
	    cmocka_unit_test(weights_are_those_of_rfc_9110),
	    cmocka_unit_test(a_media_type_is_met_with_its_parameters),
	    cmocka_unit_test(an_entity_tag_is_found_among_several),
	    cmocka_unit_test(
		every_answer_is_closed_to_others_unless_it_says_so),
	    cmocka_unit_test(a_problem_is_json_and_forgets_what_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
