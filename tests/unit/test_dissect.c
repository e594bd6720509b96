#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "passport/link.h"
#include "tests/kit/scheme.h"
#include "verifier/dissect.h"

/* What dissect() says about a token, as a C string in ${out}. */
static bool
token_said(struct buf *out, struct span token)
{
	char digits[LINK_DIGITS_MAX + 1];
	size_t n = link_digits(digits, token);

	return dissect(out, span_of(digits, n));
}

static void
has(const struct buf *out, const char *text)
{
	if (strstr((const char *)out->p, text) == NULL)
		fail_msg("no '%s' in\n%s", text, (const char *)out->p);
}

static void
every_field_is_shown_signed_or_not(void **state)
{
	struct buf out = BUF_INIT(65536);
	struct kit k;
	struct passport p;
	uint8_t token[512];
	struct span t;

	(void)state;
	kit_init(&k);
	kit_passport(&p);
	t = kit_token(&k, &p, token, sizeof(token));
	token[t.n - 1] ^= 1; /* the signature does not hold */
	assert_true(token_said(&out, t));
	has(&out, "header 1 alg    -19\n");
	has(&out, "claim 1 iss     \"A81001\"\n");
	has(&out, "claim 6 iat     1794484800 = 2026-11-12T12:00:00Z\n");
	has(&out, "claim 7 cti     a1b2c3d4e5 = M6SC-7N75-0\n");
	has(&out, "  1 name        \"Margaret Thompson\"\n");
	has(&out, "  2 class       0 = adult\n");
	has(&out, "  3 index       4711 = list 0, position 4711\n");
	assert_null(strstr((const char *)out.p, "STOPPED"));
	buf_free(&out);
}

static void
every_cut_and_changed_token_says_where_it_stops(void **state)
{
	struct kit k;
	struct passport p;
	uint8_t token[512];
	struct span t;

	(void)state;
	kit_init(&k);
	kit_passport(&p);
	t = kit_token(&k, &p, token, sizeof(token));
	for (size_t i = 1; i < t.n; i++) {
		struct buf out = BUF_INIT(65536);

		assert_false(token_said(&out, span_of(token, i)));
		has(&out, "STOPPED         row ");
		buf_free(&out);
		token[i] ^= 0x80;
		if (!token_said(&out, t))
			has(&out, "STOPPED         row ");
		buf_free(&out);
		token[i] ^= 0x80;
	}
}

static void
another_algorithm_is_named(void **state)
{
	struct buf out = BUF_INIT(65536);
	struct kit k;
	struct passport p;
	uint8_t token[512];
	struct span t;

	(void)state;
	kit_init(&k);
	kit_passport(&p);
	t = kit_token(&k, &p, token, sizeof(token));
	token[5] = 0x27; /* EdDSA, -8 */
	assert_false(token_said(&out, t));
	has(&out, "header 1 alg    -8\n");
	has(&out, "\"Margaret Thompson\"");
	has(&out, "STOPPED         row 2, header 1 alg: is not -19");
	buf_free(&out);
}

static void
texts_that_are_no_codes_are_shown_escaped(void **state)
{
	struct buf out = BUF_INIT(65536);

	(void)state;
	assert_false(
	    dissect(&out, span_of("a\033[0m\x7f\"\\\xc2\x9b\xff\0z", 13)));
	has(&out, "\"a\\u{1b}[0m\\u{7f}\\\"\\\\\\u{9b}\\x{ff}\\u{0}z\"\n");
	has(&out, "row 1, text");
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_field_is_shown_signed_or_not),
	    cmocka_unit_test(every_cut_and_changed_token_says_where_it_stops),
	    cmocka_unit_test(another_algorithm_is_named),
	    cmocka_unit_test(texts_that_are_no_codes_are_shown_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
