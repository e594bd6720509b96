#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registry/audit.h"
#include "registry/ledger.h"
#include "tests/kit/clinic.h"

#define DAY INT64_C(86400)

static const struct clinic_person rose = {
    "Rose Example", "PT-1", "9434765919", "1961-04-02"};

static int64_t
issue(struct clinic *c, const char *org, const struct clinic_person *p)
{
	assert_int_equal(clinic_issue(c, org, p), ERR_OK);
	return c->last.card.serial;
}

static int64_t
figure(struct clinic *c, enum ledger_measure measure)
{
	struct ledger_query q = {measure, NULL, -1, -1};
	int64_t n;

	assert_int_equal(ledger_sum(c->db, &q, c->now / DAY, &n), ERR_OK);
	return n;
}

static bool
is_clean(struct clinic *c)
{
	struct audit a;
	enum err e = audit_run(c->db, &a);

	if (e == ERR_DATA)
		print_message("%s %d: %s\n", a.table, (int)a.row, a.what);
	return e == ERR_OK;
}

static void
nothing_personal_is_left_and_counts_stay(void **state)
{
	struct clinic *c = *state;
	int64_t serial = issue(c, "A00001", &rose);
	struct erase_result r;

	assert_int_equal(clinic_again(c, CARD_RENEWAL, serial), ERR_OK);
	c->now += DAY;
	r = clinic_erase(c, serial);
	assert_false(r.was_erased);
	assert_int_equal(r.cards, 2);
	assert_int_equal(r.ended, 1);
	assert_int_equal(
	    clinic_int(c, "SELECT count(*) FROM holder WHERE erased = 1 AND"
			  " key IS NULL AND salt IS NULL AND name IS NULL"
			  " AND born IS NULL AND ref IS NULL AND nhs IS NULL"
			  " AND ref_index IS NULL"),
	    1);
	assert_int_equal(
	    clinic_int(c, "SELECT count(*) FROM card WHERE payload IS NOT NULL"
			  " OR signature IS NOT NULL OR ended IS NULL"),
	    0);
	assert_int_equal(figure(c, LEDGER_HOLDERS), 0);
	assert_int_equal(figure(c, LEDGER_FIRST), 1);
	assert_int_equal(figure(c, LEDGER_RENEWAL), 1);
	assert_int_equal(figure(c, LEDGER_WITHDRAWN), 1);
	assert_int_equal(figure(c, LEDGER_SUPERSEDED), 1);
	assert_true(is_clean(c));
}

static void
erasing_again_changes_nothing(void **state)
{
	struct clinic *c = *state;
	int64_t serial = issue(c, "A00001", &rose);
	int64_t events;

	(void)clinic_erase(c, serial);
	events = clinic_int(c, "SELECT count(*) FROM event");
	assert_true(clinic_erase(c, serial).was_erased);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM event"), events);
}

static void
whoever_registers_again_is_a_new_person(void **state)
{
	struct clinic *c = *state;
	int64_t serial = issue(c, "A00001", &rose);

	c->now += DAY;
	(void)clinic_erase(c, serial);
	(void)issue(c, "A00001", &rose);
	assert_int_equal(c->last.outcome, ISSUE_RESERVED);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM person"), 2);
	assert_int_equal(figure(c, LEDGER_FIRST), 2);
	assert_int_equal(figure(c, LEDGER_HOLDERS), 1);
	assert_true(is_clean(c));
}

static void
another_organisation_keeps_what_it_knows(void **state)
{
	struct clinic *c = *state;
	struct clinic_person there = rose;
	int64_t serial = issue(c, "A00001", &rose);
	struct card_text text;

	there.ref = "X9";
	(void)issue(c, "A00002", &there);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM person"), 1);
	assert_int_equal(clinic_erase(c, serial).ended, 1);
	/* Still one person, by the other's NHS number; the card there is good.
	 */
	assert_int_equal(figure(c, LEDGER_HOLDERS), 1);
	assert_int_equal(
	    card_open(c->db, &c->fake.sealer, c->last.card.serial, &text),
	    ERR_OK);
	(void)issue(c, "A00001", &rose);
	assert_int_equal(c->last.outcome, ISSUE_RESERVED);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM person"), 1);
	assert_int_equal(figure(c, LEDGER_HOLDERS), 1);
	assert_true(is_clean(c));
}

static void
all_records_of_the_person_here_go(void **state)
{
	struct clinic *c = *state;
	struct clinic_person by_ref = {"Rose Example", "PT-1", NULL, NULL};
	struct clinic_person by_nhs = {
	    "Rose Example", NULL, "9434765919", NULL};
	int64_t serial = issue(c, "A00001", &by_ref);

	(void)issue(c, "A00001", &by_nhs);
	by_ref.nhs = by_nhs.nhs;
	(void)issue(c, "A00001", &by_ref);
	assert_true(c->last.merged);
	assert_int_equal(clinic_erase(c, serial).ended, 2);
	assert_int_equal(
	    clinic_int(c, "SELECT count(*) FROM holder WHERE erased = 0"), 0);
	assert_int_equal(figure(c, LEDGER_HOLDERS), 0);
	assert_true(is_clean(c));
}

static void
the_person_goes_with_the_last_who_knew_them(void **state)
{
	struct clinic *c = *state;
	int64_t here = issue(c, "A00001", &rose);
	int64_t there = issue(c, "A00002", &rose);

	(void)clinic_erase(c, here);
	(void)clinic_erase(c, there);
	(void)issue(c, "A00002", &rose);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM person"), 2);
	assert_true(is_clean(c));
}

static void
a_card_that_was_never_signed_is_not_finished(void **state)
{
	struct clinic *c = *state;
	int64_t serial = issue(c, "A00001", &rose);
	struct audit a;

	assert_int_equal(audit_run(c->db, &a), ERR_OK);
	assert_int_equal(a.unsigned_cards, 1);
	(void)clinic_erase(c, serial);
	assert_int_equal(audit_run(c->db, &a), ERR_OK);
	assert_int_equal(a.unsigned_cards, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, clinic_open, clinic_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(nothing_personal_is_left_and_counts_stay),
	    TEST(erasing_again_changes_nothing),
	    TEST(whoever_registers_again_is_a_new_person),
	    TEST(another_organisation_keeps_what_it_knows),
	    TEST(all_records_of_the_person_here_go),
	    TEST(the_person_goes_with_the_last_who_knew_them),
	    TEST(a_card_that_was_never_signed_is_not_finished),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
