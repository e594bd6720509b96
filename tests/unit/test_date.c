#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/date.h"

static void
days_agree_with_the_c_library(void **state)
{
	(void)state;
	for (int64_t day = -36524; day < 73049; day++) {
		time_t t = (time_t)(day * DATE_DAY_SECONDS);
		struct tm tm;
		struct date d = date_of(day);

		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(d.year, tm.tm_year + 1900);
		assert_int_equal(d.month, tm.tm_mon + 1);
		assert_int_equal(d.day, tm.tm_mday);
		assert_int_equal(date_days(d), day);
	}
}

static void
months_are_clamped_to_the_end(void **state)
{
	static const struct {
		struct date from;
		int32_t n;
		struct date to;
	} t[] = {
	    {{2026, 8, 31}, 6, {2027, 2, 28}},
	    {{2027, 8, 31}, 6, {2028, 2, 29}},
	    {{2026, 11, 22}, 24, {2028, 11, 22}},
	    {{2026, 12, 1}, 1, {2027, 1, 1}},
	    {{2024, 2, 29}, 12, {2025, 2, 28}},
	    {{2024, 1, 31}, 36, {2027, 1, 31}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		assert_int_equal(date_days(date_add_months(t[i].from, t[i].n)),
		    date_days(t[i].to));
}

static void
reads_rfc3339_and_nothing_else(void **state)
{
	static const struct {
		const char *text;
		int64_t time; /* -1: refused */
	} t[] = {
	    {"1970-01-01T00:00:00Z", 0},
	    {"2026-11-22T00:44:42Z", 1795308282},
	    {"2026-11-22T01:44:42+01:00", 1795308282},
	    {"2026-11-21T23:44:42.25-01:00", 1795308282},
	    {"2026-11-22", -1},
	    {"2026-11-22T00:44:42", -1},
	    {"2026-02-29T00:00:00Z", -1},
	    {"2026-13-01T00:00:00Z", -1},
	    {"2026-11-22T24:00:00Z", -1},
	    {"2026-11-22T00:00:00.Z", -1},
	    {"2026-11-22T00:00:00Zx", -1},
	    {"2026-11-22T00:00:00+0100", -1},
	    {"", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		int64_t got = -1;
		enum err e = date_time_parse(&got, span_str(t[i].text));

		assert_int_equal(e, t[i].time < 0 ? ERR_DATA : ERR_OK);
		if (e == ERR_OK)
			assert_int_equal(got, t[i].time);
	}
}

static void
writes_what_people_read(void **state)
{
	char day[DATE_TEXT];
	char time[DATE_TIME_TEXT];
	char words[DATE_WORDS];

	(void)state;
	date_text(day, (struct date){2028, 11, 1});
	assert_string_equal(day, "2028-11-01");
	date_time_text(time, 1795308282);
	assert_string_equal(time, "2026-11-22T00:44:42Z");
	date_words(words, (struct date){2028, 9, 1});
	assert_string_equal(words, "1 September 2028");
	date_words(words, (struct date){2028, 11, 21});
	assert_string_equal(words, "21 November 2028");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(days_agree_with_the_c_library),
	    cmocka_unit_test(months_are_clamped_to_the_end),
	    cmocka_unit_test(reads_rfc3339_and_nothing_else),
	    cmocka_unit_test(writes_what_people_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
