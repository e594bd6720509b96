#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pthread.h>

#include <cmocka.h>

#include "tests/kit/place.h"
#include "verifier/shelf.h"

#define HOUR       3600
#define JUDGED_MAX 20000 /* by one reader of a crowd */

/* What a card of list ${n} gets now. */
static enum reason
judged(struct shelf *s, const struct place *p, uint32_t n, int64_t now)
{
	struct reading *r = shelf_take(s);
	struct verify_lists in = lists_at(r->lists, now);
	struct passport card;
	struct verdict v;
	uint8_t token[512];

	kit_passport(&card);
	card.index = n << PASSPORT_LIST_BITS;
	verify_token(&v, &in, kit_token(&p->kit, &card, token, sizeof(token)));
	shelf_return(r);
	return v.reason;
}

static struct shelf *
opened(struct place *p)
{
	struct shelf *s;

	assert_int_equal(shelf_new(&s, &p->from, KIT_NOW), ERR_OK);
	return s;
}

static void
damage(const struct place *p, const char *name)
{
	place_put_file(p->lists, name, span_str("no list"));
}

static void
nothing_is_read_while_nothing_changes(void **state)
{
	struct place *p = *state;
	struct shelf *s = opened(p);

	assert_false(shelf_refresh(s, KIT_NOW + 1));
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_OK);
	/* It is read once an hour all the same: nothing new is in use. */
	assert_false(shelf_refresh(s, KIT_NOW + HOUR));
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_OK);
	shelf_free(s);
}

static void
a_withdrawal_and_a_new_list_are_seen(void **state)
{
	struct place *p = *state;
	struct shelf *s = opened(p);

	assert_int_equal(judged(s, p, 3, KIT_NOW), REASON_NO_LISTS);
	p->bits[0] = 0xff;
	place_put_status(p, 0, KIT_NOW);
	place_put_status(p, 3, KIT_NOW);
	assert_true(shelf_refresh(s, KIT_NOW));
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_WITHDRAWN);
	assert_int_equal(judged(s, p, 3, KIT_NOW), REASON_WITHDRAWN);
	shelf_free(s);
}

static void
what_is_damaged_or_gone_stays_as_it_was_and_ages(void **state)
{
	struct place *p = *state;
	struct shelf *s;
	char path[192];

	place_put_status(p, 1, KIT_NOW - HOUR);
	s = opened(p);
	damage(p, "status/0.cwt");
	snprintf(path, sizeof(path), "%s/status/1.cwt", p->lists);
	assert_int_equal(unlink(path), 0);
	assert_false(shelf_refresh(s, KIT_NOW));
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_OK);
	assert_int_equal(judged(s, p, 1, KIT_NOW), REASON_OK);
	assert_int_equal(
	    judged(s, p, 0, KIT_NOW + 7 * KIT_DAY), REASON_LISTS_STALE);
	damage(p, "trust.cwt");
	assert_false(shelf_refresh(s, KIT_NOW));
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_OK);
	assert_int_equal(
	    judged(s, p, 0, KIT_NOW + 90 * KIT_DAY), REASON_LISTS_STALE);
	shelf_free(s);
}

static void
older_lists_are_refused_and_the_newer_kept(void **state)
{
	struct place *p = *state;
	struct shelf *s;
	struct reading *r;
	struct lists_state l;

	place_put_status(p, 0, KIT_NOW - 60);
	s = opened(p);
	place_put_status(p, 0, KIT_NOW - HOUR);
	p->kit.draft.seq--;
	place_put_trust(p);
	assert_false(shelf_refresh(s, KIT_NOW));
	r = shelf_take(s);
	l = lists_state(r->lists);
	shelf_return(r);
	assert_false(l.rolled_back);
	assert_int_equal(l.trust_seq, p->kit.draft.seq + 1);
	assert_true(l.status_iat == KIT_NOW - 60);
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_OK);
	/* Who starts with the older ones cannot tell. */
	{
		struct shelf *late = opened(p);

		assert_int_equal(
		    judged(late, p, 0, KIT_NOW), REASON_ROLLED_BACK);
		shelf_free(late);
	}
	shelf_free(s);
}

/* Whoever cannot write a state, or has lost it, still knows what it serves. */
static void
without_a_state_it_is_no_different(void **state)
{
	struct place *p = *state;
	struct shelf *s;
	struct kit_key other;
	struct kit honest;

	p->from.state = "/proc/nowhere";
	place_put_status(p, 0, KIT_NOW - 60);
	s = opened(p);
	place_put_status(p, 0, KIT_NOW - HOUR);
	p->kit.draft.seq--;
	place_put_trust(p);
	assert_false(shelf_refresh(s, KIT_NOW));
	assert_int_equal(shelf_failures(s), 0);
	/* The same number with other bytes is older, too. */
	p->kit.draft.seq++;
	p->kit.draft.exp--;
	place_put_trust(p);
	assert_false(shelf_refresh(s, KIT_NOW));
	/* Another scheme of the same root. */
	honest = p->kit;
	p->kit.draft.exp++;
	p->kit.draft.seq += 9;
	p->kit.draft.scheme = span_str("Hillside carers");
	place_put_trust(p);
	assert_false(shelf_refresh(s, KIT_NOW));
	assert_int_equal(shelf_failures(s), 1);
	/* Other roots, with a higher number. */
	p->kit = honest;
	kit_key(&other, 77);
	p->kit.root = other;
	p->kit.draft.seq += 9;
	place_put_trust(p);
	place_put_root(p->lists, "root.pub", &other, NULL);
	assert_false(shelf_refresh(s, KIT_NOW + 100));
	assert_int_equal(shelf_failures(s), 2);
	p->kit = honest;
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_OK);
	shelf_free(s);
}

static void
what_another_verifier_saw_counts_for_kept_lists_too(void **state)
{
	struct place *p = *state;
	struct shelf *s = opened(p);
	struct shelf *other;
	char path[192];

	/* Somebody else, with the same memory, sees a newer list. */
	place_put_status(p, 0, KIT_NOW);
	other = opened(p);
	shelf_free(other);
	damage(p, "status/0.cwt");
	(void)shelf_refresh(s, KIT_NOW);
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_ROLLED_BACK);
	/* And a newer trust list. */
	p->kit.draft.seq++;
	place_put_trust(p);
	other = opened(p);
	shelf_free(other);
	snprintf(path, sizeof(path), "%s/trust.cwt", p->lists);
	assert_int_equal(unlink(path), 0);
	(void)shelf_refresh(s, KIT_NOW);
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_ROLLED_BACK);
	shelf_free(s);
}

static void
a_list_that_was_retired_is_forgotten_when_it_has_ended(void **state)
{
	struct place *p = *state;
	struct shelf *s;
	struct reading *r;
	char path[192];

	place_put_status(p, 1, KIT_NOW - 6 * KIT_DAY);
	s = opened(p);
	snprintf(path, sizeof(path), "%s/status/1.cwt", p->lists);
	assert_int_equal(unlink(path), 0);
	assert_false(shelf_refresh(s, KIT_NOW));
	assert_int_equal(judged(s, p, 1, KIT_NOW), REASON_OK);
	assert_true(shelf_refresh(s, KIT_NOW + 2 * KIT_DAY));
	r = shelf_take(s);
	assert_int_equal(lists_state(r->lists).status, 1);
	shelf_return(r);
	shelf_free(s);
}

static void
other_roots_in_the_file_of_root_are_noticed(void **state)
{
	struct place *p = *state;
	struct kit_key other;
	struct shelf *s;

	snprintf(p->other_root, sizeof(p->other_root), "%s/roots", p->top);
	place_put_root(p->top, "roots", &p->kit.root, NULL);
	p->from.root = p->other_root;
	s = opened(p);
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_OK);
	kit_key(&other, 77);
	place_put_root(p->top, "roots", &other, NULL);
	(void)shelf_refresh(s, KIT_NOW);
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_NO_LISTS);
	shelf_free(s);
}

static void
root_pub_is_handed_on_only_with_keys_that_are_known(void **state)
{
	struct place *p = *state;
	struct kit_key other;
	struct shelf *s;
	struct reading *r;

	snprintf(p->other_root, sizeof(p->other_root), "%s/roots", p->top);
	place_put_root(p->top, "roots", &p->kit.root, NULL);
	p->from.root = p->other_root;
	kit_key(&other, 77);
	place_put_root(p->lists, "root.pub", &p->kit.root, &other);
	s = opened(p);
	r = shelf_take(s);
	assert_null(published_find(r->published, span_str("root.pub")));
	assert_non_null(published_find(r->published, span_str("trust.cwt")));
	shelf_return(r);
	shelf_free(s);
}

static void
a_list_kept_from_before_must_please_the_new_trust_list(void **state)
{
	struct place *p = *state;
	struct shelf *s = opened(p);
	struct kit_key other;

	/* The status key was revoked; the folder has no list of the new one. */
	kit_key(&other, 99);
	p->kit.draft.seq++;
	memcpy(p->kit.tombstones[0], p->kit.status.kid, KID_SIZE);
	p->kit.draft.ntombstones = 1;
	memcpy(p->kit.status_entry->kid, other.kid, KID_SIZE);
	memcpy(p->kit.status_entry->key, other.public, ED25519_KEY);
	memcpy(p->kit.services[0].kid, other.kid, KID_SIZE);
	if (memcmp(p->kit.keys[0].kid, p->kit.keys[1].kid, KID_SIZE) > 0) {
		struct trust_key t = p->kit.keys[0];

		p->kit.keys[0] = p->kit.keys[1];
		p->kit.keys[1] = t;
	}
	place_put_trust(p);
	assert_true(shelf_refresh(s, KIT_NOW));
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_NO_LISTS);
	shelf_free(s);
}

static void
other_roots_leave_all_as_it_was(void **state)
{
	struct place *p = *state;
	struct shelf *s = opened(p);
	struct kit_key other;

	kit_key(&other, 77);
	place_put_root(p->lists, "root.pub", &other, NULL);
	assert_false(shelf_refresh(s, KIT_NOW + 1));
	assert_int_equal(shelf_failures(s), 1);
	assert_int_equal(judged(s, p, 0, KIT_NOW), REASON_OK);
	/* It is tried again, not each second but each minute. */
	assert_false(shelf_refresh(s, KIT_NOW + 2));
	assert_int_equal(shelf_failures(s), 1);
	place_put_root(p->lists, "root.pub", &p->kit.root, NULL);
	assert_false(shelf_refresh(s, KIT_NOW + 61));
	assert_int_equal(shelf_failures(s), 1);
	shelf_free(s);
}

static void
files_are_handed_on_as_they_were_checked(void **state)
{
	struct place *p = *state;
	struct shelf *s = opened(p);
	struct reading *r = shelf_take(s);
	const struct published_file *f =
	    published_find(r->published, span_str("status/0.cwt"));
	uint8_t b[4096];

	assert_non_null(f);
	assert_string_equal(f->type, "application/statuslist+cwt");
	assert_int_equal(f->gzip.n, 0);
	f = published_find(r->published, span_str("trust.cwt"));
	assert_non_null(f);
	assert_true(span_eq(f->bytes, kit_trust(&p->kit, b, sizeof(b))));
	assert_string_equal(f->type, "application/cwt");
	assert_non_null(published_find(r->published, span_str("root.pub")));
	assert_null(published_find(r->published, span_str("index.json")));
	assert_null(published_find(r->published, span_str("status/1.cwt")));
	assert_null(published_find(r->published, span_str("../trust.cwt")));
	/* A reading is good for as long as somebody holds it. */
	damage(p, "status/0.cwt");
	place_put_status(p, 0, KIT_NOW);
	assert_true(shelf_refresh(s, KIT_NOW));
	assert_true(span_eq(f->bytes, kit_trust(&p->kit, b, sizeof(b))));
	shelf_return(r);
	shelf_free(s);
}

/* --- many at once --- */

struct crowd {
	struct shelf *shelf;
	const struct place *place;
	_Atomic bool stop;
	_Atomic size_t judged;
	_Atomic size_t wrong;
};

static void *
keep_judging(void *arg)
{
	struct crowd *c = arg;

	for (int i = 0; !c->stop && i < JUDGED_MAX; i++) {
		if (judged(c->shelf, c->place, 0, KIT_NOW) != REASON_OK)
			c->wrong++;
		c->judged++;
	}
	return NULL;
}

static void
readers_never_meet_half_a_swap(void **state)
{
	struct place *p = *state;
	struct crowd c = {.shelf = opened(p), .place = p};
	pthread_t thread[4];

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&thread[i], NULL, keep_judging, &c), 0);
	for (int round = 0; round < 100; round++) {
		place_put_status(p, 0, KIT_NOW - 200 + round);
		assert_true(shelf_refresh(c.shelf, KIT_NOW));
	}
	c.stop = true;
	for (size_t i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(c.wrong, 0);
	assert_true(c.judged > 0);
	shelf_free(c.shelf);
}

#define T(f) cmocka_unit_test_setup_teardown(f, place_setup, place_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(nothing_is_read_while_nothing_changes),
	    T(a_withdrawal_and_a_new_list_are_seen),
	    T(what_is_damaged_or_gone_stays_as_it_was_and_ages),
	    T(older_lists_are_refused_and_the_newer_kept),
	    T(without_a_state_it_is_no_different),
	    T(what_another_verifier_saw_counts_for_kept_lists_too),
	    T(a_list_that_was_retired_is_forgotten_when_it_has_ended),
	    T(other_roots_in_the_file_of_root_are_noticed),
	    T(root_pub_is_handed_on_only_with_keys_that_are_known),
	    T(a_list_kept_from_before_must_please_the_new_trust_list),
	    T(other_roots_leave_all_as_it_was),
	    T(files_are_handed_on_as_they_were_checked),
	    T(readers_never_meet_half_a_swap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
