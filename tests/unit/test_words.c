#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "passport/words.h"

#define TEXTS 256 /* more than a language has */
#define SLOTS 64  /* more placeholders than a text has */

/* Every text of a language with a name that is the same in all of them. */
struct texts {
	size_t n;
	char name[TEXTS][64];
	const char *text[TEXTS];
};

static void
add(struct texts *t, const char *name, int i, const char *text)
{
	assert_in_range(t->n, 0, TEXTS - 1);
	if (text == NULL || *text == '\0')
		fail_msg("%s %d has no text", name, i);
	assert_in_range(
	    snprintf(t->name[t->n], sizeof(*t->name), "%s %d", name, i), 1,
	    sizeof(*t->name) - 1);
	t->text[t->n++] = text;
}

static void
gather(struct texts *t, const struct words *w)
{
	struct words_text page;

	t->n = 0;
	for (int i = 0; i < REASONS; i++) {
		add(t, "headline", i, w->verdict[i].headline);
		add(t, "meaning", i, w->verdict[i].meaning);
	}
	add(t, "stale headline", 0, w->stale_unjudged_headline);
	add(t, "stale meaning", 0, w->stale_unjudged_meaning);
	for (int i = 0; i < 6; i++)
		add(t, "ago", i, w->ago[i / 2][i % 2]);
	for (int i = 0; i < 12; i++)
		add(t, "month", i, w->months[i]);
	for (size_t i = 0; words_page_at(w, i, &page); i++)
		add(t, page.key, 0, page.text);
}

/* The placeholders of ${s}, each with whether it may be left out, sorted. */
static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
slots(char out[static 512], const char *s)
{
	char slot[SLOTS][32];
	size_t n = 0;
	bool part = false;

	for (; *s != '\0'; s++) {
		size_t len = strcspn(s, "}");

		if (*s == '[' || *s == ']') {
			assert_int_equal(part, *s == ']'); /* they alternate */
			part = *s == '[';
		} else if (*s == '{') {
			assert_in_range(n, 0, SLOTS - 1);
			assert_int_equal(s[len], '}');
			assert_in_range(len, 2, 24);
			(void)snprintf(slot[n++], sizeof(*slot), "%.*s}%s",
			    (int)len, s, part ? "?" : "");
			s += len;
		} else if (*s == '%') {
			(void)snprintf(slot[n++], sizeof(*slot), "%%");
		}
	}
	assert_false(part);
	qsort(slot, n, sizeof(*slot), by_text);
	*out = '\0';
	for (size_t i = 0; i < n; i++) {
		/* A name may be said once in one language, twice in another. */
		if (i > 0 && strcmp(slot[i], slot[i - 1]) == 0)
			continue;
		assert_in_range(strlen(out), 0, 480);
		strncat(out, slot[i], 31);
	}
}

static void
every_language_has_the_same_texts_and_placeholders(void **state)
{
	static struct texts en;
	static struct texts other;
	const struct words *w;

	(void)state;
	gather(&en, words_at(0));
	assert_in_range(en.n, 80, TEXTS);
	for (size_t i = 1; (w = words_at(i)) != NULL; i++) {
		gather(&other, w);
		assert_int_equal(other.n, en.n);
		for (size_t k = 0; k < en.n; k++) {
			char a[512];
			char b[512];

			assert_string_equal(other.name[k], en.name[k]);
			slots(a, en.text[k]);
			slots(b, other.text[k]);
			if (strcmp(a, b) != 0)
				fail_msg("%s: %s has %s, English %s",
				    en.name[k], w->language, b, a);
		}
	}
}

static void
texts_are_utf_8_without_controls_or_doubled_spaces(void **state)
{
	static struct texts t;
	const struct words *w;

	(void)state;
	for (size_t i = 0; (w = words_at(i)) != NULL; i++) {
		gather(&t, w);
		for (size_t k = 0; k < t.n; k++) {
			const char *s = t.text[k];
			size_t n = strlen(s);

			assert_true(utf8_ok(span_str(s)));
			assert_in_range(n, 1, VERDICT_TEXT_MAX / 2);
			assert_null(strstr(s, "  "));
			assert_true(s[0] != ' ' && s[n - 1] != ' ');
			for (; *s != '\0'; s++)
				assert_true((uint8_t)*s >= ' ' && *s != '\\' &&
					    *s != '"' && *s != '<');
		}
	}
}

static void
no_key_of_the_page_is_there_twice(void **state)
{
	const struct words *w;
	struct words_text a;

	(void)state;
	for (size_t l = 0; (w = words_at(l)) != NULL; l++)
		for (size_t i = 0; words_page_at(w, i, &a); i++) {
			/* The first of that key is this one. */
			assert_ptr_equal(
			    words_page(w, span_str(a.key)), a.text);
			assert_int_equal(
			    strspn(a.key, "abcdefghijklmnopqrstuvwxyz_"),
			    strlen(a.key));
		}
	assert_null(words_page(&words_en, span_str("no such key")));
	assert_null(words_page(&words_en, span_of(NULL, 0)));
	assert_string_equal(
	    words_page(&words_cy, span_str("name")), words_cy.name);
	assert_string_equal(words_page(&words_cy, span_str("kind_cannot_tell")),
	    words_cy.kind[VERDICT_CANNOT_TELL]);
}

/* wording.md: nothing that sounds like a gate, no blame. */
static void
nothing_sounds_like_a_gate(void **state)
{
	static const char *const never[] = {"allowed", "entitled", "approved",
	    "consent given", "invalid", "fake", "fraud", "denied", "refused",
	    "unauthori"};
	static struct texts t;

	(void)state;
	gather(&t, &words_en);
	for (size_t k = 0; k < t.n; k++)
		for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
			for (const char *s = t.text[k]; *s != '\0'; s++)
				if (strncasecmp(
					s, never[i], strlen(never[i])) == 0)
					fail_msg("%s says \"%s\"", t.name[k],
					    never[i]);
}

static void
a_language_is_found_by_its_tag(void **state)
{
	static const struct {
		const char *tag;
		const struct words *w;
	} t[] = {{"en", &words_en}, {"en-GB", &words_en}, {"EN-gb", &words_en},
	    {"cy", &words_cy}, {"cy-GB", &words_cy}, {"CY", &words_cy},
	    {"en-US", &words_en}, {"", NULL}, {"-", NULL}, {"e", NULL},
	    {"eng", NULL}, {"c", NULL}, {"cym", NULL}, {"fr", NULL},
	    {"*", NULL}, {"-en", NULL}};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		assert_ptr_equal(words_for(span_str(t[i].tag)), t[i].w);
	assert_ptr_equal(words_at(0), &words_en);
	assert_ptr_equal(words_at(1), &words_cy);
	assert_null(words_at(2));
	assert_null(words_for(span_of(NULL, 0)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		every_language_has_the_same_texts_and_placeholders),
	    cmocka_unit_test(
		texts_are_utf_8_without_controls_or_doubled_spaces),
	    cmocka_unit_test(no_key_of_the_page_is_there_twice),
	    cmocka_unit_test(nothing_sounds_like_a_gate),
	    cmocka_unit_test(a_language_is_found_by_its_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
