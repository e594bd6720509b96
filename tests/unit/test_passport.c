#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "passport/passport.h"
#include "tests/kit/scheme.h"
#include "tests/kit/vectors.h"

static struct span
written(const struct passport *p, uint8_t *b, size_t cap)
{
	struct cbor_out o = {.p = b, .cap = cap};

	passport_put(&o, p);
	assert_false(o.full);
	return cbor_written(&o);
}

static bool
holds(const struct passport *p)
{
	uint8_t b[512];
	struct passport again;

	return passport_read(&again, written(p, b, sizeof(b)));
}

static void
the_annotated_example_is_written_to_the_byte(void **state)
{
	/* format.md 2.1, a payload of 59 bytes. */
	static const char example[] =
	    "a5 01 66 413831303031 04 1a 6efbf680 06 1a 6b36ec80"
	    "07 45 a1b2c3d4e5 3a 00010000 a3"
	    "01 71 4d6172676172657420 54686f6d70736f6e 02 00 03 19 1267";
	const struct passport p = {
	    .iss = span_str("A81001"),
	    .exp = 0x6efbf680,
	    .iat = 0x6b36ec80,
	    .serial = 0xa1b2c3d4e5,
	    .name = span_str("Margaret Thompson"),
	    .class = CLASS_ADULT,
	    .index = 4711,
	};
	uint8_t want[128];
	uint8_t b[128];
	size_t n = vectors_hex(want, sizeof(want), example);
	struct span s = written(&p, b, sizeof(b));
	struct passport r;

	(void)state;
	assert_int_equal(n, 0x3b);
	assert_true(span_eq(s, span_of(want, n)));
	assert_true(passport_read(&r, s));
	assert_true(span_eq(r.iss, p.iss) && span_eq(r.name, p.name));
	assert_true(r.exp == p.exp && r.iat == p.iat);
	assert_true(r.serial == p.serial && r.index == p.index);
	assert_int_equal(r.class, CLASS_ADULT);
}

static void
claims_hold_within_their_ranges_only(void **state)
{
	struct passport p;

	(void)state;
	kit_passport(&p);
	assert_true(holds(&p));
	p.class = CLASS_YOUNG;
	assert_true(holds(&p));
	p.class = (enum passport_class)2;
	assert_false(holds(&p));
	kit_passport(&p);
	p.index = UINT32_MAX;
	assert_true(holds(&p));
	p.serial = PASSPORT_SERIAL_MAX;
	assert_true(holds(&p));
	p.exp = p.iat;
	assert_false(holds(&p));
	p.exp = p.iat + 1;
	assert_true(holds(&p));
	p.exp = p.iat + INT64_C(1098) * 86400;
	assert_true(holds(&p));
	p.exp++;
	assert_false(holds(&p));
	p.exp = PASSPORT_TIME_MAX;
	p.iat = p.exp - 86400;
	assert_false(holds(&p));
	p.exp--;
	assert_true(holds(&p));
	p.iat = 0;
	p.exp = 86400;
	assert_true(holds(&p));
	p.name = span_str("<b>Ann</b>");
	assert_false(holds(&p));
	p.name = span_str("");
	assert_false(holds(&p));
}

/* The payload of the kit with one stretch of hex put in another's place. */
static bool
reads_with(const char *old, const char *new)
{
	static const char good[] = "a5"
				   "0166413831303031"
				   "041a6efbf680"
				   "061a6b36ec80"
				   "0745a1b2c3d4e5"
				   "3a00010000"
				   "a3"
				   "0163416e6e"
				   "0200"
				   "03191267";
	const char *at = strstr(good, old);
	char text[512];
	uint8_t b[256];
	struct passport p;

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good), good, new,
	    at + strlen(old));
	return passport_read(&p, span_of(b, vectors_hex(b, sizeof(b), text)));
}

static void
the_shape_is_exact(void **state)
{
	static const struct {
		const char *old;
		const char *new;
	} bad[] = {
	    {"a501", "a401"},
	    {"a501", "a601"},
	    {"a501", "8501"},
	    {"a501", "b80501"},
	    {"a501", "bf01"},
	    {"0166413831303031", "0266413831303031"}, /* another claim */
	    {"0166413831303031", "0146413831303031"}, /* bytes for text */
	    {"0166413831303031", "0166ff3831303031"}, /* no UTF-8 */
	    {"0166413831303031", "017806413831303031"},
	    {"0166413831303031041a6efbf680",
		"041a6efbf6800166413831303031"}, /* order */
	    {"041a6efbf680", "051a6efbf680"},
	    {"041a6efbf680", "04fb41dbbefda0000000"}, /* float */
	    {"041a6efbf680", "04c11a6efbf680"},       /* tagged */
	    {"041a6efbf680", "0420"},
	    {"041a6efbf680", "041b000000006efbf680"},
	    {"041a6efbf680", "041bffffffffffffffff"},
	    {"061a6b36ec80", "041a6b36ec80"}, /* exp twice */
	    {"061a6b36ec80", "061b7fffffffffffffff"},
	    {"061a6b36ec80", "066130"},
	    {"0745a1b2c3d4e5", "0744a1b2c3d4"},
	    {"0745a1b2c3d4e5", "0746a1b2c3d4e5f6"},
	    {"0745a1b2c3d4e5", "0765a1b2c3d4e5"},
	    {"0745a1b2c3d4e5", "0845a1b2c3d4e5"},
	    {"3a00010000", "3a00010001"},
	    {"3a00010000", "19fffe"},
	    {"a30163416e6e", "a20163416e6e"},
	    {"a30163416e6e", "a40163416e6e"},
	    {"a30163416e6e", "830163416e6e"},
	    {"0163416e6e", "0263416e6e"},
	    {"0163416e6e", "0143416e6e"},
	    {"0163416e6e", "0160"},
	    {"0200", "0202"},
	    {"0200", "0220"},
	    {"0200", "0300"},
	    {"0200", "02f4"},
	    {"0200", ""},
	    {"03191267", "041912 67"},
	    {"03191267", "031b0000000100000000"},
	    {"03191267", "0320"},
	    {"03191267", "03"},
	    {"03191267", ""},
	    {"03191267", "0319126700"}, /* something follows */
	    {"03191267", "03191267a0"},
	};

	(void)state;
	assert_true(reads_with("a5", "a5"));
	assert_true(reads_with("03191267", "031affffffff"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (reads_with(bad[i].old, bad[i].new))
			fail_msg("%s for %s", bad[i].new, bad[i].old);
}

static void
no_shorter_payload_reads(void **state)
{
	struct passport p;
	struct passport r;
	uint8_t b[512];
	struct span s;

	(void)state;
	kit_passport(&p);
	s = written(&p, b, sizeof(b));
	assert_true(passport_read(&r, s));
	for (size_t n = 0; n < s.n; n++)
		assert_false(passport_read(&r, span_of(s.p, n)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_annotated_example_is_written_to_the_byte),
	    cmocka_unit_test(claims_hold_within_their_ranges_only),
	    cmocka_unit_test(the_shape_is_exact),
	    cmocka_unit_test(no_shorter_payload_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
