#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "passport/serial.h"

static bool
reads(const char *s, uint64_t want)
{
	uint64_t v = 0;

	return serial_read(&v, span_str(s)) && v == want;
}

static bool
refuses(const char *s)
{
	uint64_t v;

	return !serial_read(&v, span_str(s));
}

static void
serials_are_written_and_read_back(void **state)
{
	uint64_t v = 0;
	char text[SERIAL_TEXT];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		serial_text(text, v);
		assert_int_equal(strlen(text), 11);
		assert_true(reads(text, v));
		v = (v * UINT64_C(6364136223846793005) + 1442695040888963407) &
		    0xffffffffff;
	}
	serial_text(text, 0);
	assert_string_equal(text, "0000-0000-0");
	serial_text(text, 0xffffffffff);
	assert_true(reads(text, 0xffffffffff));
	serial_text(text, 0xa1b2c3d4e5);
	assert_string_equal(text, "M6SC-7N75-0");
}

static void
every_check_symbol_is_used(void **state)
{
	static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";
	char text[SERIAL_TEXT];

	(void)state;
	for (uint64_t v = 0; v < 37; v++) {
		serial_text(text, v);
		assert_int_equal(text[10], symbols[v]);
		assert_true(reads(text, v));
	}
}

static void
what_people_type_is_forgiven(void **state)
{
	(void)state;
	assert_true(reads("M6SC-7N75-0", 0xa1b2c3d4e5));
	assert_true(reads("M6SC7N750", 0xa1b2c3d4e5));
	assert_true(reads("m6sc-7n75-0", 0xa1b2c3d4e5));
	assert_true(reads("M6SC-7N75-O", 0xa1b2c3d4e5));
	assert_true(reads("M6-SC7N-75o", 0xa1b2c3d4e5));
	assert_true(reads("0000-000I-1", 1));
	assert_true(reads("OOOO-OOOl-i", 1));
	assert_true(reads("0000-0011-U", 33) == false);
	assert_true(reads("0000-0014-u", 36));
}

static void
anything_else_is_no_serial(void **state)
{
	static const char *const bad[] = {"", "-", "M6SC-7N75", "M6SC-7N75-",
	    "M6SC-7N75-1", "M6SC-7N75-00", "-M6SC-7N75-0", "M6SC--7N75-0",
	    "M6SC-7N75-0-", "M6SC-7N75-#", "M6SC 7N75 0", "M6SU-7N75-0",
	    "*6SC-7N75-0", "M6SC-7N\xc3\xa9", "123456789012"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (!refuses(bad[i]))
			fail_msg("%s", bad[i]);
}

static void
one_wrong_or_swapped_character_is_noticed(void **state)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char text[SERIAL_TEXT];

	(void)state;
	serial_text(text, 0xa1b2c3d4e5);
	for (int i = 0; i < 9; i++) {
		if (text[i] == '-')
			continue;
		for (const char *c = letters; *c != '\0'; c++) {
			char other[SERIAL_TEXT];

			memcpy(other, text, sizeof(other));
			other[i] = *c;
			assert_int_equal(refuses(other), *c != text[i]);
		}
	}
	assert_true(refuses("6MSC-7N75-0"));
	assert_true(refuses("M6SC-N775-0"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(serials_are_written_and_read_back),
	    cmocka_unit_test(every_check_symbol_is_used),
	    cmocka_unit_test(what_people_type_is_forgiven),
	    cmocka_unit_test(anything_else_is_no_serial),
	    cmocka_unit_test(one_wrong_or_swapped_character_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
