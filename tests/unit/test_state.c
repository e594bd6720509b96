#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <fcntl.h>
#include <ftw.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "tests/kit/scheme.h"
#include "verifier/state.h"

static char folder[64]; /* a new one for each test */

static int
setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test_state.XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int
drop(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
teardown(void **state)
{
	(void)state;
	return nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS);
}

static struct floor_trust
trust_of(uint64_t seq, int64_t iat, uint8_t bytes)
{
	struct floor_trust t = {.seq = seq, .iat = iat};

	memset(t.sha256, bytes, sizeof(t.sha256));
	return t;
}

static struct floor_status
status_of(uint8_t kid, uint32_t n, int64_t iat)
{
	struct floor_status s = {.n = n, .iat = iat};

	memset(s.kid, kid, sizeof(s.kid));
	return s;
}

/* A pin of the key made from ${seed}. */
static void
pin_of(struct pin *p, uint8_t seed, const char *scheme)
{
	struct roots r = {0};
	struct kit_key k;

	kit_key(&k, seed);
	assert_true(roots_add(&r, k.public));
	pin_set(p, &r, span_str(scheme));
}

static void
state_is_kept_from_run_to_run(void **state)
{
	struct floor_trust t = trust_of(7, 100, 1);
	struct floor_status l = status_of(1, 0, 100);
	struct state s;
	struct pin p;
	struct pin q;
	bool found;
	bool older;

	(void)state;
	state_open(&s, folder);
	assert_int_equal(state_pin(&s, &q, &found), ERR_OK);
	assert_false(found);
	pin_of(&p, 'a', "A");
	state_pin_write(&s, &p);
	assert_int_equal(state_trust(&s, span_str("A"), &t, &older), ERR_OK);
	assert_false(older);
	assert_int_equal(
	    state_status(&s, span_str("A"), &l, 1, &older), ERR_OK);
	assert_false(older);
	state_open(&s, folder);
	assert_int_equal(state_pin(&s, &q, &found), ERR_OK);
	assert_true(found && pin_eq(&p, &q));
	t.seq = 6;
	l.iat = 99;
	assert_int_equal(state_trust(&s, span_str("A"), &t, &older), ERR_OK);
	assert_true(older);
	assert_int_equal(
	    state_status(&s, span_str("A"), &l, 1, &older), ERR_OK);
	assert_true(older);
	/* Another scheme has floors of its own. */
	assert_int_equal(state_trust(&s, span_str("B"), &t, &older), ERR_OK);
	assert_false(older);
}

static void
nothing_is_written_when_nothing_rises(void **state)
{
	struct floor_trust t = trust_of(7, 100, 1);
	struct stat before;
	struct stat after;
	struct state s;
	bool older;
	char path[256];

	(void)state;
	state_open(&s, folder);
	assert_int_equal(state_trust(&s, span_str("A"), &t, &older), ERR_OK);
	snprintf(path, sizeof(path),
	    "%s/floors-559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88"
	    "a08fdffd",
	    folder); /* SHA-256 of "A" */
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(before.st_mode & 07777, 0600);
	assert_int_equal(state_trust(&s, span_str("A"), &t, &older), ERR_OK);
	t.seq = 6;
	assert_int_equal(state_trust(&s, span_str("A"), &t, &older), ERR_OK);
	assert_true(older);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino); /* not replaced */
	t.seq = 8;
	assert_int_equal(state_trust(&s, span_str("A"), &t, &older), ERR_OK);
	assert_int_equal(stat(path, &after), 0);
	assert_int_not_equal(before.st_ino, after.st_ino);
}

static void
write_text(const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(file_write(path, span_str(text), 0600), ERR_OK);
}

static void
damaged_files_are_an_error(void **state)
{
	struct floor_trust t = trust_of(7, 100, 1);
	struct state s;
	struct pin p;
	bool found;
	bool older;

	(void)state;
	state_open(&s, folder);
	write_text("pin", "rubbish\n");
	assert_int_equal(state_pin(&s, &p, &found), ERR_CONFIG);
	write_text("floors-559aead08264d5795d3909718cdd05abd49572e84fe55590eef3"
		   "1a88a08fdffd",
	    "");
	assert_int_equal(
	    state_trust(&s, span_str("A"), &t, &older), ERR_CONFIG);
}

static void
a_pin_too_long_to_be_ours_is_an_error(void **state)
{
	static char long_text[PIN_MAX + 2];
	struct state s;
	struct pin p;
	bool found;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	state_open(&s, folder);
	write_text("pin", long_text);
	assert_int_equal(state_pin(&s, &p, &found), ERR_CONFIG);
}

static void
without_a_place_to_write_nothing_fails(void **state)
{
	struct floor_trust t = trust_of(7, 100, 1);
	struct state s;
	struct pin p;
	bool found;
	bool older;
	char path[256];

	(void)state;
	/* A file where the folder should be. */
	write_text("file", "x");
	snprintf(path, sizeof(path), "%s/file", folder);
	state_open(&s, path);
	assert_int_equal(state_pin(&s, &p, &found), ERR_OK);
	assert_false(found);
	assert_int_equal(state_trust(&s, span_str("A"), &t, &older), ERR_OK);
	assert_false(older);
	assert_true(s.warned);
	/* No folder at all. */
	unsetenv("STATE_DIRECTORY");
	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	state_open(&s, NULL);
	assert_string_equal(s.dir, "");
	assert_int_equal(state_pin(&s, &p, &found), ERR_OK);
	assert_int_equal(state_trust(&s, span_str("A"), &t, &older), ERR_OK);
	pin_of(&p, 'a', "A");
	state_pin_write(&s, &p);
	assert_true(s.warned);
}

static void
the_folder_is_found_in_its_order(void **state)
{
	char too_long[PATH_MAX + 10];
	struct state s;

	(void)state;
	setenv("STATE_DIRECTORY", "/var/lib/a:/var/lib/b", 1);
	setenv("XDG_STATE_HOME", "/x/state", 1);
	setenv("HOME", "/home/u", 1);
	state_open(&s, "/given");
	assert_string_equal(s.dir, "/given");
	state_open(&s, NULL);
	assert_string_equal(s.dir, "/var/lib/a");
	unsetenv("STATE_DIRECTORY");
	state_open(&s, NULL);
	assert_string_equal(s.dir, "/x/state/carerpass-verify");
	setenv("XDG_STATE_HOME", "relative", 1);
	state_open(&s, NULL);
	assert_string_equal(s.dir, "/home/u/.local/state/carerpass-verify");
	unsetenv("XDG_STATE_HOME");
	memset(too_long, '/', sizeof(too_long));
	too_long[sizeof(too_long) - 1] = '\0';
	state_open(&s, too_long);
	assert_string_equal(s.dir, "");
}

static void
somebody_else_holding_the_lock_costs_the_memory_only(void **state)
{
	struct floor_trust t = trust_of(7, 100, 1);
	struct state s;
	char path[256];
	bool older;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/lock", folder);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	state_open(&s, folder);
	assert_int_equal(state_trust(&s, span_str("A"), &t, &older), ERR_OK);
	assert_false(older);
	assert_true(s.warned);
	close(fd);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(state_is_kept_from_run_to_run),
	    T(nothing_is_written_when_nothing_rises),
	    T(damaged_files_are_an_error),
	    T(a_pin_too_long_to_be_ours_is_an_error),
	    T(without_a_place_to_write_nothing_fails),
	    T(the_folder_is_found_in_its_order),
	    T(somebody_else_holding_the_lock_costs_the_memory_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
