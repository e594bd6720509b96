#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include <cmocka.h>

#include "passport/words.h"
#include "tests/kit/scheme.h"

/* A verdict with everything known. */
static void
full(struct verdict *v, enum reason r)
{
	memset(v, 0, sizeof(*v));
	v->reason = r;
	v->now = KIT_NOW;
	v->has_trust = v->has_status = v->has_issuer = true;
	v->has_ods = v->has_holder = true;
	v->trust_seq = INT64_MAX;
	v->trust_iat = KIT_NOW - 3 * KIT_DAY;
	v->status_iat = KIT_NOW - KIT_DAY;
	v->status_exp = KIT_NOW + KIT_DAY;
	v->host = span_str("look-alike.example");
	v->issuer_name = span_str("Riverside Surgery");
	v->issuer_phone = span_str("01632 960123");
	v->ods = span_str("A81001");
	kit_passport(&v->passport);
	v->passport.iat = INT64_C(1795305600); /* 2026-11-22 */
	v->passport.exp = INT64_C(1858464000); /* 2028-11-22 */
}

static const char *
headline(const struct verdict *v)
{
	static char out[VERDICT_TEXT_MAX];
	size_t n = verdict_headline(out, v, &words_en);

	assert_int_equal(n, strlen(out));
	return out;
}

static const char *
meaning(const struct verdict *v)
{
	static char out[VERDICT_TEXT_MAX];
	size_t n = verdict_meaning(out, v, &words_en);

	assert_int_equal(n, strlen(out));
	return out;
}

static const char *
filled(const struct verdict *v, const char *template)
{
	static char out[VERDICT_TEXT_MAX];
	size_t n = verdict_fill(out, v, &words_en, template);

	assert_int_equal(n, strlen(out));
	return out;
}

static void
each_reason_has_its_kind_name_and_exit(void **state)
{
	static const struct {
		enum reason r;
		const char *name;
		const char *kind;
		int code;
	} t[REASONS] = {
	    {REASON_OK, "ok", "valid", 0},
	    {REASON_EXPIRED, "expired", "not_valid", 1},
	    {REASON_NOT_YET_VALID, "not_yet_valid", "not_valid", 1},
	    {REASON_WITHDRAWN, "withdrawn", "not_valid", 1},
	    {REASON_UNKNOWN_ISSUER, "unknown_issuer", "not_valid", 1},
	    {REASON_BAD_SIGNATURE, "bad_signature", "not_valid", 1},
	    {REASON_MALFORMED, "malformed", "not_valid", 1},
	    {REASON_NO_LISTS, "no_lists", "cannot_tell", 3},
	    {REASON_LISTS_STALE, "lists_stale", "cannot_tell", 3},
	    {REASON_ROLLED_BACK, "rolled_back", "cannot_tell", 3},
	    {REASON_CLOCK_WRONG, "clock_wrong", "cannot_tell", 3},
	    {REASON_SERIAL_ONLY, "serial_only", "cannot_tell", 3},
	};

	(void)state;
	for (size_t i = 0; i < REASONS; i++) {
		assert_string_equal(reason_name(t[i].r), t[i].name);
		assert_string_equal(
		    verdict_kind_name(verdict_kind(t[i].r)), t[i].kind);
		assert_int_equal(verdict_exit(t[i].r), t[i].code);
	}
}

static void
sentences_are_filled_in(void **state)
{
	struct verdict v;

	(void)state;
	full(&v, REASON_OK);
	assert_string_equal(meaning(&v),
	    "Riverside Surgery knows Margaret Thompson as a carer. Valid to 21 "
	    "November 2028. Ask the person their name: it should be Margaret "
	    "Thompson. Ask the patient how they would like this carer "
	    "involved.");
	full(&v, REASON_EXPIRED);
	assert_string_equal(
	    headline(&v), "This passport ended on 21 November 2028");
	full(&v, REASON_NOT_YET_VALID);
	assert_string_equal(meaning(&v),
	    "Its first day is 22 November 2026. Ring Riverside Surgery on "
	    "01632 960123 if this looks wrong.");
	full(&v, REASON_WITHDRAWN);
	assert_non_null(strstr(meaning(&v), ", or ring Riverside Surgery on"));
}

static void
a_part_with_an_unknown_value_is_left_out(void **state)
{
	struct verdict v;

	(void)state;
	full(&v, REASON_WITHDRAWN);
	v.issuer_phone = span_of(NULL, 0);
	assert_string_equal(meaning(&v),
	    "It may have been replaced or lost. Ask to see a newer card.");
	assert_string_equal(
	    filled(&v, "a[ b {name}]c"), "a b Margaret Thompsonc");
	assert_string_equal(filled(&v, "a[ b {phone} {name}][ c]d"), "a cd");
	assert_string_equal(filled(&v, "[{unheard-of}]x{name"), "x{name");
	v.has_holder = false;
	assert_string_equal(filled(&v, "[{name}{date}{start}]."), ".");
	v.issuer_name = span_of(NULL, 0);
	assert_string_equal(filled(&v, "[({issuer})]."), "().");
	v.has_issuer = false;
	assert_string_equal(filled(&v, "[{issuer}]."), ".");
	v.host = span_of(NULL, 0);
	assert_string_equal(filled(&v, "[{host}]."), ".");
	v.has_trust = false;
	assert_string_equal(filled(&v, "[{age}][{lists}]."), ".");
}

static void
ages_are_told_in_the_largest_fitting_unit(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} t[] = {{-5, "0 minutes"}, {0, "0 minutes"}, {60, "1 minute"},
	    {119, "1 minute"}, {120, "2 minutes"}, {7199, "119 minutes"},
	    {7200, "2 hours"}, {86400, "24 hours"}, {172799, "47 hours"},
	    {172800, "2 days"}, {8640000, "100 days"}};
	struct verdict v;

	(void)state;
	full(&v, REASON_LISTS_STALE);
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		v.status_iat = v.now - t[i].seconds;
		assert_string_equal(filled(&v, "{age}"), t[i].text);
	}
	v.status_iat = v.now - 3600;
	assert_string_equal(
	    filled(&v, "{lists}"), "22 November 2026 11:00 UTC");
	/* Without a status list it is the trust list's age. */
	v.has_status = false;
	assert_string_equal(filled(&v, "{age}"), "3 days");
	assert_string_equal(
	    filled(&v, "{lists}"), "19 November 2026 12:00 UTC");
}

static void
genuine_is_said_only_where_the_signature_was_judged(void **state)
{
	struct verdict v;

	(void)state;
	full(&v, REASON_LISTS_STALE);
	assert_string_equal(
	    headline(&v), "The code is genuine, but our list is 24 hours old");
	v.has_holder = v.has_issuer = v.has_status = false;
	assert_string_equal(headline(&v), "Our list is 3 days old");
	assert_null(strstr(meaning(&v), "genuine"));
}

static void
a_foreign_host_adds_a_sentence(void **state)
{
	struct verdict v;

	(void)state;
	full(&v, REASON_OK);
	assert_null(strstr(meaning(&v), "look-alike"));
	v.foreign_host = true;
	assert_non_null(strstr(meaning(&v), " The code points to look-alike."));
}

static void
no_sentence_keeps_a_mark_or_sounds_like_a_gate(void **state)
{
	static const char *const never[] = {"allowed", "entitled", "approved",
	    "consent given", "invalid", "fake", "fraud", "{", "}", "[", "]",
	    "  "};
	struct verdict v;

	(void)state;
	for (int r = 0; r < REASONS; r++) {
		for (int known = 0; known < 2; known++) {
			char all[2 * VERDICT_TEXT_MAX];

			full(&v, (enum reason)r);
			if (known == 0)
				v.issuer_phone = span_of(NULL, 0);
			snprintf(all, sizeof(all), "%s. %s", headline(&v),
			    meaning(&v));
			assert_true(strlen(all) > 20);
			for (size_t i = 0; i < sizeof(never) / sizeof(*never);
			     i++)
				if (strstr(all, never[i]) != NULL)
					fail_msg("%s: %s", never[i], all);
		}
	}
}

static void
text_that_is_too_long_is_cut_not_spilled(void **state)
{
	static char name[3 * VERDICT_TEXT_MAX];
	struct {
		char out[VERDICT_TEXT_MAX];
		char after[16];
	} b;
	struct verdict v;

	(void)state;
	full(&v, REASON_OK);
	memset(name, 'x', sizeof(name));
	memset(&b, '#', sizeof(b));
	v.issuer_name = span_of(name, sizeof(name));
	assert_int_equal(
	    verdict_meaning(b.out, &v, &words_en), VERDICT_TEXT_MAX - 1);
	assert_int_equal(b.out[VERDICT_TEXT_MAX - 1], '\0');
	assert_int_equal(b.after[0], '#');
	v.foreign_host = true;
	assert_int_equal(
	    verdict_meaning(b.out, &v, &words_en), VERDICT_TEXT_MAX - 1);
	assert_int_equal(b.after[0], '#');
}

/* The names of an object's members in order, parted by spaces. */
static void
names(char *out, size_t cap, json_t *o)
{
	const char *key;
	json_t *v;
	size_t n = 0;

	out[0] = '\0';
	json_object_foreach(o, key, v)
	{
		n += (size_t)snprintf(out + n, cap - n, "%s ", key);
	}
}

static json_t *
json_of(const struct verdict *v)
{
	static char out[VERDICT_JSON_MAX];
	size_t n = verdict_json(out, v, &words_en);
	json_t *j = json_loadb(out, n, JSON_REJECT_DUPLICATES, NULL);

	assert_int_equal(n, strlen(out));
	assert_null(strchr(out, '\n'));
	assert_non_null(j);
	return j;
}

static void
json_members_stand_in_the_contracts_order(void **state)
{
	char all[512];
	struct verdict v;
	json_t *j;

	(void)state;
	full(&v, REASON_OK);
	v.foreign_host = true;
	v.passport.class = CLASS_YOUNG;
	j = json_of(&v);
	names(all, sizeof(all), j);
	assert_string_equal(all,
	    "verdict reason sentence foreign_host serial name class issuer "
	    "valid_from valid_to lists ");
	names(all, sizeof(all), json_object_get(j, "issuer"));
	assert_string_equal(all, "ods name phone ");
	names(all, sizeof(all), json_object_get(j, "lists"));
	assert_string_equal(
	    all, "trust_seq trust_issued status_issued status_expires ");
	assert_string_equal(
	    json_string_value(json_object_get(j, "class")), "young");
	assert_string_equal(
	    json_string_value(json_object_get(j, "valid_from")), "2026-11-22");
	assert_string_equal(
	    json_string_value(json_object_get(j, "valid_to")), "2028-11-21");
	assert_string_equal(
	    json_string_value(json_object_get(j, "serial")), "M6SC-7N75-0");
	assert_true(json_is_true(json_object_get(j, "foreign_host")));
	json_decref(j);
}

static void
json_leaves_out_what_is_not_known(void **state)
{
	char all[512];
	struct verdict v;
	json_t *j;

	(void)state;
	memset(&v, 0, sizeof(v));
	v.reason = REASON_MALFORMED;
	j = json_of(&v);
	names(all, sizeof(all), j);
	assert_string_equal(all, "verdict reason sentence ");
	json_decref(j);
	full(&v, REASON_UNKNOWN_ISSUER);
	v.has_ods = v.has_holder = v.has_status = false;
	v.issuer_phone = span_of(NULL, 0);
	j = json_of(&v);
	names(all, sizeof(all), j);
	assert_string_equal(all, "verdict reason sentence issuer lists ");
	names(all, sizeof(all), json_object_get(j, "issuer"));
	assert_string_equal(all, "name ");
	names(all, sizeof(all), json_object_get(j, "lists"));
	assert_string_equal(all, "trust_seq trust_issued ");
	json_decref(j);
}

static void
json_is_escaped_and_raw_utf8(void **state)
{
	struct verdict v;
	json_t *j;
	char out[VERDICT_JSON_MAX];

	(void)state;
	full(&v, REASON_OK);
	v.passport.name = span_str("Si\xc3\xa2n \"\\\x01\x1f</script>");
	j = json_of(&v);
	assert_string_equal(json_string_value(json_object_get(j, "name")),
	    "Si\xc3\xa2n \"\\\x01\x1f</script>");
	json_decref(j);
	verdict_json(out, &v, &words_en);
	assert_non_null(
	    strstr(out, "\"name\":\"Si\xc3\xa2n \\\"\\\\\\u0001\\u001f<"));
}

static void
the_longest_verdict_fits(void **state)
{
	static char name[256];
	struct verdict v;
	json_t *j;

	(void)state;
	memset(name, 'x', sizeof(name));
	full(&v, REASON_OK);
	v.foreign_host = true;
	v.host = span_of(name, 253);
	v.issuer_name = span_of(name, 100);
	v.issuer_phone = span_of(name, 64);
	v.passport.name = span_of(name, 64);
	for (int r = 0; r < REASONS; r++) {
		v.reason = (enum reason)r;
		j = json_of(&v);
		assert_non_null(json_object_get(j, "lists"));
		json_decref(j);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_reason_has_its_kind_name_and_exit),
	    cmocka_unit_test(sentences_are_filled_in),
	    cmocka_unit_test(a_part_with_an_unknown_value_is_left_out),
	    cmocka_unit_test(ages_are_told_in_the_largest_fitting_unit),
	    cmocka_unit_test(
		genuine_is_said_only_where_the_signature_was_judged),
	    cmocka_unit_test(a_foreign_host_adds_a_sentence),
	    cmocka_unit_test(no_sentence_keeps_a_mark_or_sounds_like_a_gate),
	    cmocka_unit_test(text_that_is_too_long_is_cut_not_spilled),
	    cmocka_unit_test(json_members_stand_in_the_contracts_order),
	    cmocka_unit_test(json_leaves_out_what_is_not_known),
	    cmocka_unit_test(json_is_escaped_and_raw_utf8),
	    cmocka_unit_test(the_longest_verdict_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
