/* Goal: a key file has one spelling, and nothing else is taken for one. */
#include "keys/keyfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <cmocka.h>

#include "tests/kit/folder.h"

static struct folder folder;
static const char good_key[] =
    "carerpass secret key 1\n"
    "use passport\n"
    "ods A81001\n"
    "kid 0011223344556677\n"
    "public "
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
    "not-before 1792540800\n"
    "not-after 1824163199\n"
    "sealed "
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
    "4041424344454647\n";
static const char good_master[] =
    "carerpass secret key 1\n"
    "master argon2id-moderate\n"
    "salt 000102030405060708090a0b0c0d0e0f\n"
    "sealed "
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
    "4041424344454647\n";

typedef bool parses_fn(struct span text);

static bool
parses_key(struct span text)
{
	struct key_record k;

	return key_file_parse(&k, text) == ERR_OK;
}

static bool
parses_master(struct span text)
{
	struct master_file m;

	return master_file_parse(&m, text) == ERR_OK;
}

static void
reads_every_member(void **state)
{
	struct key_record k;

	(void)state;
	assert_int_equal(key_file_parse(&k, span_str(good_key)), ERR_OK);
	assert_int_equal(k.use, USE_PASSPORT);
	assert_string_equal(k.ods, "A81001");
	assert_int_equal(k.kid[7], 0x77);
	assert_int_equal(k.public[31], 0xff);
	assert_int_equal(k.not_before, 1792540800);
	assert_int_equal(k.not_after, 1824163199);
	for (uint8_t i = 0; i < SECRET_WRAPPED; i++)
		assert_int_equal(k.sealed[i], i);
}

static void
every_shorter_or_longer_text(const char *good, parses_fn *parses)
{
	size_t n = strlen(good);
	char text[1024];

	assert_true(parses(span_str(good)));
	for (size_t i = 0; i < n; i++)
		assert_false(parses(span_of(good, i)));
	for (int c = 0; c < 256; c++) {
		memcpy(text, good, n);
		text[n] = (char)c;
		assert_false(parses(span_of(text, n + 1)));
	}
}

static void
refuses_every_part_and_every_byte_more(void **state)
{
	(void)state;
	every_shorter_or_longer_text(good_key, parses_key);
	every_shorter_or_longer_text(good_master, parses_master);
}

/* Any one byte put in, whatever and wherever, is a file we did not write,
 * unless it is another value: a digit more in a time, a letter in the code. */
static void
refuses_bytes_in_between(void **state)
{
	static const char bytes[] = "\n\r\t \0#/:;=-AFGaz~\x7f\x80";
	size_t n = strlen(good_key);
	char text[1024];

	(void)state;
	for (size_t i = 0; i <= n; i++)
		for (size_t c = 0; c < sizeof(bytes) - 1; c++) {
			bool in_ods = i >= 40 && i <= 46;

			memcpy(text, good_key, i);
			text[i] = bytes[c];
			memcpy(text + i + 1, good_key + i, n - i);
			if (in_ods && bytes[c] >= 'A' && bytes[c] <= 'Z')
				continue;
			assert_false(parses_key(span_of(text, n + 1)));
		}
}

static const struct {
	const char *what;
	const char *with;
} swaps[] = {
    {"carerpass secret key 1", "carerpass secret key 2"},
    {"carerpass secret key 1\n", "carerpass secret key 1\r\n"},
    {"carerpass secret key 1\n", ""},
    {"use passport", "use Passport"},
    {"use passport", "use passports"},
    {"use passport", "use "},
    {"use passport", "use 0"},
    {"use passport", "use  passport"},
    {"ods A81001", "ods a81001"},
    {"ods A81001", "ods "},
    {"ods A81001", "ods A8 001"},
    {"ods A81001", "ods --"},
    {"ods A81001", "ods A8100123456"},
    {"ods A81001\n", ""},
    {"kid 00112233", "kid 001122"},
    {"kid 00112233", "kid 0011223"},
    {"kid 00112233", "kid 0x112233"},
    {"kid 00112233", "kid 00:12233"},
    {"kid 00112233", "kid 0011223344"},
    {"8899aabbccddeeff", "8899AABBCCDDEEFF"},
    {"not-before 1792540800", "not-before -1"},
    {"not-before 1792540800", "not-before +1"},
    {"not-before 1792540800", "not-before 01"},
    {"not-before 1792540800", "not-before 00"},
    {"not-before 1792540800", "not-before "},
    {"not-before 1792540800", "not-before 0x12"},
    {"not-before 1792540800", "not-before 1e9"},
    {"not-before 1792540800", "not-before 1792540800000"},
    {"not-after 1824163199", "not-after 99999999999999999999"},
    {"not-after 1824163199\n", ""},
    {"not-after 1824163199\n", "not-after 1\nnot-after 1\n"},
    {"sealed 0001", "sealed 0g01"},
    {"sealed 0001", "sealed 01"},
    {"sealed 0001", "sealed 000001"},
};

static void
refuses_values_out_of_shape(void **state)
{
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(swaps) / sizeof(*swaps); i++) {
		const char *at = strstr(good_key, swaps[i].what);

		assert_non_null(at);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good_key),
		    good_key, swaps[i].with, at + strlen(swaps[i].what));
		if (parses_key(span_str(text)))
			fail_msg("taken: %s", swaps[i].with);
	}
}

static struct key_record
record(enum key_use use, const char *ods)
{
	struct key_record k = {.use = use, .not_before = 1, .not_after = 2};

	memcpy(k.ods, ods, strlen(ods));
	memset(k.kid, 1, sizeof(k.kid));
	memset(k.public, 2, sizeof(k.public));
	memset(k.sealed, 3, sizeof(k.sealed));
	return k;
}

static void
writes_what_it_reads_back_and_hides_it(void **state)
{
	const struct key_record all[] = {record(USE_PASSPORT, "A81001"),
	    record(USE_PASSPORT, "ABCDEFGHIJ"), record(USE_STATUS, ""),
	    record(USE_ROOT, "")};
	char path[FOLDER_PATH];
	uint8_t text[1024];
	struct stat st;

	(void)state;
	folder_path(path, &folder, "some.key");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct key_record back;

		assert_int_equal(key_file_write(path, &all[i]), ERR_OK);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(key_file_read(&back, path), ERR_OK);
		assert_memory_equal(&back, &all[i], sizeof(back));
	}
	/* The line by which a scan for lost keys finds it. */
	assert_true(folder_get(text, sizeof(text), path) > 23);
	assert_memory_equal(text, "carerpass secret key 1\n", 23);
}

static void
refuses_a_file_open_to_others(void **state)
{
	static const mode_t open_modes[] = {0640, 0604, 0660, 0666, 0610, 0700};
	char path[FOLDER_PATH];
	char link[FOLDER_PATH];
	struct key_record k = record(USE_ROOT, "");

	(void)state;
	folder_path(path, &folder, "open.key");
	folder_path(link, &folder, "link.key");
	assert_int_equal(key_file_read(&k, path), ERR_NOINPUT);
	assert_int_equal(key_file_write(path, &k), ERR_OK);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(chmod(path, open_modes[i]), 0);
		assert_int_equal(key_file_read(&k, path),
		    open_modes[i] == 0700 ? ERR_OK : ERR_PERM);
	}
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(key_file_read(&k, link), ERR_PERM);
	assert_int_equal(chmod(folder.dir, 0770), 0);
	assert_int_equal(key_file_read(&k, path), ERR_PERM);
	assert_int_equal(chmod(folder.dir, 0700), 0);
	assert_int_equal(key_file_read(&k, path), ERR_OK);
}

static void
names_a_damaged_or_swollen_file(void **state)
{
	static uint8_t much[KEYFILE_MAX + 1];
	char path[FOLDER_PATH];
	struct key_record k;

	(void)state;
	folder_path(path, &folder, "bad.key");
	folder_put(path, span_of(NULL, 0));
	assert_int_equal(key_file_read(&k, path), ERR_DATA);
	folder_put(path, span_str(good_master));
	assert_int_equal(key_file_read(&k, path), ERR_DATA);
	folder_put(path, span_of(much, KEYFILE_MAX + 1));
	assert_int_equal(key_file_read(&k, path), ERR_TOOBIG);
}

/* All that a key record says is under its seal: nothing can be relabelled. */
static void
the_seal_is_bound_to_every_member(void **state)
{
	struct key_record k = record(USE_PASSPORT, "A81001");
	struct key_record others[10];
	uint8_t ad[128];
	size_t n = key_record_ad(ad, &k);

	(void)state;
	assert_true(n <= sizeof(ad));
	for (size_t i = 0; i < 10; i++)
		others[i] = k;
	others[0].kid[0] ^= 1;
	others[1].kid[7] ^= 0x80;
	others[2].public[0] ^= 1;
	others[3].public[31] ^= 0x80;
	others[4].use = USE_STATUS;
	others[5].use = USE_ROOT;
	others[6].ods[5] = '2';
	others[7].ods[5] = '\0';
	others[8].not_before--;
	others[9].not_after++;
	for (size_t i = 0; i < 10; i++) {
		uint8_t other[128];
		size_t m = key_record_ad(other, &others[i]);

		assert_false(span_eq(span_of(ad, n), span_of(other, m)));
	}
}

static void
only_the_passphrase_opens_the_master_key(void **state)
{
	struct secret *made = secret_new();
	struct secret *got = secret_new();
	struct master_file m;
	struct master_file back;
	struct stat st;
	char path[FOLDER_PATH];

	(void)state;
	assert_int_equal(
	    master_file_make(&m, made, span_str("several plain words")),
	    ERR_OK);
	assert_false(sodium_is_zero(made->master, SECRET_KEY));
	assert_true(sodium_is_zero(made->work, SECRET_KEY));
	assert_int_equal(master_file_write(folder.dir, &m), ERR_OK);
	folder_path(path, &folder, KEYFILE_MASTER);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(master_file_read(&back, folder.dir), ERR_OK);
	assert_memory_equal(&back, &m, sizeof(m));
	assert_int_equal(
	    master_file_open(got, &back, span_str("several plain word")),
	    ERR_PERM);
	assert_true(sodium_is_zero(got->master, SECRET_KEY));
	assert_int_equal(
	    master_file_open(got, &back, span_str("several plain words")),
	    ERR_OK);
	assert_memory_equal(got->master, made->master, SECRET_KEY);
	assert_memory_equal(got->journal, made->journal, SECRET_KEY);
	back.salt[0] ^= 1;
	assert_int_equal(
	    master_file_open(got, &back, span_str("several plain words")),
	    ERR_PERM);
	secret_free(made);
	secret_free(got);
}

static void
a_damaged_or_open_master_file_is_named(void **state)
{
	struct master_file m;
	char path[FOLDER_PATH];

	(void)state;
	folder_path(path, &folder, KEYFILE_MASTER);
	folder_put(path, span_str(good_key));
	assert_int_equal(master_file_read(&m, folder.dir), ERR_DATA);
	folder_put(path, span_str(good_master));
	assert_int_equal(master_file_read(&m, folder.dir), ERR_OK);
	assert_int_equal(chmod(folder.dir, 0750), 0);
	assert_int_equal(master_file_read(&m, folder.dir), ERR_PERM);
	assert_int_equal(chmod(folder.dir, 0700), 0);
	unlink(path);
	assert_int_equal(master_file_read(&m, folder.dir), ERR_NOINPUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_member),
	    cmocka_unit_test(refuses_every_part_and_every_byte_more),
	    cmocka_unit_test(refuses_bytes_in_between),
	    cmocka_unit_test(refuses_values_out_of_shape),
	    cmocka_unit_test(writes_what_it_reads_back_and_hides_it),
	    cmocka_unit_test(refuses_a_file_open_to_others),
	    cmocka_unit_test(names_a_damaged_or_swollen_file),
	    cmocka_unit_test(the_seal_is_bound_to_every_member),
	    cmocka_unit_test(only_the_passphrase_opens_the_master_key),
	    cmocka_unit_test(a_damaged_or_open_master_file_is_named),
	};
	int failed;

	if (sodium_init() < 0)
		return 1;
	folder_make(&folder);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	folder_remove(&folder);
	return failed;
}
