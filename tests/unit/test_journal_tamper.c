/* Goal: nobody changes what the signer wrote down without its being noticed,
 * and what a crash left behind is told apart from that. */
#include "keys/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <sodium.h>

#include <cmocka.h>

#include "tests/kit/logbook.h"

static void
a_torn_tail_is_cut_and_the_chain_goes_on(void **state)
{
	const struct logbook *p = *state;
	uint8_t file[2048];
	size_t n;

	journal_close(logbook_create(p));
	for (size_t torn = 1; torn < JOURNAL_RECORD; torn++) {
		struct journal *j;

		assert_int_equal(unlink(p->path), 0);
		j = logbook_create(p);
		logbook_write_some(j);
		logbook_add(j, logbook_entry(JOURNAL_PASSPORT, 12, 1, 0x44));
		assert_int_equal(journal_commit(j), ERR_OK);
		journal_close(j);
		n = folder_get(file, sizeof(file), p->path);
		folder_put(p->path, span_of(file, n - JOURNAL_RECORD + torn));
		j = logbook_reopen(p);
		logbook_knows_some(j);
		assert_false(journal_passport(j, 12, file));
		assert_int_equal(folder_get(file, sizeof(file), p->path),
		    n - JOURNAL_RECORD);
		logbook_add(j, logbook_entry(JOURNAL_PASSPORT, 13, 1, 0x55));
		assert_int_equal(journal_commit(j), ERR_OK);
		journal_close(j);
		j = logbook_reopen(p);
		assert_true(journal_passport(j, 13, file));
		journal_close(j);
	}
}

/* A power loss may leave the file longer than what reached it. */
static void
zeros_at_the_end_are_cut_and_in_between_refused(void **state)
{
	const struct logbook *p = *state;
	struct journal *j = logbook_create(p);
	uint8_t file[2048] = {0};
	const size_t r = JOURNAL_RECORD;
	size_t n;

	logbook_write_some(j);
	journal_close(j);
	n = folder_get(file, sizeof(file), p->path);
	memset(file + n, 0, sizeof(file) - n);
	for (size_t more = 1; more < 3 * r; more += 51) {
		folder_put(p->path, span_of(file, n + more));
		logbook_knows_some(j = logbook_reopen(p));
		journal_close(j);
		assert_int_equal(folder_get(file, sizeof(file), p->path), n);
		memset(file + n, 0, sizeof(file) - n);
	}
	/* Zeros and then something is no power loss. */
	file[n + r] = 1;
	folder_put(p->path, span_of(file, n + 2 * r));
	assert_int_equal(logbook_try_load(&j, p, logbook_key), ERR_DATA);
	/* Nor are zeros in the middle. */
	memcpy(file + n, file, r);
	memset(file, 0, r);
	folder_put(p->path, span_of(file, n));
	assert_int_equal(logbook_try_load(&j, p, logbook_key), ERR_DATA);
}

static void
any_changed_byte_is_refused(void **state)
{
	const struct logbook *p = *state;
	struct journal *j = logbook_create(p);
	uint8_t file[2048];
	size_t n;

	logbook_write_some(j);
	journal_close(j);
	n = folder_get(file, sizeof(file), p->path);
	assert_int_equal(n, 5 * JOURNAL_RECORD);
	for (size_t i = 0; i < n; i++) {
		file[i] ^= (uint8_t)(1 << i % 8);
		folder_put(p->path, span_of(file, n));
		assert_int_equal(
		    logbook_try_load(&j, p, logbook_key), ERR_DATA);
		file[i] ^= (uint8_t)(1 << i % 8);
	}
	folder_put(p->path, span_of(file, n));
	assert_int_equal(logbook_try_load(&j, p, logbook_other_key), ERR_DATA);
	logbook_knows_some(j = logbook_reopen(p));
	journal_close(j);
}

static void
dropped_swapped_or_doubled_records_are_refused(void **state)
{
	const struct logbook *p = *state;
	struct journal *j = logbook_create(p);
	uint8_t good[5 * JOURNAL_RECORD + 1];
	uint8_t bad[6 * JOURNAL_RECORD];
	const size_t r = JOURNAL_RECORD;

	logbook_write_some(j);
	journal_close(j);
	assert_int_equal(folder_get(good, sizeof(good), p->path), 5 * r);
	for (size_t i = 0; i < 4; i++) { /* the last cannot be missed */
		memcpy(bad, good, i * r);
		memcpy(bad + i * r, good + (i + 1) * r, (4 - i) * r);
		folder_put(p->path, span_of(bad, 4 * r));
		assert_int_equal(
		    logbook_try_load(&j, p, logbook_key), ERR_DATA);
		memcpy(bad, good, 5 * r);
		memcpy(bad + i * r, good + (i + 1) * r, r);
		memcpy(bad + (i + 1) * r, good + i * r, r);
		folder_put(p->path, span_of(bad, 5 * r));
		assert_int_equal(
		    logbook_try_load(&j, p, logbook_key), ERR_DATA);
		memcpy(bad, good, 5 * r);
		memcpy(bad + 5 * r, good + i * r, r);
		folder_put(p->path, span_of(bad, 6 * r));
		assert_int_equal(
		    logbook_try_load(&j, p, logbook_key), ERR_DATA);
	}
}

/*
 * The file is written to behind the signer's back, by somebody who runs as the
 * same user, so that a used index would seem to belong to another payload.
 */
static void
a_record_changed_while_open_is_not_believed(void **state)
{
	const struct logbook *p = *state;
	struct journal *j = logbook_create(p);
	uint8_t file[2048];
	uint8_t hash[JOURNAL_HASH];
	const size_t r = JOURNAL_RECORD;
	struct journal_entry e = logbook_entry(JOURNAL_PASSPORT, 9, 1, 0x99);

	logbook_write_some(j);
	logbook_add(j, logbook_entry(JOURNAL_PASSPORT, 4712, 99, 0x12));
	assert_int_equal(journal_commit(j), ERR_OK);
	assert_int_equal(folder_get(file, sizeof(file), p->path), 6 * r);
	/* The record of 4712, with the mac before it, in the place of 4711's.
	 */
	memcpy(file + r - 32, file + 5 * r - 32, r + 32);
	folder_put(p->path, span_of(file, 6 * r));
	assert_true(journal_passport(j, 4711, hash));
	assert_true(sodium_is_zero(hash, sizeof(hash)));
	assert_int_equal(journal_add(j, &e), ERR_IO);
	assert_int_equal(journal_commit(j), ERR_IO);
	journal_close(j);
	/* A hash changed in place. */
	assert_int_equal(unlink(p->path), 0);
	j = logbook_create(p);
	logbook_write_some(j);
	assert_int_equal(folder_get(file, sizeof(file), p->path), 5 * r);
	memset(file + r + 40, 0x12, JOURNAL_HASH);
	folder_put(p->path, span_of(file, 5 * r));
	assert_true(journal_passport(j, 4711, hash));
	assert_true(sodium_is_zero(hash, sizeof(hash)));
	assert_int_equal(journal_commit(j), ERR_IO);
	journal_close(j);
	/* The file cut short. */
	assert_int_equal(unlink(p->path), 0);
	j = logbook_create(p);
	logbook_write_some(j);
	assert_int_equal(truncate(p->path, 0), 0);
	assert_true(journal_passport(j, 4711, hash));
	assert_true(sodium_is_zero(hash, sizeof(hash)));
	assert_int_equal(journal_commit(j), ERR_IO);
	journal_close(j);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, logbook_open, logbook_close)
	const struct CMUnitTest tests[] = {
	    TEST(a_torn_tail_is_cut_and_the_chain_goes_on),
	    TEST(zeros_at_the_end_are_cut_and_in_between_refused),
	    TEST(any_changed_byte_is_refused),
	    TEST(dropped_swapped_or_doubled_records_are_refused),
	    TEST(a_record_changed_while_open_is_not_believed),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
