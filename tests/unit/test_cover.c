#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "http/cover.h"

/* A head as the library leaves it: '_' stands for the bytes that it overwrites
 * with zeros, '~' for blanks. */
static char head[256];

static const char *
lay(const char *text)
{
	memset(head, 0, sizeof(head));
	for (size_t i = 0; text[i] != '\0'; i++)
		head[i] = text[i] == '_'   ? '\0'
			  : text[i] == '~' ? ' '
					   : text[i];
	return head;
}

/* The part of ${head} that reads ${text}, from ${from} on. */
static struct span
part(const char *text, size_t from)
{
	for (size_t i = from; i + strlen(text) < sizeof(head); i++)
		if (memcmp(head + i, text, strlen(text)) == 0)
			return span_of(head + i, strlen(text));
	fail_msg("no %s", text);
	return span_of(NULL, 0);
}

static void
line(struct cover *c, size_t n)
{
	cover_line(c, head, (const char *)part("/a", 0).p, n,
	    (const char *)part("HTTP", 0).p);
}

static void
a_head_without_a_gap_is_whole(void **state)
{
	static const char *const heads[] = {"GET_/a_HTTP/1.1__N_~v____",
	    "GET_/a_HTTP/1.1__N_v____", "GET_/a_HTTP/1.1__N_~~~v____"};
	struct cover c;

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		lay(heads[i]);
		line(&c, 2);
		cover_field(&c, part("N", 0), part("v", 0));
		assert_true(cover_is_whole(&c, strlen(heads[i])));
		assert_false(cover_is_whole(&c, strlen(heads[i]) + 1));
		assert_false(cover_is_whole(&c, strlen(heads[i]) - 1));
	}
	lay("GET_/a_HTTP/1.1____");
	line(&c, 2);
	assert_true(cover_is_whole(&c, 19));
	/* A value without a byte, with and without a blank. */
	lay("GET_/a_HTTP/1.1__N_____");
	line(&c, 2);
	cover_field(&c, part("N", 0), span_of(part("N", 0).p + 2, 0));
	assert_true(cover_is_whole(&c, 23));
}

static void
a_byte_that_was_passed_over_shows(void **state)
{
	static const struct {
		const char *why;
		const char *head;
	} cases[] = {
	    {"a bare line feed behind the version", "GET_/a_HTTP/1.1_N_~v____"},
	    {"a bare line feed behind a field", "GET_/a_HTTP/1.1__N_~v___"},
	    {"a NUL in the value", "GET_/a_HTTP/1.1__N_~v_w____"},
	    {"a NUL in the target", "GET_/a_b_HTTP/1.1__N_~v____"},
	    {"two blanks before the target", "GET__/a_HTTP/1.1__N_~v____"},
	    {"a line before the field", "GET_/a_HTTP/1.1__X__N_~v____"},
	    {"a line behind the field", "GET_/a_HTTP/1.1__N_~v___X____"},
	    {"something between name and value", "GET_/a_HTTP/1.1__N_x~v____"},
	};
	struct cover c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		lay(cases[i].head);
		line(&c, 2);
		cover_field(&c, part("N", 0), part("v", 0));
		if (cover_is_whole(&c, strlen(cases[i].head)))
			fail_msg("%s does not show", cases[i].why);
	}
}

static void
a_field_that_was_moved_or_has_no_name_shows(void **state)
{
	static const char elsewhere[] = "Nv";
	struct cover c;

	(void)state;
	lay("GET_/a_HTTP/1.1__N_~v____");
	line(&c, 2);
	cover_field(&c, span_of(elsewhere, 1), part("v", 0));
	assert_false(cover_is_whole(&c, 25));
	line(&c, 2);
	cover_field(&c, part("N", 0), span_of(elsewhere + 1, 1));
	assert_false(cover_is_whole(&c, 25));
	lay("GET_/a_HTTP/1.1___~v____");
	line(&c, 2);
	cover_field(&c, span_of(head + 17, 0), part("v", 0));
	assert_false(cover_is_whole(&c, 24));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_head_without_a_gap_is_whole),
	    cmocka_unit_test(a_byte_that_was_passed_over_shows),
	    cmocka_unit_test(a_field_that_was_moved_or_has_no_name_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
