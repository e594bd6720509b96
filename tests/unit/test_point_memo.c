#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/kit/scheme.h"
#include "tests/kit/vectors.h"
/* The one under test, in place of the library's. */
#include "verifier/point_memo.c"

static void
good_points_stay_good(void **state)
{
	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int seed = 1; seed < 60; seed++) {
			struct kit_key k;

			kit_key(&k, (uint8_t)seed);
			assert_true(ed25519_point_ok(k.public));
		}
	}
}

static void
bad_points_are_never_remembered_as_good(void **state)
{
	json_t *all = vectors_json("ed25519-speccheck/cases.json");
	static const uint8_t zero[ED25519_KEY];

	(void)state;
	for (int round = 0; round < 3; round++) {
		size_t i;
		json_t *v;

		json_array_foreach(all, i, v)
		{
			uint8_t key[ED25519_KEY];

			vectors_hex(
			    key, sizeof(key), vectors_str(v, "pub_key"));
			assert_int_equal(
			    ed25519_point_ok(key), i == 6 || i == 7);
		}
		assert_false(ed25519_point_ok(zero));
	}
	json_decref(all);
}

static void
a_key_like_a_remembered_one_is_tested_itself(void **state)
{
	struct kit_key k;

	(void)state;
	kit_key(&k, 5);
	assert_true(ed25519_point_ok(k.public));
	/* The same slot; by itself no point of the right order. */
	for (int i = 2; i < ED25519_KEY; i++) {
		k.public[i] ^= 1;
		assert_int_equal(ed25519_point_ok(k.public),
		    crypto_core_ed25519_is_valid_point(k.public));
		k.public[i] ^= 1;
	}
	assert_true(ed25519_point_ok(k.public));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_points_stay_good),
	    cmocka_unit_test(bad_points_are_never_remembered_as_good),
	    cmocka_unit_test(a_key_like_a_remembered_one_is_tested_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
