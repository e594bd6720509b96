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

/* --- floors in memory --- */

static void
older_is_lower_seq_lower_iat_or_other_bytes(void **state)
{
	static const struct {
		uint64_t seq;
		int64_t iat;
		uint8_t bytes;
		enum floor_found want;
	} t[] = {
	    {7, 100, 1, FLOOR_RAISED}, /* the first */
	    {7, 100, 1, FLOOR_KNOWN},
	    {7, 100, 2, FLOOR_OLDER},
	    {7, 101, 2, FLOOR_OLDER},
	    {6, 200, 3, FLOOR_OLDER},
	    {8, 99, 3, FLOOR_OLDER},
	    {7, 100, 1, FLOOR_KNOWN}, /* nothing was lowered or raised */
	    {8, 100, 3, FLOOR_RAISED},
	    {7, 100, 1, FLOOR_OLDER},
	    {UINT64_MAX, 100, 4, FLOOR_RAISED},
	};
	struct floors *f = floors_new();

	(void)state;
	assert_non_null(f);
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct floor_trust seen =
		    trust_of(t[i].seq, t[i].iat, t[i].bytes);

		assert_int_equal(floors_trust(f, &seen), t[i].want);
	}
	floors_free(f);
	floors_free(NULL);
}

static void
each_status_list_has_a_floor_of_its_own(void **state)
{
	struct floors *f = floors_new();
	struct floor_status s;

	(void)state;
	for (uint32_t n = 5; n > 0; n--) {
		for (uint8_t kid = 3; kid > 0; kid--) {
			s = status_of(kid, n, 10 * n + kid);
			assert_int_equal(floors_status(f, &s), FLOOR_RAISED);
			assert_int_equal(floors_status(f, &s), FLOOR_KNOWN);
		}
	}
	assert_int_equal(f->nstatus, 15);
	s = status_of(2, 3, 31);
	assert_int_equal(floors_status(f, &s), FLOOR_OLDER);
	s.iat = 33;
	assert_int_equal(floors_status(f, &s), FLOOR_RAISED);
	s.iat = 32;
	assert_int_equal(floors_status(f, &s), FLOOR_OLDER);
	floors_free(f);
}

static void
the_oldest_of_too_many_gives_way(void **state)
{
	struct floors *f = floors_new();
	struct floor_status s;

	(void)state;
	for (uint32_t n = 0; n < FLOORS_STATUS + 10; n++) {
		s = status_of(1, n, 1000 + n);
		assert_int_equal(floors_status(f, &s), FLOOR_RAISED);
	}
	assert_int_equal(f->nstatus, FLOORS_STATUS);
	s = status_of(1, FLOORS_STATUS + 9, 0);
	assert_int_equal(floors_status(f, &s), FLOOR_OLDER);
	assert_int_equal(f->status[0].n, 10);
	floors_free(f);
}

static void
floors_are_written_and_read_back(void **state)
{
	struct buf text = BUF_INIT(FLOORS_MAX);
	struct buf again = BUF_INIT(FLOORS_MAX);
	struct floors *f = floors_new();
	struct floors *g = floors_new();
	struct floor_trust t = trust_of(UINT64_MAX, 5, 0xab);

	(void)state;
	assert_int_equal(floors_text(&text, f, span_str("A B")), ERR_OK);
	assert_true(floors_parse(g, buf_span(&text), span_str("A B")));
	assert_false(g->has_trust);
	floors_trust(f, &t);
	for (uint32_t n = 0; n < FLOORS_STATUS; n++) {
		struct floor_status s =
		    status_of((uint8_t)(n & 3), n, INT64_C(253402300799));

		floors_status(f, &s);
	}
	buf_free(&text);
	assert_int_equal(floors_text(&text, f, span_str("A B")), ERR_OK);
	assert_true(floors_parse(g, buf_span(&text), span_str("A B")));
	assert_int_equal(floors_text(&again, g, span_str("A B")), ERR_OK);
	assert_true(span_eq(buf_span(&text), buf_span(&again)));
	buf_free(&text);
	buf_free(&again);
	floors_free(f);
	floors_free(g);
}

#define KID8 "0102030405060708"
#define SHA  "00000000000000000000000000000000000000000000000000000000000000ff"

static void
damaged_floors_are_noticed(void **state)
{
	static const char head[] = "carerpass-verify floors 1\nscheme A\n";
	static const char *const good[] = {"end\n", "trust 7 5 " SHA "\nend\n",
	    "status " KID8 " 0 5\nend\n",
	    "trust 0 0 " SHA "\nstatus " KID8 " 0 5\nstatus " KID8
	    " 1 4\nend\n"};
	static const char *const bad[] = {"", "end", "end\n\n", "end \n",
	    "end\nend\n", "\nend\n", "trust 7 5 " SHA "\n",
	    "trust 7 5 " SHA "\ntrust 7 5 " SHA "\nend\n",
	    "status " KID8 " 0 5\ntrust 7 5 " SHA "\nend\n",
	    "trust 07 5 " SHA "\nend\n", "trust 7 " SHA "\nend\n",
	    "trust 7 5 " SHA "0\nend\n", "trust 7 5 " SHA " \nend\n",
	    "trust  7 5 " SHA "\nend\n", "trust -7 5 " SHA "\nend\n",
	    "trust 18446744073709551616 5 " SHA "\nend\n",
	    "trust 7 253402300800 " SHA "\nend\n",
	    "trust 7 5 0000000000000000000000000000000000000000000000000000000"
	    "0000000FF\nend\n",
	    "status " KID8 " 4294967296 5\nend\n", "status " KID8 " 0\nend\n",
	    "status 010203 0 5\nend\n", "status " KID8 " 0 5 6\nend\n",
	    "status " KID8 " 1 5\nstatus " KID8 " 1 5\nend\n",
	    "status " KID8 " 1 5\nstatus " KID8 " 0 5\nend\n",
	    "other 1\nend\n"};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < 4 + sizeof(bad) / sizeof(*bad); i++) {
		struct floors *f = floors_new();
		const char *rest = i < 4 ? good[i] : bad[i - 4];

		snprintf(text, sizeof(text), "%s%s", head, rest);
		if (floors_parse(f, span_str(text), span_str("A")) != (i < 4))
			fail_msg("%s", rest);
		floors_free(f);
	}
	{
		struct floors *f = floors_new();

		snprintf(text, sizeof(text), "%send\n", head);
		assert_false(floors_parse(f, span_str(text), span_str("B")));
		assert_false(floors_parse(f,
		    span_str("carerpass-verify floors 2\nscheme A\nend\n"),
		    span_str("A")));
		assert_false(floors_parse(f, span_str(""), span_str("A")));
		assert_false(floors_parse(
		    f, span_str("carerpass-verify floors 1\n"), span_str("A")));
		floors_free(f);
	}
}

/* --- root.pub and the pin --- */

static void
key_hex(char out[2 * ED25519_KEY + 1], uint8_t seed)
{
	struct kit_key k;

	kit_key(&k, seed);
	for (size_t i = 0; i < ED25519_KEY; i++)
		snprintf(out + 2 * i, 3, "%02x", k.public[i]);
}

/* Parses ${text} with each %1, %2 replaced by a key. */
static bool
roots_of(struct roots *r, const char *text, size_t *line)
{
	char full[4096];
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text == '%' && text[1] != '\0') {
			key_hex(full + n, (uint8_t)text[1]);
			n += 64;
			text++;
		} else {
			full[n++] = *text;
		}
	}
	return roots_parse(r, span_of(full, n), line);
}

static void
root_files_hold_one_key_a_line(void **state)
{
	struct roots r;
	struct kit_key k;
	size_t line;

	(void)state;
	assert_true(roots_of(&r, "# roots\n\n%a # first\r\n\t%b\n", &line));
	assert_int_equal(r.n, 2);
	kit_key(&k, 'b');
	assert_memory_equal(r.v[1].key, k.public, ED25519_KEY);
	assert_memory_equal(r.v[1].kid, k.kid, KID_SIZE);
	assert_true(roots_of(&r, "%a", &line));
	assert_true(roots_of(&r,
	    "%1\n%2\n%3\n%4\n%5\n%6\n%7\n%8\n%9\n%a\n%b\n%c\n%d\n%e\n%f\n%g\n",
	    &line));
	assert_int_equal(r.n, ROOTS_MAX);
}

static void
a_bad_line_of_a_root_file_is_named(void **state)
{
	static const struct {
		const char *text;
		size_t line;
	} bad[] = {
	    {"", 0},
	    {"# nothing\n\n", 0},
	    {"%a\nx\n", 2},
	    {"%a\n%a\n", 2}, /* twice */
	    {"%a %b\n", 1},
	    {"%a0\n", 1},
	    {"%a\nD75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707"
	     "511A\n",
		2}, /* upper case */
	    {"\n000000000000000000000000000000000000000000000000000000000000000"
	     "0"
	     "\n",
		2}, /* no good point */
	    {"0100000000000000000000000000000000000000000000000000000000000000",
		1},
	    {"%1\n%2\n%3\n%4\n%5\n%6\n%7\n%8\n%9\n%a\n%b\n%c\n%d\n%e\n%f\n%g\n"
	     "%h\n",
		17},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct roots r;
		size_t line = 99;

		if (roots_of(&r, bad[i].text, &line))
			fail_msg("%s", bad[i].text);
		assert_int_equal(line, bad[i].line);
	}
}

static void
pin_of(struct pin *p, const char *keys, const char *scheme)
{
	struct roots r;
	size_t line;

	assert_true(roots_of(&r, keys, &line));
	pin_set(p, &r, span_str(scheme));
}

static void
pins_are_written_and_read_back(void **state)
{
	struct buf text = BUF_INIT(PIN_MAX);
	struct pin p;
	struct pin q;

	(void)state;
	pin_of(&p, "%a\n%b\n", "Riverside & Co. carers");
	assert_int_equal(pin_text(&text, &p), ERR_OK);
	assert_true(pin_parse(&q, buf_span(&text)));
	assert_true(pin_eq(&p, &q));
	for (size_t n = 0; n < text.n; n++)
		assert_false(pin_parse(&q, span_of(text.p, n)));
	pin_of(&q, "%b\n%a\n", "Riverside & Co. carers");
	assert_true(pin_eq(&p, &q)); /* the order of keys is nothing */
	pin_of(&q, "%a\n", "Riverside & Co. carers");
	assert_false(pin_eq(&p, &q));
	assert_false(pin_eq(&q, &p));
	pin_of(&q, "%a\n%b\n", "Riverside");
	assert_false(pin_eq(&p, &q));
	buf_free(&text);
}

static void
damaged_pins_are_noticed(void **state)
{
	char key[65];
	char text[512];
	struct pin p;
	static const char *const bad[] = {
	    "carerpass-verify pin 2\nroot %s\nscheme A\n",
	    "carerpass-verify pin 1\nscheme A\n",
	    "carerpass-verify pin 1\nroot %s\n",
	    "carerpass-verify pin 1\nroot %s\nscheme A",
	    "carerpass-verify pin 1\nroot %s\nscheme A\n\n",
	    "carerpass-verify pin 1\nroot %s\nscheme \n",
	    "carerpass-verify pin 1\nroot %s\nscheme <b>\n",
	    "carerpass-verify pin 1\nroot %sx\nscheme A\n",
	    "carerpass-verify pin 1\nroot %s x\nscheme A\n",
	    "carerpass-verify pin 1\nroot\nscheme A\n",
	    "carerpass-verify pin 1\nroot %s\nthing A\n",
	    "carerpass-verify pin 1\nroot %s\n\nscheme A\n",
	};

	(void)state;
	key_hex(key, 'a');
	snprintf(text, sizeof(text),
	    "carerpass-verify pin 1\nroot %s\nscheme A\n", key);
	assert_true(pin_parse(&p, span_str(text)));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *at = strstr(bad[i], "%s");

		snprintf(text, sizeof(text), "%.*s%s%s",
		    at == NULL ? 0 : (int)(at - bad[i]), bad[i],
		    at == NULL ? "" : key, at == NULL ? bad[i] : at + 2);
		if (pin_parse(&p, span_str(text)))
			fail_msg("%s", text);
	}
}

static void
fingerprints_are_kids(void **state)
{
	char text[ROOTS_TEXT];
	struct roots r;
	size_t line;

	(void)state;
	assert_true(roots_parse(&r,
	    span_str("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68"
		     "f707511a\n"),
	    &line));
	roots_text(text, &r);
	assert_string_equal(text, "866eefbd6718c884"); /* RFC 9679 */
}

/* --- the folder --- */

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
	pin_of(&p, "%a\n", "A");
	state_pin_write(&s, &p);
	assert_int_equal(state_trust(&s, span_str("A"), &t, &older), ERR_OK);
	assert_false(older);
	assert_int_equal(state_status(&s, span_str("A"), &l, &older), ERR_OK);
	assert_false(older);
	state_open(&s, folder);
	assert_int_equal(state_pin(&s, &q, &found), ERR_OK);
	assert_true(found && pin_eq(&p, &q));
	t.seq = 6;
	l.iat = 99;
	assert_int_equal(state_trust(&s, span_str("A"), &t, &older), ERR_OK);
	assert_true(older);
	assert_int_equal(state_status(&s, span_str("A"), &l, &older), ERR_OK);
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
	pin_of(&p, "%a\n", "A");
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
	    T(older_is_lower_seq_lower_iat_or_other_bytes),
	    T(each_status_list_has_a_floor_of_its_own),
	    T(the_oldest_of_too_many_gives_way),
	    T(floors_are_written_and_read_back),
	    T(damaged_floors_are_noticed),
	    T(root_files_hold_one_key_a_line),
	    T(a_bad_line_of_a_root_file_is_named),
	    T(pins_are_written_and_read_back),
	    T(damaged_pins_are_noticed),
	    T(fingerprints_are_kids),
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
