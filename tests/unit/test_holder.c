#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registry/holder.h"
#include "tests/kit/clinic.h"

struct hits {
	int n;
	char names[256]; /* in order, each after a ';' */
	char ref[CARD_TEXT_MAX + 1];
	int64_t serial;
	bool is_good;
	int64_t now;
};

static enum err
hit(void *ctx, const struct holder_hit *hit)
{
	struct hits *h = ctx;
	size_t n = strlen(h->names);

	h->n++;
	snprintf(h->names + n, sizeof(h->names) - n, ";%s", hit->text->name);
	memcpy(h->ref, hit->text->ref, sizeof(h->ref));
	h->serial = hit->card->serial;
	h->is_good = card_is_good(hit->card, h->now);
	return ERR_OK;
}

static struct hits
find(struct clinic *c, const char *org, const char *text)
{
	struct hits h = {.now = c->now};

	assert_int_equal(holder_find_name(c->db, &c->fake.sealer, org,
			     span_str(text), hit, &h),
	    ERR_OK);
	return h;
}

static struct hits
find_ref(struct clinic *c, const char *org, const char *ref)
{
	struct hits h = {.now = c->now};

	assert_int_equal(holder_find_ref(c->db, &c->fake.sealer, org,
			     span_str(ref), hit, &h),
	    ERR_OK);
	return h;
}

static int64_t
add(struct clinic *c, const char *org, const char *name, const char *ref)
{
	struct clinic_person p = {name, ref, NULL, NULL};

	assert_int_equal(clinic_issue(c, org, &p), ERR_OK);
	return c->last.card.serial;
}

static void
a_name_is_found_whatever_its_case_and_accents(void **state)
{
	static const char *const asked[] = {"sian", "SIAN", "Si\xc3\xa2n",
	    "si\xc3\xa2n", "sia\xcc\x82n", "ian o", "o'br", "O'BRIEN"};
	struct clinic *c = *state;

	add(c, "A00001", "Si\xc3\xa2n O'Brien", "PT-1");
	add(c, "A00001", "Bob Example", "PT-2");
	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		struct hits h = find(c, "A00001", asked[i]);

		assert_int_equal(h.n, 1);
		assert_string_equal(h.names, ";Si\xc3\xa2n O'Brien");
	}
	assert_int_equal(find(c, "A00001", "sean").n, 0);
	add(c, "A00001", "\xc5\x81ukasz \xc5\xbb\xc3\xb3\xc5\x82\xc4\x87",
	    "PT-3");
	add(c, "A00001", "Pat O\xe2\x80\x99Hara", "PT-4");
	assert_int_equal(find(c, "A00001", "lukasz zolc").n, 1);
	assert_int_equal(find(c, "A00001", "o'hara").n, 1);
	assert_string_equal(
	    find(c, "A00001", "B").names, ";Si\xc3\xa2n O'Brien;Bob Example");
}

static void
an_organisation_finds_its_own_people_only(void **state)
{
	struct clinic *c = *state;

	add(c, "A00001", "Rose Example", "PT-1");
	add(c, "A00002", "Rose Other", "PT-1");
	assert_string_equal(find(c, "A00001", "rose").names, ";Rose Example");
	assert_string_equal(find(c, "A00002", "rose").names, ";Rose Other");
	assert_int_equal(find(c, "H00001", "rose").n, 0);
	assert_string_equal(find_ref(c, "A00002", "PT-1").names, ";Rose Other");
	assert_int_equal(find_ref(c, "H00001", "PT-1").n, 0);
}

static void
a_reference_is_found_exactly_with_its_newest_card(void **state)
{
	struct clinic *c = *state;
	int64_t first = add(c, "A00001", "Rose Example", "PT-1");
	struct hits h;

	c->now += 86400;
	assert_int_equal(clinic_again(c, CARD_RENEWAL, first), ERR_OK);
	h = find_ref(c, "A00001", "PT-1");
	assert_int_equal(h.n, 1);
	assert_string_equal(h.ref, "PT-1");
	assert_int_equal(h.serial, c->last.card.serial);
	assert_true(h.is_good);
	assert_int_equal(find_ref(c, "A00001", "PT-").n, 0);
	assert_int_equal(find_ref(c, "A00001", "pt-1").n, 0);
}

static void
an_ended_card_is_found_and_marked(void **state)
{
	struct clinic *c = *state;
	int64_t serial = add(c, "A00001", "Rose Example", "PT-1");

	clinic_withdraw(c, serial, CARD_LOST);
	assert_int_equal(find(c, "A00001", "rose").serial, serial);
	assert_false(find(c, "A00001", "rose").is_good);
}

static void
what_is_no_text_is_refused(void **state)
{
	struct clinic *c = *state;
	struct hits h = {.n = 0};
	static const char *const bad[] = {"", "\xff", "\xcc\x82"};

	add(c, "A00001", "Rose Example", "PT-1");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(holder_find_name(c->db, &c->fake.sealer,
				     "A00001", span_str(bad[i]), hit, &h),
		    ERR_DATA);
	assert_int_equal(h.n, 0);
}

static enum err
stop(void *ctx, const struct holder_hit *hit)
{
	(void)hit;
	++*(int *)ctx;
	return ERR_POLICY;
}

static void
an_error_of_the_caller_ends_the_search(void **state)
{
	struct clinic *c = *state;
	int n = 0;

	add(c, "A00001", "Rose Example", "PT-1");
	add(c, "A00001", "Rose Other", "PT-2");
	assert_int_equal(holder_find_name(c->db, &c->fake.sealer, "A00001",
			     span_str("rose"), stop, &n),
	    ERR_POLICY);
	assert_int_equal(n, 1);
}

static void
a_text_moved_to_another_row_does_not_open(void **state)
{
	struct clinic *c = *state;
	struct hits h = {.n = 0};
	struct holder holder;
	struct holder_text text;

	add(c, "A00001", "Rose Example", "PT-1");
	add(c, "A00001", "Ada Example", "PT-2");
	clinic_tamper(c,
	    "UPDATE holder SET name = (SELECT name FROM holder WHERE id = 1),"
	    " key = (SELECT key FROM holder WHERE id = 1) WHERE id = 2");
	assert_int_equal(holder_get(c->db, 2, &holder), ERR_OK);
	assert_int_equal(
	    holder_open(c->db, &c->fake.sealer, &holder, &text), ERR_DATA);
	assert_string_equal(text.name, "");
	assert_int_equal(holder_find_name(c->db, &c->fake.sealer, "A00001",
			     span_str("ada"), hit, &h),
	    ERR_DATA);
	clinic_tamper(c,
	    "UPDATE holder SET born = (SELECT ref FROM holder WHERE id = 1)"
	    " WHERE id = 1");
	assert_int_equal(holder_get(c->db, 1, &holder), ERR_OK);
	assert_int_equal(
	    holder_open(c->db, &c->fake.sealer, &holder, &text), ERR_DATA);
}

static void
an_erased_holder_is_found_by_nobody(void **state)
{
	struct clinic *c = *state;
	struct holder holder;
	struct holder_text text;

	add(c, "A00001", "Rose Example", "PT-1");
	clinic_tamper(c,
	    "UPDATE holder SET ref_index = NULL, key = NULL, salt = NULL,"
	    " name = NULL, born = NULL, ref = NULL, nhs = NULL, erased = 1;"
	    "UPDATE card SET payload = NULL");
	assert_int_equal(find(c, "A00001", "rose").n, 0);
	assert_int_equal(find_ref(c, "A00001", "PT-1").n, 0);
	assert_int_equal(holder_get(c->db, 1, &holder), ERR_OK);
	assert_true(holder.is_erased);
	assert_int_equal(
	    holder_open(c->db, &c->fake.sealer, &holder, &text), ERR_NOINPUT);
	assert_int_equal(holder_get(c->db, 2, &holder), ERR_NOINPUT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, clinic_open, clinic_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_name_is_found_whatever_its_case_and_accents),
	    TEST(an_organisation_finds_its_own_people_only),
	    TEST(a_reference_is_found_exactly_with_its_newest_card),
	    TEST(an_ended_card_is_found_and_marked),
	    TEST(what_is_no_text_is_refused),
	    TEST(an_error_of_the_caller_ends_the_search),
	    TEST(a_text_moved_to_another_row_does_not_open),
	    TEST(an_erased_holder_is_found_by_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
