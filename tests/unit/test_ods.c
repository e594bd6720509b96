#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "registry/ods.h"

static uint8_t scratch[ODS_SCRATCH];

/* Reads one of the real files: the shared ones, else the repository's sample.
 */
static void
load(struct buf *out, const char *name)
{
	const char *shared = getenv("SHARED");
	char path[512];

	*out = (struct buf)BUF_INIT(8 * 1024 * 1024);
	snprintf(path, sizeof(path), "%s/data/ods/%s",
	    shared != NULL ? shared : "../shared", name);
	if (access(path, R_OK) != 0)
		snprintf(path, sizeof(path), "tests/data/ods/%s", name);
	assert_int_equal(file_read(out, path), ERR_OK);
}

static int64_t
day(int32_t y, int32_t m, int32_t d)
{
	return date_days((struct date){y, m, d});
}

/* Counts the lines, which in these files are the rows. */
static size_t
lines(const struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->p[i] == '\n';
	return n;
}

/* Reads a file of organisations to its end. Returns the number of rows. */
static size_t
all_orgs(const char *name, enum ods_kind kind, struct ods_org *first)
{
	struct buf b;
	struct ods_file f;
	struct ods_org o;
	struct ods_fault fault;
	size_t n = 0;
	size_t want;
	enum err e;

	load(&b, name);
	want = lines(&b);
	assert_int_equal(ods_open(&f, buf_span(&b), scratch, &fault), ERR_OK);
	assert_int_equal(f.kind, kind);
	while ((e = ods_next_org(&f, &o, &fault)) == ERR_OK) {
		assert_int_equal(ods_line(&f), n + 1);
		assert_true(ods_is_code(o.code));
		assert_true(o.closed == ODS_NEVER || o.closed >= o.opened);
		assert_true(o.status == 'C' || o.closed == ODS_NEVER);
		if (n++ == 0) {
			*first = o;
			first->code =
			    span_of(strndup((const char *)o.code.p, o.code.n),
				o.code.n);
		}
	}
	assert_int_equal(e, ERR_NOINPUT);
	assert_int_equal(n, want);
	buf_free(&b);
	return n;
}

static void
reads_every_row_of_the_real_files(void **state)
{
	struct ods_org o;
	struct buf b;
	struct ods_file f;
	struct ods_map m;
	struct ods_fault fault;
	size_t n = 0;
	enum err e;

	(void)state;
	assert_true(all_orgs("epraccur.csv", ODS_PRACTICES, &o) >= 60);
	assert_true(span_is(o.code, "A81001"));
	assert_int_equal(o.opened, day(1974, 4, 1));
	assert_int_equal(o.joined, day(2020, 4, 1));
	assert_int_equal(o.service, 4);
	assert_int_equal(o.status, 'A');
	free((void *)(uintptr_t)o.code.p);
	assert_true(all_orgs("etr.csv", ODS_TRUSTS, &o) >= 5);
	assert_true(span_is(o.code, "R0A"));
	assert_int_equal(o.joined, day(2017, 10, 1));
	assert_int_equal(o.service, -1);
	free((void *)(uintptr_t)o.code.p);

	load(&b, "gp-reg-pat-prac-map.csv");
	assert_int_equal(ods_open(&f, buf_span(&b), scratch, &fault), ERR_OK);
	assert_int_equal(f.kind, ODS_MAP);
	while ((e = ods_next_map(&f, &m, &fault)) == ERR_OK) {
		assert_int_equal(m.extracted, day(2022, 1, 1));
		if (n++ > 0)
			continue;
		assert_true(span_is(m.code, "A81001"));
		assert_true(span_is(m.area[ODS_PCN], "U89141"));
		assert_true(span_is(m.area_name[ODS_PCN], "STOCKTON PCN"));
		assert_true(span_is(m.area[ODS_SUB_ICB], "16C"));
		assert_true(span_is(m.area[ODS_ICB], "QHM"));
		assert_true(span_is(m.area[ODS_REGION], "Y63"));
	}
	assert_int_equal(e, ERR_NOINPUT);
	assert_int_equal(n, lines(&b) - 1);
	buf_free(&b);
}

#define HEAD_OLD                                                               \
	"PUBLICATION,EXTRACT_DATE,PRACTICE_CODE,PRACTICE_NAME,"                \
	"PRACTICE_POSTCODE,PCN_CODE,PCN_NAME,ONS_CCG_CODE,CCG_CODE,CCG_NAME,"  \
	"ONS_STP_CODE,STP_CODE,STP_NAME,ONS_COMM_REGION_CODE,"                 \
	"COMM_REGION_CODE,COMM_REGION_NAME\n"
#define HEAD_NEW                                                               \
	"EXTRACT_DATE,PRACTICE_CODE,ICB_CODE,ICB_NAME,SUB_ICB_LOCATION_CODE,"  \
	"SUB_ICB_LOCATION_NAME,PCN_CODE,PCN_NAME,COMM_REGION_CODE,"            \
	"COMM_REGION_NAME\n"

static void
finds_the_columns_of_a_map_by_name(void **state)
{
	static const char text[] = HEAD_NEW
	    "01OCT2024,A81001,QHM,NENC,16C,TEES,U,Unallocated,Y63,NE\n";
	struct ods_file f;
	struct ods_map m;
	struct ods_fault fault;

	(void)state;
	assert_int_equal(ods_open(&f, span_str(text), scratch, &fault), ERR_OK);
	assert_int_equal(ods_next_map(&f, &m, &fault), ERR_OK);
	assert_int_equal(m.extracted, day(2024, 10, 1));
	assert_true(span_is(m.area[ODS_ICB], "QHM"));
	assert_true(span_is(m.area[ODS_SUB_ICB], "16C"));
	assert_true(span_is(m.area_name[ODS_REGION], "NE"));
	/* Unallocated is no network, not a network called U. */
	assert_int_equal(m.area[ODS_PCN].n, 0);
	assert_int_equal(m.area_name[ODS_PCN].n, 0);
}

/* The 27 columns of epraccur.csv with one of them replaced. */
static void
practice(char *out, size_t size, size_t column, const char *value)
{
	static const char *const row[27] = {"A81001", "THE DENSHAM SURGERY",
	    "Y63", "QHM", "THE HEALTH CENTRE", "LAWSON STREET",
	    "STOCKTON ON TEES", "CLEVELAND", "", "TS18 1HU", "19740401", "",
	    "A", "B", "16C", "20200401", "", "01642 672351", "", "", "", "0",
	    "", "16C", "", "4", ""};
	size_t at = 0;

	for (size_t i = 0; i < 27; i++)
		at += (size_t)snprintf(out + at, size - at, "%s\"%s\"",
		    i > 0 ? "," : "", i + 1 == column ? value : row[i]);
	snprintf(out + at, size - at, "\n");
}

/* A good row and then this one; expects a fault in ${column} of line 2. */
static void
refused(size_t column, const char *value)
{
	char text[1024];
	struct ods_file f;
	struct ods_org o;
	struct ods_fault fault = {0};

	practice(text, sizeof(text), 0, "");
	practice(
	    text + strlen(text), sizeof(text) - strlen(text), column, value);
	assert_int_equal(ods_open(&f, span_str(text), scratch, &fault), ERR_OK);
	assert_int_equal(ods_next_org(&f, &o, &fault), ERR_OK);
	assert_int_equal(ods_next_org(&f, &o, &fault), ERR_DATA);
	assert_int_equal(fault.line, 2);
	assert_int_equal(fault.column, column);
	assert_non_null(fault.why);
	assert_memory_equal(
	    fault.value, value, strlen(value) < 8 ? strlen(value) : 8);
}

static void
names_line_column_and_value_of_a_bad_row(void **state)
{
	static const struct {
		size_t column;
		const char *value;
	} t[] = {
	    {1, ""},
	    {1, "A8"},
	    {1, "A8100l"},
	    {1, "A81001A81001"},
	    {1, "A81 01"},
	    {2, ""},
	    {2, "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
		"XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"},
	    {3, "y63"},
	    {4, "Q-M"},
	    {10, "TS18 1HU 123"},
	    {11, ""},
	    {11, "1974040"},
	    {11, "19740431"},
	    {11, "1974-4-1"},
	    {12, "20231301"},
	    {13, ""},
	    {13, "X"},
	    {13, "AA"},
	    {15, "16"},
	    {16, "2020"},
	    {18, "01642 672351 01642 672351 01642"},
	    {26, "100"},
	    {26, "-4"},
	    {26, "four"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		refused(t[i].column, t[i].value);
}

static void
refuses_bytes_that_are_not_plain_ascii(void **state)
{
	static const char *const bad[] = {"CAF\xc9", "CAF\xc3\x89", "A\tB",
	    "A\x7f", "A\x1b[2J", "A\nB", "\xff\xfe"};
	char text[1024];
	struct ods_file f;
	struct ods_org o;
	struct ods_fault fault = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		practice(text, sizeof(text), 2, bad[i]);
		assert_int_equal(
		    ods_open(&f, span_str(text), scratch, &fault), ERR_OK);
		assert_int_equal(ods_next_org(&f, &o, &fault), ERR_DATA);
		assert_int_equal(fault.line, 1);
		assert_int_equal(fault.column, 2);
		/* What is shown of it cannot hurt a terminal. */
		for (const char *p = fault.value; *p != '\0'; p++)
			assert_true(*p >= 0x20 && *p < 0x7f);
	}
	/* A column that we do not use is looked at all the same. */
	practice(text, sizeof(text), 20, "\xc9");
	assert_int_equal(ods_open(&f, span_str(text), scratch, &fault), ERR_OK);
	assert_int_equal(ods_next_org(&f, &o, &fault), ERR_DATA);
	practice(text, sizeof(text), 2, "XYZ");
	*strstr(text, "XYZ") = '\0';
	assert_int_equal(
	    ods_open(&f, span_of(text, 200), scratch, &fault), ERR_DATA);
	assert_int_equal(fault.line, 1);
}

static void
refuses_a_row_that_is_cut_short_or_too_long(void **state)
{
	char text[1024];
	size_t n;
	struct ods_file f;
	struct ods_org o;
	struct ods_fault fault = {0};

	(void)state;
	practice(text, sizeof(text), 0, "");
	n = strlen(text);
	snprintf(text + n, sizeof(text) - n, "\"A81002\",\"QUEENS PARK\"\n");
	assert_int_equal(ods_open(&f, span_str(text), scratch, &fault), ERR_OK);
	assert_int_equal(ods_next_org(&f, &o, &fault), ERR_OK);
	assert_int_equal(ods_next_org(&f, &o, &fault), ERR_DATA);
	assert_int_equal(fault.line, 2);
	assert_int_equal(fault.column, 2);
	practice(text + n, sizeof(text) - n, 27, "\",\"");
	assert_int_equal(ods_open(&f, span_str(text), scratch, &fault), ERR_OK);
	assert_int_equal(ods_next_org(&f, &o, &fault), ERR_OK);
	assert_int_equal(ods_next_org(&f, &o, &fault), ERR_DATA);
	assert_int_equal(fault.column, 28);
	/* Every cut that loses something: the row ends with an empty field. */
	practice(text + n, sizeof(text) - n, 1, "A81002");
	for (size_t cut = n + 1; cut < strlen(text) - 3; cut++) {
		assert_int_equal(
		    ods_open(&f, span_of(text, cut), scratch, &fault), ERR_OK);
		assert_int_equal(ods_next_org(&f, &o, &fault), ERR_OK);
		assert_int_equal(ods_next_org(&f, &o, &fault), ERR_DATA);
		assert_int_equal(fault.line, 2);
	}
}

static void
refuses_a_file_that_is_none_of_the_three(void **state)
{
	static const char *const bad[] = {"", "\n\n", "hello\n",
	    "name,ref\nAnn,1\n", "{\"a\":1}\n", "PK\x03\x04\n",
	    "\"A81001\",\"THE DENSHAM SURGERY\"\n",
	    /* A map without one of its columns, and with one twice. */
	    "EXTRACT_DATE,PRACTICE_CODE,PCN_CODE,PCN_NAME,CCG_CODE,CCG_NAME,"
	    "STP_CODE,STP_NAME,COMM_REGION_NAME\n",
	    "EXTRACT_DATE,PRACTICE_CODE,PCN_CODE,PCN_NAME,CCG_CODE,CCG_NAME,"
	    "STP_CODE,STP_NAME,COMM_REGION_CODE,COMM_REGION_NAME,PCN_CODE\n"};
	struct ods_file f;
	struct ods_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		fault = (struct ods_fault){0};
		assert_int_equal(
		    ods_open(&f, span_str(bad[i]), scratch, &fault), ERR_DATA);
		assert_true(fault.line >= 1);
		assert_non_null(fault.why);
	}
	assert_string_equal(fault.value, "PCN_CODE");
}

static void
refuses_bad_dates_and_codes_in_a_map(void **state)
{
	static const struct {
		const char *row;
		size_t column;
	} t[] = {
	    {"x,1Jan2022,A81001,N,P,U89141,S,E,16C,C,E,QHM,T,E,Y63,R\n", 2},
	    {"x,01Jan22,A81001,N,P,U89141,S,E,16C,C,E,QHM,T,E,Y63,R\n", 2},
	    {"x,31Feb2022,A81001,N,P,U89141,S,E,16C,C,E,QHM,T,E,Y63,R\n", 2},
	    {"x,01Foo2022,A81001,N,P,U89141,S,E,16C,C,E,QHM,T,E,Y63,R\n", 2},
	    {"x,,A81001,N,P,U89141,S,E,16C,C,E,QHM,T,E,Y63,R\n", 2},
	    {"x,01Jan2022,A8,N,P,U89141,S,E,16C,C,E,QHM,T,E,Y63,R\n", 3},
	    {"x,01Jan2022,A81001,N,P,u89141,S,E,16C,C,E,QHM,T,E,Y63,R\n", 6},
	    {"x,01Jan2022,A81001,N,P,U89141,S,E,16,C,E,QHM,T,E,Y63,R\n", 9},
	    {"x,01Jan2022,A81001,N,P,U89141,S,E,16C,C,E,QHM,T,E,Y63\n", 15},
	    {"x,01Jan2022,A81001,\xc9,P,U89141,S,E,16C,C,E,QHM,T,E,Y63,R\n", 4},
	};
	char text[1024];
	struct ods_file f;
	struct ods_map m;
	struct ods_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		snprintf(text, sizeof(text), "%s%s", HEAD_OLD, t[i].row);
		assert_int_equal(
		    ods_open(&f, span_str(text), scratch, &fault), ERR_OK);
		assert_int_equal(ods_next_map(&f, &m, &fault), ERR_DATA);
		assert_int_equal(fault.line, 2);
		assert_int_equal(fault.column, t[i].column);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_row_of_the_real_files),
	    cmocka_unit_test(finds_the_columns_of_a_map_by_name),
	    cmocka_unit_test(names_line_column_and_value_of_a_bad_row),
	    cmocka_unit_test(refuses_bytes_that_are_not_plain_ascii),
	    cmocka_unit_test(refuses_a_row_that_is_cut_short_or_too_long),
	    cmocka_unit_test(refuses_a_file_that_is_none_of_the_three),
	    cmocka_unit_test(refuses_bad_dates_and_codes_in_a_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
