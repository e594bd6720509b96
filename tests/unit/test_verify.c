#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "passport/link.h"
#include "tests/kit/scheme.h"

/* A verifier with everything in order; each test puts one thing wrong. */
struct ward {
	struct kit kit;
	struct passport p;
	struct verify_lists in;
	struct status status;
	bool has_status;
	uint64_t asked_service;
	uint32_t asked_list;
	int asked;
	uint8_t bits[STATUS_BYTES];
	uint8_t token[1024];
	struct verdict v;
};

static const struct status *
give_status(void *ctx, uint64_t service, uint32_t n)
{
	struct ward *w = ctx;

	w->asked++;
	w->asked_service = service;
	w->asked_list = n;
	return w->has_status ? &w->status : NULL;
}

static void
ward_init(struct ward *w)
{
	memset(w, 0, sizeof(*w));
	kit_init(&w->kit);
	kit_passport(&w->p);
	w->in = (struct verify_lists){
	    .now = KIT_NOW, .status = give_status, .ctx = w};
	w->has_status = true;
	w->status.iat = KIT_NOW - 3600;
	w->status.exp = KIT_NOW + 6 * KIT_DAY;
	w->status.bits = w->bits;
}

static struct span
token(struct ward *w)
{
	return kit_token(&w->kit, &w->p, w->token, sizeof(w->token));
}

/* Judges the passport as it is now, scanned from ${address}. */
static int
judge_at(struct ward *w, const char *address)
{
	char text[2048];
	char digits[LINK_DIGITS_MAX + 1];

	assert_true(kit_read(&w->kit));
	w->in.trust = &w->kit.trust;
	link_digits(digits, token(w));
	snprintf(text, sizeof(text), "%s%s", address, digits);
	verify_text(&w->v, &w->in, span_str(text));
	return w->v.row;
}

static int
judge(struct ward *w)
{
	return judge_at(w, "");
}

/* What the rows allow to be shown (FORMAT.md 7). */
static void
shows_what_it_may(const struct ward *w)
{
	int row = w->v.row == 0 ? 16 : w->v.row;

	assert_int_equal(w->v.has_trust, row > 3);
	assert_int_equal(w->v.has_issuer, row >= 9);
	assert_int_equal(w->v.has_holder, row >= 10);
	assert_int_equal(w->v.has_status, row > 12);
	assert_int_equal(w->asked, row >= 12);
	if (row >= 10)
		assert_true(w->v.has_ods);
}

static void
decides(struct ward *w, int row, enum reason reason)
{
	assert_int_equal(judge(w), row);
	assert_int_equal(w->v.reason, reason);
	shows_what_it_may(w);
	w->asked = 0;
}

static void
a_good_card_is_valid_with_all_there_is_to_show(void **state)
{
	struct ward w;

	(void)state;
	ward_init(&w);
	decides(&w, 0, REASON_OK);
	assert_true(w.v.now == KIT_NOW && !w.v.foreign_host);
	assert_true(span_is(w.v.issuer_name, "Riverside Surgery"));
	assert_true(span_is(w.v.issuer_phone, "01632 960123"));
	assert_true(span_is(w.v.ods, KIT_ODS));
	assert_true(span_is(w.v.passport.name, "Margaret Thompson"));
	assert_true(w.v.passport.serial == 0xa1b2c3d4e5);
	assert_true(w.v.trust_seq == 7);
	assert_true(w.v.trust_iat == KIT_NOW - KIT_DAY);
	assert_true(w.v.status_iat == w.status.iat);
	assert_true(w.v.status_exp == w.status.exp);
	assert_true(w.asked_list == 0 && w.asked_service == 0);
}

static void
row_1_texts(void **state)
{
	struct ward w;

	(void)state;
	ward_init(&w);
	verify_text(&w.v, &w.in, span_str("rubbish"));
	assert_int_equal(w.v.row, 1);
	assert_int_equal(w.v.reason, REASON_MALFORMED);
	shows_what_it_may(&w);
	verify_text(&w.v, &w.in, span_str(""));
	assert_int_equal(w.v.row, 1);
	verify_text(&w.v, &w.in, span_of(NULL, 0));
	assert_int_equal(w.v.row, 1);
	verify_text(&w.v, &w.in, span_str("M6SC-7N75-0"));
	assert_int_equal(w.v.row, 1);
	assert_int_equal(w.v.reason, REASON_SERIAL_ONLY);
	shows_what_it_may(&w);
	verify_text(&w.v, &w.in, span_str("M6SC-7N75-1"));
	assert_int_equal(w.v.reason, REASON_MALFORMED);
}

static void
row_2_tokens(void **state)
{
	struct ward w;
	struct span t;

	(void)state;
	ward_init(&w);
	verify_text(&w.v, &w.in, span_str("123"));
	assert_int_equal(w.v.row, 2);
	verify_text(&w.v, &w.in, span_str("1234"));
	assert_int_equal(w.v.row, 2);
	assert_int_equal(w.v.reason, REASON_MALFORMED);
	t = token(&w);
	for (size_t n = 0; n < t.n; n++) {
		verify_token(&w.v, &w.in, span_of(t.p, n));
		assert_int_equal(w.v.row, 2);
	}
	w.token[t.n] = 0;
	verify_token(&w.v, &w.in, span_of(t.p, t.n + 1));
	assert_int_equal(w.v.row, 2);
	verify_token(&w.v, &w.in, span_of(w.token, 513));
	assert_int_equal(w.v.row, 2);
	verify_token(&w.v, &w.in, span_of(NULL, 0));
	assert_int_equal(w.v.row, 2);
	shows_what_it_may(&w);
}

static void
a_token_is_judged_like_its_text(void **state)
{
	struct ward w;

	(void)state;
	ward_init(&w);
	decides(&w, 0, REASON_OK);
	verify_token(&w.v, &w.in, token(&w));
	assert_int_equal(w.v.reason, REASON_OK);
	assert_true(span_is(w.v.passport.name, "Margaret Thompson"));
	assert_int_equal(w.v.host.n, 0);
}

static void
row_3_without_a_trust_list(void **state)
{
	struct ward w;

	(void)state;
	ward_init(&w);
	verify_token(&w.v, &w.in, token(&w));
	assert_int_equal(w.v.row, 3);
	assert_int_equal(w.v.reason, REASON_NO_LISTS);
	shows_what_it_may(&w);
}

static void
rows_4_to_6_age_of_the_trust_list(void **state)
{
	struct ward w;

	(void)state;
	ward_init(&w);
	w.in.trust_rolled_back = true;
	w.in.now = KIT_NOW - 300 * KIT_DAY; /* rows 5 and on would fail, too */
	decides(&w, 4, REASON_ROLLED_BACK);
	ward_init(&w);
	w.kit.draft.iat = KIT_NOW + 301;
	decides(&w, 5, REASON_CLOCK_WRONG);
	w.kit.draft.iat = KIT_NOW + 300;
	decides(&w, 0, REASON_OK);
	ward_init(&w);
	w.kit.draft.exp = KIT_NOW;
	decides(&w, 6, REASON_LISTS_STALE);
	w.kit.draft.exp = KIT_NOW + 1;
	decides(&w, 0, REASON_OK);
}

static void
row_7_keys(void **state)
{
	struct ward w;

	(void)state;
	ward_init(&w);
	kit_key(&w.kit.issuer, 99);
	decides(&w, 7, REASON_UNKNOWN_ISSUER);
	/* A status key signs no passports. */
	ward_init(&w);
	w.kit.issuer = w.kit.status;
	decides(&w, 7, REASON_UNKNOWN_ISSUER);
	/* A point that is none. */
	ward_init(&w);
	memset(w.kit.issuer_entry->key, 0, ED25519_KEY);
	decides(&w, 7, REASON_UNKNOWN_ISSUER);
	/* Revoked, known or not known any more. */
	ward_init(&w);
	memcpy(w.kit.tombstones[0], w.kit.issuer.kid, KID_SIZE);
	w.kit.draft.ntombstones = 1;
	w.kit.draft.keys = w.kit.status_entry;
	w.kit.draft.nkeys = 1;
	decides(&w, 7, REASON_WITHDRAWN);
}

static void
row_8_signatures(void **state)
{
	struct ward w;
	struct span t;

	(void)state;
	ward_init(&w);
	decides(&w, 0, REASON_OK);
	t = token(&w);
	/* Any bit of payload or signature. */
	for (size_t i = 16; i < t.n; i++) {
		w.token[i] ^= 1;
		verify_token(&w.v, &w.in, t);
		assert_true(w.v.row == 8 || w.v.row == 2);
		assert_false(w.v.has_issuer || w.v.has_holder);
		w.token[i] ^= 1;
	}
	/* Made by another key under the issuer's kid. */
	memcpy(w.kit.issuer.secret, w.kit.status.secret, 64);
	w.asked = 0;
	decides(&w, 8, REASON_BAD_SIGNATURE);
	/* Signed as something else. */
	t = kit_sign(w.token, sizeof(w.token), COSE_STATUS, &w.kit.issuer,
	    span_str("x"));
	verify_token(&w.v, &w.in, t);
	assert_int_equal(w.v.row, 2);
}

static void
row_9_claims(void **state)
{
	struct ward w;

	(void)state;
	ward_init(&w);
	w.p.name = span_str("<b>");
	decides(&w, 9, REASON_MALFORMED);
	assert_false(w.v.has_ods);
	w.p.name = span_str("Ann");
	w.p.exp = w.p.iat + 1099 * KIT_DAY;
	decides(&w, 9, REASON_MALFORMED);
	/* Signed rubbish. */
	verify_token(&w.v, &w.in,
	    kit_sign(w.token, sizeof(w.token), COSE_PASSPORT, &w.kit.issuer,
		span_str("x")));
	assert_int_equal(w.v.row, 9);
	assert_int_equal(w.v.reason, REASON_MALFORMED);
	shows_what_it_may(&w);
	/* Not in the key's codes: the practice's key, another's name. */
	ward_init(&w);
	w.p.iss = span_str("A81002");
	decides(&w, 9, REASON_UNKNOWN_ISSUER);
	assert_false(w.v.has_ods);
	/* Outside the key's period: code known, holder not shown. */
	ward_init(&w);
	w.p.iat = w.kit.issuer_entry->not_before - 1;
	decides(&w, 9, REASON_UNKNOWN_ISSUER);
	assert_true(w.v.has_ods);
	w.p.iat++;
	decides(&w, 0, REASON_OK);
	w.kit.issuer_entry->not_after = w.p.iat;
	decides(&w, 0, REASON_OK);
	w.p.iat++;
	decides(&w, 9, REASON_UNKNOWN_ISSUER);
}

static void
row_10_not_yet(void **state)
{
	struct ward w;

	(void)state;
	ward_init(&w);
	w.p.iat = KIT_NOW + 300;
	decides(&w, 0, REASON_OK);
	w.p.iat++;
	decides(&w, 10, REASON_CLOCK_WRONG);
	w.p.iat = KIT_NOW + 86400;
	decides(&w, 10, REASON_CLOCK_WRONG);
	w.p.iat++;
	decides(&w, 10, REASON_NOT_YET_VALID);
}

static void
row_11_ended(void **state)
{
	struct ward w;

	(void)state;
	ward_init(&w);
	w.p.exp = KIT_NOW;
	decides(&w, 11, REASON_EXPIRED);
	w.p.exp++;
	decides(&w, 0, REASON_OK);
}

static void
row_12_status_lists(void **state)
{
	struct ward w;

	(void)state;
	ward_init(&w);
	w.has_status = false;
	decides(&w, 12, REASON_NO_LISTS);
	ward_init(&w);
	w.status.iat = KIT_NOW + 86400;
	decides(&w, 0, REASON_OK);
	w.status.iat++;
	decides(&w, 12, REASON_NO_LISTS);
	ward_init(&w);
	w.kit.draft.exp = KIT_NOW + 10;
	w.status.iat = KIT_NOW + 10;
	decides(&w, 0, REASON_OK);
	w.status.iat++;
	decides(&w, 12, REASON_NO_LISTS);
}

static void
rows_13_to_15_in_their_order(void **state)
{
	struct ward w;

	(void)state;
	ward_init(&w);
	w.status.exp = KIT_NOW;
	decides(&w, 15, REASON_LISTS_STALE);
	w.bits[4711 / 8] = 1 << 4711 % 8;
	decides(&w, 14, REASON_WITHDRAWN);
	w.status.rolled_back = true;
	decides(&w, 13, REASON_ROLLED_BACK);
	ward_init(&w);
	w.status.exp = KIT_NOW + 1;
	decides(&w, 0, REASON_OK);
}

static void
only_the_cards_own_bit_counts(void **state)
{
	static const uint32_t index[] = {
	    0, 1, 7, 8, 131071, 131072, 131072 + 5, UINT32_MAX};
	struct ward w;

	(void)state;
	for (size_t i = 0; i < sizeof(index) / sizeof(*index); i++) {
		uint32_t at = index[i] & 0x1ffff;

		ward_init(&w);
		w.p.index = index[i];
		memset(w.bits, 0xff, sizeof(w.bits));
		w.bits[at / 8] ^= (uint8_t)(1 << at % 8);
		decides(&w, 0, REASON_OK);
		assert_int_equal(w.asked_list, index[i] >> 17);
		memset(w.bits, 0, sizeof(w.bits));
		w.bits[at / 8] ^= (uint8_t)(1 << at % 8);
		decides(&w, 14, REASON_WITHDRAWN);
	}
}

static void
a_foreign_host_changes_no_verdict(void **state)
{
	struct ward w;

	(void)state;
	ward_init(&w);
	assert_int_equal(judge_at(&w, "https://" KIT_HOST "/#"), 0);
	assert_false(w.v.foreign_host);
	w.asked = 0;
	assert_int_equal(judge_at(&w, "https://look-alike.example/#"), 0);
	assert_true(w.v.foreign_host);
	assert_int_equal(w.v.reason, REASON_OK);
	w.asked = 0;
	assert_int_equal(judge_at(&w, "https://" KIT_HOST ":8443/#"), 0);
	assert_true(w.v.foreign_host);
	/* Not known without a trust list. */
	w.in.trust = NULL;
	verify_text(&w.v, &w.in, span_str("https://look-alike.example/#123"));
	assert_false(w.v.foreign_host);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_card_is_valid_with_all_there_is_to_show),
	    cmocka_unit_test(row_1_texts),
	    cmocka_unit_test(row_2_tokens),
	    cmocka_unit_test(a_token_is_judged_like_its_text),
	    cmocka_unit_test(row_3_without_a_trust_list),
	    cmocka_unit_test(rows_4_to_6_age_of_the_trust_list),
	    cmocka_unit_test(row_7_keys),
	    cmocka_unit_test(row_8_signatures),
	    cmocka_unit_test(row_9_claims),
	    cmocka_unit_test(row_10_not_yet),
	    cmocka_unit_test(row_11_ended),
	    cmocka_unit_test(row_12_status_lists),
	    cmocka_unit_test(rows_13_to_15_in_their_order),
	    cmocka_unit_test(only_the_cards_own_bit_counts),
	    cmocka_unit_test(a_foreign_host_changes_no_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
