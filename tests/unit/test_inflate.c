#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/kit/scheme.h"
#include "verifier/inflate.h"

static void
streams_inflate_to_exactly_one_list(void **state)
{
	static uint8_t in[STATUS_BYTES + 1];
	static uint8_t out[STATUS_BYTES];
	static uint8_t packed[2 * STATUS_BYTES];
	struct span s;

	(void)state;
	s = kit_deflate(packed, sizeof(packed), in, STATUS_BYTES);
	assert_true(inflate_status(out, s));
	/* Cut, followed by something, too short, too long, damaged. */
	for (size_t n = 0; n < s.n; n++)
		assert_false(inflate_status(out, span_of(s.p, n)));
	packed[s.n] = 0;
	assert_false(inflate_status(out, span_of(s.p, s.n + 1)));
	packed[s.n - 1] ^= 1; /* the checksum */
	assert_false(inflate_status(out, s));
	assert_false(inflate_status(
	    out, kit_deflate(packed, sizeof(packed), in, STATUS_BYTES - 1)));
	assert_false(inflate_status(
	    out, kit_deflate(packed, sizeof(packed), in, STATUS_BYTES + 1)));
	assert_false(inflate_status(out, span_of(NULL, 0)));
	memset(packed, 0, sizeof(packed));
	assert_false(inflate_status(out, span_of(packed, sizeof(packed))));
}

static void
a_bomb_fills_no_more_than_its_room(void **state)
{
	static uint8_t zeros[1 << 20];
	static uint8_t packed[4096];
	struct {
		uint8_t out[STATUS_BYTES];
		uint8_t after[64];
	} *b = malloc(sizeof(*b));
	uint8_t want[64];

	(void)state;
	assert_non_null(b);
	memset(b->after, 0xee, sizeof(b->after));
	memset(want, 0xee, sizeof(want));
	assert_false(inflate_status(
	    b->out, kit_deflate(packed, sizeof(packed), zeros, sizeof(zeros))));
	assert_memory_equal(b->after, want, sizeof(want));
	free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(streams_inflate_to_exactly_one_list),
	    cmocka_unit_test(a_bomb_fills_no_more_than_its_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
