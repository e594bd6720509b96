#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "verifier/floors.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(older_is_lower_seq_lower_iat_or_other_bytes),
	    cmocka_unit_test(each_status_list_has_a_floor_of_its_own),
	    cmocka_unit_test(the_oldest_of_too_many_gives_way),
	    cmocka_unit_test(floors_are_written_and_read_back),
	    cmocka_unit_test(damaged_floors_are_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
