#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/args.h"
#include "base/date.h"

struct options {
	const char *lists;
	bool json;
	int64_t months;
	bool has_months;
	int layout;
	struct date born;
	int64_t now;
	const char *out;
	const char *first;
	struct arg_list rest;
};

static const char *const layouts[] = {"cr80", "a4x10", "letter", NULL};

static const struct arg table[] = {
    {.name = "--lists",
	.kind = ARG_TEXT,
	.value = "DIR",
	.help = "a folder",
	.at = offsetof(struct options, lists),
	.needed = true},
    {.name = "--json",
	.kind = ARG_FLAG,
	.help = "as JSON",
	.at = offsetof(struct options, json)},
    {.name = "--months",
	.kind = ARG_INT,
	.value = "N",
	.help = "how long",
	.at = offsetof(struct options, months),
	.given = offsetof(struct options, has_months),
	.min = -1,
	.max = 36},
    {.name = "--layout",
	.kind = ARG_CHOICE,
	.value = "NAME",
	.help = "which paper",
	.at = offsetof(struct options, layout),
	.choices = layouts},
    {.name = "--born",
	.kind = ARG_DATE,
	.value = "DATE",
	.help = "a date",
	.at = offsetof(struct options, born)},
    {.name = "--now",
	.kind = ARG_TIME,
	.value = "TIME",
	.help = "a time",
	.at = offsetof(struct options, now)},
    {.name = "-o",
	.kind = ARG_TEXT,
	.value = "FILE",
	.help = "where to",
	.at = offsetof(struct options, out)},
    {.name = "FIRST",
	.kind = ARG_TEXT,
	.help = "the first word",
	.at = offsetof(struct options, first),
	.needed = true},
    {.name = "REST",
	.kind = ARG_LIST,
	.help = "all others",
	.at = offsetof(struct options, rest)},
};

static const struct args spec = {
    "prog command", "Does something.", table, sizeof(table) / sizeof(*table)};

/* Parses words parted by '|'. */
static enum err
parse(struct options *o, const char *words)
{
	static char text[512];
	static char *argv[32];
	int argc = 0;
	bool help;

	memset(o, 0, sizeof(*o));
	o->months = 24;
	snprintf(text, sizeof(text), "%s", words);
	if (text[0] != '\0')
		argv[argc++] = text;
	for (char *p = text; *p != '\0'; p++) {
		if (*p != '|')
			continue;
		*p = '\0';
		argv[argc++] = p + 1;
	}
	return args_parse(&spec, argc, argv, o, &help);
}

static void
a_whole_line_is_read(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(
	    parse(&o, "--lists|d|a|--json|--months|36|b|--layout=a4x10|"
		      "--born|2010-02-28|--now|2026-11-22T12:00:00Z|-o|f|c"),
	    ERR_OK);
	assert_string_equal(o.lists, "d");
	assert_true(o.json && o.has_months);
	assert_int_equal(o.months, 36);
	assert_int_equal(o.layout, 1);
	assert_true(o.born.year == 2010 && o.born.day == 28);
	assert_int_equal(o.now, 1795348800);
	assert_string_equal(o.out, "f");
	assert_string_equal(o.first, "a");
	assert_int_equal(o.rest.n, 2);
	assert_string_equal(o.rest.v[0], "b");
	assert_string_equal(o.rest.v[1], "c");
}

static void
what_is_left_out_keeps_its_default(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, "--lists=d|a"), ERR_OK);
	assert_int_equal(o.months, 24);
	assert_false(o.json || o.has_months);
	assert_null(o.out);
	assert_int_equal(o.rest.n, 0);
}

static void
two_dashes_end_options_and_one_is_a_word(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, "--lists|d|--|--json|--|-"), ERR_OK);
	assert_false(o.json);
	assert_string_equal(o.first, "--json");
	assert_string_equal(o.rest.v[0], "--");
	assert_string_equal(o.rest.v[1], "-");
	assert_int_equal(parse(&o, "-|--lists|d"), ERR_OK);
	assert_string_equal(o.first, "-");
	/* A value may look like an option. */
	assert_int_equal(parse(&o, "--lists|--json|a"), ERR_OK);
	assert_string_equal(o.lists, "--json");
	assert_false(o.json);
	/* A positional word may be empty. */
	assert_int_equal(parse(&o, "--lists|d||x"), ERR_OK);
	assert_string_equal(o.first, "");
}

static void
faults_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "a",                     /* --lists is needed */
	    "--lists|d",             /* FIRST is needed */
	    "--lists|d|a|--nothing", /* unknown */
	    "--lists|d|a|--list|x",  /* no abbreviations */
	    "--lists|d|a|-x",        /* unknown */
	    "--lists|d|a|-ofile",    /* not so */
	    "--lists|d|a|--lists|e", /* twice */
	    "--lists|d|a|--json|--json",
	    "--lists|d|a|--json=yes", /* takes no value */
	    "--lists|d|a|--months",   /* needs one */
	    "--lists=|a",             /* empty */
	    "--lists||a",
	    "--lists|d|a|--months|37", /* range */
	    "--lists|d|a|--months|-2",
	    "--lists|d|a|--months|x",
	    "--lists|d|a|--months|1x",
	    "--lists|d|a|--months|",
	    "--lists|d|a|--months|-",
	    "--lists|d|a|--months| 1",
	    "--lists|d|a|--months|99999999999999999999",
	    "--lists|d|a|--months|9223372036854775808",
	    "--lists|d|a|--layout|cr8",
	    "--lists|d|a|--born|28/02/2010",
	    "--lists|d|a|--now|yesterday",
	};
	struct options o;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (parse(&o, bad[i]) != ERR_USAGE)
			fail_msg("%s", bad[i]);
	assert_int_equal(parse(&o, "--lists|d|a|--months|-1"), ERR_OK);
	assert_int_equal(o.months, -1);
}

static void
without_a_list_row_further_words_are_too_many(void **state)
{
	const struct args few = {"prog", "", table, 8};
	char words[] = "a";
	char *argv[] = {words, words, (char[]){"--lists=d"}};
	struct options o = {0};
	bool help;

	(void)state;
	assert_int_equal(args_parse(&few, 3, argv, &o, &help), ERR_USAGE);
	argv[0] = (char[]){"--lists=d"};
	assert_int_equal(args_parse(&few, 2, argv, &o, &help), ERR_OK);
}

/* Runs ${argv} with standard output in a buffer. */
static void
printed(char *out, size_t cap, int argc, char **argv, bool *help)
{
	struct options o = {0};
	FILE *f = tmpfile();
	int keep = dup(STDOUT_FILENO);
	size_t n;

	assert_non_null(f);
	fflush(stdout);
	dup2(fileno(f), STDOUT_FILENO);
	assert_int_equal(args_parse(&spec, argc, argv, &o, help), ERR_OK);
	fflush(stdout);
	dup2(keep, STDOUT_FILENO);
	close(keep);
	rewind(f);
	n = fread(out, 1, cap - 1, f);
	out[n] = '\0';
	fclose(f);
}

static void
help_shows_every_row(void **state)
{
	char text[4096];
	char *argv[] = {(char[]){"--lists"}, (char[]){"d"}, (char[]){"--help"},
	    (char[]){"--nonsense"}};
	bool help;

	(void)state;
	printed(text, sizeof(text), 4, argv, &help);
	assert_true(help);
	assert_non_null(strstr(text,
	    "usage: prog command --lists DIR [--json] [--months N] "
	    "[--layout NAME] [--born DATE] [--now TIME] [-o FILE] FIRST "
	    "[REST...]\n\nDoes something.\n"));
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		assert_non_null(strstr(text, table[i].name));
		assert_non_null(strstr(text, table[i].help));
	}
	assert_non_null(strstr(text, "(-1 to 36)"));
	assert_non_null(strstr(text, "(cr80, a4x10, letter)"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_line_is_read),
	    cmocka_unit_test(what_is_left_out_keeps_its_default),
	    cmocka_unit_test(two_dashes_end_options_and_one_is_a_word),
	    cmocka_unit_test(faults_are_refused),
	    cmocka_unit_test(without_a_list_row_further_words_are_too_many),
	    cmocka_unit_test(help_shows_every_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
