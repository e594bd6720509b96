/*
 * Goal: cards that are asked for together are what they would be one by one,
 * whoever stands twice in one batch.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "registry/audit.h"
#include "tests/kit/clinic.h"

#define DAY     INT64_C(86400)
#define MOST    (2 * SEALER_HOLDERS + 20) /* three groups */
#define BATCHES 12

/* One batch, as it is asked in two registries. */
struct asked {
	struct issue_request req[MOST];
	char ref[MOST][16];
	char nhs[MOST][20];
	char born[MOST][24];
	size_t n;
};

struct side {
	struct clinic *c;
	struct issue_result out[MOST];
	int64_t card[BATCHES * MOST]; /* all that were issued, in order */
	size_t ncards;
};

static uint32_t seed;

static uint32_t
below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* Few people, so that many come twice, under one number or another. */
static void
ask_first(struct asked *a, size_t i, int64_t now)
{
	static const char *const names[] = {"Rose Example", "Ivy Sample"};
	struct issue_request *q = &a->req[i];
	uint32_t who = below(60);
	const char *org = clinic_orgs[below(10) == 0 ? 1 : 0];

	*q = (struct issue_request){.org = org,
	    .setting = clinic_setting(org),
	    .kid = clinic_kid(org),
	    .name = span_str(names[below(12) == 0]),
	    .iat = now + (int64_t)i, /* which card is the newest is no chance */
	    .exp = now + 730 * DAY,
	    .kind = CARD_FIRST};
	snprintf(a->ref[i], sizeof(a->ref[i]), "R%u", who);
	snprintf(a->nhs[i], sizeof(a->nhs[i]), "943476%04u", who / 2);
	snprintf(a->born[i], sizeof(a->born[i]), "1961-04-%02u", 1 + who % 9);
	if (below(4) > 0)
		q->ref = span_str(a->ref[i]);
	if (below(3) == 0)
		q->nhs = span_str(a->nhs[i]);
	if (below(3) == 0)
		q->born = span_str(a->born[i]);
}

static void
ask(struct asked *a, const struct side *s)
{
	a->n = below(MOST + 1);
	for (size_t i = 0; i < a->n; i++)
		ask_first(a, i, s->c->now);
}

/* Some ask for the next card of one that was issued before. */
static void
ask_again(struct asked *a, const struct side *s, const uint32_t *pick)
{
	for (size_t i = 0; i < a->n; i++) {
		struct issue_request *q = &a->req[i];
		struct card old;

		if (pick[i] == 0 || s->ncards == 0)
			continue;
		q->replaces = s->card[pick[i] % s->ncards];
		assert_int_equal(card_get(s->c->db, q->replaces, &old), ERR_OK);
		q->kind = pick[i] % 2 ? CARD_RENEWAL : CARD_REPLACEMENT;
		q->org = clinic_orgs[strcmp(old.org, clinic_orgs[0]) != 0];
		q->kid = clinic_kid(q->org);
	}
}

struct both {
	struct side *s;
	const struct asked *a;
};

static enum err
together(struct db *db, void *ctx)
{
	const struct both *b = ctx;
	struct issue_job job[MOST];

	for (size_t i = 0; i < b->a->n; i++)
		job[i] = (struct issue_job){&b->a->req[i], &b->s->out[i]};
	return issue_reserve_many(
	    db, &b->s->c->fake.sealer, job, b->a->n, clinic_payload, NULL);
}

static void
one_by_one(struct side *s, const struct asked *a)
{
	for (size_t i = 0; i < a->n; i++) {
		assert_int_equal(clinic_request(s->c, &a->req[i]), ERR_OK);
		s->out[i] = s->c->last;
	}
}

static void
keep(struct side *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s->out[i].outcome == ISSUE_RESERVED)
			s->card[s->ncards++] = s->out[i].card.serial;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
compare(const struct issue_result *a, const struct issue_result *b)
{
	assert_int_equal(a->outcome, b->outcome);
	assert_true(same_text(a->column, b->column));
	assert_true(same_text(a->differs, b->differs));
	assert_int_equal(a->merged, b->merged);
	assert_int_equal(a->details_added, b->details_added);
	assert_int_equal(a->card.holder, b->card.holder);
	assert_int_equal(a->card.kind, b->card.kind);
	assert_int_equal(a->card.exp, b->card.exp);
	assert_string_equal(a->card.org, b->card.org);
	assert_string_equal(a->text.name, b->text.name);
}

static void
compare_registries(struct side s[static 2])
{
	static const char *const counts[] = {"SELECT count(*) FROM person",
	    "SELECT count(*) FROM holder", "SELECT count(*) FROM card",
	    "SELECT count(*) FROM event", "SELECT sum(used) FROM status_list",
	    "SELECT sum(person * id) FROM holder",
	    "SELECT count(*) FROM ledger",
	    "SELECT sum(delta * (day + 1000 *"
	    " measure)) FROM ledger"};
	struct audit audit;

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		assert_int_equal(clinic_int(s[0].c, counts[i]),
		    clinic_int(s[1].c, counts[i]));
	for (int i = 0; i < 2; i++) {
		assert_true(clinic_check(s[i].c));
		assert_int_equal(audit_run(s[i].c->db, &audit), ERR_OK);
	}
}

static void
a_batch_is_what_its_cards_would_be_one_by_one(void **state)
{
	struct side *s = *state;
	static struct asked a;
	size_t seen[5] = {0};

	seed = 1;
	for (int day = 0; day < BATCHES; day++) {
		uint32_t pick[MOST];
		struct both b = {&s[0], &a};

		ask(&a, &s[0]);
		for (size_t i = 0; i < MOST; i++)
			pick[i] = below(6) == 0 ? 1 + below(1000) : 0;
		ask_again(&a, &s[0], pick);
		assert_int_equal(db_write(s[0].c->db, together, &b), ERR_OK);
		ask_again(&a, &s[1], pick);
		one_by_one(&s[1], &a);
		for (size_t i = 0; i < a.n; i++) {
			compare(&s[0].out[i], &s[1].out[i]);
			seen[s[0].out[i].outcome]++;
		}
		keep(&s[0], a.n);
		keep(&s[1], a.n);
		pick[0] = below(1000);
		for (int i = 0; i < 2 && s[i].ncards > 0; i++) {
			(void)clinic_withdraw(s[i].c,
			    s[i].card[pick[0] % s[i].ncards], CARD_ENDED);
			s[i].c->now += DAY;
		}
	}
	for (size_t i = 0; i < 5; i++)
		assert_true(seen[i] > 0);
	compare_registries(s);
}

static void
new_people_are_sealed_in_one_request(void **state)
{
	struct side *s = *state;
	static struct asked a;
	struct both b = {&s[0], &a};

	a.n = SEALER_HOLDERS + 1;
	for (size_t i = 0; i < a.n; i++) {
		ask_first(&a, i, s[0].c->now);
		a.req[i].ref = a.req[i].nhs = span_of(NULL, 0);
	}
	assert_int_equal(db_write(s[0].c->db, together, &b), ERR_OK);
	assert_int_equal(s[0].c->fake.seals, 2);
	assert_int_equal(clinic_int(s[0].c, "SELECT count(*) FROM card"), a.n);
	a.n = 0;
	assert_int_equal(db_write(s[0].c->db, together, &b), ERR_OK);
	assert_int_equal(s[0].c->fake.seals, 2);
}

static int
set_up(void **state)
{
	static struct side s[2];

	memset(s, 0, sizeof(s));
	*state = s;
	return clinic_open((void **)&s[0].c) == 0 &&
		       clinic_open((void **)&s[1].c) == 0
		   ? 0
		   : -1;
}

static int
tear_down(void **state)
{
	struct side *s = *state;

	return clinic_close((void **)&s[0].c) | clinic_close((void **)&s[1].c);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_batch_is_what_its_cards_would_be_one_by_one, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		new_people_are_sealed_in_one_request, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
