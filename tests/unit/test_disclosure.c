#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/date.h"
/* Programs are no libraries: what is printed is tested as a part of this file.
 */
#include "issuer/adoption_print.c"

/* -1 stands for the star. */
static int64_t
shown(int64_t raw)
{
	struct public_count c = disclosure_count(raw);

	assert_true(!c.hidden || c.rounded == 0);
	return c.hidden ? -1 : c.rounded;
}

static void
the_worked_examples_come_out(void **state)
{
	static const int64_t raw[] = {
	    564, 200, 25, 58, 5, 0, 7, 8, 3, 4, 6, 58, 25, 3 + 4 + 6 + 58 + 25};
	static const int64_t want[] = {
	    565, 200, 25, 60, -1, 0, -1, 10, -1, -1, -1, 60, 25, 95};

	(void)state;
	for (size_t i = 0; i < sizeof(raw) / sizeof(*raw); i++)
		assert_int_equal(shown(raw[i]), want[i]);
}

static void
a_slow_beginning_stays_hidden(void **state)
{
	static const int64_t raw[] = {
	    0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 9, 14, 22, 31, 47};
	static const int64_t want[] = {
	    0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 15, 20, 30, 45};

	(void)state;
	for (size_t i = 0; i < sizeof(raw) / sizeof(*raw); i++)
		assert_int_equal(shown(raw[i]), want[i]);
}

static void
every_number_is_hidden_or_within_two_of_a_multiple_of_five(void **state)
{
	(void)state;
	for (int64_t n = 8; n < 100000; n++) {
		int64_t s = shown(n);

		assert_true(s % 5 == 0 && s >= 10 && s - n <= 2 && n - s <= 2);
	}
	for (int64_t n = 1; n <= 7; n++)
		assert_int_equal(shown(n), -1);
	/* Cannot be; but then it is not said either. */
	assert_int_equal(shown(-1), -1);
	assert_int_equal(shown(INT64_C(5000000000000002)), 5000000000000000);
}

static void
every_column_of_a_row_is_covered(void **state)
{
	struct figures raw = {{1, 2, 3, 4, 5, 6, 7}};
	struct public_figures f = disclosure_figures(&raw);

	(void)state;
	for (int i = 0; i < LEDGER_MEASURES; i++)
		assert_true(f.n[i].hidden && f.n[i].rounded == 0);
}

static int64_t
day_of(const char *text)
{
	struct date d;

	assert_int_equal(date_parse(&d, span_str(text)), ERR_OK);
	return date_days(d);
}

static void
public_days_are_month_ends_and_today(void **state)
{
	int64_t today = day_of("2026-11-22");

	(void)state;
	assert_true(disclosure_day_ok(day_of("2026-10-31"), today));
	assert_true(disclosure_day_ok(day_of("2028-02-29"), today));
	assert_true(disclosure_day_ok(today, today));
	assert_false(disclosure_day_ok(day_of("2028-02-28"), today));
	assert_false(disclosure_day_ok(day_of("2026-11-21"), today));
	assert_false(disclosure_day_ok(day_of("2026-11-01"), today));
	assert_int_equal(
	    disclosure_month_end(day_of("2026-11-22")), day_of("2026-10-31"));
	assert_int_equal(
	    disclosure_month_end(day_of("2026-10-31")), day_of("2026-10-31"));
	assert_int_equal(
	    disclosure_month_end(day_of("2026-01-01")), day_of("2025-12-31"));
}

/* --- what is printed ------------------------------------------------------ */

static struct adoption_row rows[] = {
    {"=1+1", "A, \"B\" and C", 20000, {{3, 1003, 8, 0, 7, 1, 12}}},
    {"Y63", "+44", 20000, {{500, 612, 0, 0, 0, 2, 2}}},
};

static struct adoption
example(void)
{
	return (struct adoption){.level = ADOPTION_SCHEME,
	    .by = ADOPTION_AREA,
	    .rows = rows,
	    .nrows = 2,
	    .total = {"all", "", 20000, {{503, 1615, 8, 0, 7, 3, 14}}}};
}

static const struct adoption_heading heading = {"Riverside", 20000, 20000};

static void
assert_printed(enum adoption_format format, bool is_public, const char *want)
{
	struct buf b = BUF_INIT(65536);
	struct adoption a = example();
	enum err e = is_public ? adoption_print_public(&b, &a, &heading, format)
			       : adoption_print_raw(&b, &a, &heading, format);

	assert_int_equal(e, ERR_OK);
	assert_string_equal((const char *)b.p, want);
	buf_free(&b);
}

static void
json_has_its_members_in_order(void **state)
{
	(void)state;
	assert_printed(ADOPTION_JSON, false,
	    "{\"area\":\"=1+1\",\"as_of\":\"2024-10-04\",\"holders\":3,"
	    "\"cards\":1003,\"first\":8,\"renewal\":0,\"replacement\":7,"
	    "\"withdrawn\":1,\"superseded\":12}\n"
	    "{\"area\":\"Y63\",\"as_of\":\"2024-10-04\",\"holders\":500,"
	    "\"cards\":612,\"first\":0,\"renewal\":0,\"replacement\":0,"
	    "\"withdrawn\":2,\"superseded\":2}\n"
	    "{\"area\":\"all\",\"as_of\":\"2024-10-04\",\"holders\":503,"
	    "\"cards\":1615,\"first\":8,\"renewal\":0,\"replacement\":7,"
	    "\"withdrawn\":3,\"superseded\":14}\n");
}

static void
public_json_says_a_star_as_a_text(void **state)
{
	(void)state;
	assert_printed(ADOPTION_JSON, true,
	    "{\"area\":\"=1+1\",\"as_of\":\"2024-10-04\",\"holders\":\"*\","
	    "\"cards\":1005,\"first\":10,\"renewal\":0,\"replacement\":\"*\","
	    "\"withdrawn\":\"*\",\"superseded\":10}\n"
	    "{\"area\":\"Y63\",\"as_of\":\"2024-10-04\",\"holders\":500,"
	    "\"cards\":610,\"first\":0,\"renewal\":0,\"replacement\":0,"
	    "\"withdrawn\":\"*\",\"superseded\":\"*\"}\n"
	    "{\"area\":\"all\",\"as_of\":\"2024-10-04\",\"holders\":505,"
	    "\"cards\":1615,\"first\":10,\"renewal\":0,\"replacement\":\"*\","
	    "\"withdrawn\":\"*\",\"superseded\":15}\n");
}

static void
csv_is_safe_to_open_in_a_spreadsheet(void **state)
{
	(void)state;
	assert_printed(ADOPTION_CSV, false,
	    "\xef\xbb\xbfinternal: raw numbers\r\n"
	    "area,as_of,holders,cards,first,renewal,replacement,withdrawn,"
	    "superseded,name\r\n"
	    "'=1+1,2024-10-04,3,1003,8,0,7,1,12,\"A, \"\"B\"\" and C\"\r\n"
	    "Y63,2024-10-04,500,612,0,0,0,2,2,'+44\r\n"
	    "all,2024-10-04,503,1615,8,0,7,3,14,\r\n");
	assert_printed(ADOPTION_CSV, true,
	    "\xef\xbb\xbf"
	    "area,as_of,holders,cards,first,renewal,replacement,withdrawn,"
	    "superseded,name\r\n"
	    "'=1+1,2024-10-04,*,1005,10,0,*,*,10,\"A, \"\"B\"\" and C\"\r\n"
	    "Y63,2024-10-04,500,610,0,0,0,*,*,'+44\r\n"
	    "all,2024-10-04,505,1615,10,0,*,*,15,\r\n");
}

static void
each_beginning_of_a_formula_is_disarmed(void **state)
{
	static const char *const text[][2] = {{"=A1", "'=A1"}, {"+1", "'+1"},
	    {"-1", "'-1"}, {"@x", "'@x"}, {"\tx", "'\tx"}, {"\rx", "\"'\rx\""},
	    {"=a,b", "\"'=a,b\""}, {"a=b", "a=b"}, {"", ""}};

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++) {
		struct buf b = BUF_INIT(64);

		assert_int_equal(adoption_csv_text(&b, text[i][0]), ERR_OK);
		assert_true(span_is(buf_span(&b), text[i][1]));
		buf_free(&b);
	}
}

static void
the_table_is_headed_and_in_columns(void **state)
{
	(void)state;
	assert_printed(ADOPTION_TABLE, false,
	    "internal: raw numbers\n"
	    "Riverside, whole scheme, as of the end of 4 October 2024\n"
	    "\n"
	    "area                holders  cards  first  renewal  replacement"
	    "  withdrawn  superseded\n"
	    "=1+1  A, \"B\" and C        3   1003      8        0            7"
	    "          1          12\n"
	    "Y63  +44                500    612      0        0            0"
	    "          2           2\n"
	    "total                   503   1615      8        0            7"
	    "          3          14\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_worked_examples_come_out),
	    cmocka_unit_test(a_slow_beginning_stays_hidden),
	    cmocka_unit_test(
		every_number_is_hidden_or_within_two_of_a_multiple_of_five),
	    cmocka_unit_test(every_column_of_a_row_is_covered),
	    cmocka_unit_test(public_days_are_month_ends_and_today),
	    cmocka_unit_test(json_has_its_members_in_order),
	    cmocka_unit_test(public_json_says_a_star_as_a_text),
	    cmocka_unit_test(csv_is_safe_to_open_in_a_spreadsheet),
	    cmocka_unit_test(each_beginning_of_a_formula_is_disarmed),
	    cmocka_unit_test(the_table_is_headed_and_in_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
