/* Goal: what the signer once wrote down is there for good, or it is noticed. */
#include "keys/journal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sodium.h>

#include <cmocka.h>

#include "tests/kit/folder.h"

static const uint8_t key[SECRET_KEY] = "the key of the journal's chain";
static const uint8_t other_key[SECRET_KEY] = "another key of another chain..";

struct place {
	struct folder folder;
	char path[FOLDER_PATH];
};

static int
set_up(void **state)
{
	static struct place p;

	folder_make(&p.folder);
	folder_path(p.path, &p.folder, "journal");
	*state = &p;
	return 0;
}

static int
tear_down(void **state)
{
	const struct place *p = *state;

	folder_remove(&p->folder);
	return 0;
}

static enum err
try_load(struct journal **j, const struct place *p, const uint8_t *with)
{
	enum err e = journal_lock(j, p->path, false);

	if (e != ERR_OK)
		return e;
	e = journal_load(*j, with);
	if (e != ERR_OK) {
		journal_close(*j);
		*j = NULL;
	}
	return e;
}

static struct journal *
create(const struct place *p)
{
	struct journal *j = NULL;

	assert_int_equal(journal_lock(&j, p->path, true), ERR_OK);
	assert_int_equal(journal_load(j, key), ERR_OK);
	return j;
}

static struct journal *
reopen(const struct place *p)
{
	struct journal *j = NULL;

	assert_int_equal(try_load(&j, p, key), ERR_OK);
	return j;
}

static struct journal_entry
entry(enum journal_type type, uint64_t a, uint64_t b, uint8_t hash)
{
	struct journal_entry e = {
	    .type = type, .time = 1000 + (int64_t)a, .a = a, .b = b};

	memset(e.kid, 0x4b, sizeof(e.kid));
	memset(e.hash, hash, sizeof(e.hash));
	return e;
}

static void
add(struct journal *j, struct journal_entry e)
{
	assert_int_equal(journal_add(j, &e), ERR_OK);
}

/* One of each, in one batch: what a later start must know. */
static void
write_some(struct journal *j)
{
	add(j, entry(JOURNAL_HEAD, 3, 0, 0x03));
	add(j, entry(JOURNAL_PASSPORT, 4711, 99, 0x11));
	add(j, entry(JOURNAL_STATUS, 0, 5000, 0x22));
	add(j, entry(JOURNAL_STATUS, 1023, 6000, 0x23));
	add(j, entry(JOURNAL_TRUST, 7, 7000, 0x33));
	assert_int_equal(journal_commit(j), ERR_OK);
}

static void
knows_some(struct journal *j)
{
	uint8_t hash[JOURNAL_HASH];
	uint8_t want[JOURNAL_HASH];

	memset(want, 0x11, sizeof(want));
	assert_true(journal_passport(j, 4711, hash));
	assert_memory_equal(hash, want, sizeof(want));
	assert_false(journal_passport(j, 4712, hash));
	assert_false(journal_passport(j, UINT32_MAX, hash));
	assert_int_equal(journal_last_head(j).a, 3);
	assert_int_equal(journal_last_head(j).hash[31], 0x03);
	assert_int_equal(journal_last_trust(j).a, 7);
	assert_int_equal(journal_last_trust(j).b, 7000);
	assert_int_equal(journal_last_status(j, 0).b, 5000);
	assert_int_equal(journal_last_status(j, 1023).hash[0], 0x23);
	assert_int_equal(journal_last_status(j, 1).b, 0);
	assert_int_equal(journal_last_time(j), 1000 + 4711);
}

static void
remembers_over_a_restart(void **state)
{
	struct journal *j = create(*state);

	write_some(j);
	knows_some(j);
	journal_close(j);
	j = reopen(*state);
	knows_some(j);
	journal_close(j);
}

/* journal.h: every byte of a record, so that another program could read it. */
static void
a_record_is_as_documented(void **state)
{
	const struct place *p = *state;
	struct journal *j = create(p);
	struct journal_entry e = entry(JOURNAL_PASSPORT, 0x01020304, 5, 0x66);
	uint8_t file[1024];
	uint8_t want[JOURNAL_RECORD] = {1};
	crypto_generichash_state st;
	struct stat sb;

	e.time = 0x0708;
	add(j, e);
	assert_int_equal(journal_commit(j), ERR_OK);
	journal_close(j);
	assert_int_equal(folder_get(file, sizeof(file), p->path), 104);
	memset(want + 8, 0x4b, 8);
	memcpy(want + 16, "\0\0\0\0\0\0\x07\x08", 8);
	memcpy(want + 24, "\0\0\0\0\x01\x02\x03\x04", 8);
	want[39] = 5;
	memset(want + 40, 0x66, 32);
	crypto_generichash_init(&st, key, sizeof(key), 32);
	crypto_generichash_update(&st, (const uint8_t[32]){0}, 32);
	crypto_generichash_update(&st, want, 72);
	crypto_generichash_final(&st, want + 72, 32);
	assert_memory_equal(file, want, sizeof(want));
	assert_int_equal(stat(p->path, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0600);
}

static void
a_torn_tail_is_cut_and_the_chain_goes_on(void **state)
{
	const struct place *p = *state;
	uint8_t file[2048];
	size_t n;

	journal_close(create(p));
	for (size_t torn = 1; torn < JOURNAL_RECORD; torn++) {
		struct journal *j;

		assert_int_equal(unlink(p->path), 0);
		j = create(p);
		write_some(j);
		add(j, entry(JOURNAL_PASSPORT, 12, 1, 0x44));
		assert_int_equal(journal_commit(j), ERR_OK);
		journal_close(j);
		n = folder_get(file, sizeof(file), p->path);
		folder_put(p->path, span_of(file, n - JOURNAL_RECORD + torn));
		j = reopen(p);
		knows_some(j);
		assert_false(journal_passport(j, 12, file));
		assert_int_equal(folder_get(file, sizeof(file), p->path),
		    n - JOURNAL_RECORD);
		add(j, entry(JOURNAL_PASSPORT, 13, 1, 0x55));
		assert_int_equal(journal_commit(j), ERR_OK);
		journal_close(j);
		j = reopen(p);
		assert_true(journal_passport(j, 13, file));
		journal_close(j);
	}
}

static void
any_changed_byte_is_refused(void **state)
{
	const struct place *p = *state;
	struct journal *j = create(p);
	uint8_t file[2048];
	size_t n;

	write_some(j);
	journal_close(j);
	n = folder_get(file, sizeof(file), p->path);
	assert_int_equal(n, 5 * JOURNAL_RECORD);
	for (size_t i = 0; i < n; i++) {
		file[i] ^= (uint8_t)(1 << i % 8);
		folder_put(p->path, span_of(file, n));
		assert_int_equal(try_load(&j, p, key), ERR_DATA);
		file[i] ^= (uint8_t)(1 << i % 8);
	}
	folder_put(p->path, span_of(file, n));
	assert_int_equal(try_load(&j, p, other_key), ERR_DATA);
	knows_some(j = reopen(p));
	journal_close(j);
}

static void
dropped_swapped_or_doubled_records_are_refused(void **state)
{
	const struct place *p = *state;
	struct journal *j = create(p);
	uint8_t good[5 * JOURNAL_RECORD + 1];
	uint8_t bad[6 * JOURNAL_RECORD];
	const size_t r = JOURNAL_RECORD;

	write_some(j);
	journal_close(j);
	assert_int_equal(folder_get(good, sizeof(good), p->path), 5 * r);
	for (size_t i = 0; i < 4; i++) { /* the last cannot be missed */
		memcpy(bad, good, i * r);
		memcpy(bad + i * r, good + (i + 1) * r, (4 - i) * r);
		folder_put(p->path, span_of(bad, 4 * r));
		assert_int_equal(try_load(&j, p, key), ERR_DATA);
		memcpy(bad, good, 5 * r);
		memcpy(bad + i * r, good + (i + 1) * r, r);
		memcpy(bad + (i + 1) * r, good + i * r, r);
		folder_put(p->path, span_of(bad, 5 * r));
		assert_int_equal(try_load(&j, p, key), ERR_DATA);
		memcpy(bad, good, 5 * r);
		memcpy(bad + 5 * r, good + i * r, r);
		folder_put(p->path, span_of(bad, 6 * r));
		assert_int_equal(try_load(&j, p, key), ERR_DATA);
	}
}

static void
a_second_signer_is_refused_until_the_first_ends(void **state)
{
	const struct place *p = *state;
	struct journal *first = create(p);
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
	const struct place *p = *state;
	struct journal *j = NULL;

	assert_int_equal(journal_lock(&j, p->path, false), ERR_NOINPUT);
	j = create(p);
	write_some(j);
	journal_close(j);
	assert_int_equal(journal_lock(&j, p->path, true), ERR_PERM);
	assert_null(j);
	knows_some(j = reopen(p));
	journal_close(j);
}

static void
a_file_open_to_others_is_refused(void **state)
{
	const struct place *p = *state;
	char link[FOLDER_PATH];
	struct journal *j = create(p);

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
	const struct place *p = *state;
	struct journal *j = create(p);
	uint8_t hash[JOURNAL_HASH];
	uint8_t file[2048];

	write_some(j);
	add(j, entry(JOURNAL_PASSPORT, 5, 1, 0x77));
	add(j, entry(JOURNAL_TRUST, 8, 8000, 0x88));
	add(j, entry(JOURNAL_STATUS, 0, 5001, 0x99));
	add(j, entry(JOURNAL_HEAD, 4, 0, 0xaa));
	assert_true(journal_passport(j, 5, hash));
	assert_int_equal(hash[0], 0x77);
	assert_int_equal(journal_last_trust(j).a, 8);
	assert_int_equal(journal_last_status(j, 0).b, 5001);
	assert_int_equal(journal_last_status(j, 1023).b, 6000);
	assert_int_equal(journal_last_head(j).a, 4);
	journal_drop(j);
	assert_false(journal_passport(j, 5, hash));
	knows_some(j);
	assert_int_equal(journal_commit(j), ERR_OK);
	assert_int_equal(
	    folder_get(file, sizeof(file), p->path), 5 * JOURNAL_RECORD);
	/* And the chain is that of what was written. */
	add(j, entry(JOURNAL_PASSPORT, 6, 1, 0x78));
	assert_int_equal(journal_commit(j), ERR_OK);
	journal_close(j);
	j = reopen(p);
	assert_true(journal_passport(j, 6, hash));
	assert_false(journal_passport(j, 5, hash));
	journal_close(j);
}

static void
a_full_batch_takes_no_more_and_is_kept(void **state)
{
	struct journal *j = create(*state);
	struct journal_entry e = entry(JOURNAL_PASSPORT, JOURNAL_BATCH, 0, 1);
	uint8_t hash[JOURNAL_HASH];

	for (uint64_t i = 0; i < JOURNAL_BATCH; i++)
		add(j, entry(JOURNAL_PASSPORT, i, i, (uint8_t)i));
	assert_int_equal(journal_add(j, &e), ERR_TOOBIG);
	assert_int_equal(journal_commit(j), ERR_OK);
	add(j, e); /* two blocks to read at the next start */
	assert_int_equal(journal_commit(j), ERR_OK);
	journal_close(j);
	j = reopen(*state);
	for (uint32_t i = 0; i <= JOURNAL_BATCH; i += 17) {
		assert_true(journal_passport(j, i, hash));
		assert_int_equal(hash[5], i == JOURNAL_BATCH ? 1 : i & 255);
	}
	assert_false(journal_passport(j, JOURNAL_BATCH + 1, hash));
	journal_close(j);
}

/*
 * The file is written to behind the signer's back, by somebody who runs as the
 * same user, so that a used index would seem to belong to another payload.
 */
static void
a_record_changed_while_open_is_not_believed(void **state)
{
	const struct place *p = *state;
	struct journal *j = create(p);
	uint8_t file[2048];
	uint8_t hash[JOURNAL_HASH];
	const size_t r = JOURNAL_RECORD;
	struct journal_entry e = entry(JOURNAL_PASSPORT, 9, 1, 0x99);

	write_some(j);
	add(j, entry(JOURNAL_PASSPORT, 4712, 99, 0x12));
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
	j = create(p);
	write_some(j);
	assert_int_equal(folder_get(file, sizeof(file), p->path), 5 * r);
	memset(file + r + 40, 0x12, JOURNAL_HASH);
	folder_put(p->path, span_of(file, 5 * r));
	assert_true(journal_passport(j, 4711, hash));
	assert_true(sodium_is_zero(hash, sizeof(hash)));
	assert_int_equal(journal_commit(j), ERR_IO);
	journal_close(j);
	/* The file cut short. */
	assert_int_equal(unlink(p->path), 0);
	j = create(p);
	write_some(j);
	assert_int_equal(truncate(p->path, 0), 0);
	assert_true(journal_passport(j, 4711, hash));
	assert_true(sodium_is_zero(hash, sizeof(hash)));
	assert_int_equal(journal_commit(j), ERR_IO);
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
	const struct place *p = *state;
	const size_t r = JOURNAL_RECORD;
	/* Nothing, a part, a record, a record and a part of the batch of two
	 * reaches the disk. */
	const size_t reach[] = {0, 1, r - 1, r, r + 1, 2 * r - 1};
	uint8_t file[2048];
	uint8_t hash[JOURNAL_HASH];

	journal_close(create(p));
	(void)signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < sizeof(reach) / sizeof(*reach); i++) {
		struct journal_entry e = entry(JOURNAL_PASSPORT, 30, 1, 3);
		struct journal *j;

		assert_int_equal(unlink(p->path), 0);
		j = create(p);
		write_some(j);
		add(j, entry(JOURNAL_PASSPORT, 20, 1, 0x20));
		add(j, entry(JOURNAL_PASSPORT, 21, 1, 0x21));
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
		j = reopen(p);
		knows_some(j);
		assert_int_equal(journal_passport(j, 20, hash), reach[i] >= r);
		assert_false(journal_passport(j, 21, hash));
		journal_close(j);
	}
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(remembers_over_a_restart),
	    TEST(a_record_is_as_documented),
	    TEST(a_torn_tail_is_cut_and_the_chain_goes_on),
	    TEST(any_changed_byte_is_refused),
	    TEST(dropped_swapped_or_doubled_records_are_refused),
	    TEST(a_second_signer_is_refused_until_the_first_ends),
	    TEST(is_made_once_and_never_over_another),
	    TEST(a_file_open_to_others_is_refused),
	    TEST(a_batch_under_way_is_seen_and_can_be_dropped),
	    TEST(a_full_batch_takes_no_more_and_is_kept),
	    TEST(a_record_changed_while_open_is_not_believed),
	    TEST(after_a_failed_write_it_refuses_everything),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
