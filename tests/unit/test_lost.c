/*
 * Goal: of what an older registry lost no number, no place and no key comes
 * back, and the signer is told of every end that it may have to remember.
 */
#include "registry/lost.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "registry/audit.h"
#include "registry/ending.h"
#include "registry/event.h"
#include "registry/status_pool.h"
#include "tests/kit/clinic.h"

/* --- putting, in a transaction of its own --- */

struct putting {
	struct lost_card card;
	bool added;
};

static enum err
put_card(struct db *db, void *ctx)
{
	struct putting *p = ctx;

	return lost_card_put(db, &p->card, 1000, &p->added);
}

/* The key of the first organisation signed it. */
static enum err
put(struct clinic *c, int64_t serial, uint32_t index, bool *added)
{
	struct putting p = {.card = {.serial = serial,
				.status_index = index,
				.has_kid = true,
				.at = 900 - serial}};
	enum err e;

	memcpy(p.card.kid, clinic_kid("A00001"), CARD_KID);
	e = db_write(c->db, put_card, &p);
	*added = p.added;
	return e;
}

static enum err
put_key(struct db *db, void *ctx)
{
	bool added = false;
	enum err e = lost_key_put(db, ctx, 1000, &added);

	return e == ERR_OK && !added ? ERR_NOINPUT : e;
}

static void
issue(struct clinic *c, const char *name)
{
	struct clinic_person p = {name, NULL, NULL, NULL};

	assert_int_equal(clinic_issue(c, "A00001", &p), ERR_OK);
}

/* A place from ${from} on that nobody has: no decoy's, nor the card's. */
static uint32_t
free_place(struct clinic *c, uint32_t from)
{
	uint8_t bits[STATUS_POOL_BYTES];

	assert_int_equal(status_pool_bits(c->db, 0, bits), ERR_OK);
	while ((bits[from / 8] >> from % 8 & 1) != 0 ||
	       from == c->last.card.status_index)
		from++;
	assert_true(from < STATUS_POOL_POSITIONS);
	return from;
}

static bool
is_clean(struct clinic *c)
{
	struct audit a;
	enum err e = audit_run(c->db, &a);

	if (e != ERR_OK)
		print_message("%s: %s\n", a.table, a.what);
	return e == ERR_OK;
}

/* --- lost cards --- */

static void
a_lost_card_is_kept_once_with_its_event(void **state)
{
	struct clinic *c = *state;
	struct lost_card got;
	uint32_t place;
	bool added;

	issue(c, "Rose Example");
	place = free_place(c, 131);
	assert_int_equal(put(c, 77, place, &added), ERR_OK);
	assert_true(added);
	assert_int_equal(put(c, 77, place, &added), ERR_OK);
	assert_false(added);
	assert_int_equal(
	    clinic_int(c, "SELECT count(*) FROM event WHERE kind = 14"), 1);
	assert_int_equal(lost_card_get(c->db, 77, &got), ERR_OK);
	assert_int_equal(got.status_index, place);
	assert_true(got.has_kid);
	assert_memory_equal(got.kid, clinic_kid("A00001"), CARD_KID);
	assert_int_equal(got.at, 900 - 77);
	assert_int_equal(lost_card_get(c->db, 78, &got), ERR_NOINPUT);
	assert_true(is_clean(c));
}

static void
a_number_or_place_that_another_has_is_refused(void **state)
{
	struct clinic *c = *state;
	const struct card *card = &c->last.card;
	uint32_t place;
	uint32_t other;
	bool added;

	issue(c, "Rose Example");
	place = free_place(c, 131);
	other = free_place(c, place + 1);
	assert_int_equal(put(c, 77, place, &added), ERR_OK);
	assert_int_equal(put(c, 77, other, &added), ERR_CONFIG);
	assert_int_equal(put(c, 78, place, &added), ERR_CONFIG);
	assert_int_equal(put(c, card->serial, other, &added), ERR_CONFIG);
	assert_int_equal(put(c, 78, card->status_index, &added), ERR_CONFIG);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM lost_card"), 1);
	assert_true(is_clean(c));
}

static enum err
note_order(void *ctx, const struct lost_card *card)
{
	char *order = ctx;

	order[strlen(order)] = (char)('0' + card->serial);
	return ERR_OK;
}

static void
those_of_one_loss_come_in_the_order_of_signing(void **state)
{
	struct clinic *c = *state;
	char order[8] = "";
	int64_t after;
	bool added;

	issue(c, "Rose Example");
	assert_int_equal(put(c, 1, 131, &added), ERR_OK);
	after = clinic_int(c, "SELECT max(seq) FROM event");
	assert_int_equal(put(c, 2, 132, &added), ERR_OK);
	assert_int_equal(put(c, 4, 133, &added), ERR_OK);
	assert_int_equal(put(c, 3, 134, &added), ERR_OK);
	assert_int_equal(
	    lost_card_each(c->db, after, note_order, order), ERR_OK);
	assert_string_equal(order, "432");
}

static enum err
take_many(struct db *db, void *ctx)
{
	enum err e = ERR_OK;

	(void)ctx;
	for (int i = 0; i < 100 && e == ERR_OK; i++) {
		uint32_t index = 0;
		bool made;

		e = status_pool_take(db, 1000, NULL, 0, &index, &made);
		assert_false(made);
		assert_true(index % 16 == 0);
	}
	return e;
}

/* All places but one in sixteen are those of lost cards. */
static void
the_place_of_a_lost_card_is_never_drawn(void **state)
{
	struct clinic *c = *state;

	issue(c, "Rose Example");
	clinic_tamper(c,
	    "WITH RECURSIVE p (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM p"
	    " WHERE i < 131071) INSERT OR IGNORE INTO lost_card"
	    " SELECT i + 1, i, NULL, 1 FROM p WHERE i % 16 <> 0");
	assert_int_equal(db_write(c->db, take_many, NULL), ERR_OK);
}

static void
the_bit_of_a_lost_card_is_set(void **state)
{
	struct clinic *c = *state;
	uint8_t bits[STATUS_POOL_BYTES];
	bool added;

	issue(c, "Rose Example");
	clinic_tamper(c, "DROP TRIGGER decoy_kept; DELETE FROM status_decoy");
	assert_int_equal(put(c, 77, 131, &added), ERR_OK);
	assert_int_equal(put(c, 78, 131072 + 9, &added), ERR_OK);
	assert_int_equal(status_pool_bits(c->db, 0, bits), ERR_OK);
	for (uint32_t i = 0; i < STATUS_POOL_POSITIONS; i++)
		assert_int_equal(bits[i / 8] >> i % 8 & 1, i == 131);
}

static void
audit_finds_a_lost_card_on_a_decoys_place(void **state)
{
	struct clinic *c = *state;
	uint8_t bits[STATUS_POOL_BYTES];
	uint32_t place = 0;
	bool added;

	issue(c, "Rose Example");
	assert_int_equal(status_pool_bits(c->db, 0, bits), ERR_OK);
	while ((bits[place / 8] >> place % 8 & 1) == 0)
		place++;
	assert_true(is_clean(c));
	assert_int_equal(put(c, 77, place, &added), ERR_OK);
	assert_false(is_clean(c));
}

/* In a list that nobody made, and with a key that nobody knows of. */
static void
audit_wants_list_and_key_of_a_lost_card(void **state)
{
	struct clinic *c = *state;
	struct putting p = {
	    .card = {.serial = 78, .has_kid = true, .kid = "unknown", .at = 5}};
	uint8_t kid[CARD_KID] = "unknown";
	bool added;

	issue(c, "Rose Example");
	p.card.status_index = free_place(c, 5);
	assert_int_equal(db_write(c->db, put_card, &p), ERR_OK);
	assert_false(is_clean(c));
	assert_int_equal(db_write(c->db, put_key, kid), ERR_OK);
	assert_true(is_clean(c));
	assert_int_equal(put(c, 77, 131072 + 9, &added), ERR_OK);
	assert_false(is_clean(c));
}

/* --- lost keys --- */

static enum err
count_kid(void *ctx, const uint8_t *kid)
{
	(void)kid;
	++*(int *)ctx;
	return ERR_OK;
}

static void
a_lost_key_is_kept_once_unless_it_is_here(void **state)
{
	struct clinic *c = *state;
	uint8_t kid[CARD_KID] = "unknown";
	uint8_t here[CARD_KID];
	int n = 0;

	memcpy(here, clinic_kid("A00001"), CARD_KID);
	assert_int_equal(db_write(c->db, put_key, kid), ERR_OK);
	assert_int_equal(db_write(c->db, put_key, kid), ERR_NOINPUT);
	assert_int_equal(db_write(c->db, put_key, here), ERR_NOINPUT);
	assert_int_equal(lost_key_each(c->db, count_kid, &n), ERR_OK);
	assert_int_equal(n, 1);
	assert_true(clinic_check(c));
}

/* --- bits of published lists --- */

struct keeping {
	struct clinic *c;
	uint8_t bits[STATUS_POOL_BYTES];
	int64_t decoys;
	int64_t ended;
};

static enum err
end_it(void *ctx, int64_t serial)
{
	struct keeping *k = ctx;
	enum card_withdrawal how;

	k->ended = serial;
	return card_withdraw(k->c->db, serial, CARD_ERROR, k->c->now, &how);
}

static enum err
keep(struct db *db, void *ctx)
{
	struct keeping *k = ctx;

	return status_pool_keep(db, 0, k->bits, 1000, &k->decoys, end_it, k);
}

static void
no_published_bit_falls(void **state)
{
	struct clinic *c = *state;
	struct keeping k = {.c = c};
	uint8_t now[STATUS_POOL_BYTES];
	int64_t before;
	bool added;

	issue(c, "Rose Example");
	assert_int_equal(put(c, 77, free_place(c, 131), &added), ERR_OK);
	assert_int_equal(status_pool_bits(c->db, 0, k.bits), ERR_OK);
	before = clinic_int(c, "SELECT count(*) FROM event");
	assert_int_equal(db_write(c->db, keep, &k), ERR_OK);
	assert_int_equal(clinic_int(c, "SELECT count(*) FROM event"), before);
	/* Everything that nobody has, and the card's. */
	memset(k.bits, 0xff, sizeof(k.bits));
	assert_int_equal(db_write(c->db, keep, &k), ERR_OK);
	assert_int_equal(k.ended, c->last.card.serial);
	assert_int_equal(
	    k.decoys, STATUS_POOL_POSITIONS - STATUS_POOL_DECOYS - 2);
	assert_int_equal(status_pool_bits(c->db, 0, now), ERR_OK);
	assert_memory_equal(now, k.bits, sizeof(now));
	assert_true(is_clean(c));
}

/* --- what the signer is told --- */

/* The next ending after ${*seq}, which moves on; false if there is none. */
static bool
next(struct clinic *c, int64_t *seq, struct ending *x)
{
	enum err e = ending_next(c->db, *seq, x);
	uint8_t hash[EVENT_HASH];

	if (e == ERR_NOINPUT)
		return false;
	assert_int_equal(e, ERR_OK);
	assert_true(x->seq > *seq);
	assert_int_equal(event_hash_at(c->db, x->seq, hash), ERR_OK);
	assert_memory_equal(hash, x->hash, EVENT_HASH);
	*seq = x->seq;
	return true;
}

static enum err
revoke(struct db *db, void *ctx)
{
	struct span kid = span_of(ctx, CARD_KID);

	return event_append_key(db, EVENT_KEY_REVOKE, kid, 1000);
}

static void
every_end_is_told_and_nothing_else(void **state)
{
	struct clinic *c = *state;
	uint8_t kid[CARD_KID];
	struct ending x;
	struct card old;
	int64_t seq = 0;
	bool added;

	memcpy(kid, clinic_kid("A00002"), CARD_KID);
	issue(c, "Rose Example");
	assert_false(next(c, &seq, &x));
	old = c->last.card;
	assert_int_equal(clinic_again(c, CARD_RENEWAL, old.serial), ERR_OK);
	assert_int_equal(
	    clinic_withdraw(c, c->last.card.serial, CARD_STOLEN), 0);
	(void)clinic_erase(c, old.serial);
	assert_int_equal(put(c, 77, 131, &added), ERR_OK);
	assert_int_equal(db_write(c->db, revoke, kid), ERR_OK);
	assert_true(next(c, &seq, &x));
	assert_true(x.what == ENDING_CARD && x.serial == old.serial);
	assert_int_equal(x.status_index, old.status_index);
	assert_int_equal(x.reason, CARD_SUPERSEDED);
	assert_true(next(c, &seq, &x));
	assert_true(x.what == ENDING_CARD && x.reason == CARD_STOLEN);
	assert_int_equal(x.serial, c->last.card.serial);
	for (int i = 0; i < 2; i++) { /* one a card */
		assert_true(next(c, &seq, &x));
		assert_int_equal(x.what, ENDING_HOLDER);
		assert_int_equal(x.holder, old.holder);
		assert_true(
		    x.serial == old.serial || x.serial == c->last.card.serial);
	}
	assert_true(next(c, &seq, &x));
	assert_true(x.what == ENDING_CARD && x.serial == 77);
	assert_int_equal(x.status_index, 131);
	assert_int_equal(x.reason, CARD_ERROR);
	assert_true(next(c, &seq, &x));
	assert_int_equal(x.what, ENDING_KEY);
	assert_memory_equal(x.kid, kid, CARD_KID);
	assert_false(next(c, &seq, &x));
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, clinic_open, clinic_close)
	const struct CMUnitTest tests[] = {
	    TEST(a_lost_card_is_kept_once_with_its_event),
	    TEST(a_number_or_place_that_another_has_is_refused),
	    TEST(those_of_one_loss_come_in_the_order_of_signing),
	    TEST(the_place_of_a_lost_card_is_never_drawn),
	    TEST(the_bit_of_a_lost_card_is_set),
	    TEST(audit_finds_a_lost_card_on_a_decoys_place),
	    TEST(audit_wants_list_and_key_of_a_lost_card),
	    TEST(a_lost_key_is_kept_once_unless_it_is_here),
	    TEST(no_published_bit_falls),
	    TEST(every_end_is_told_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
