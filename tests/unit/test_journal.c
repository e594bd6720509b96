/* Goal: what the signer once wrote down is there for good. */
#include "keys/journal.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <cmocka.h>

#include "tests/kit/logbook.h"

static void
remembers_over_a_restart(void **state)
{
	struct journal *j = logbook_create(*state);

	logbook_write_some(j);
	logbook_knows_some(j);
	journal_close(j);
	j = logbook_reopen(*state);
	logbook_knows_some(j);
	journal_close(j);
}

/* journal.h: every byte of a record, so that another program could read it. */
static void
a_record_is_as_documented(void **state)
{
	const struct logbook *p = *state;
	struct journal *j = logbook_create(p);
	struct journal_entry e =
	    logbook_entry(JOURNAL_PASSPORT, 0x01020304, 5, 0x66);
	uint8_t file[1024];
	uint8_t want[JOURNAL_RECORD] = {1};
	crypto_generichash_state st;
	struct stat sb;

	e.time = 0x0708;
	logbook_add(j, e);
	assert_int_equal(journal_commit(j), ERR_OK);
	journal_close(j);
	assert_int_equal(folder_get(file, sizeof(file), p->path), 104);
	memset(want + 8, 0x4b, 8);
	memcpy(want + 16, "\0\0\0\0\0\0\x07\x08", 8);
	memcpy(want + 24, "\0\0\0\0\x01\x02\x03\x04", 8);
	want[39] = 5;
	memset(want + 40, 0x66, 32);
	crypto_generichash_init(&st, logbook_key, sizeof(logbook_key), 32);
	crypto_generichash_update(&st, (const uint8_t[32]){0}, 32);
	crypto_generichash_update(&st, want, 72);
	crypto_generichash_final(&st, want + 72, 32);
	assert_memory_equal(file, want, sizeof(want));
	assert_int_equal(stat(p->path, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0600);
}

static void
a_second_signer_is_refused_until_the_first_ends(void **state)
{
	const struct logbook *p = *state;
	struct journal *first = logbook_create(p);
	struct journal *second = NULL;

	assert_int_equal(
	    journal_lock(&second, p->path, false), ERR_UNAVAILABLE);
	assert_null(second);
	journal_close(first);
	assert_int_equal(journal_lock(&second, p->path, false), ERR_OK);
	journal_close(second);
}

static void
is_made_once_and_never_over_another(void **state)
{
	const struct logbook *p = *state;
	struct journal *j = NULL;

	assert_int_equal(journal_lock(&j, p->path, false), ERR_NOINPUT);
	j = logbook_create(p);
	logbook_write_some(j);
	journal_close(j);
	assert_int_equal(journal_lock(&j, p->path, true), ERR_PERM);
	assert_null(j);
	logbook_knows_some(j = logbook_reopen(p));
	journal_close(j);
}

static void
a_file_open_to_others_is_refused(void **state)
{
	const struct logbook *p = *state;
	char link[FOLDER_PATH];
	struct journal *j = logbook_create(p);

	journal_close(j);
	assert_int_equal(chmod(p->path, 0640), 0);
	assert_int_equal(journal_lock(&j, p->path, false), ERR_PERM);
	assert_int_equal(chmod(p->path, 0600), 0);
	folder_path(link, &p->folder, "link");
	assert_int_equal(symlink(p->path, link), 0);
	assert_int_equal(journal_lock(&j, link, false), ERR_PERM);
}

static void
a_batch_under_way_is_seen_and_can_be_dropped(void **state)
{
	const struct logbook *p = *state;
	struct journal *j = logbook_create(p);
	uint8_t hash[JOURNAL_HASH];
	uint8_t file[2048];

	logbook_write_some(j);
	logbook_add(j, logbook_entry(JOURNAL_PASSPORT, 5, 1, 0x77));
	logbook_add(j, logbook_entry(JOURNAL_TRUST, 8, 8000, 0x88));
	logbook_add(j, logbook_entry(JOURNAL_STATUS, 0, 5001, 0x99));
	logbook_add(j, logbook_entry(JOURNAL_HEAD, 4, 0, 0xaa));
	assert_true(journal_passport(j, 5, hash));
	assert_int_equal(hash[0], 0x77);
	assert_int_equal(journal_last_trust(j).a, 8);
	assert_int_equal(journal_last_status(j, 0).b, 5001);
	assert_int_equal(journal_last_status(j, 1023).b, 6000);
	assert_int_equal(journal_last_head(j).a, 4);
	journal_drop(j);
	assert_false(journal_passport(j, 5, hash));
	logbook_knows_some(j);
	assert_int_equal(journal_commit(j), ERR_OK);
	assert_int_equal(
	    folder_get(file, sizeof(file), p->path), 5 * JOURNAL_RECORD);
	/* And the chain is that of what was written. */
	logbook_add(j, logbook_entry(JOURNAL_PASSPORT, 6, 1, 0x78));
	assert_int_equal(journal_commit(j), ERR_OK);
	journal_close(j);
	j = logbook_reopen(p);
	assert_true(journal_passport(j, 6, hash));
	assert_false(journal_passport(j, 5, hash));
	journal_close(j);
}

static void
a_full_batch_takes_no_more_and_is_kept(void **state)
{
	struct journal *j = logbook_create(*state);
	struct journal_entry e =
	    logbook_entry(JOURNAL_PASSPORT, JOURNAL_BATCH, 0, 1);
	uint8_t hash[JOURNAL_HASH];

	for (uint64_t i = 0; i < JOURNAL_BATCH; i++)
		logbook_add(
		    j, logbook_entry(JOURNAL_PASSPORT, i, i, (uint8_t)i));
	assert_int_equal(journal_add(j, &e), ERR_TOOBIG);
	assert_int_equal(journal_commit(j), ERR_OK);
	logbook_add(j, e); /* two blocks to read at the next start */
	assert_int_equal(journal_commit(j), ERR_OK);
	journal_close(j);
	j = logbook_reopen(*state);
	for (uint32_t i = 0; i <= JOURNAL_BATCH; i += 17) {
		assert_true(journal_passport(j, i, hash));
		assert_int_equal(hash[5], i == JOURNAL_BATCH ? 1 : i & 255);
	}
	assert_false(journal_passport(j, JOURNAL_BATCH + 1, hash));
	journal_close(j);
}

/* A disk that is full after ${room} bytes. */
static void
allow_bytes(rlim_t room)
{
	struct rlimit r;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &r), 0);
	r.rlim_cur = room;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

static void
after_a_failed_write_it_refuses_everything(void **state)
{
	const struct logbook *p = *state;
	const size_t r = JOURNAL_RECORD;
	/* Nothing, a part, a record, a record and a part of the batch of two
	 * reaches the disk. */
	const size_t reach[] = {0, 1, r - 1, r, r + 1, 2 * r - 1};
	uint8_t file[2048];
	uint8_t hash[JOURNAL_HASH];

	journal_close(logbook_create(p));
	(void)signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < sizeof(reach) / sizeof(*reach); i++) {
		struct journal_entry e =
		    logbook_entry(JOURNAL_PASSPORT, 30, 1, 3);
		struct journal *j;

		assert_int_equal(unlink(p->path), 0);
		j = logbook_create(p);
		logbook_write_some(j);
		logbook_add(j, logbook_entry(JOURNAL_PASSPORT, 20, 1, 0x20));
		logbook_add(j, logbook_entry(JOURNAL_PASSPORT, 21, 1, 0x21));
		allow_bytes(5 * r + reach[i]);
		assert_int_equal(journal_commit(j), ERR_IO);
		allow_bytes(RLIM_INFINITY);
		/* Also when there is room again: what is there is not known. */
		assert_int_equal(journal_commit(j), ERR_IO);
		journal_drop(j);
		assert_int_equal(journal_add(j, &e), ERR_IO);
		assert_int_equal(journal_commit(j), ERR_IO);
		journal_close(j);
		assert_int_equal(
		    folder_get(file, sizeof(file), p->path), 5 * r + reach[i]);
		/* A new start keeps whole records only. */
		j = logbook_reopen(p);
		logbook_knows_some(j);
		assert_int_equal(journal_passport(j, 20, hash), reach[i] >= r);
		assert_false(journal_passport(j, 21, hash));
		journal_close(j);
	}
}

static void
cards_that_ended_are_known_and_nothing_else(void **state)
{
	const struct logbook *p = *state;
	struct journal *j = logbook_create(p);
	struct journal_entry e =
	    logbook_entry(JOURNAL_WITHDRAWN, JOURNAL_LISTS * 131072U, 1, 0);

	logbook_add(j, logbook_entry(JOURNAL_WITHDRAWN, 77, 99, 0));
	logbook_add(j, logbook_entry(JOURNAL_ERASED, 78, 99, 0));
	assert_true(journal_is_withdrawn(j, 77));
	journal_drop(j);
	assert_false(journal_is_withdrawn(j, 77));
	logbook_add(j, logbook_entry(JOURNAL_WITHDRAWN, 77, 99, 0));
	logbook_add(j, logbook_entry(JOURNAL_ERASED, 78, 99, 0));
	logbook_add(j, logbook_entry(JOURNAL_PASSPORT, 79, 99, 0));
	assert_int_equal(journal_commit(j), ERR_OK);
	for (int i = 0; i < 2; i++) {
		for (uint32_t n = 70; n < 90; n++)
			assert_int_equal(journal_is_withdrawn(j, n), n == 77);
		assert_false(journal_is_withdrawn(j, UINT32_MAX));
		journal_close(j);
		j = logbook_reopen(p);
	}
	/* One that is in no list cannot be. */
	assert_int_equal(journal_add(j, &e), ERR_OK);
	assert_int_equal(journal_commit(j), ERR_TOOBIG);
	journal_close(j);
}

static void
after_a_reset_the_registry_goes_on_from_there(void **state)
{
	const struct logbook *p = *state;
	struct journal *j = logbook_create(p);

	logbook_write_some(j);
	logbook_add(j, logbook_entry(JOURNAL_RESET, 2, 0, 0x02));
	assert_int_equal(journal_last_head(j).a, 2);
	journal_drop(j);
	assert_int_equal(journal_last_head(j).a, 3);
	logbook_add(j, logbook_entry(JOURNAL_RESET, 2, 0, 0x02));
	assert_int_equal(journal_commit(j), ERR_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(journal_last_head(j).a, 2);
		assert_int_equal(journal_last_head(j).hash[31], 0x02);
		journal_close(j);
		j = logbook_reopen(p);
	}
	/* What was signed stays signed. */
	assert_true(journal_passport(j, 4711, (uint8_t[JOURNAL_HASH]){0}));
	assert_int_equal(journal_last_trust(j).a, 7);
	journal_close(j);
}

static void
is_read_again_as_it_was_written(void **state)
{
	const struct logbook *p = *state;
	struct journal *j = logbook_create(p);
	struct journal_entry e = logbook_entry(JOURNAL_WITHDRAWN, 10, 11, 0);
	struct journal_entry got[8];
	uint8_t file[2048];
	size_t n = 8;

	assert_int_equal(journal_read(j, 0, got, &n), ERR_OK);
	assert_int_equal(n, 0);
	e.reason = 7;
	logbook_write_some(j);
	logbook_add(j, e);
	assert_int_equal(journal_commit(j), ERR_OK);
	n = 8;
	assert_int_equal(journal_read(j, 0, got, &n), ERR_OK);
	assert_int_equal(n, 6);
	assert_int_equal(got[0].type, JOURNAL_HEAD);
	assert_int_equal(got[1].a, 4711);
	assert_int_equal(got[1].b, 99);
	assert_int_equal(got[1].hash[0], 0x11);
	assert_int_equal(got[4].kid[0], 0x4b);
	assert_int_equal(got[5].type, JOURNAL_WITHDRAWN);
	assert_int_equal(got[5].reason, 7);
	assert_int_equal(got[5].time, 1010);
	for (uint64_t from = 0; from < 9; from++) {
		n = 2;
		assert_int_equal(journal_read(j, from, got, &n), ERR_OK);
		assert_int_equal(n, from < 5 ? 2 : from == 5 ? 1 : 0);
	}
	n = 1;
	assert_int_equal(journal_read(j, UINT64_MAX, got, &n), ERR_OK);
	assert_int_equal(n, 0);
	/* Byte 1 of the record is the reason. */
	assert_int_equal(folder_get(file, sizeof(file), p->path), 624);
	assert_int_equal(file[520], JOURNAL_WITHDRAWN);
	assert_int_equal(file[521], 7);
	/* Changed behind our back: not believed, and the end of it. */
	file[521] = 6;
	folder_put(p->path, span_of(file, 624));
	n = 5;
	assert_int_equal(journal_read(j, 0, got, &n), ERR_OK);
	n = 1;
	assert_int_equal(journal_read(j, 5, got, &n), ERR_IO);
	assert_int_equal(journal_add(j, &e), ERR_IO);
	journal_close(j);
}

/* FORMAT.md 9: who has the file cannot try which name was signed. */
static void
what_it_keeps_of_a_payload_needs_the_key(void **state)
{
	const struct logbook *p = *state;
	static const uint8_t kid[KID_SIZE] = "the kid";
	static const uint8_t person[16] = "carer payload";
	struct journal *j = logbook_create(p);
	struct journal *other = NULL;
	struct span payload = span_str("iss, exp, iat, Margaret Thompson");
	uint8_t message[64];
	uint8_t want[JOURNAL_HASH];
	uint8_t got[JOURNAL_HASH];
	char path[FOLDER_PATH];

	memcpy(message, kid, KID_SIZE);
	memcpy(message + KID_SIZE, payload.p, payload.n);
	crypto_generichash_blake2b_salt_personal(want, sizeof(want), message,
	    KID_SIZE + payload.n, logbook_key, SECRET_KEY, NULL, person);
	journal_hash(j, kid, payload, got);
	assert_memory_equal(got, want, sizeof(want));
	crypto_generichash(
	    want, sizeof(want), message, KID_SIZE + payload.n, NULL, 0);
	assert_memory_not_equal(got, want, sizeof(want));
	folder_path(path, &p->folder, "other");
	assert_int_equal(journal_lock(&other, path, true), ERR_OK);
	assert_int_equal(journal_load(other, logbook_other_key), ERR_OK);
	journal_hash(other, kid, payload, want);
	assert_memory_not_equal(got, want, sizeof(want));
	journal_close(other);
	journal_close(j);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, logbook_open, logbook_close)
	const struct CMUnitTest tests[] = {
	    TEST(remembers_over_a_restart),
	    TEST(a_record_is_as_documented),
	    TEST(a_second_signer_is_refused_until_the_first_ends),
	    TEST(is_made_once_and_never_over_another),
	    TEST(a_file_open_to_others_is_refused),
	    TEST(a_batch_under_way_is_seen_and_can_be_dropped),
	    TEST(a_full_batch_takes_no_more_and_is_kept),
	    TEST(after_a_failed_write_it_refuses_everything),
	    TEST(cards_that_ended_are_known_and_nothing_else),
	    TEST(after_a_reset_the_registry_goes_on_from_there),
	    TEST(is_read_again_as_it_was_written),
	    TEST(what_it_keeps_of_a_payload_needs_the_key),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
