#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registry/holder.h"
#include "registry/ledger.h"
#include "tests/kit/clinic.h"

#define DAY INT64_C(86400)

static const struct clinic_person rose = {
    "Rose Example", "PT-1", "9434765919", "1961-04-02"};

static int64_t
persons(struct clinic *c)
{
	return clinic_int(c, "SELECT count(DISTINCT person) FROM holder");
}

static int64_t
holders_now(struct clinic *c)
{
	struct ledger_query q = {LEDGER_HOLDERS, NULL, -1, -1};
	int64_t n;

	assert_int_equal(ledger_sum(c->db, &q, c->now / DAY, &n), ERR_OK);
	return n;
}

static void
issues_a_new_person_a_card_with_everything_it_needs(void **state)
{
	struct clinic *c = *state;
	char want[CARD_TEXT_MAX];

	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_RESERVED);
	assert_true(c->last.new_list);
	assert_string_equal(c->last.text.name, "Rose Example");
	assert_true(c->last.card.serial > 0);
	assert_string_equal(c->last.card.org, "A00001");
	assert_memory_equal(c->last.card.kid, clinic_kid("A00001"), 8);
	assert_false(c->last.card.is_signed);
	snprintf(want, sizeof(want), "Rose Example|%lld|%lu",
	    (long long)c->last.card.serial,
	    (unsigned long)c->last.card.status_index);
	assert_int_equal(c->last.text.payload_n, strlen(want));
	assert_memory_equal(c->last.text.payload, want, strlen(want));
	assert_int_equal(c->fake.seals, 1);
	assert_int_equal(holders_now(c), 1);
	assert_true(clinic_check(c));
}

static void
shows_the_card_of_a_known_reference_instead_of_issuing(void **state)
{
	struct clinic *c = *state;
	struct card first;
	struct card_text text;

	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	first = c->last.card;
	text = c->last.text;
	c->now += 30 * DAY;
	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_EXISTING);
	assert_int_equal(c->last.card.serial, first.serial);
	assert_memory_equal(c->last.text.payload, text.payload, text.payload_n);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM card"), 1);
	assert_false(c->last.details_added);
}

static void
knows_somebody_by_the_nhs_number_alone(void **state)
{
	struct clinic *c = *state;
	struct clinic_person p = {rose.name, NULL, rose.nhs, NULL};
	int64_t serial;

	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	serial = c->last.card.serial;
	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_EXISTING);
	assert_int_equal(c->last.card.serial, serial);
	/* The reference comes later: it is added, and found by from now on. */
	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_EXISTING);
	assert_true(c->last.details_added);
	p = (struct clinic_person){rose.name, rose.ref, NULL, NULL};
	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	assert_int_equal(c->last.card.serial, serial);
	assert_true(clinic_check(c));
}

static void
refuses_what_another_person_has_already(void **state)
{
	static const struct {
		struct clinic_person p;
		const char *column;
		const char *differs;
	} cases[] = {
	    {{"Rosa Example", "PT-1", NULL, NULL}, "ref", "name"},
	    {{"Rose Example", "PT-1", NULL, "1961-04-03"}, "ref", "born"},
	    {{"Rose Example", "PT-1", "4010232137", NULL}, "ref", "nhs_number"},
	    {{"Rose Example", "PT-2", "9434765919", NULL}, "nhs_number", "ref"},
	    {{"Ada Example", NULL, "9434765919", NULL}, "nhs_number", "name"},
	    {{"Rose Example", NULL, "9434765919", "1999-01-01"}, "nhs_number",
		"born"},
	};
	struct clinic *c = *state;
	int64_t events;

	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	events = clinic_int(c, "SELECT count(*) FROM event");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(
		    clinic_issue(c, "A00001", &cases[i].p), ERR_OK);
		assert_int_equal(c->last.outcome, ISSUE_CONFLICT);
		assert_string_equal(c->last.column, cases[i].column);
		assert_string_equal(c->last.differs, cases[i].differs);
	}
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM event"), events);
}

static void
refuses_an_nhs_number_of_another_name_for_a_known_reference(void **state)
{
	struct clinic *c = *state;
	struct clinic_person ada = {"Ada Example", "PT-2", NULL, NULL};

	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	assert_int_equal(clinic_issue(c, "A00001", &ada), ERR_OK);
	ada.nhs = rose.nhs;
	assert_int_equal(clinic_issue(c, "A00001", &ada), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_CONFLICT);
	assert_string_equal(c->last.column, "nhs_number");
	assert_string_equal(c->last.differs, "name");
	assert_int_equal(persons(c), 2);
}

static void
reports_an_ended_or_expired_card_and_never_reissues_it(void **state)
{
	struct clinic *c = *state;
	struct clinic_person ada = {"Ada Example", "PT-2", NULL, NULL};
	int64_t serial;

	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	serial = c->last.card.serial;
	assert_int_equal(clinic_issue(c, "A00001", &ada), ERR_OK);
	assert_int_equal(clinic_withdraw(c, serial, CARD_LOST), CARD_WITHDRAWN);
	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_ENDED);
	assert_int_equal(c->last.card.serial, serial);
	c->now += 730 * DAY - 1;
	assert_int_equal(clinic_issue(c, "A00001", &ada), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_EXISTING);
	c->now += 1;
	assert_int_equal(clinic_issue(c, "A00001", &ada), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_ENDED);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM card"), 2);
}

static void
keeps_the_references_of_two_practices_apart(void **state)
{
	struct clinic *c = *state;
	struct clinic_person other = {"Sam Example", "PT-1", NULL, NULL};

	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	assert_int_equal(clinic_issue(c, "A00002", &other), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_RESERVED);
	assert_int_equal(persons(c), 2);
	assert_int_equal(holders_now(c), 2);
}

static void
counts_a_person_with_cards_of_two_practices_once(void **state)
{
	struct clinic *c = *state;
	struct clinic_person there = {"Rose E.", "X9", rose.nhs, NULL};

	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	assert_int_equal(clinic_issue(c, "A00002", &there), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_RESERVED);
	assert_int_equal(persons(c), 1);
	assert_int_equal(holders_now(c), 1);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM card"), 2);
	assert_true(clinic_check(c));
}

static void
read_hash(struct clinic *c, const char *sql, uint8_t out[static 32])
{
	struct stmt *st = db_prepare(c->db, sql);
	bool found;

	assert_int_equal(db_one(st, &found), ERR_OK);
	assert_true(found && db_blob(st, 0).n == 32);
	memcpy(out, db_blob(st, 0).p, 32);
	db_reset(st);
}

static void
merges_persons_when_the_nhs_number_comes_later(void **state)
{
	static const char sql[] = "SELECT hash FROM person WHERE id = 2";
	uint8_t before[32];
	uint8_t after[32];

	struct clinic *c = *state;
	struct clinic_person there = {"Rose E.", "X9", NULL, NULL};
	int64_t serial;

	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	assert_int_equal(clinic_issue(c, "A00002", &there), ERR_OK);
	serial = c->last.card.serial;
	assert_int_equal(holders_now(c), 2);
	read_hash(c, sql, before);
	there.nhs = rose.nhs;
	assert_int_equal(clinic_issue(c, "A00002", &there), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_EXISTING);
	assert_true(c->last.merged);
	assert_int_equal(c->last.card.serial, serial);
	assert_int_equal(persons(c), 1);
	assert_int_equal(holders_now(c), 1);
	assert_int_equal(
	    clinic_int(c, "SELECT count(*) FROM event WHERE kind = 5"), 1);
	/* Nothing leads from what is left of the other person to the card. */
	read_hash(c, sql, after);
	assert_memory_not_equal(before, after, 32);
	assert_true(clinic_check(c));
}

static void
gives_a_known_person_the_nhs_number_that_nobody_has(void **state)
{
	struct clinic *c = *state;
	struct clinic_person p = {"Rose Example", "PT-1", NULL, NULL};

	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	assert_true(c->last.details_added);
	assert_false(c->last.merged);
	/* From now on another practice finds the same person by it. */
	p = (struct clinic_person){"Rose E.", "X9", rose.nhs, NULL};
	assert_int_equal(clinic_issue(c, "A00002", &p), ERR_OK);
	assert_int_equal(persons(c), 1);
	/* And another birth date, unknown at first, is a contradiction. */
	p = (struct clinic_person){"Rose Example", "PT-1", NULL, "1970-01-01"};
	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_CONFLICT);
	assert_true(clinic_check(c));
}

static void
takes_everybody_without_reference_and_number_for_a_new_person(void **state)
{
	struct clinic *c = *state;
	struct clinic_person p = {"Rose Example", NULL, NULL, NULL};

	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_RESERVED);
	assert_int_equal(persons(c), 2);
}

static void
a_renewal_ends_the_old_card_in_the_same_transaction(void **state)
{
	struct clinic *c = *state;
	struct card old;
	int64_t serial;

	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	serial = c->last.card.serial;
	c->now += 100 * DAY;
	assert_int_equal(clinic_again(c, CARD_RENEWAL, serial), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_RESERVED);
	assert_int_equal(c->last.card.replaces, serial);
	assert_int_equal(c->last.card.kind, CARD_RENEWAL);
	assert_string_equal(c->last.text.name, "Rose Example");
	assert_int_equal(card_get(c->db, serial, &old), ERR_OK);
	assert_true(old.is_ended);
	assert_int_equal(old.reason, CARD_SUPERSEDED);
	assert_int_equal(old.ended, c->now);
	assert_int_equal(holders_now(c), 1);
	serial = c->last.card.serial;
	/* Once more, as after a lost answer: the same card again. */
	assert_int_equal(clinic_again(c, CARD_RENEWAL, old.serial), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_REPLACED);
	assert_int_equal(c->last.card.serial, serial);
	assert_true(clinic_check(c));
}

static void
a_replacement_is_the_way_back_after_a_withdrawal(void **state)
{
	struct clinic *c = *state;
	struct card old;
	int64_t serial;

	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	serial = c->last.card.serial;
	clinic_withdraw(c, serial, CARD_STOLEN);
	c->now += DAY;
	assert_int_equal(clinic_again(c, CARD_REPLACEMENT, serial), ERR_OK);
	assert_int_equal(c->last.outcome, ISSUE_RESERVED);
	assert_int_equal(card_get(c->db, serial, &old), ERR_OK);
	assert_int_equal(old.reason, CARD_STOLEN);
	assert_true(clinic_check(c));
}

static void
does_not_renew_the_card_of_another_organisation(void **state)
{
	struct clinic *c = *state;
	struct issue_request req = {.org = "A00002",
	    .kid = clinic_kid("A00002"),
	    .iat = c->now,
	    .exp = c->now + DAY,
	    .kind = CARD_RENEWAL};

	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	req.replaces = c->last.card.serial;
	assert_int_equal(clinic_request(c, &req), ERR_NOINPUT);
	req.replaces = 12345;
	assert_int_equal(clinic_request(c, &req), ERR_NOINPUT);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM card"), 1);
}

static enum err
no_payload(void *ctx, const struct issue_claims *claims,
    uint8_t out[static CARD_TEXT_MAX], size_t *n)
{
	(void)ctx;
	(void)claims;
	(void)out;
	(void)n;
	return ERR_POLICY;
}

static enum err
reserve_badly(struct db *db, void *ctx)
{
	struct clinic *c = ctx;
	struct issue_request req = {.org = "A00001",
	    .kid = clinic_kid("A00001"),
	    .name = span_str("Rose Example"),
	    .iat = c->now,
	    .exp = c->now + DAY};

	return issue_reserve(
	    db, &c->fake.sealer, &req, no_payload, NULL, &c->last);
}

static void
leaves_nothing_behind_when_a_step_fails(void **state)
{
	struct clinic *c = *state;

	assert_int_equal(db_write(c->db, reserve_badly, c), ERR_POLICY);
	c->fake.fail_at = 1;
	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_UNAVAILABLE);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM person"), 0);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM status_list"), 0);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM ledger"), 0);
	assert_true(clinic_check(c));
}

/* --- signatures ----------------------------------------------------------- */

struct sign_args {
	struct clinic *c;
	int64_t serial;
	uint8_t byte;
	int seen;
};

static enum err
store_signature(struct db *db, void *ctx)
{
	struct sign_args *a = ctx;
	uint8_t sig[CARD_SIGNATURE];

	memset(sig, a->byte, sizeof(sig));
	return issue_store_signature(db, a->serial, sig, a->c->now);
}

static enum err
finish(void *ctx, const struct card *card, const struct card_text *text)
{
	struct sign_args *a = ctx;
	char want[2 * CARD_TEXT_MAX];

	snprintf(want, sizeof(want), "%s|%lld|%lu", text->name,
	    (long long)card->serial, (unsigned long)card->status_index);
	assert_int_equal(text->payload_n, strlen(want));
	assert_memory_equal(text->payload, want, strlen(want));
	a->serial = card->serial;
	a->seen++;
	return db_write(a->c->db, store_signature, a);
}

static void
a_signature_is_stored_once_and_for_all(void **state)
{
	struct clinic *c = *state;
	struct sign_args a = {.c = c, .byte = 7};
	struct card card;

	assert_int_equal(clinic_issue(c, "A00001", &rose), ERR_OK);
	a.serial = c->last.card.serial;
	assert_int_equal(db_write(c->db, store_signature, &a), ERR_OK);
	assert_int_equal(db_write(c->db, store_signature, &a), ERR_OK);
	assert_int_equal(
	    clinic_int(c, "SELECT count(*) FROM event WHERE kind = 2"), 1);
	a.byte = 8;
	assert_int_equal(db_write(c->db, store_signature, &a), ERR_INTERNAL);
	assert_int_equal(card_get(c->db, a.serial, &card), ERR_OK);
	assert_true(card.is_signed);
	assert_int_equal(card.signature[63], 7);
	a.serial = 12345;
	assert_int_equal(db_write(c->db, store_signature, &a), ERR_NOINPUT);
}

static void
finds_what_a_dead_instance_left_unsigned(void **state)
{
	struct clinic *c = *state;
	struct sign_args a = {.c = c, .byte = 7};
	struct clinic_person p = {"Rose Example", NULL, NULL, NULL};

	for (int i = 0; i < 5; i++)
		assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	a.serial = c->last.card.serial;
	assert_int_equal(db_write(c->db, store_signature, &a), ERR_OK);
	assert_int_equal(
	    issue_unsigned(c->db, &c->fake.sealer, finish, &a), ERR_OK);
	assert_int_equal(a.seen, 4);
	a.seen = 0;
	assert_int_equal(
	    issue_unsigned(c->db, &c->fake.sealer, finish, &a), ERR_OK);
	assert_int_equal(a.seen, 0);
	assert_true(clinic_check(c));
}

/* --- what the file holds -------------------------------------------------- */

static bool
file_has(const char *path, const char *needle)
{
	FILE *f = fopen(path, "rb");
	size_t n = strlen(needle);
	bool has = false;
	char *text;
	size_t size;

	if (f == NULL)
		return false;
	text = malloc(64 << 20);
	assert_non_null(text);
	size = fread(text, 1, 64 << 20, f);
	has = memmem(text, size, needle, n) != NULL;
	free(text);
	fclose(f);
	return has;
}

static void
no_name_reference_or_number_is_readable_in_the_files(void **state)
{
	static const struct clinic_person people[] = {
	    {"Zebedee Quickthorn", "NEEDLE-REF-77", "9434765919", "1961-04-02"},
	    {"Marigold Fernsby", "NEEDLE-REF-78", NULL, NULL},
	};
	static const char *const needles[] = {"Zebedee", "Quickthorn",
	    "Marigold", "Fernsby", "NEEDLE-REF", "9434765919", "1961-04-02",
	    "4010232137"};
	static const char *const tail[] = {"", "-wal"};
	struct clinic *c = *state;
	struct clinic_person p = people[1];
	char path[80];

	for (int i = 0; i < 2; i++)
		assert_int_equal(clinic_issue(c, "A00001", &people[i]), ERR_OK);
	p.nhs = "4010232137";
	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
	assert_int_equal(
	    clinic_again(c, CARD_RENEWAL, c->last.card.serial), ERR_OK);
	for (size_t t = 0; t < 2; t++) {
		snprintf(path, sizeof(path), "%s%s", c->path, tail[t]);
		for (size_t i = 0; i < sizeof(needles) / sizeof(*needles); i++)
			assert_false(file_has(path, needles[i]));
	}
	/* The search does find what is there. */
	snprintf(path, sizeof(path), "%s-wal", c->path);
	assert_true(file_has(path, "Example Surgery"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, clinic_open, clinic_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(issues_a_new_person_a_card_with_everything_it_needs),
	    TEST(shows_the_card_of_a_known_reference_instead_of_issuing),
	    TEST(knows_somebody_by_the_nhs_number_alone),
	    TEST(refuses_what_another_person_has_already),
	    TEST(refuses_an_nhs_number_of_another_name_for_a_known_reference),
	    TEST(reports_an_ended_or_expired_card_and_never_reissues_it),
	    TEST(keeps_the_references_of_two_practices_apart),
	    TEST(counts_a_person_with_cards_of_two_practices_once),
	    TEST(merges_persons_when_the_nhs_number_comes_later),
	    TEST(gives_a_known_person_the_nhs_number_that_nobody_has),
	    TEST(takes_everybody_without_reference_and_number_for_a_new_person),
	    TEST(a_renewal_ends_the_old_card_in_the_same_transaction),
	    TEST(a_replacement_is_the_way_back_after_a_withdrawal),
	    TEST(does_not_renew_the_card_of_another_organisation),
	    TEST(leaves_nothing_behind_when_a_step_fails),
	    TEST(a_signature_is_stored_once_and_for_all),
	    TEST(finds_what_a_dead_instance_left_unsigned),
	    TEST(no_name_reference_or_number_is_readable_in_the_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
