/* Goal: what the signer seals opens only in its place. */
#include "keys/signer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <sodium.h>

#include <cmocka.h>

#include "tests/kit/folder.h"

static struct folder folder;
static struct signer *signer;

#define NAME "Sample Name"
#define BORN "1961-02-03"

struct sealed {
	uint8_t key[SECRET_WRAPPED];
	uint8_t name[sizeof(NAME) + SECRET_OVERHEAD];
	uint8_t born[sizeof(BORN) + SECRET_OVERHEAD];
	struct signer_item item[2];
};

static void
seal_some(struct sealed *s, int64_t row)
{
	s->item[0] = (struct signer_item){
	    span_str("holder|name|1"), span_str(NAME), s->name, 0};
	s->item[1] = (struct signer_item){
	    span_str("holder|born|1"), span_str(BORN), s->born, 0};
	assert_int_equal(
	    signer_seal(signer,
		&(struct signer_holder){s->key, row, true, s->item, 2}, 1),
	    ERR_OK);
	assert_int_equal(s->item[0].n, strlen(NAME) + SECRET_OVERHEAD);
}

static enum err
unseal(const struct sealed *s, int64_t row, const char *ad, struct span in,
    uint8_t *out, size_t *n)
{
	struct signer_item item = {span_str(ad), in, out, 0};
	enum err e = signer_unseal(signer, s->key, row, &item, 1);

	*n = item.n;
	return e;
}

static void
a_sealed_value_opens_only_in_its_place(void **state)
{
	struct sealed s;
	struct sealed other;
	struct span name;
	uint8_t out[64];
	size_t n;

	(void)state;
	seal_some(&s, 1);
	seal_some(&other, 2);
	name = span_of(s.name, s.item[0].n);
	assert_int_equal(unseal(&s, 1, "holder|name|1", name, out, &n), ERR_OK);
	assert_true(span_is(span_of(out, n), NAME));
	assert_int_equal(
	    unseal(&s, 1, "holder|born|1", name, out, &n), ERR_DATA);
	assert_int_equal(
	    unseal(&s, 1, "holder|name|2", name, out, &n), ERR_DATA);
	assert_int_equal(
	    unseal(&s, 2, "holder|name|1", name, out, &n), ERR_DATA);
	assert_int_equal(
	    unseal(&other, 2, "holder|name|1", name, out, &n), ERR_DATA);
	s.name[30] ^= 1;
	assert_int_equal(
	    unseal(&s, 1, "holder|name|1", name, out, &n), ERR_DATA);
	assert_int_equal(unseal(&s, 1, "holder|name|1",
			     span_of(s.name, SECRET_OVERHEAD - 1), out, &n),
	    ERR_DATA);
	s.key[40] ^= 1;
	assert_int_equal(unseal(&s, 1, "holder|born|1",
			     span_of(s.born, s.item[1].n), out, &n),
	    ERR_DATA);
}

static void
a_later_value_goes_under_the_same_key(void **state)
{
	struct sealed s;
	uint8_t key[SECRET_WRAPPED];
	uint8_t later[64];
	uint8_t out[64];
	struct signer_item item = {
	    span_str("holder|ref|1"), span_str("R-1"), later, 0};
	struct signer_holder h = {s.key, 1, false, &item, 1};
	size_t n;

	(void)state;
	seal_some(&s, 1);
	memcpy(key, s.key, sizeof(key));
	assert_int_equal(signer_seal(signer, &h, 1), ERR_OK);
	assert_memory_equal(key, s.key, sizeof(key));
	assert_int_equal(
	    unseal(&s, 1, "holder|ref|1", span_of(later, item.n), out, &n),
	    ERR_OK);
	assert_true(span_is(span_of(out, n), "R-1"));
	h.row = 2;
	assert_int_equal(signer_seal(signer, &h, 1), ERR_DATA);
}

static void
many_holders_are_sealed_at_once_each_under_their_own_key(void **state)
{
	struct sealed s[3];
	struct signer_holder h[3];
	uint8_t out[64];
	size_t n;

	(void)state;
	seal_some(&s[1], 2);
	for (size_t i = 0; i < 3; i++) {
		s[i].item[0] = (struct signer_item){
		    span_str("holder|name|1"), span_str(NAME), s[i].name, 0};
		h[i] = (struct signer_holder){
		    s[i].key, (int64_t)i + 1, i != 1, s[i].item, 1};
	}
	assert_int_equal(signer_seal(signer, h, 3), ERR_OK);
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(
			    unseal(&s[i], (int64_t)j + 1, "holder|name|1",
				span_of(s[i].name, s[i].item[0].n), out, &n),
			    i == j ? ERR_OK : ERR_DATA);
	assert_memory_not_equal(s[0].key, s[2].key, SECRET_WRAPPED);
	h[2].row = 4; /* one that is wrong spoils all */
	h[2].fresh = false;
	assert_int_equal(signer_seal(signer, h, 3), ERR_DATA);
}

static void
a_blind_index_is_one_to_one_and_of_its_domain(void **state)
{
	const struct {
		const char *domain;
		const char *text;
	} cases[] = {{"name", "ab"}, {"name", "aB"}, {"nam", "eab"},
	    {"namea", "b"}, {"", "nameab"}, {"name", ""}, {"", ""}};
	struct signer_text all[7];
	struct signer_text one = {.domain = "name", .text = span_str("ab")};

	(void)state;
	for (size_t i = 0; i < 7; i++)
		all[i] = (struct signer_text){
		    .domain = cases[i].domain, .text = span_str(cases[i].text)};
	assert_int_equal(signer_blind(signer, all, 7), ERR_OK);
	for (size_t i = 0; i < 7; i++)
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(
			    all[i].out, all[j].out, SECRET_BLIND);
	assert_int_equal(signer_blind(signer, &one, 1), ERR_OK);
	assert_memory_equal(all[0].out, one.out, SECRET_BLIND);
}

static int
set_up(void **state)
{
	char path[FOLDER_PATH];

	(void)state;
	folder_make(&folder);
	folder_path(path, &folder, "passphrase");
	folder_put(path, span_str("several plain words"));
	assert_int_equal(
	    signer_start(&signer, folder.dir, path, SIGNER_CREATE), ERR_OK);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	signer_stop(signer);
	folder_remove(&folder);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sealed_value_opens_only_in_its_place),
	    cmocka_unit_test(a_later_value_goes_under_the_same_key),
	    cmocka_unit_test(
		many_holders_are_sealed_at_once_each_under_their_own_key),
	    cmocka_unit_test(a_blind_index_is_one_to_one_and_of_its_domain),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
