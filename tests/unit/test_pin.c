#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/kit/scheme.h"
#include "verifier/pin.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(root_files_hold_one_key_a_line),
	    cmocka_unit_test(a_bad_line_of_a_root_file_is_named),
	    cmocka_unit_test(pins_are_written_and_read_back),
	    cmocka_unit_test(damaged_pins_are_noticed),
	    cmocka_unit_test(fingerprints_are_kids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
