#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/utf8.h"
#include "passport/name.h"
#include "tests/kit/vectors.h"

/* name-rule.txt: a table and cases. */
struct rule {
	bool letter[0x110000];
	bool mark[0x110000];
	bool punctuation[0x110000];
	int accepted;
	int refused;
};

static void
take_case(struct rule *r, const char *json, bool accept)
{
	json_t *t = json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	struct span s;

	assert_non_null(t);
	s = span_of(json_string_value(t), json_string_length(t));
	if (name_is_person(s) != accept)
		fail_msg("%s", json);
	if (accept)
		r->accepted++;
	else
		r->refused++;
	json_decref(t);
}

static void
take_line(struct rule *r, char *line)
{
	char *rest = strchr(line, ' ');
	bool *table;

	if (rest == NULL || line[0] == '#')
		return;
	*rest++ = '\0';
	if (strcmp(line, "accept") == 0 || strcmp(line, "reject") == 0) {
		take_case(r, rest, line[0] == 'a');
		return;
	}
	table = strcmp(line, "letters") == 0 ? r->letter
		: strcmp(line, "marks") == 0 ? r->mark
					     : r->punctuation;
	while (*rest != '\0') {
		unsigned long from = strtoul(rest, &rest, 16);
		unsigned long to = from;

		if (*rest == '-')
			to = strtoul(rest + 1, &rest, 16);
		for (; from <= to; from++)
			table[from] = true;
		while (*rest == ' ')
			rest++;
	}
}

static struct rule *
rule_read(void)
{
	struct buf text = BUF_INIT(65536);
	struct rule *r = calloc(1, sizeof(*r));
	char *save = NULL;

	assert_non_null(r);
	vectors_read(&text, "name-rule/name-rule.txt");
	for (char *l = strtok_r((char *)text.p, "\n", &save); l != NULL;
	     l = strtok_r(NULL, "\n", &save))
		take_line(r, l);
	buf_free(&text);
	return r;
}

static void
all_66_cases_of_the_rule_agree(void **state)
{
	struct rule *r = rule_read();

	(void)state;
	assert_int_equal(r->accepted, 24);
	assert_int_equal(r->refused, 42);
	free(r);
}

static size_t
put_utf8(char out[5], int32_t cp)
{
	if (cp < 0x80)
		return (size_t)snprintf(out, 5, "%c", (char)cp) * (cp != 0);
	if (cp < 0x800)
		return (size_t)snprintf(out, 5, "%c%c", (char)(0xc0 | cp >> 6),
		    (char)(0x80 | (cp & 63)));
	if (cp < 0x10000)
		return (size_t)snprintf(out, 5, "%c%c%c",
		    (char)(0xe0 | cp >> 12), (char)(0x80 | (cp >> 6 & 63)),
		    (char)(0x80 | (cp & 63)));
	return (size_t)snprintf(out, 5, "%c%c%c%c", (char)(0xf0 | cp >> 18),
	    (char)(0x80 | (cp >> 12 & 63)), (char)(0x80 | (cp >> 6 & 63)),
	    (char)(0x80 | (cp & 63)));
}

static void
every_code_point_is_judged_as_the_table_says(void **state)
{
	struct rule *r = rule_read();

	(void)state;
	for (int32_t cp = 1; cp < 0x110000; cp++) {
		char text[16] = "A";
		size_t n = 1 + put_utf8(text + 1, cp);
		bool want = r->letter[cp] || r->mark[cp] || r->punctuation[cp];
		bool org = want || (cp < 0x80 && strchr("0123456789&()+/:@_",
						     (char)cp) != NULL);

		text[n++] = 'B';
		if (name_has_char(cp) != want ||
		    name_is_person(span_of(text, n)) != want ||
		    name_is_org(span_of(text, n)) != org)
			fail_msg("U+%04X", (unsigned)cp);
	}
	assert_false(name_has_char(-1));
	assert_false(name_has_char(0));
	free(r);
}

static void
of_the_naughty_strings_48_plain_words_pass(void **state)
{
	json_t *all = vectors_json("blns/blns.json");
	int passed = 0;
	size_t i;
	json_t *v;

	(void)state;
	json_array_foreach(all, i, v)
	{
		struct span s =
		    span_of(json_string_value(v), json_string_length(v));

		if (!name_is_person(s))
			continue;
		passed++;
		for (size_t k = 0; k < s.n; k++)
			assert_true(s.p[k] >= 0x20 &&
				    strchr("<>&\"\\/;{}$`|", s.p[k]) == NULL);
	}
	assert_int_equal(json_array_size(all), 515);
	assert_int_equal(passed, 48);
	json_decref(all);
}

static void
lengths_are_in_bytes(void **state)
{
	char text[128];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t n = 0; n < sizeof(text); n++) {
		assert_int_equal(
		    name_is_person(span_of(text, n)), n >= 1 && n <= 64);
		assert_int_equal(
		    name_is_org(span_of(text, n)), n >= 1 && n <= 100);
	}
}

static void
organisations_may_have_numbers_but_not_only_them(void **state)
{
	static const char *const good[] = {"St Mary's & Co. (2nd) 24/7",
	    "Surgery+ @ 5:30", "a_b", "Practice 1"};
	static const char *const bad[] = {"123", "24/7", "", " a", "a ", "a  b",
	    "a;b", "a\"b", "a<b", "\xff", "a\xcc\x80\xcc\x81\xcc\x82",
	    ("1\xcc\x80"
	     "a")};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(name_is_org(span_str(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (name_is_org(span_str(bad[i])))
			fail_msg("%s", bad[i]);
	assert_false(name_is_person(span_str("Practice 1")));
	assert_true(name_is_org(span_str("a\xcc\x80\xcc\x81"
					 "b")));
}

static void
no_control_character_passes_anywhere(void **state)
{
	(void)state;
	for (int c = 0; c < 0x20; c++) {
		char text[3] = {'A', (char)c, 'B'};

		assert_false(name_is_person(span_of(text, 3)));
		assert_false(name_is_org(span_of(text, 3)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_66_cases_of_the_rule_agree),
	    cmocka_unit_test(every_code_point_is_judged_as_the_table_says),
	    cmocka_unit_test(of_the_naughty_strings_48_plain_words_pass),
	    cmocka_unit_test(lengths_are_in_bytes),
	    cmocka_unit_test(organisations_may_have_numbers_but_not_only_them),
	    cmocka_unit_test(no_control_character_passes_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
