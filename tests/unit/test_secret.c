/* Goal: what is sealed opens only whole, in its place, with its key. */
#include "keys/secret.h"

#include <setjmp.h>
#include <stdarg.h>

#include <sodium.h>

#include <cmocka.h>

#define TEXT "a carer's name"
#define N    (sizeof(TEXT) - 1)

static struct secret *
some_secret(void)
{
	struct secret *s = secret_new();

	assert_non_null(s);
	for (size_t i = 0; i < SECRET_KEY; i++)
		s->master[i] = (uint8_t)(i * 7 + 1);
	secret_derive(s);
	return s;
}

static void
a_new_secret_is_empty(void **state)
{
	struct secret *s = secret_new();

	(void)state;
	assert_non_null(s);
	assert_true(sodium_is_zero((const uint8_t *)s, sizeof(*s)));
	secret_free(s);
	secret_free(NULL);
}

/* The key derivation of libsodium, written out from its definition: BLAKE2b
 * with the number as salt and the context as personalisation. */
static void
derives_four_keys_as_defined(void **state)
{
	struct secret *s = some_secret();
	const uint8_t *keys[4] = {s->seal, s->person, s->blind, s->journal};

	(void)state;
	for (uint8_t i = 0; i < 4; i++) {
		uint8_t salt[16] = {(uint8_t)(i + 1)};
		uint8_t personal[16] = "carerkey";
		uint8_t want[SECRET_KEY];

		assert_int_equal(
		    crypto_generichash_blake2b_salt_personal(want, SECRET_KEY,
			NULL, 0, s->master, SECRET_KEY, salt, personal),
		    0);
		assert_memory_equal(keys[i], want, SECRET_KEY);
	}
	secret_free(s);
}

static void
opens_what_it_sealed(void **state)
{
	struct secret *s = some_secret();
	uint8_t sealed[N + SECRET_OVERHEAD];
	uint8_t empty[SECRET_OVERHEAD];
	uint8_t text[N];

	(void)state;
	secret_box(sealed, s->seal, span_str("place"), span_str(TEXT));
	assert_true(secret_open(
	    text, s->seal, span_str("place"), span_of(sealed, sizeof(sealed))));
	assert_memory_equal(text, TEXT, N);
	secret_box(empty, s->seal, span_str(""), span_of(NULL, 0));
	assert_true(secret_open(
	    text, s->seal, span_str(""), span_of(empty, sizeof(empty))));
	secret_free(s);
}

static void
never_seals_twice_the_same(void **state)
{
	struct secret *s = some_secret();
	uint8_t a[N + SECRET_OVERHEAD];
	uint8_t b[N + SECRET_OVERHEAD];

	(void)state;
	secret_box(a, s->seal, span_str("place"), span_str(TEXT));
	secret_box(b, s->seal, span_str("place"), span_str(TEXT));
	assert_memory_not_equal(a, b, 24);
	assert_memory_not_equal(a + 24, b + 24, N);
	secret_free(s);
}

static void
refuses_another_place_or_key(void **state)
{
	static const char *const places[] = {
	    "", "plac", "place ", "Place", "person|name|1"};
	struct secret *s = some_secret();
	uint8_t sealed[N + SECRET_OVERHEAD];
	struct span in = span_of(sealed, sizeof(sealed));
	uint8_t text[N];

	(void)state;
	secret_box(sealed, s->seal, span_str("place"), span_str(TEXT));
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		assert_false(
		    secret_open(text, s->seal, span_str(places[i]), in));
	assert_false(secret_open(text, s->person, span_str("place"), in));
	assert_false(secret_open(text, s->blind, span_str("place"), in));
	assert_false(secret_open(text, s->journal, span_str("place"), in));
	assert_false(secret_open(text, s->master, span_str("place"), in));
	secret_free(s);
}

static void
refuses_any_changed_bit_and_any_other_length(void **state)
{
	struct secret *s = some_secret();
	uint8_t sealed[N + SECRET_OVERHEAD + 1] = {0};
	uint8_t text[N + 1];
	struct span ad = span_str("place");

	(void)state;
	secret_box(sealed, s->seal, ad, span_str(TEXT));
	for (size_t i = 0; i < 8 * (N + SECRET_OVERHEAD); i++) {
		sealed[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_false(secret_open(
		    text, s->seal, ad, span_of(sealed, N + SECRET_OVERHEAD)));
		sealed[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (size_t n = 0; n <= N + SECRET_OVERHEAD + 1; n++)
		assert_int_equal(
		    secret_open(text, s->seal, ad, span_of(sealed, n)),
		    n == N + SECRET_OVERHEAD);
	secret_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_secret_is_empty),
	    cmocka_unit_test(derives_four_keys_as_defined),
	    cmocka_unit_test(opens_what_it_sealed),
	    cmocka_unit_test(never_seals_twice_the_same),
	    cmocka_unit_test(refuses_another_place_or_key),
	    cmocka_unit_test(refuses_any_changed_bit_and_any_other_length),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
