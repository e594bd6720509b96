#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cards/canvas.h"
#include "cards/qr.h"

/* 26 bytes, as a host of 16 letters gives. */
static const char prefix[] = "https://passport.example/#";

/* encode(out, n): the code for ${prefix} and ${n} digits. */
static enum err
encode(struct qr *out, size_t n)
{
	char digits[QR_DIGITS_MAX + 2];

	assert_true(n < sizeof(digits));
	for (size_t i = 0; i < n; i++)
		digits[i] = (char)('0' + (i * 7 + i / 3) % 10);
	digits[n] = '\0';
	return qr_encode(out, prefix, digits);
}

static double
width_mm(const struct qr *qr)
{
	return (qr->side + 2 * QR_QUIET) * QR_MODULE_DOTS * CANVAS_DOT;
}

static void
usual_token_is_v11_at_q(void **state)
{
	struct qr qr;

	(void)state;
	assert_int_equal(encode(&qr, 351), ERR_OK); /* 144 bytes */
	assert_int_equal(qr.level, QR_Q);
	assert_int_equal(qr.side, 17 + 4 * 11);
	assert_true(width_mm(&qr) > 29.1 && width_mm(&qr) < 29.3);
}

static void
longest_name_stays_at_q(void **state)
{
	struct qr qr;

	(void)state;
	assert_int_equal(encode(&qr, 467), ERR_OK); /* a name of 64 bytes */
	assert_int_equal(qr.level, QR_Q);
	assert_true(width_mm(&qr) <= 34.4);
}

/*
 * ISO 18004: V14 holds 261 (Q) and 365 (M) data codewords. Two segments, bytes
 * then digits, cost 4 + 16 + 8 * 26 + 4 + 12 bits before the digits, 10 bits
 * for 3 of them: any other segmentation has its limits elsewhere.
 */
static void
levels_change_exactly_where_two_segments_are_full(void **state)
{
	struct qr qr;

	(void)state;
	assert_int_equal(encode(&qr, 553), ERR_OK);
	assert_int_equal(qr.level, QR_Q);
	assert_int_equal(qr.side, QR_SIDE_MAX);
	assert_int_equal(encode(&qr, 554), ERR_OK);
	assert_int_equal(qr.level, QR_M);
	assert_int_equal(encode(&qr, 802), ERR_OK);
	assert_int_equal(qr.level, QR_M);
	assert_true(width_mm(&qr) <= 34.4);
	assert_int_equal(encode(&qr, 803), ERR_TOOBIG);
	assert_int_equal(encode(&qr, QR_DIGITS_MAX), ERR_TOOBIG);
}

static void
what_is_no_code_is_refused(void **state)
{
	static const char *const bad[] = {"", "12a4", "12 4", "-124", "١٢"};
	char many[QR_PREFIX_MAX + 2];
	struct qr qr;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(qr_encode(&qr, prefix, bad[i]), ERR_DATA);
	assert_int_equal(qr_encode(&qr, "", "123"), ERR_DATA);
	memset(many, 'a', sizeof(many));
	many[sizeof(many) - 1] = '\0';
	assert_int_equal(qr_encode(&qr, many, "123"), ERR_DATA);
	assert_int_equal(encode(&qr, QR_DIGITS_MAX + 1), ERR_DATA);
}

static void
corners_are_finder_patterns(void **state)
{
	struct qr qr;
	int s;

	(void)state;
	assert_int_equal(encode(&qr, 351), ERR_OK);
	s = qr.side;
	for (int i = 0; i < 7; i++) {
		assert_true(qr.dark[0][i] && qr.dark[i][0]);
		assert_true(qr.dark[0][s - 1 - i] && qr.dark[s - 1 - i][0]);
	}
	assert_false(qr.dark[1][1]);
	assert_true(qr.dark[3][3]);
	assert_false(qr.dark[s - 8][0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(usual_token_is_v11_at_q),
	    cmocka_unit_test(longest_name_stays_at_q),
	    cmocka_unit_test(levels_change_exactly_where_two_segments_are_full),
	    cmocka_unit_test(what_is_no_code_is_refused),
	    cmocka_unit_test(corners_are_finder_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
