#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/csv.h"

static uint8_t scratch[CSV_ROW_MAX];

/* Writes rows as "a|b" lines, a fault as "!line.column", into ${out}. */
static void
render(char *out, size_t size, const void *text, size_t n)
{
	struct csv c;
	struct csv_row row;
	struct csv_fault fault;
	enum err e;
	size_t at = 0;

	csv_open(&c, span_of(text, n), scratch);
	out[0] = '\0';
	while ((e = csv_next(&c, &row, &fault)) != ERR_NOINPUT) {
		if (e == ERR_DATA) {
			assert_non_null(fault.why);
			at += (size_t)snprintf(out + at, size - at,
			    "!%zu.%zu\n", fault.line, fault.column);
			continue;
		}
		for (size_t i = 0; i < row.n; i++)
			at += (size_t)snprintf(out + at, size - at, "%s%.*s",
			    i > 0 ? "|" : "", (int)row.field[i].n,
			    (const char *)row.field[i].p);
		at += (size_t)snprintf(out + at, size - at, "\n");
	}
}

static void
reads_rows_as_rfc_4180_has_them(void **state)
{
	static const struct {
		const char *text;
		const char *rows;
	} t[] = {
	    {"a,b\r\nc,d\r\n", "a|b\nc|d\n"},
	    {"a,b\nc,d", "a|b\nc|d\n"},
	    {"a,b\rc,d\r", "a|b\nc|d\n"},
	    {"a,\"b,c\"\n", "a|b,c\n"},
	    {"\"a \"\"b\"\" c\",d\n", "a \"b\" c|d\n"},
	    {"\"\"\"\"\n", "\"\n"},
	    {"\"\",\"\"\"\"\"\",\n", "|\"\"|\n"},
	    {"\"one\r\ntwo\",x\ny\n", "one\r\ntwo|x\ny\n"},
	    {",\n", "|\n"},
	    {",,", "||\n"},
	    {"a,", "a|\n"},
	    {" a , b \n", " a | b \n"},
	    {"\xef\xbb\xbfname\n", "name\n"},
	    {"\xef\xbb\xbf\"name\"\n", "name\n"},
	    {"Si\xc3\xa2n\n", "Si\xc3\xa2n\n"},
	    {"\n\n\r\n\ra\n\n", "a\n"},
	    {"\"\"\n", "\n"},
	    {"", ""},
	    {"\xef\xbb\xbf", ""},
	    {"\r\n", ""},
	};
	char out[512];

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		render(out, sizeof(out), t[i].text, strlen(t[i].text));
		assert_string_equal(out, t[i].rows);
	}
}

static void
names_line_and_column_of_a_fault_and_goes_on(void **state)
{
	static const struct {
		const char *text;
		const char *rows;
	} t[] = {
	    {"a,b\nc,d\"e\nf\n", "a|b\n!2.2\nf\n"},
	    {"a,\"b\"x,c\nf\n", "!1.2\nf\n"},
	    {"a\n\"b\nc\" \nd,e\n", "a\n!2.1\n!3.1\nd|e\n"},
	    {"a\n\nb,\"c\nd\ne", "a\n!3.2\nd\ne\n"},
	    {"\"a\nb\",\"c\"x\nd\n", "!1.2\n!2.1\nd\n"},
	    {"\"", "!1.1\n"},
	    {"\"a\"\"", "!1.1\n"},
	    {"\"a\" ,b\n", "!1.1\n"},
	};
	char out[512];

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		render(out, sizeof(out), t[i].text, strlen(t[i].text));
		assert_string_equal(out, t[i].rows);
	}
	render(out, sizeof(out), "a\0b,c\nd\n", 8);
	assert_string_equal(out, "!1.1\nd\n");
	render(out, sizeof(out), "x,\"a\0\"\nd\n", 9);
	assert_string_equal(out, "!1.2\nd\n");
}

static void
counts_every_line_end_once(void **state)
{
	static const char text[] = "a\n\r\nb\r\r\n\"c\r\nd\re\"\nf\n";
	static const size_t line[] = {1, 3, 5, 8};
	struct csv c;
	struct csv_row row;
	struct csv_fault fault;

	(void)state;
	csv_open(&c, span_str(text), scratch);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(csv_next(&c, &row, &fault), ERR_OK);
		assert_int_equal(row.line, line[i]);
	}
	assert_int_equal(csv_next(&c, &row, &fault), ERR_NOINPUT);
}

static void
takes_64_fields_and_no_more(void **state)
{
	struct csv c;
	struct csv_row row;
	struct csv_fault fault;
	char text[256];

	(void)state;
	memset(text, ',', sizeof(text));
	text[63] = '\n';
	csv_open(&c, span_of(text, 64), scratch);
	assert_int_equal(csv_next(&c, &row, &fault), ERR_OK);
	assert_int_equal(row.n, 64);
	text[63] = ',';
	text[64] = '\n';
	text[65] = 'x';
	csv_open(&c, span_of(text, 66), scratch);
	assert_int_equal(csv_next(&c, &row, &fault), ERR_DATA);
	assert_int_equal(fault.column, 65);
	assert_int_equal(csv_next(&c, &row, &fault), ERR_OK);
	assert_int_equal(row.n, 1);
}

static void
takes_a_row_of_64_kib_and_no_more(void **state)
{
	static const char *const fill[] = {"x", "\"\""};
	struct csv c;
	struct csv_row row;
	struct csv_fault fault;
	size_t n = CSV_ROW_MAX + 64;
	char *text = malloc(n);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', n);
	text[CSV_ROW_MAX] = '\n';
	csv_open(&c, span_of(text, n), scratch);
	assert_int_equal(csv_next(&c, &row, &fault), ERR_OK);
	assert_int_equal(row.field[0].n, CSV_ROW_MAX);
	text[CSV_ROW_MAX] = 'x';
	csv_open(&c, span_of(text, n), scratch);
	assert_int_equal(csv_next(&c, &row, &fault), ERR_DATA);
	/* An open quotation mark must not swallow the rest of a register. */
	for (size_t f = 0; f < 2; f++) {
		for (size_t i = 0; i < n; i++)
			text[i] = fill[f][i % strlen(fill[f])];
		text[0] = '"';
		csv_open(&c, span_of(text, n), scratch);
		assert_int_equal(csv_next(&c, &row, &fault), ERR_DATA);
		assert_int_equal(fault.line, 1);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_rows_as_rfc_4180_has_them),
	    cmocka_unit_test(names_line_and_column_of_a_fault_and_goes_on),
	    cmocka_unit_test(counts_every_line_end_once),
	    cmocka_unit_test(takes_64_fields_and_no_more),
	    cmocka_unit_test(takes_a_row_of_64_kib_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
