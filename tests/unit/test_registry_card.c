#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/kit/clinic.h"

static int64_t
add(struct clinic *c, const char *org, const char *name)
{
	struct clinic_person p = {name, NULL, NULL, NULL};

	assert_int_equal(clinic_issue(c, org, &p), ERR_OK);
	return c->last.card.serial;
}

static void
a_withdrawal_is_final_and_said_once(void **state)
{
	struct clinic *c = *state;
	int64_t serial = add(c, "A00001", "Rose Example");
	struct card card;

	c->now += 60;
	assert_int_equal(clinic_withdraw(c, serial, CARD_LOST), CARD_WITHDRAWN);
	c->now += 60;
	assert_int_equal(
	    clinic_withdraw(c, serial, CARD_STOLEN), CARD_ALREADY_ENDED);
	assert_int_equal(card_get(c->db, serial, &card), ERR_OK);
	assert_true(card.is_ended);
	assert_int_equal(card.reason, CARD_LOST);
	assert_int_equal(card.ended, c->now - 60);
	assert_false(card_is_good(&card, card.iat));
	assert_int_equal(
	    clinic_int(c, "SELECT count(*) FROM event WHERE kind = 3"), 1);
	assert_true(clinic_check(c));
}

static void
an_unknown_card_is_not_withdrawn(void **state)
{
	struct clinic *c = *state;

	assert_int_equal(clinic_withdraw(c, 4711, CARD_LOST), CARD_UNKNOWN);
}

static void
a_clock_set_back_does_not_end_a_card_before_it_began(void **state)
{
	struct clinic *c = *state;
	int64_t serial = add(c, "A00001", "Rose Example");
	int64_t iat = c->now;
	struct card card;

	c->now -= 1000000;
	assert_int_equal(clinic_withdraw(c, serial, CARD_LOST), CARD_WITHDRAWN);
	assert_int_equal(card_get(c->db, serial, &card), ERR_OK);
	assert_int_equal(card.ended, iat);
}

static void
a_card_is_good_to_the_second_before_exp(void **state)
{
	struct card card = {.iat = 100, .exp = 200};

	(void)state;
	assert_true(card_is_good(&card, 199));
	assert_false(card_is_good(&card, 200));
	card.is_ended = true;
	assert_false(card_is_good(&card, 150));
}

static void
name_and_payload_open_again(void **state)
{
	struct clinic *c = *state;
	int64_t serial = add(c, "A00001", "Si\xc3\xa2n Example");
	struct card_text text;

	assert_int_equal(
	    card_open(c->db, &c->fake.sealer, serial, &text), ERR_OK);
	assert_string_equal(text.name, "Si\xc3\xa2n Example");
	assert_int_equal(text.payload_n, c->last.text.payload_n);
	assert_memory_equal(text.payload, c->last.text.payload, text.payload_n);
	assert_int_equal(
	    card_open(c->db, &c->fake.sealer, 4711, &text), ERR_NOINPUT);
}

static void
a_payload_moved_to_another_card_does_not_open(void **state)
{
	struct clinic *c = *state;
	int64_t serial = add(c, "A00001", "Rose Example");
	struct card_text text;

	assert_int_equal(clinic_again(c, CARD_RENEWAL, serial), ERR_OK);
	clinic_tamper(c,
	    "UPDATE card SET payload = (SELECT payload FROM card AS other"
	    " WHERE other.serial <> card.serial) WHERE replaces IS NULL");
	assert_int_equal(
	    card_open(c->db, &c->fake.sealer, serial, &text), ERR_DATA);
	assert_int_equal(text.payload_n, 0);
}

static void
an_erased_card_has_no_text(void **state)
{
	struct clinic *c = *state;
	int64_t serial = add(c, "A00001", "Rose Example");
	struct card_text text;
	struct card card;

	clinic_tamper(c, "UPDATE card SET payload = NULL");
	assert_int_equal(
	    card_open(c->db, &c->fake.sealer, serial, &text), ERR_NOINPUT);
	assert_int_equal(card_get(c->db, serial, &card), ERR_OK);
	assert_true(card.is_erased);
}

struct seen {
	struct clinic *c;
	int n;
	int64_t last;
	bool write;
};

static enum err
see(void *ctx, const struct card *card)
{
	struct seen *s = ctx;

	assert_true(card->serial > s->last);
	s->last = card->serial;
	s->n++;
	if (s->write)
		clinic_withdraw(s->c, card->serial, CARD_ERROR);
	return ERR_OK;
}

static int
count(struct clinic *c, const struct card_filter *filter, bool write)
{
	struct seen s = {c, 0, 0, write};

	assert_int_equal(card_each(c->db, filter, see, &s), ERR_OK);
	return s.n;
}

static void
cards_are_listed_by_organisation_key_and_state(void **state)
{
	struct clinic *c = *state;
	struct card_filter all = {NULL, NULL, 0};
	struct card_filter org = {"A00001", NULL, 0};
	struct card_filter key = {NULL, clinic_kid("A00002"), 0};
	struct card_filter good = {"A00001", NULL, c->now};
	int64_t serial = add(c, "A00001", "Rose Example");

	add(c, "A00001", "Ada Example");
	add(c, "A00001", "Sam Example");
	add(c, "A00002", "Tom Example");
	clinic_withdraw(c, serial, CARD_LOST);
	assert_int_equal(count(c, &all, false), 4);
	assert_int_equal(count(c, &org, false), 3);
	assert_int_equal(count(c, &key, false), 1);
	assert_int_equal(count(c, &good, false), 2);
	good.good_at = c->now + 800 * INT64_C(86400);
	assert_int_equal(count(c, &good, false), 0);
}

static void
a_walk_over_the_cards_may_change_them(void **state)
{
	struct clinic *c = *state;
	struct card_filter good = {"A00001", NULL, c->now};

	for (int i = 0; i < 5; i++)
		add(c, "A00001", "Rose Example");
	assert_int_equal(count(c, &good, true), 5);
	assert_int_equal(count(c, &good, true), 0);
}

static void
every_reason_has_its_word(void **state)
{
	static const char *const words[] = {"ended", "bereaved", "lost",
	    "stolen", "left_practice", "consent", "safeguarding", "error"};
	enum card_reason r;

	(void)state;
	for (int i = 0; i < 8; i++) {
		assert_true(card_reason_read(&r, span_str(words[i])));
		assert_int_equal(r, i + 1);
		assert_string_equal(card_reason_name(r), words[i]);
		assert_non_null(strstr(card_reason_list(), words[i]));
	}
	assert_false(card_reason_read(&r, span_str("superseded")));
	assert_false(card_reason_read(&r, span_str("Lost")));
	assert_false(card_reason_read(&r, span_str("")));
	assert_string_equal(card_kind_name(CARD_REPLACEMENT), "replacement");
}

/* Numbers are random: only the chain tells which of them came last. */
static void
of_one_second_the_newest_is_the_last_of_the_chain(void **state)
{
	struct clinic *c = *state;
	struct clinic_person p = {"Rose Example", "PT-1", NULL, NULL};
	struct card newest;

	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	for (int i = 0; i < 20; i++) {
		int64_t last = c->last.card.serial;

		assert_int_equal(
		    clinic_again(c, CARD_REPLACEMENT, last), ERR_OK);
		assert_int_equal(
		    card_newest(c->db, c->last.card.holder, &newest), ERR_OK);
		assert_int_equal(newest.serial, c->last.card.serial);
		assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
		assert_int_equal(c->last.outcome, ISSUE_EXISTING);
		assert_int_equal(c->last.card.serial, newest.serial);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, clinic_open, clinic_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_withdrawal_is_final_and_said_once),
	    TEST(an_unknown_card_is_not_withdrawn),
	    TEST(a_clock_set_back_does_not_end_a_card_before_it_began),
	    cmocka_unit_test(a_card_is_good_to_the_second_before_exp),
	    TEST(name_and_payload_open_again),
	    TEST(a_payload_moved_to_another_card_does_not_open),
	    TEST(an_erased_card_has_no_text),
	    TEST(cards_are_listed_by_organisation_key_and_state),
	    TEST(a_walk_over_the_cards_may_change_them),
	    cmocka_unit_test(every_reason_has_its_word),
	    TEST(of_one_second_the_newest_is_the_last_of_the_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
