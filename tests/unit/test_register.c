#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "issuer/register.h"

#define OUT 4096

/* The rows of a register, one a line: "LINE name|ref|nhs|born|young|months", or
 * "LINE !column "value"" for one that is refused. */
static enum err
render(char out[static OUT], const char *text, size_t n, const char *titles)
{
	struct buf b = BUF_INIT(1 << 20);
	struct column_map map;
	struct register_file f;
	size_t at = 0;
	enum err e = ERR_OK;

	out[0] = '\0';
	if (titles != NULL)
		e = column_map_parse(&map, span_str(titles), "map");
	if (e != ERR_OK)
		return e;
	assert_int_equal(buf_add(&b, text, n), ERR_OK);
	e = register_parse(
	    &f, &b, "file", titles != NULL ? &map : NULL, "A81001", 24);
	for (size_t i = 0; i < f.n; i++) {
		const struct register_row *r = &f.row[i];
		const struct issuing *w = &r->want;

		assert_string_equal(w->ods, "A81001");
		if (r->fault != NULL)
			assert_true(r->fault->why[0] != '\0');
		if (r->fault != NULL)
			at += (size_t)snprintf(out + at, OUT - at,
			    "%zu !%s \"%s\"\n", r->line, r->fault->column,
			    r->fault->value);
		else
			at += (size_t)snprintf(out + at, OUT - at,
			    "%zu %s|%s|%s|%s|%s|%d\n", r->line, w->name, w->ref,
			    w->nhs, w->born, w->young ? "yes" : "no",
			    w->months);
		assert_true(at < OUT);
	}
	register_free(&f);
	buf_free(&b);
	return e;
}

static void
reads(const char *text, const char *rows)
{
	char out[OUT];

	assert_int_equal(render(out, text, strlen(text), NULL), ERR_OK);
	assert_string_equal(out, rows);
}

static void
refuses(const char *text, const char *titles)
{
	char out[OUT];

	assert_int_equal(render(out, text, strlen(text), titles), ERR_DATA);
}

static void
the_contracts_columns_are_read(void **state)
{
	(void)state;
	reads("name,ref\nRose Example,R1\n", "2 Rose Example|R1|||no|24\n");
	reads("name,ref,nhs_number,born,young,months\r\n"
	      "Rose Example,R1,943 476 5919,1961-05-31,no,12\r\n"
	      "Kid Example,R2,,31/05/2012,yes,\r\n",
	    "2 Rose Example|R1|9434765919|1961-05-31|no|12\n"
	    "3 Kid Example|R2||2012-05-31|yes|24\n");
	/* An NHS number alone will do. */
	reads("nhs_number,name\n9434765919,Rose Example\n",
	    "2 Rose Example||9434765919||no|24\n");
}

static void
titles_of_gp_systems_and_excel_are_known(void **state)
{
	(void)state;
	reads("EMIS Number;Patient Name;Date of Birth;NHS No.\n"
	      "17;Rose Example;31-May-1961;9434765919\n",
	    "2 Rose Example|17|9434765919|1961-05-31|no|24\n");
	reads("Given Name\tSurname\tPatient ID\tPostcode\n"
	      "Rose\tExample\t17\tTS1 1AA\n\tCher\t18\t\n",
	    "2 Rose Example|17|||no|24\n3 Cher|18|||no|24\n");
	reads("\xef\xbb\xbf\"Full name\",\"Reference\"\n\"Rose\",\"a,b\"\n",
	    "2 Rose|a,b|||no|24\n");
	reads("NAME , REF\n  Rose  , R 1 \n", "2 Rose|R 1|||no|24\n");
	/* Our own names go before words that some system uses. */
	reads("id,name,ref,carer,reference\n9,Rose,R1,yes,x\n",
	    "2 Rose|R1|||no|24\n");
	/* What parts the titles counts, not what is most often there. */
	reads("Name;Ref\nExample, Rose;1\nExample, Tom, Jr;2\n",
	    "2 Example, Rose|1|||no|24\n3 Example, Tom, Jr|2|||no|24\n");
	/* Windows-1252, with the no-break space that spreadsheets like. */
	reads("name,ref\nSi\xe2n\xa0,R1\xa0\n", "2 Si\xc3\xa2n|R1|||no|24\n");
}

static void
lines_in_front_of_the_titles_and_empty_rows_are_passed_over(void **state)
{
	(void)state;
	reads("Carers register\n\nExported by \"me\" on 1/2/2026,,\n,,\n"
	      "Name,Ref\n,,\nRose,R1\n   , \nTom,R2,,\n",
	    "7 Rose|R1|||no|24\n9 Tom|R2|||no|24\n");
	/* Exports that were put one behind the other. */
	reads("name,ref\nRose,R1\nName,Ref\nTom,R2\n",
	    "2 Rose|R1|||no|24\n4 Tom|R2|||no|24\n");
	/* A value over two lines counts as two lines. */
	reads("name,ref,note\nRose,R1,\"two\nlines\"\nTom,R2,\n",
	    "2 Rose|R1|||no|24\n4 Tom|R2|||no|24\n");
}

static void
a_map_says_what_other_titles_mean(void **state)
{
	static const char text[] = "Person,Number,Ref\nRose,17,x\n";
	char out[OUT];

	(void)state;
	assert_int_equal(
	    render(out, text, strlen(text),
		"# ours = theirs\n\nname = Person\r\n  Number = ref  \n"),
	    ERR_OK);
	assert_string_equal(out, "2 Rose|17|||no|24\n");
	refuses(text, NULL);
	refuses(text, "name = Persona\nref = Number\n");
	refuses(text, "name = Person\nbirthday = Number\n");
	refuses(text, "name = Person\nname = Number\n");
	refuses(text, "name = \n");
	refuses(text, "name Person\n");
}

static void
each_bad_value_is_named(void **state)
{
	(void)state;
	reads("name,ref,nhs_number,born,young,months\n"
	      ",R1,,,,\n"
	      "R0se,R2,,,,\n"
	      "Rose,,,,,\n"
	      "Rose,R3,9434765910,,,\n"
	      "Rose,R4,94347,,,\n"
	      "Rose,R5,,31/02/1961,,\n"
	      "Rose,R6,,31/05/61,,\n"
	      "Rose,R7,,1961,,\n"
	      "Rose,R8,,,perhaps,\n"
	      "Rose,R9,,,,37\n"
	      "Rose,R9,,,,0\n"
	      "Rose,R9,,,,2.5\n"
	      "Rose,Ra,,,,,Smith\n"
	      "Ro\"se,Rb\n"
	      "Rose,Rc\n",
	    "2 !name \"\"\n3 !name \"R0se\"\n4 !ref \"\"\n"
	    "5 !nhs_number \"9434765910\"\n6 !nhs_number \"94347\"\n"
	    "7 !born \"31/02/1961\"\n8 !born \"31/05/61\"\n9 !born \"1961\"\n"
	    "10 !young \"perhaps\"\n11 !months \"37\"\n12 !months \"0\"\n"
	    "13 !months \"2.5\"\n14 !column 7 \"Smith\"\n15 !column 1 \"\"\n"
	    "16 Rose|Rc|||no|24\n");
}

/* Each line after it is read, and said, for itself. */
static void
a_quotation_mark_that_is_never_closed_spoils_its_own_line(void **state)
{
	(void)state;
	reads("name,ref,note\nAnn,R1,\"likes tea\nBea,R2,\n"
	      "Cai,R3,\"a quoted note\"\n",
	    "2 !column 3 \"\"\n3 Bea|R2|||no|24\n4 Cai|R3|||no|24\n");
}

static void
a_value_is_cut_at_a_character(void **state)
{
	char text[1024];
	char out[OUT];
	size_t n = (size_t)snprintf(text, sizeof(text), "name,ref\nx");

	(void)state;
	/* Two bytes each behind one: the 256th is half of a character. */
	for (int i = 0; i < 400; i++) {
		text[n++] = '\xc3';
		text[n++] = '\xa2';
	}
	n += (size_t)snprintf(text + n, sizeof(text) - n, ",R1\n");
	assert_int_equal(render(out, text, n, NULL), ERR_OK);
	assert_int_equal(strlen(out), strlen("2 !name \"\"\n") + 255 + 3);
	assert_non_null(strstr(out, "\xc3\xa2...\"\n"));
}

static void
what_is_no_register_is_refused(void **state)
{
	char out[OUT];

	(void)state;
	refuses("", NULL);
	refuses("name,ref\n", NULL);
	refuses("a,b\nc,d\n", NULL);
	refuses("name,born\nRose,1961-05-31\n", NULL);
	refuses("ref,nhs_number\nR1,\n", NULL);
	refuses("forename,ref\nRose,R1\n", NULL);
	refuses("carer,patient,ref\nRose,Rose,R1\n", NULL);
	refuses("name,name,ref\nRose,Rose,R1\n", NULL);
	refuses("PK\x03\x04 a workbook", NULL);
	refuses("\xd0\xcf\x11\xe0 an old one", NULL);
	refuses("%PDF-1.7", NULL);
	refuses("<html>", NULL);
	refuses("\xff\xfen\0a\0", NULL);
	assert_int_equal(render(out, "n\0a\0m\0e\0", 8, NULL), ERR_DATA);
}

static void
rows_have_a_limit(void **state)
{
	size_t n = (size_t)REGISTER_ROWS * 4 + 32;
	char *text = malloc(n);
	struct buf b = BUF_INIT(1 << 24);
	struct register_file f;
	size_t at = 0;

	(void)state;
	assert_non_null(text);
	at = (size_t)snprintf(text, n, "name,ref\n");
	for (int i = 0; i < REGISTER_ROWS; i++)
		at += (size_t)snprintf(text + at, n - at, "A,1\n");
	assert_int_equal(buf_add(&b, text, at), ERR_OK);
	assert_int_equal(
	    register_parse(&f, &b, "file", NULL, "A81001", 24), ERR_OK);
	assert_int_equal(f.n, REGISTER_ROWS);
	register_free(&f);
	at += (size_t)snprintf(text + at, n - at, "A,1\n");
	buf_free(&b);
	assert_int_equal(buf_add(&b, text, at), ERR_OK);
	assert_int_equal(
	    register_parse(&f, &b, "file", NULL, "A81001", 24), ERR_DATA);
	register_free(&f);
	buf_free(&b);
	free(text);
}

static void
birth_dates_are_read_as_they_are_written_here(void **state)
{
	static const struct {
		const char *in;
		const char *out; /* NULL: refused */
	} t[] = {
	    {"31/05/1961", "1961-05-31"},
	    {"1/2/1961", "1961-02-01"},
	    {"31-05-1961", "1961-05-31"},
	    {"31.5.1961", "1961-05-31"},
	    {"31 5 1961", "1961-05-31"},
	    {"31-May-1961", "1961-05-31"},
	    {"31 may 1961", "1961-05-31"},
	    {"1 September 1961", "1961-09-01"},
	    {"01-SEP-1961", "1961-09-01"},
	    {"1961-05-31", "1961-05-31"},
	    {"1961/5/31", "1961-05-31"},
	    {" 31/05/1961 00:00:00 ", "1961-05-31"},
	    {"31/05/1961 00:00", "1961-05-31"},
	    {"29/02/1960", "1960-02-29"},
	    {"29/02/1961", NULL},
	    {"05/31/1961", NULL},
	    {"31/05/61", NULL},
	    {"1961", NULL},
	    {"31/05", NULL},
	    {"31/05/1961x", NULL},
	    {"31/05/19611", NULL},
	    {"31/05/1961 12:00", NULL},
	    {"31-Mai-1961", NULL},
	    {"31-Ma-1961", NULL},
	    {"0/5/1961", NULL},
	    {"1961-0-1", NULL},
	    {"1961-01-1961", NULL},
	    {"31//1961", NULL},
	    {"", NULL},
	    {"-1/5/1961", NULL},
	    {"22432", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		char out[NORMAL_DATE];
		const char *why = normal_born(out, span_str(t[i].in));

		if ((why == NULL) != (t[i].out != NULL))
			fail_msg("'%s': %s", t[i].in, why);
		assert_string_equal(out, t[i].out != NULL ? t[i].out : "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_contracts_columns_are_read),
	    cmocka_unit_test(titles_of_gp_systems_and_excel_are_known),
	    cmocka_unit_test(
		lines_in_front_of_the_titles_and_empty_rows_are_passed_over),
	    cmocka_unit_test(a_map_says_what_other_titles_mean),
	    cmocka_unit_test(each_bad_value_is_named),
	    cmocka_unit_test(
		a_quotation_mark_that_is_never_closed_spoils_its_own_line),
	    cmocka_unit_test(a_value_is_cut_at_a_character),
	    cmocka_unit_test(what_is_no_register_is_refused),
	    cmocka_unit_test(rows_have_a_limit),
	    cmocka_unit_test(birth_dates_are_read_as_they_are_written_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
