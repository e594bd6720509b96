/*
 * Goal: whatever comes over the socket, the signer answers it or ends; it never
 * guesses.
 */
#include "keys/signer_child.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include <sodium.h>

#include <cmocka.h>

#include "tests/kit/folder.h"
#include "tests/kit/requests.h"
#include "tests/kit/scheme.h"

/* A signer in our own process. */
static struct {
	struct folder folder;
	struct signer_self *self;
	struct key_record issuer; /* A81001's */
	struct key_record root;
	uint8_t *request;
	uint8_t *answer;
	int64_t now;
} t;

static struct key_record
wanted(enum key_use use, const char *ods)
{
	struct key_record k = {.use = use,
	    .not_before = t.now - KIT_DAY,
	    .not_after = t.now + 300 * KIT_DAY};

	memcpy(k.ods, ods, strlen(ods));
	return k;
}

static struct span
payload_of(uint8_t bytes[static PASSPORT_PAYLOAD_MAX], uint32_t index,
    const char *name)
{
	struct cbor_out o = {.p = bytes, .cap = PASSPORT_PAYLOAD_MAX};
	struct passport p;

	request_passport(&p, t.now);
	p.index = index;
	p.name = span_str(name);
	passport_put(&o, &p);
	assert_false(o.full);
	return cbor_written(&o);
}

/* Asks the signer in our own process. Returns its answer, or an empty span
 * where it would end. */
static struct span
ask(struct span request)
{
	struct cbor_out a = {.p = t.answer, .cap = WIRE_MAX};

	return signer_answer(t.self, request, &a) ? cbor_written(&a)
						  : span_of(NULL, 0);
}

static struct cbor_out
fresh(void)
{
	return (struct cbor_out){.p = t.request, .cap = WIRE_MAX};
}

static void
a_part_of_a_request_or_more_ends_the_signer(void **state)
{
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	struct span payload = payload_of(bytes, 1, "In Parts");
	struct cbor_out o = fresh();
	size_t n;

	(void)state;
	request_sign(&o, COSE_PASSPORT, &t.issuer, &payload, 1);
	n = o.n;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ask(span_of(t.request, i)).n, 0);
	t.request[n] = 0;
	assert_int_equal(ask(span_of(t.request, n + 1)).n, 0);
	assert_int_equal(request_code(ask(span_of(t.request, n))), ERR_OK);
	/* The count of its members, and of the record's. */
	t.request[0]++;
	assert_int_equal(ask(span_of(t.request, n)).n, 0);
	t.request[0] -= 2;
	assert_int_equal(ask(span_of(t.request, n)).n, 0);
	t.request[0]++;
	t.request[3]--;
	assert_int_equal(ask(span_of(t.request, n)).n, 0);
}

static void
what_is_no_request_ends_the_signer(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} bad[] = {
	    {"\x80", 1}, {"\x81\x00", 2}, {"\x81\x08", 2}, {"\x81\x20", 2},
	    {"\x81\x19\x01\x00", 4}, {"\xa0", 1}, {"\xa1\x04\x00", 3},
	    {"\x04", 1}, {"\x9f\x04\xff", 3}, {"\x98\x01\x04", 3},
	    {"\x81\x18\x04", 3}, {"\x82\x04\x00", 3}, {"\xd2\x81\x04", 3},
	    {"\x84\x03\x00\x40\x80", 5},     /* a note of nothing */
	    {"\x84\x03\x01\x40\x80", 5},     /* an event without its hash */
	    {"\x83\x09\x00\x40", 4},         /* a reset to nothing */
	    {"\x82\x08\x20", 3},             /* a record before the first */
	    {"\x84\x05\x01\x40\x81\x40", 6}, /* half a pair */
	    {"\x84\x06\x01\x40\x80", 5},     /* nothing to open it with */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (ask(span_of(bad[i].bytes, bad[i].n)).n != 0)
			fail_msg("answered: case %zu", i);
	assert_int_equal(request_code(ask(span_of("\x81\x04", 2))), ERR_OK);
}

static void
no_more_than_a_thousand_payloads_or_sixteen_columns(void **state)
{
	static struct span none[1025];
	struct cbor_out o = fresh();
	static const uint8_t text[4097];

	(void)state;
	request_sign(&o, COSE_PASSPORT, &t.issuer, none, 1025);
	assert_int_equal(ask(cbor_written(&o)).n, 0);
	o = fresh();
	request_sign(&o, COSE_KINDS, &t.issuer, none, 0);
	assert_int_equal(ask(cbor_written(&o)).n, 0);
	for (size_t columns = 16; columns <= 17; columns++) {
		o = fresh();
		cbor_put_array(&o, 2);
		cbor_put_int(&o, WIRE_SEAL);
		cbor_put_array(&o, 3);
		cbor_put_int(&o, 1);
		cbor_put_bytes(&o, span_of(NULL, 0));
		cbor_put_array(&o, 2 * columns);
		for (size_t i = 0; i < 2 * columns; i++)
			cbor_put_bytes(&o, span_of(text, i % 2 * 4096));
		assert_int_equal(request_code(ask(cbor_written(&o))),
		    columns == 16 ? ERR_OK : -1);
	}
	for (size_t holders = 128; holders <= 129; holders++) {
		o = fresh();
		cbor_put_array(&o, 2);
		cbor_put_int(&o, WIRE_SEAL);
		cbor_put_array(&o, 3 * holders);
		for (size_t i = 0; i < holders; i++) {
			cbor_put_int(&o, 1);
			cbor_put_bytes(&o, span_of(NULL, 0));
			cbor_put_array(&o, 0);
		}
		assert_int_equal(request_code(ask(cbor_written(&o))),
		    holders == 128 ? ERR_OK : -1);
	}
	for (size_t texts = 256; texts <= 257; texts++) {
		o = fresh();
		cbor_put_array(&o, 2);
		cbor_put_int(&o, WIRE_BLIND);
		cbor_put_array(&o, 2 * texts);
		for (size_t i = 0; i < texts; i++) {
			cbor_put_text(&o, span_str("name"));
			cbor_put_bytes(&o, span_of(text, 1));
		}
		assert_int_equal(request_code(ask(cbor_written(&o))),
		    texts == 256 ? ERR_OK : -1);
	}
	o = fresh();
	cbor_put_array(&o, 2);
	cbor_put_int(&o, WIRE_BLIND);
	cbor_put_array(&o, 2);
	cbor_put_text(&o, span_str("name"));
	cbor_put_bytes(&o, span_of(text, sizeof(text)));
	assert_int_equal(ask(cbor_written(&o)).n, 0);
}

/* A note of ${n} cards, the last ${short_by} members short. */
static int
note(uint64_t n, uint64_t short_by, uint64_t type, uint64_t reason)
{
	static const uint8_t none[KID_SIZE];
	static const uint8_t hash[32] = {1};
	struct cbor_out o = fresh();

	cbor_put_array(&o, 4);
	cbor_put_int(&o, WIRE_NOTE);
	cbor_put_uint(&o, 1);
	cbor_put_bytes(&o, span_of(hash, sizeof(hash)));
	cbor_put_array(&o, 5 * n - short_by);
	for (uint64_t i = 0; i < 5 * n - short_by; i++) {
		if (i % 5 == 1)
			cbor_put_bytes(&o, span_of(none, sizeof(none)));
		else
			cbor_put_uint(&o, i % 5 == 0   ? type
					  : i % 5 == 4 ? reason
						       : 1000 + i);
	}
	return request_code(ask(cbor_written(&o)));
}

static void
a_note_is_whole_and_of_no_more_than_a_batch(void **state)
{
	(void)state;
	assert_int_equal(note(1, 0, JOURNAL_WITHDRAWN, 1), ERR_OK);
	for (uint64_t i = 1; i < 5; i++)
		assert_int_equal(note(1, i, JOURNAL_WITHDRAWN, 1), -1);
	assert_int_equal(note(2, 3, JOURNAL_WITHDRAWN, 1), -1);
	assert_int_equal(note(1, 0, JOURNAL_WITHDRAWN, 255), ERR_OK);
	assert_int_equal(note(1, 0, JOURNAL_WITHDRAWN, 256), -1);
	assert_int_equal(note(1, 0, 256 + JOURNAL_WITHDRAWN, 1), -1);
	assert_int_equal(note(1, 0, JOURNAL_PASSPORT, 1), ERR_POLICY);
	assert_int_equal(note(WIRE_NOTES, 0, JOURNAL_WITHDRAWN, 1), ERR_OK);
	assert_int_equal(note(WIRE_NOTES + 1, 0, JOURNAL_WITHDRAWN, 1), -1);
}

/* After the notes above: more than a page of them. */
static void
the_journal_is_told_page_by_page(void **state)
{
	uint64_t from = 0;
	uint64_t n = 1;
	uint64_t records = 0;

	(void)state;
	for (int pages = 0; n > 0; pages++) {
		struct cbor_out o = fresh();
		struct cbor c;

		assert_true(pages < 10);
		cbor_put_array(&o, 2);
		cbor_put_int(&o, WIRE_JOURNAL);
		cbor_put_uint(&o, from);
		c = cbor_of(ask(cbor_written(&o)));
		assert_int_equal(cbor_array(&c), 2);
		assert_int_equal(cbor_uint(&c), ERR_OK);
		n = cbor_array(&c);
		assert_int_equal(n % 7, 0);
		assert_true(n <= UINT64_C(7) * WIRE_PAGE);
		records += n / 7;
		from += n / 7;
	}
	assert_true(records > WIRE_NOTES);
	assert_true(from == records);
}

/* "A81001" and "A81001\0..." would be one code in C and two to everybody else.
 */
static void
a_code_with_a_nul_in_it_ends_the_signer(void **state)
{
	struct cbor_out o = fresh();

	(void)state;
	cbor_put_array(&o, 5);
	cbor_put_int(&o, WIRE_MAKE);
	cbor_put_int(&o, USE_PASSPORT);
	cbor_put_text(&o, span_of("A81001\0X", 8));
	cbor_put_int(&o, t.now);
	cbor_put_int(&o, t.now + 1);
	assert_int_equal(ask(cbor_written(&o)).n, 0);
}

/* Each is judged by the journal before it, so two at once are not judged. */
static void
two_trust_lists_in_one_request_end_the_signer(void **state)
{
	static struct kit kit;
	uint8_t bytes[2][1024];
	struct span batch[2];
	struct cbor_out o;

	(void)state;
	kit_init(&kit);
	kit.draft.iat = t.now;
	for (size_t i = 0; i < 2; i++) {
		kit.draft.exp = t.now + 1 + (int64_t)i;
		o = (struct cbor_out){.p = bytes[i], .cap = sizeof(bytes[i])};
		trust_put(&o, &kit.draft);
		assert_false(o.full);
		batch[i] = cbor_written(&o);
	}
	o = fresh();
	request_sign(&o, COSE_TRUST, &t.root, batch, 2);
	assert_int_equal(ask(cbor_written(&o)).n, 0);
	o = fresh();
	request_sign(&o, COSE_TRUST, &t.root, batch, 1);
	assert_non_null(request_signature(ask(cbor_written(&o)), 0, 1));
	o = fresh(); /* and none of that number later */
	request_sign(&o, COSE_TRUST, &t.root, batch + 1, 1);
	assert_int_equal(request_code(ask(cbor_written(&o))), ERR_POLICY);
}

/* Last: afterwards this signer is of no use. */
static void
without_a_journal_nothing_is_signed(void **state)
{
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	struct span before = payload_of(bytes, 1, "In Parts");
	struct rlimit room;
	struct cbor_out o;

	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &room), 0);
	room.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &room), 0);
	for (uint32_t i = 0; i < 2; i++) {
		uint8_t more[PASSPORT_PAYLOAD_MAX];
		struct span payload = payload_of(more, 20 + i, "No Room");
		struct span answer;

		o = fresh();
		request_sign(&o, COSE_PASSPORT, &t.issuer, &payload, 1);
		answer = ask(cbor_written(&o));
		assert_int_equal(request_code(answer), ERR_IO);
		assert_null(request_signature(answer, 0, 1));
		room.rlim_cur = room.rlim_max; /* room again: too late */
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &room), 0);
	}
	/* Not even what it signed before. */
	o = fresh();
	request_sign(&o, COSE_PASSPORT, &t.issuer, &before, 1);
	assert_int_equal(request_code(ask(cbor_written(&o))), ERR_IO);
	assert_int_equal(
	    request_code(ask(span_of("\x84\x03\x02\x58\x20"
				     "0123456789abcdef0123456789abcdef\x80",
		38))),
	    ERR_IO);
}

static struct key_record
make_key(enum key_use use, const char *ods)
{
	struct key_record k = wanted(use, ods);
	struct cbor_out o = fresh();

	request_make(&o, &k);
	assert_true(request_made(&k, ask(cbor_written(&o))));
	return k;
}

static int
set_up(void **state)
{
	(void)state;
	t.now = (int64_t)time(NULL);
	t.request = malloc(WIRE_MAX);
	t.answer = malloc(WIRE_MAX);
	assert_true(t.request != NULL && t.answer != NULL);
	folder_make(&t.folder);
	assert_int_equal(
	    signer_self_lock(&t.self, t.folder.dir, SIGNER_CREATE), ERR_OK);
	assert_int_equal(signer_self_unlock(t.self, t.folder.dir,
			     span_str("several plain words"), SIGNER_CREATE),
	    ERR_OK);
	t.issuer = make_key(USE_PASSPORT, KIT_ODS);
	t.root = make_key(USE_ROOT, "");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	signer_self_close(t.self);
	folder_remove(&t.folder);
	free(t.request);
	free(t.answer);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_part_of_a_request_or_more_ends_the_signer),
	    cmocka_unit_test(what_is_no_request_ends_the_signer),
	    cmocka_unit_test(
		no_more_than_a_thousand_payloads_or_sixteen_columns),
	    cmocka_unit_test(a_note_is_whole_and_of_no_more_than_a_batch),
	    cmocka_unit_test(the_journal_is_told_page_by_page),
	    cmocka_unit_test(a_code_with_a_nul_in_it_ends_the_signer),
	    cmocka_unit_test(two_trust_lists_in_one_request_end_the_signer),
	    cmocka_unit_test(without_a_journal_nothing_is_signed),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
