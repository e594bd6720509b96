#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registry/event.h"
#include "registry/publication.h"
#include "registry/status_pool.h"
#include "tests/kit/clinic.h"

#define DRAWS   20000
#define BUCKETS 64

struct take_args {
	int64_t count;
	const uint32_t *held; /* nheld of them */
	size_t nheld;
	int64_t made;
	uint32_t last;
	int64_t bucket[BUCKETS]; /* of the position's high bits */
	int64_t low[BUCKETS];    /* of its low bits */
};

static enum err
take(struct db *db, void *ctx)
{
	struct take_args *a = ctx;

	for (int64_t i = 0; i < a->count; i++) {
		bool made;
		uint32_t position;
		enum err e = status_pool_take(
		    db, 1000, a->held, a->nheld, &a->last, &made);

		if (e != ERR_OK)
			return e;
		position = a->last & 0x1ffff;
		a->made += made;
		a->bucket[position >> 11]++;
		a->low[position % BUCKETS]++;
	}
	return ERR_OK;
}

/* Pearson's statistic of counts that should all be alike. */
static double
chi_square(const int64_t *count, int n, int64_t total)
{
	double want = (double)total / n;
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += ((double)count[i] - want) * ((double)count[i] - want) /
		       want;
	return sum;
}

static void
indices_are_spread_evenly(void **state)
{
	struct clinic *c = *state;
	struct take_args a = {.count = DRAWS};

	assert_int_equal(db_write(c->db, take, &a), ERR_OK);
	assert_int_equal(a.made, 1);
	/* 63 degrees of freedom: over 140 once in ten million runs, under 20
	 * likewise: neither clumps nor a pattern. */
	assert_true(chi_square(a.bucket, BUCKETS, DRAWS) < 140);
	assert_true(chi_square(a.bucket, BUCKETS, DRAWS) > 20);
	assert_true(chi_square(a.low, BUCKETS, DRAWS) < 140);
	assert_true(chi_square(a.low, BUCKETS, DRAWS) > 20);
}

static void
a_new_list_has_its_share_of_decoys_spread_evenly(void **state)
{
	struct clinic *c = *state;
	struct take_args a = {.count = 1};
	uint8_t bits[STATUS_POOL_BYTES];
	int64_t bucket[BUCKETS] = {0};
	int64_t total = 0;

	assert_int_equal(db_write(c->db, take, &a), ERR_OK);
	assert_int_equal(status_pool_bits(c->db, 0, bits), ERR_OK);
	for (uint32_t i = 0; i < STATUS_POOL_POSITIONS; i++) {
		if ((bits[i / 8] >> i % 8 & 1) == 0)
			continue;
		bucket[i >> 11]++;
		total++;
	}
	assert_int_equal(total, STATUS_POOL_DECOYS);
	assert_true(chi_square(bucket, BUCKETS, total) < 140);
	assert_false(bits[(a.last & 0x1ffff) / 8] >> a.last % 8 & 1);
}

static void
a_position_that_is_held_is_not_drawn(void **state)
{
	static uint32_t even[STATUS_POOL_POSITIONS / 2];
	struct clinic *c = *state;
	struct take_args a = {.count = 200, .held = even};

	for (uint32_t i = 0; i < STATUS_POOL_POSITIONS / 2; i++)
		even[a.nheld++] = 2 * i;
	assert_int_equal(db_write(c->db, take, &a), ERR_OK);
	for (int i = 0; i < BUCKETS; i += 2)
		assert_int_equal(a.low[i], 0);
}

static void
a_full_list_is_followed_by_the_next(void **state)
{
	struct clinic *c = *state;
	struct take_args a = {.count = 1};
	uint32_t lists;

	assert_int_equal(db_write(c->db, take, &a), ERR_OK);
	clinic_tamper(c, "UPDATE status_list SET used = 98303");
	assert_int_equal(db_write(c->db, take, &a), ERR_OK);
	assert_int_equal(a.last >> 17, 0);
	assert_int_equal(db_write(c->db, take, &a), ERR_OK);
	assert_int_equal(a.last >> 17, 1);
	assert_int_equal(a.made, 2);
	assert_int_equal(status_pool_count(c->db, &lists), ERR_OK);
	assert_int_equal(lists, 2);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM status_decoy"),
	    2 * STATUS_POOL_DECOYS);
}

static void
a_list_whose_every_position_is_a_decoy_is_full_too(void **state)
{
	struct clinic *c = *state;
	struct take_args a = {.count = 1};

	assert_int_equal(db_write(c->db, take, &a), ERR_OK);
	clinic_tamper(c,
	    "WITH RECURSIVE p (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM p"
	    " WHERE i < 131071) INSERT OR IGNORE INTO status_decoy"
	    " SELECT i FROM p");
	assert_int_equal(db_write(c->db, take, &a), ERR_OK);
	assert_int_equal(a.last >> 17, 1);
}

static void
after_the_last_list_there_is_no_other(void **state)
{
	struct clinic *c = *state;
	struct take_args a = {.count = 1};

	clinic_tamper(c, "INSERT INTO status_list VALUES (32767, 0, 98304)");
	assert_int_equal(db_write(c->db, take, &a), ERR_TOOBIG);
}

static enum err
ensure(struct db *db, void *ctx)
{
	(void)ctx;
	return status_pool_ensure(db, 1, 1000);
}

static void
init_makes_the_first_list_once(void **state)
{
	struct clinic *c = *state;

	assert_int_equal(db_write(c->db, ensure, NULL), ERR_OK);
	assert_int_equal(db_write(c->db, ensure, NULL), ERR_OK);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM status_list"), 1);
	assert_int_equal(
	    clinic_int(c, "SELECT count(*) FROM event WHERE kind = 12"), 1);
}

static enum err
more(struct db *db, void *ctx)
{
	const struct clinic *c = ctx;

	return status_pool_more_decoys(db, 0, c->now);
}

static void
each_publication_adds_up_to_seven_decoys(void **state)
{
	struct clinic *c = *state;
	int seen[STATUS_POOL_MORE + 1] = {0};
	int64_t before = STATUS_POOL_DECOYS;

	assert_int_equal(db_write(c->db, ensure, NULL), ERR_OK);
	for (int i = 0; i < 200; i++) {
		int64_t now;

		assert_int_equal(db_write(c->db, more, c), ERR_OK);
		now = clinic_int(c, "SELECT count(*) FROM status_decoy");
		assert_in_range(now - before, 0, STATUS_POOL_MORE);
		seen[now - before]++;
		before = now;
	}
	for (int i = 0; i <= STATUS_POOL_MORE; i++)
		assert_true(seen[i] > 0);
	assert_true(clinic_check(c));
}

static void
a_bit_that_was_set_never_falls(void **state)
{
	struct clinic *c = *state;
	struct clinic_person p = {"Rose Example", NULL, NULL, NULL};
	uint8_t before[STATUS_POOL_BYTES] = {0};
	uint8_t now[STATUS_POOL_BYTES];

	for (int i = 0; i < 60; i++) {
		struct card card;
		uint32_t at;

		assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
		card = c->last.card;
		at = card.status_index;
		assert_int_equal(status_pool_bits(c->db, 0, now), ERR_OK);
		assert_false(now[at / 8] >> at % 8 & 1);
		if (i % 3 == 0)
			assert_int_equal(
			    clinic_again(c, CARD_RENEWAL, card.serial), ERR_OK);
		else if (i % 3 == 1)
			clinic_withdraw(c, card.serial, CARD_ENDED);
		else
			assert_int_equal(db_write(c->db, more, c), ERR_OK);
		assert_int_equal(status_pool_bits(c->db, 0, now), ERR_OK);
		assert_int_equal(now[at / 8] >> at % 8 & 1, i % 3 != 2);
		for (int b = 0; b < STATUS_POOL_BYTES; b++)
			assert_int_equal(before[b] & ~now[b], 0);
		memcpy(before, now, sizeof(before));
	}
}

/* --- publications -----------------------------------------------------------
 */

struct put_args {
	int64_t object;
	struct publication p;
};

static enum err
put(struct db *db, void *ctx)
{
	const struct put_args *a = ctx;

	return publication_put(db, a->object, &a->p);
}

static void
a_publication_is_remembered_and_never_goes_back(void **state)
{
	struct clinic *c = *state;
	struct put_args a = {PUBLICATION_TRUST, {4, 100, 200, {9}, 101}};
	struct publication got;
	bool found;

	assert_int_equal(
	    publication_get(c->db, PUBLICATION_TRUST, &got, &found), ERR_OK);
	assert_false(found);
	assert_int_equal(got.seq, 0);
	assert_int_equal(db_write(c->db, put, &a), ERR_OK);
	a.p.seq = 3;
	assert_int_equal(db_write(c->db, put, &a), ERR_INTERNAL);
	a.p.seq = 5;
	a.p.iat = 99;
	assert_int_equal(db_write(c->db, put, &a), ERR_INTERNAL);
	assert_int_equal(
	    publication_get(c->db, PUBLICATION_TRUST, &got, &found), ERR_OK);
	assert_true(found);
	assert_int_equal(got.seq, 4);
	assert_int_equal(got.iat, 100);
	assert_int_equal(got.exp, 200);
	assert_int_equal(got.sha256[0], 9);
	assert_int_equal(got.at, 101);
	assert_int_equal(publication_get(c->db, 0, &got, &found), ERR_OK);
	assert_false(found);
	assert_true(clinic_check(c));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, clinic_open, clinic_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(indices_are_spread_evenly),
	    TEST(a_new_list_has_its_share_of_decoys_spread_evenly),
	    TEST(a_position_that_is_held_is_not_drawn),
	    TEST(a_full_list_is_followed_by_the_next),
	    TEST(a_list_whose_every_position_is_a_decoy_is_full_too),
	    TEST(after_the_last_list_there_is_no_other),
	    TEST(init_makes_the_first_list_once),
	    TEST(each_publication_adds_up_to_seven_decoys),
	    TEST(a_bit_that_was_set_never_falls),
	    TEST(a_publication_is_remembered_and_never_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
