#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <unistd.h>

#include <cmocka.h>

#include "verifier/lines.h"

static struct lines in;
static int ends[2];

static int
setup(void **state)
{
	(void)state;
	if (pipe(ends) != 0)
		return 1;
	lines_open(&in, ends[0]);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
	return 0;
}

static void
feed(const char *s)
{
	assert_int_equal(write(ends[1], s, strlen(s)), (ssize_t)strlen(s));
}

static void
finish(void)
{
	close(ends[1]);
	ends[1] = -1;
}

static void
next_is(const char *want)
{
	struct span line;

	assert_int_equal(lines_next(&in, &line), ERR_OK);
	assert_true(span_is(line, want));
}

static void
is_over(void)
{
	struct span line;

	assert_int_equal(lines_next(&in, &line), ERR_NOINPUT);
	assert_int_equal(lines_next(&in, &line), ERR_NOINPUT);
}

static void
lines_come_as_they_are_whole(void **state)
{
	(void)state;
	feed("one\ntwo\r\n\nth");
	assert_false(lines_waiting(&in));
	next_is("one");
	assert_true(lines_waiting(&in));
	next_is("two\r");
	next_is("");
	assert_false(lines_waiting(&in));
	feed("ree\n");
	next_is("three");
	finish();
	is_over();
}

static void
a_last_line_needs_no_end(void **state)
{
	(void)state;
	feed("one\ntwo");
	finish();
	next_is("one");
	next_is("two");
	is_over();
}

static void
no_input_is_no_line(void **state)
{
	(void)state;
	finish();
	is_over();
}

/* ${n} bytes, then ${after}. */
static void
feed_long(size_t n, const char *after)
{
	static const char x[] = "xxxxxxxxxxxxxxxx";

	for (; n > 0; n -= n < 16 ? n : 16)
		assert_true(write(ends[1], x, n < 16 ? n : 16) > 0);
	feed(after);
}

static void
lines_are_bounded(void **state)
{
	struct span line;

	(void)state;
	feed_long(LINES_MAX, "\n");
	feed_long(LINES_MAX + 1, "\nnext\n");
	assert_int_equal(lines_next(&in, &line), ERR_OK);
	assert_int_equal(line.n, LINES_MAX);
	next_is("");
	next_is("next");
	/* One that comes in pieces. */
	feed_long(3 * LINES_MAX, "");
	assert_false(lines_waiting(&in));
	feed("\nafter\n");
	next_is("");
	next_is("after");
	/* One that never ends. */
	feed_long(2 * LINES_MAX, "");
	finish();
	next_is("");
	is_over();
}

static void
a_very_long_line_is_one_empty_line(void **state)
{
	struct span line;
	int n = 0;

	(void)state;
	if (fork() == 0) {
		for (int i = 0; i < 100; i++)
			feed_long(LINES_MAX, "");
		feed("\nlast\n");
		_exit(0);
	}
	finish();
	next_is("");
	next_is("last");
	while (lines_next(&in, &line) == ERR_OK)
		n++;
	assert_int_equal(n, 0);
}

static void
the_tail_of_a_long_line_is_not_a_line(void **state)
{
	/* A file, so that each read takes what fits: the tail comes alone. */
	FILE *f = tmpfile();

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < LINES_BUFFER + 100; i++)
		assert_int_equal(fputc('x', f), 'x');
	fputs("\nlast\n", f);
	rewind(f);
	lines_open(&in, fileno(f));
	next_is("");
	next_is("last");
	is_over();
	fclose(f);
}

static void
bytes_are_kept_as_they_are(void **state)
{
	struct span line;

	(void)state;
	assert_int_equal(write(ends[1], "a\0b\xff\n", 5), 5);
	assert_int_equal(lines_next(&in, &line), ERR_OK);
	assert_true(span_eq(line, span_of("a\0b\xff", 4)));
}

static void
a_broken_input_is_an_error(void **state)
{
	struct span line;

	(void)state;
	lines_open(&in, -1);
	assert_int_equal(lines_next(&in, &line), ERR_IO);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(lines_come_as_they_are_whole),
	    T(a_last_line_needs_no_end),
	    T(no_input_is_no_line),
	    T(lines_are_bounded),
	    T(a_very_long_line_is_one_empty_line),
	    T(the_tail_of_a_long_line_is_not_a_line),
	    T(bytes_are_kept_as_they_are),
	    T(a_broken_input_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
