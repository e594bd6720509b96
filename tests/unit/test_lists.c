#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "tests/kit/place.h"

static enum err
opens(struct place *p)
{
	struct lists *l = NULL;
	enum err e = lists_new(&l, &p->from);

	if (e == ERR_OK)
		lists_free(l);
	return e;
}

static void
judge(struct verdict *v, struct lists *l, int64_t now, struct span token)
{
	struct verify_lists in = lists_at(l, now);

	verify_token(v, &in, token);
}

/* The reason that a new run gives for a card with this index. */
static enum reason
reason_at(struct place *p, uint32_t index, int64_t now)
{
	struct passport card;
	struct lists *l;
	struct verdict v;
	uint8_t token[512];

	kit_passport(&card);
	card.index = index;
	assert_int_equal(lists_new(&l, &p->from), ERR_OK);
	judge(&v, l, now, kit_token(&p->kit, &card, token, sizeof(token)));
	lists_free(l);
	return v.reason;
}

static enum reason
reason(struct place *p)
{
	return reason_at(p, 4711, KIT_NOW);
}

static void
a_good_folder_confirms_a_card(void **state)
{
	struct place *p = *state;

	assert_int_equal(reason(p), REASON_OK);
	assert_int_equal(reason(p), REASON_OK); /* and again, pinned */
	p->bits[4711 / 8] = 1 << 4711 % 8;
	place_put_status(p, 0, KIT_NOW - 3599);
	assert_int_equal(reason(p), REASON_WITHDRAWN);
	lists_free(NULL);
}

static void
a_missing_folder_is_no_input(void **state)
{
	struct place *p = *state;

	p->from.dir = "/nonexistent";
	assert_int_equal(opens(p), ERR_NOINPUT);
	p->from.dir = "/etc/passwd";
	assert_int_equal(opens(p), ERR_NOINPUT);
}

static void
a_folder_without_a_usable_root_is_refused(void **state)
{
	struct place *p = *state;
	char path[256];

	place_put_file(p->lists, "root.pub", span_str("# none yet\n"));
	assert_int_equal(opens(p), ERR_CONFIG);
	place_put_file(p->lists, "root.pub", span_str("rubbish\n"));
	assert_int_equal(opens(p), ERR_CONFIG);
	snprintf(path, sizeof(path), "%s/root.pub", p->lists);
	assert_int_equal(remove(path), 0);
	assert_int_equal(opens(p), ERR_CONFIG);
	place_put_root(p->top, "root", &p->kit.root, NULL);
	p->from.root = p->other_root;
	assert_int_equal(opens(p), ERR_OK);
	p->from.root = "/nonexistent";
	assert_int_equal(opens(p), ERR_NOINPUT);
	p->from.root = "/dev/null";
	assert_int_equal(opens(p), ERR_CONFIG);
}

static void
lists_that_are_missing_or_unsigned_are_row_3(void **state)
{
	struct place *p = *state;
	struct kit_key root = p->kit.root;
	char path[256];

	kit_key(&p->kit.root, 50);
	place_put_trust(p);
	assert_int_equal(reason(p), REASON_NO_LISTS);
	place_put_file(p->lists, "trust.cwt", span_str(""));
	assert_int_equal(reason(p), REASON_NO_LISTS);
	snprintf(path, sizeof(path), "%s/trust.cwt", p->lists);
	assert_int_equal(remove(path), 0);
	assert_int_equal(reason(p), REASON_NO_LISTS);
	/* Nothing was pinned meanwhile. */
	assert_int_not_equal(access(p->state, F_OK), 0);
	p->kit.root = root;
	place_put_trust(p);
	assert_int_equal(reason(p), REASON_OK);
	assert_int_equal(access(p->state, F_OK), 0);
}

static void
other_roots_than_pinned_are_refused_until_told(void **state)
{
	struct place *p = *state;
	struct kit_key first = p->kit.root;
	struct kit_key second;

	kit_key(&second, 60);
	assert_int_equal(reason(p), REASON_OK);
	place_put_root(p->lists, "root.pub", &first, &second);
	assert_int_equal(opens(p), ERR_CONFIG);
	place_put_root(p->lists, "root.pub", &second, NULL);
	assert_int_equal(opens(p), ERR_CONFIG);
	/* The operator says that both count. */
	place_put_root(p->top, "root", &first, &second);
	p->from.root = p->other_root;
	assert_int_equal(reason(p), REASON_OK);
	p->from.root = NULL;
	assert_int_equal(reason(p), REASON_OK);
	/* The second signs; the folder may name a part of the pinned. */
	p->kit.root = second;
	p->kit.draft.seq++;
	place_put_trust(p);
	assert_int_equal(reason(p), REASON_OK);
	place_put_root(p->lists, "root.pub", &first, NULL);
	assert_int_equal(reason(p), REASON_OK);
}

static void
another_scheme_of_the_pinned_root_is_refused_until_told(void **state)
{
	struct place *p = *state;

	assert_int_equal(reason(p), REASON_OK);
	p->kit.draft.scheme = span_str("Hillside carers");
	place_put_trust(p);
	assert_int_equal(opens(p), ERR_CONFIG);
	place_put_root(p->top, "root", &p->kit.root, NULL);
	p->from.root = p->other_root;
	assert_int_equal(reason(p), REASON_OK);
	p->from.root = NULL;
	assert_int_equal(reason(p), REASON_OK);
}

static void
older_trust_lists_are_noticed(void **state)
{
	struct place *p = *state;
	char path[256];

	assert_int_equal(reason(p), REASON_OK);
	p->kit.draft.seq = 6;
	place_put_trust(p);
	assert_int_equal(reason(p), REASON_ROLLED_BACK);
	p->kit.draft.seq = 7;
	p->kit.draft.iat++; /* other bytes */
	place_put_trust(p);
	assert_int_equal(reason(p), REASON_ROLLED_BACK);
	p->kit.draft.seq = 8;
	p->kit.draft.iat -= 2;
	place_put_trust(p);
	assert_int_equal(reason(p), REASON_ROLLED_BACK);
	p->kit.draft.iat += 2;
	place_put_trust(p);
	assert_int_equal(reason(p), REASON_OK);
	/* The memory is per state folder. */
	p->kit.draft.seq = 1;
	place_put_trust(p);
	assert_int_equal(reason(p), REASON_ROLLED_BACK);
	snprintf(path, sizeof(path), "%s/other", p->top);
	p->from.state = path;
	assert_int_equal(reason(p), REASON_OK);
}

static void
older_status_lists_are_noticed(void **state)
{
	struct place *p = *state;

	assert_int_equal(reason(p), REASON_OK);
	place_put_status(p, 0, KIT_NOW - 3601);
	assert_int_equal(reason(p), REASON_ROLLED_BACK);
	place_put_status(p, 0, KIT_NOW - 3600);
	assert_int_equal(reason(p), REASON_OK);
	/* Each number by itself. */
	place_put_status(p, 1, KIT_NOW - 7200);
	assert_int_equal(reason_at(p, 1 << 17, KIT_NOW), REASON_OK);
}

static void
a_list_from_the_future_is_bad_and_not_remembered(void **state)
{
	struct place *p = *state;

	place_put_status(p, 0, KIT_NOW + 86401);
	assert_int_equal(reason(p), REASON_NO_LISTS);
	place_put_status(p, 0, KIT_NOW);
	assert_int_equal(reason(p), REASON_OK);
	/* Nor one above the trust list's end. */
	p->kit.draft.exp = KIT_NOW + 100;
	p->kit.draft.seq++;
	place_put_trust(p);
	place_put_status(p, 0, KIT_NOW + 101);
	assert_int_equal(reason(p), REASON_NO_LISTS);
	place_put_status(p, 0, KIT_NOW + 1);
	assert_int_equal(reason(p), REASON_OK);
	place_put_status(p, 0, KIT_NOW);
	assert_int_equal(reason(p), REASON_ROLLED_BACK);
}

static void
a_damaged_status_list_is_row_12(void **state)
{
	struct place *p = *state;
	char path[256];

	place_put_file(p->lists, "status/0.cwt", span_str("rubbish"));
	assert_int_equal(reason(p), REASON_NO_LISTS);
	snprintf(path, sizeof(path), "%s/status/0.cwt", p->lists);
	assert_int_equal(remove(path), 0);
	assert_int_equal(reason(p), REASON_NO_LISTS);
	/* Number 1 under the name of number 0. */
	place_put_status(p, 1, KIT_NOW - 3600);
	{
		char other[256];

		snprintf(other, sizeof(other), "%s/status/1.cwt", p->lists);
		assert_int_equal(rename(other, path), 0);
	}
	assert_int_equal(reason(p), REASON_NO_LISTS);
}

static void
a_pipe_in_a_files_place_keeps_nobody_waiting(void **state)
{
	static const char *const names[] = {
	    "status/0.cwt", "trust.cwt", "root.pub"};
	struct place *p = *state;
	char path[256];

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", p->lists, names[i]);
		assert_int_equal(remove(path), 0);
		assert_int_equal(mkfifo(path, 0600), 0);
		if (i < 2)
			assert_int_equal(reason(p), REASON_NO_LISTS);
		else
			assert_int_equal(opens(p), ERR_CONFIG);
	}
}

static void
a_damaged_state_is_refused(void **state)
{
	struct place *p = *state;

	assert_int_equal(reason(p), REASON_OK);
	place_put_file(p->state, "pin", span_str("rubbish"));
	assert_int_equal(opens(p), ERR_CONFIG);
	/* --root replaces it. */
	place_put_root(p->top, "root", &p->kit.root, NULL);
	p->from.root = p->other_root;
	assert_int_equal(reason(p), REASON_OK);
	p->from.root = NULL;
	assert_int_equal(reason(p), REASON_OK);
}

static void
each_list_is_read_once_a_run(void **state)
{
	struct place *p = *state;
	struct lists *l;
	char path[256];

	assert_int_equal(lists_new(&l, &p->from), ERR_OK);
	for (int i = 0; i < 3; i++) {
		struct passport card;
		struct verdict v;
		uint8_t token[512];
		struct span t;

		kit_passport(&card);
		t = kit_token(&p->kit, &card, token, sizeof(token));
		judge(&v, l, KIT_NOW, t);
		assert_int_equal(v.reason, REASON_OK);
		snprintf(path, sizeof(path), "%s/status/0.cwt", p->lists);
		remove(path);
		/* One that was missing stays so. */
		card.index = 3 << 17;
		t = kit_token(&p->kit, &card, token, sizeof(token));
		judge(&v, l, KIT_NOW, t);
		assert_int_equal(v.reason, REASON_NO_LISTS);
		place_put_status(p, 3, KIT_NOW);
	}
	lists_free(l);
}

static void
lists_of_two_services_are_kept_apart(void **state)
{
	struct place *p = *state;
	struct trust_service two[2] = {p->kit.services[0], p->kit.services[0]};
	struct verify_lists in;
	struct lists *l;

	two[1].base = span_str("https://other.example/lists/status/");
	p->kit.draft.services = two;
	p->kit.draft.nservices = 2;
	place_put_trust(p);
	assert_int_equal(lists_new(&l, &p->from), ERR_OK);
	in = lists_at(l, KIT_NOW);
	assert_non_null(in.status(in.ctx, 0, 0));
	/* The file is the first service's, whatever was asked before. */
	assert_null(in.status(in.ctx, 1, 0));
	assert_non_null(in.status(in.ctx, 0, 0));
	lists_free(l);
}

static void
more_lists_than_are_held_in_memory_still_work(void **state)
{
	struct place *p = *state;
	struct lists *l;

	for (uint32_t n = 0; n < 70; n++)
		place_put_status(p, n, KIT_NOW - n);
	assert_int_equal(lists_new(&l, &p->from), ERR_OK);
	for (uint32_t i = 0; i < 200; i++) {
		struct passport card;
		struct verdict v;
		uint8_t token[512];

		kit_passport(&card);
		card.index = (i % 70) << 17;
		judge(&v, l, KIT_NOW,
		    kit_token(&p->kit, &card, token, sizeof(token)));
		assert_int_equal(v.reason, REASON_OK);
		assert_true(v.status_iat == KIT_NOW - i % 70);
	}
	lists_free(l);
}

#define T(f) cmocka_unit_test_setup_teardown(f, place_setup, place_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_good_folder_confirms_a_card),
	    T(a_missing_folder_is_no_input),
	    T(a_folder_without_a_usable_root_is_refused),
	    T(lists_that_are_missing_or_unsigned_are_row_3),
	    T(other_roots_than_pinned_are_refused_until_told),
	    T(another_scheme_of_the_pinned_root_is_refused_until_told),
	    T(older_trust_lists_are_noticed),
	    T(older_status_lists_are_noticed),
	    T(a_list_from_the_future_is_bad_and_not_remembered),
	    T(a_damaged_status_list_is_row_12),
	    T(a_pipe_in_a_files_place_keeps_nobody_waiting),
	    T(a_damaged_state_is_refused),
	    T(each_list_is_read_once_a_run),
	    T(lists_of_two_services_are_kept_apart),
	    T(more_lists_than_are_held_in_memory_still_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
