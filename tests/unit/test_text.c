#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "cards/text.h"
#include "cards/wrap.h"

static struct text *fonts;
static struct text_run run;

static int
open_fonts(void **state)
{
	(void)state;
	return text_open(&fonts, TEXT_FOLDER) == ERR_OK ? 0 : -1;
}

static int
close_fonts(void **state)
{
	(void)state;
	text_free(fonts);
	return 0;
}

static enum err
measure(enum text_face face, const char *s)
{
	return text_measure(fonts, face, span_str(s), &run);
}

static double
width(const char *s)
{
	double em = 0;

	assert_int_equal(measure(TEXT_REGULAR, s), ERR_OK);
	for (size_t i = 0; i < run.n; i++)
		em += run.cluster[i].em;
	return em;
}

static bool
line_is(const struct wrap *w, int i, const char *s)
{
	return i < w->n && span_is(w->line[i].s, s);
}

static void
letters_without_a_sign_in_the_font_are_refused(void **state)
{
	static const char *const bad[] = {"\u674e", "\u0645", "\u0905",
	    "Ann \U0001f600", "Ann\ue000", "\U0010ffff"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(measure(TEXT_REGULAR, bad[i]), ERR_DATA);
		assert_int_equal(measure(TEXT_BOLD, bad[i]), ERR_DATA);
	}
}

static void
bytes_that_are_no_utf8_or_no_letters_are_refused(void **state)
{
	static const char *const bad[] = {"a\xc3(b", "\xff", "ab\xe2\x82",
	    "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\nb", "a\tb",
	    "a\rb", "a\x01", "a\x7f"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(measure(TEXT_REGULAR, bad[i]), ERR_DATA);
}

static void
text_over_the_limit_is_refused(void **state)
{
	static char many[TEXT_MAX + 2];

	(void)state;
	for (size_t i = 0; i <= TEXT_MAX; i++)
		many[i] = 'x';
	assert_int_equal(measure(TEXT_REGULAR, many), ERR_TOOBIG);
	many[TEXT_MAX] = '\0';
	assert_int_equal(measure(TEXT_REGULAR, many), ERR_OK);
}

static void
widths_are_the_fonts_own(void **state)
{
	(void)state;
	/* Advance widths of Liberation Sans are those of Arial. */
	assert_true(fabs(width("W") - 1933.0 / 2048) < 1e-9);
	assert_true(fabs(width("iiii") - 4 * 455.0 / 2048) < 1e-9);
	assert_true(width("AV") < width("A") + width("V")); /* kerned */
	assert_true(width("") >= 0 && width("") <= 0);
}

static void
letter_and_mark_are_one_cluster(void **state)
{
	(void)state;
	assert_true(fabs(width("W\u0302") - width("\u0174")) < 1e-9);
	assert_int_equal(measure(TEXT_REGULAR, "ad\u1ecd\u0300x"), ERR_OK);
	assert_int_equal(run.n, 4);
}

static void
fonts_that_are_not_there_are_reported(void **state)
{
	struct text *none;

	(void)state;
	assert_int_equal(text_open(&none, "/nonexistent"), ERR_NOINPUT);
	assert_null(none);
	text_free(none);
}

static void
words_go_whole_to_the_next_line(void **state)
{
	struct wrap w;

	(void)state;
	assert_int_equal(
	    measure(TEXT_REGULAR, "Point any phone camera at it"), ERR_OK);
	assert_true(wrap_lines(&w, &run, 8, BREAK_SPACE, 9));
	assert_true(line_is(&w, 0, "Point any phone"));
	assert_true(line_is(&w, 1, "camera at it"));
	assert_false(wrap_lines(&w, &run, 8, BREAK_SPACE, 1));
	assert_false(wrap_lines(&w, &run, 2, BREAK_SPACE, 9));
	for (double em = 3.5; em < 14; em += 0.1) {
		assert_true(wrap_lines(&w, &run, em, BREAK_SPACE, 9));
		for (int i = 0; i < w.n; i++)
			assert_true(w.line[i].em <= em + 1e-6);
	}
}

static void
numbers_stay_with_the_next_word(void **state)
{
	double em = width("Harbour, 2") + 0.1;
	struct wrap w;

	(void)state;
	assert_int_equal(measure(TEXT_REGULAR, "Harbour, 2 Quay"), ERR_OK);
	assert_true(wrap_lines(&w, &run, em, BREAK_SPACE, 2));
	assert_true(line_is(&w, 0, "Harbour,"));
	assert_true(line_is(&w, 1, "2 Quay"));
}

static void
sentences_hyphens_and_letters_in_that_order(void **state)
{
	struct wrap w;

	(void)state;
	assert_int_equal(measure(TEXT_REGULAR, "I do. Ask me-now"), ERR_OK);
	assert_true(wrap_lines(&w, &run, 6, BREAK_SENTENCE, 2));
	assert_true(line_is(&w, 0, "I do."));
	assert_true(wrap_lines(&w, &run, 6, BREAK_SPACE, 2));
	assert_true(line_is(&w, 0, "I do. Ask"));
	assert_int_equal(measure(TEXT_REGULAR, "Anne-Marie"), ERR_OK);
	assert_false(wrap_lines(&w, &run, 3, BREAK_SPACE, 9));
	assert_true(wrap_lines(&w, &run, 3, BREAK_HYPHEN, 9));
	assert_true(line_is(&w, 0, "Anne-"));
	assert_true(wrap_lines(&w, &run, 2, BREAK_ANYWHERE, 9));
	assert_true(line_is(&w, 0, "Ann"));
}

static void
text_shrinks_before_it_takes_more_lines(void **state)
{
	static const struct wrap_rule rules[] = {
	    {12, 9, 1, BREAK_SPACE}, {12, 9, 2, BREAK_SPACE}};
	const double em = CANVAS_PT * 10; /* at ten points */
	struct wrap w;

	(void)state;
	assert_int_equal(measure(TEXT_BOLD, "Anne Lee"), ERR_OK);
	assert_int_equal(wrap_fit(&w, &run, 4.5 * em, 99, 1, rules, 2), ERR_OK);
	assert_int_equal(w.n, 1);
	assert_true(w.pt < 12 && w.pt >= 9);
	assert_int_equal(wrap_fit(&w, &run, 3 * em, 99, 1, rules, 2), ERR_OK);
	assert_int_equal(w.n, 2);
	assert_int_equal(
	    wrap_fit(&w, &run, 1 * em, 99, 1, rules, 2), ERR_TOOBIG);
	assert_int_equal(
	    wrap_fit(&w, &run, 3 * em, 1.2 * em, 1, rules, 2), ERR_TOOBIG);
}

static void
no_word_is_left_alone_on_the_last_line(void **state)
{
	static const struct wrap_rule rules[] = {{10, 10, 2, BREAK_SPACE}};
	struct wrap w;

	(void)state;
	assert_int_equal(measure(TEXT_BOLD, "Nguyen Thi Anh"), ERR_OK);
	assert_int_equal(
	    wrap_fit(&w, &run, 6 * CANVAS_PT * 10, 99, 1, rules, 1), ERR_OK);
	assert_true(line_is(&w, 0, "Nguyen"));
	assert_true(line_is(&w, 1, "Thi Anh"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(letters_without_a_sign_in_the_font_are_refused),
	    cmocka_unit_test(bytes_that_are_no_utf8_or_no_letters_are_refused),
	    cmocka_unit_test(text_over_the_limit_is_refused),
	    cmocka_unit_test(widths_are_the_fonts_own),
	    cmocka_unit_test(letter_and_mark_are_one_cluster),
	    cmocka_unit_test(fonts_that_are_not_there_are_reported),
	    cmocka_unit_test(words_go_whole_to_the_next_line),
	    cmocka_unit_test(numbers_stay_with_the_next_word),
	    cmocka_unit_test(sentences_hyphens_and_letters_in_that_order),
	    cmocka_unit_test(text_shrinks_before_it_takes_more_lines),
	    cmocka_unit_test(no_word_is_left_alone_on_the_last_line),
	};

	return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
