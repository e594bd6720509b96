/*
 * Goal: the signer process does what its header says, and whatever goes wrong
 * or is asked of it, nothing leaves it that should not.
 */
#include "keys/signer.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <sodium.h>

#include <cmocka.h>

#include "keys/status_build.h"
#include "tests/kit/folder.h"
#include "tests/kit/requests.h"
#include "tests/kit/scheme.h"

#define PASSPHRASE "several plain words"

/* One signer process for all, because each start costs half a second on
 * purpose; every test has status indices of its own. */
static struct {
	struct folder folder; /* of the process */
	char passphrase[FOLDER_PATH];
	struct signer *signer;
	struct key_record issuer; /* A81001's */
	struct key_record status;
	struct key_record root;
	uint8_t *file; /* the journal as it is */
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

/* Is this the key's signature over a payload of that kind? */
static bool
holds(enum cose_kind kind, const struct key_record *k, struct span payload,
    const uint8_t *sig)
{
	uint8_t header[COSE_PROTECTED_MAX];
	uint8_t work[65536];
	struct cbor_out h = {.p = header, .cap = sizeof(header)};
	struct cose c = {.payload = payload, .signature = sig};

	cose_put_protected(&h, kind, k->kid);
	c.protected = cbor_written(&h);
	return cose_verify(&c, kind, k->public, work, sizeof(work));
}

static enum err
sign_one(const struct key_record *k, struct span payload, uint8_t *sig)
{
	uint8_t sigs[1][ED25519_SIG];
	enum err e =
	    signer_sign(t.signer, COSE_PASSPORT, k, NULL, &payload, 1, sigs);

	if (e == ERR_OK)
		memcpy(sig, sigs[0], ED25519_SIG);
	return e;
}

/* --- keys --- */

static void
a_key_is_good_and_names_itself(void **state)
{
	struct key_record k = wanted(USE_PASSPORT, "A81002");
	struct key_record other = k;
	uint8_t kid[KID_SIZE];

	(void)state;
	assert_int_equal(signer_make_key(t.signer, &k), ERR_OK);
	assert_true(ed25519_point_ok(k.public));
	ed25519_kid(kid, k.public);
	assert_memory_equal(kid, k.kid, KID_SIZE);
	assert_int_equal(signer_make_key(t.signer, &other), ERR_OK);
	assert_memory_not_equal(k.public, other.public, ED25519_KEY);
	assert_memory_not_equal(k.sealed, other.sealed, SECRET_WRAPPED);
	k = wanted(USE_PASSPORT, "");
	assert_int_equal(signer_make_key(t.signer, &k), ERR_POLICY);
}

static void
a_relabelled_key_signs_nothing(void **state)
{
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	struct span payload = payload_of(bytes, 100, "Relabelled Key");
	struct key_record bad[9];
	uint8_t sig[ED25519_SIG];

	(void)state;
	for (size_t i = 0; i < 9; i++)
		bad[i] = t.issuer;
	bad[0].not_after += 86400;
	bad[1].not_before -= 1;
	memcpy(bad[2].ods, "A81002", 6);
	bad[3].use = USE_ROOT;
	bad[4].kid[0] ^= 1;
	bad[5].public[0] ^= 1;
	bad[6].sealed[0] ^= 1;
	bad[7].sealed[SECRET_WRAPPED - 1] ^= 1;
	bad[8].ods[0] = '\0';
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(sign_one(&bad[i], payload, sig), ERR_POLICY);
	/* Its seal, with another key's name on it. */
	bad[0] = t.root;
	memcpy(bad[0].sealed, t.issuer.sealed, SECRET_WRAPPED);
	assert_int_equal(sign_one(&bad[0], payload, sig), ERR_POLICY);
	assert_int_equal(sign_one(&t.issuer, payload, sig), ERR_OK);
}

/* --- signing --- */

static void
signs_each_kind_with_its_key(void **state)
{
	static uint8_t bits[STATUS_BYTES];
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	uint8_t sigs[1][ED25519_SIG];
	struct buf list = BUF_INIT(STATUS_MAX);
	struct span payload = payload_of(bytes, 200, "Each Kind");

	(void)state;
	assert_int_equal(sign_one(&t.issuer, payload, sigs[0]), ERR_OK);
	assert_true(holds(COSE_PASSPORT, &t.issuer, payload, sigs[0]));
	assert_false(holds(COSE_TRUST, &t.issuer, payload, sigs[0]));
	assert_int_equal(
	    status_build(&list, span_str(KIT_BASE), 5, t.now, bits), ERR_OK);
	payload = buf_span(&list);
	assert_int_equal(signer_sign(t.signer, COSE_STATUS, &t.status, NULL,
			     &payload, 1, sigs),
	    ERR_OK);
	assert_true(holds(COSE_STATUS, &t.status, payload, sigs[0]));
	assert_int_equal(signer_sign(t.signer, COSE_STATUS, &t.root, NULL,
			     &payload, 1, sigs),
	    ERR_POLICY);
	buf_free(&list);
}

/* One key after the other: the one last used is kept, and never mistaken. */
static void
never_signs_with_the_key_before(void **state)
{
	struct key_record b = wanted(USE_PASSPORT, "A81001");
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	uint8_t sig[ED25519_SIG];
	const struct key_record *keys[2] = {&t.issuer, &b};

	(void)state;
	assert_int_equal(signer_make_key(t.signer, &b), ERR_OK);
	for (uint32_t i = 0; i < 6; i++) {
		struct span payload = payload_of(bytes, 300 + i, "Key Before");
		struct key_record bad = *keys[(i + 1) % 2];

		assert_int_equal(sign_one(keys[i % 2], payload, sig), ERR_OK);
		assert_true(holds(COSE_PASSPORT, keys[i % 2], payload, sig));
		bad.sealed[9] ^= 1; /* a failure in between */
		assert_int_equal(sign_one(&bad, payload, sig), ERR_POLICY);
	}
}

static void
the_same_payload_again_gives_the_same_bytes(void **state)
{
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	uint8_t first[ED25519_SIG];
	uint8_t again[ED25519_SIG];
	char path[FOLDER_PATH];
	size_t size;

	(void)state;
	folder_path(path, &t.folder, "journal");
	assert_int_equal(
	    sign_one(&t.issuer, payload_of(bytes, 400, "Once"), first), ERR_OK);
	size = folder_get(t.file, WIRE_MAX, path);
	assert_int_equal(
	    sign_one(&t.issuer, payload_of(bytes, 400, "Once"), again), ERR_OK);
	assert_memory_equal(first, again, ED25519_SIG);
	assert_int_equal(folder_get(t.file, WIRE_MAX, path), size);
	assert_int_equal(
	    sign_one(&t.issuer, payload_of(bytes, 400, "Twice"), again),
	    ERR_POLICY);
	assert_int_equal(folder_get(t.file, WIRE_MAX, path), size);
}

static void
a_batch_is_signed_all_or_none(void **state)
{
	uint8_t bytes[4][PASSPORT_PAYLOAD_MAX];
	uint8_t sigs[4][ED25519_SIG];
	struct span batch[4];
	char path[FOLDER_PATH];
	size_t size;

	(void)state;
	folder_path(path, &t.folder, "journal");
	size = folder_get(t.file, WIRE_MAX, path);
	for (uint32_t i = 0; i < 4; i++)
		batch[i] = payload_of(bytes[i], 500 + i, "All");
	batch[3] = payload_of(bytes[3], 500, "Or None"); /* used in the batch */
	assert_int_equal(signer_sign(t.signer, COSE_PASSPORT, &t.issuer, NULL,
			     batch, 4, sigs),
	    ERR_POLICY);
	assert_int_equal(folder_get(t.file, WIRE_MAX, path), size);
	/* So none of their indices was spent. */
	for (uint32_t i = 0; i < 4; i++)
		batch[i] = payload_of(bytes[i], 500 + i, "Then These");
	assert_int_equal(signer_sign(t.signer, COSE_PASSPORT, &t.issuer, NULL,
			     batch, 4, sigs),
	    ERR_OK);
	for (size_t i = 0; i < 4; i++)
		assert_true(holds(COSE_PASSPORT, &t.issuer, batch[i], sigs[i]));
	assert_int_equal(folder_get(t.file, WIRE_MAX, path),
	    size + 4 * 104 /* one record each */);
}

static void
signs_a_thousand_at_once_and_nothing_for_nobody(void **state)
{
	static uint8_t bytes[1024][PASSPORT_PAYLOAD_MAX];
	static uint8_t sigs[1024][ED25519_SIG];
	static struct span batch[1024];

	(void)state;
	for (uint32_t i = 0; i < 1024; i++)
		batch[i] = payload_of(bytes[i], 10000 + i, "A Thousand");
	assert_int_equal(signer_sign(t.signer, COSE_PASSPORT, &t.issuer, NULL,
			     batch, 1024, sigs),
	    ERR_OK);
	for (size_t i = 0; i < 1024; i += 93)
		assert_true(holds(COSE_PASSPORT, &t.issuer, batch[i], sigs[i]));
	assert_int_equal(signer_sign(t.signer, COSE_PASSPORT, &t.issuer, NULL,
			     batch, 0, sigs),
	    ERR_OK);
}

/* --- the registry's newest event --- */

static void
the_registry_cannot_go_back(void **state)
{
	struct signer_head head = {.seq = 10};
	struct signer_head back;
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	uint8_t sigs[1][ED25519_SIG];
	struct span payload = payload_of(bytes, 600, "Going Back");

	(void)state;
	memset(head.hash, 7, sizeof(head.hash));
	assert_int_equal(signer_note(t.signer, &head, NULL, 0), ERR_OK);
	assert_int_equal(signer_note(t.signer, &head, NULL, 0), ERR_OK);
	assert_int_equal(signer_last_head(t.signer, &back), ERR_OK);
	assert_int_equal(back.seq, 10);
	assert_memory_equal(back.hash, head.hash, sizeof(head.hash));
	head.hash[0] ^= 1; /* another history */
	assert_int_equal(signer_note(t.signer, &head, NULL, 0), ERR_POLICY);
	head.seq = 9; /* an older one */
	assert_int_equal(signer_note(t.signer, &head, NULL, 0), ERR_POLICY);
	assert_int_equal(signer_sign(t.signer, COSE_PASSPORT, &t.issuer, &head,
			     &payload, 1, sigs),
	    ERR_POLICY);
	head.seq = 11;
	assert_int_equal(signer_sign(t.signer, COSE_PASSPORT, &t.issuer, &head,
			     &payload, 1, sigs),
	    ERR_OK);
	assert_int_equal(signer_last_head(t.signer, &back), ERR_OK);
	assert_int_equal(back.seq, 11);
}

/* --- the journal as a memory --- */

/* The last record of the journal, as the signer tells it. */
static struct journal_entry
last_record(void)
{
	static struct journal_entry page[SIGNER_PAGE];
	struct journal_entry last = {.a = 0};
	uint64_t from = 0;
	size_t n = 1;

	while (n > 0) {
		assert_int_equal(
		    signer_journal(t.signer, from, page, &n), ERR_OK);
		if (n > 0)
			last = page[n - 1];
		from += n;
	}
	return last;
}

static void
tells_what_it_signed_but_no_hash_of_it(void **state)
{
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	uint8_t sig[ED25519_SIG];
	static const uint8_t none[JOURNAL_HASH];
	struct journal_entry last;
	struct passport p;

	(void)state;
	request_passport(&p, t.now);
	assert_int_equal(
	    sign_one(&t.issuer, payload_of(bytes, 650, "Told"), sig), ERR_OK);
	last = last_record();
	assert_int_equal(last.type, JOURNAL_PASSPORT);
	assert_int_equal(last.a, 650);
	assert_int_equal(last.b, p.serial);
	assert_memory_equal(last.kid, t.issuer.kid, KID_SIZE);
	assert_memory_equal(last.hash, none, sizeof(none));
}

static void
ends_are_noted_with_the_event_all_or_none(void **state)
{
	struct journal_entry notes[3] = {
	    {.type = JOURNAL_WITHDRAWN, .a = 660, .b = 4, .reason = 7},
	    {.type = JOURNAL_ERASED, .a = 3, .b = 4},
	    {.type = JOURNAL_STATUS, .a = 3, .b = 4}};
	struct signer_head head = {.seq = 20};
	struct signer_head back;
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	uint8_t sig[ED25519_SIG];
	struct journal_entry last;

	(void)state;
	memset(head.hash, 8, sizeof(head.hash));
	assert_int_equal(signer_note(t.signer, &head, notes, 3), ERR_POLICY);
	assert_int_equal(signer_last_head(t.signer, &back), ERR_OK);
	assert_int_equal(back.seq, 11);
	assert_int_equal(
	    sign_one(&t.issuer, payload_of(bytes, 660, "Ended"), sig), ERR_OK);
	assert_int_equal(signer_note(t.signer, &head, notes, 2), ERR_OK);
	last = last_record();
	assert_int_equal(last.type, JOURNAL_HEAD);
	assert_int_equal(last.a, 20);
	assert_memory_equal(last.hash, head.hash, SIGNER_HASH);
	assert_int_equal(
	    sign_one(&t.issuer, payload_of(bytes, 660, "Ended"), sig),
	    ERR_POLICY);
}

static void
a_reset_is_the_newest_event_from_then_on(void **state)
{
	struct signer_head head = {.seq = 11};
	struct signer_head back;

	(void)state;
	memset(head.hash, 9, sizeof(head.hash));
	assert_int_equal(signer_note(t.signer, &head, NULL, 0), ERR_POLICY);
	assert_int_equal(signer_reset(t.signer, &head), ERR_OK);
	assert_int_equal(signer_last_head(t.signer, &back), ERR_OK);
	assert_int_equal(back.seq, 11);
	assert_memory_equal(back.hash, head.hash, sizeof(head.hash));
	assert_int_equal(last_record().type, JOURNAL_RESET);
	assert_int_equal(signer_note(t.signer, &head, NULL, 0), ERR_OK);
}

/* --- starting and ending --- */

static void
a_second_signer_is_refused_at_once(void **state)
{
	struct signer *second = NULL;

	(void)state;
	assert_int_equal(
	    signer_start(&second, t.folder.dir, t.passphrase, SIGNER_OPEN),
	    ERR_UNAVAILABLE);
	assert_null(second);
}

static void
restart(enum err want, const char *passphrase)
{
	signer_stop(t.signer);
	t.signer = NULL;
	assert_int_equal(
	    signer_start(&t.signer, t.folder.dir, passphrase, SIGNER_OPEN),
	    want);
}

static void
remembers_over_a_restart(void **state)
{
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	uint8_t first[ED25519_SIG];
	uint8_t again[ED25519_SIG];
	struct signer_head head;

	(void)state;
	assert_int_equal(
	    sign_one(&t.issuer, payload_of(bytes, 700, "Before"), first),
	    ERR_OK);
	restart(ERR_OK, t.passphrase);
	assert_int_equal(
	    sign_one(&t.issuer, payload_of(bytes, 700, "After"), again),
	    ERR_POLICY);
	assert_int_equal(
	    sign_one(&t.issuer, payload_of(bytes, 700, "Before"), again),
	    ERR_OK);
	assert_memory_equal(first, again, ED25519_SIG);
	assert_int_equal(signer_last_head(t.signer, &head), ERR_OK);
	assert_int_equal(head.seq, 11);
}

static void
a_signer_that_died_is_reported_not_fatal(void **state)
{
	struct signer_text text = {.domain = "name", .text = span_str("a")};

	(void)state;
	assert_int_equal(kill(signer_pid(t.signer), SIGKILL), 0);
	assert_int_equal(signer_blind(t.signer, &text, 1), ERR_UNAVAILABLE);
	assert_int_equal(signer_blind(t.signer, &text, 1), ERR_UNAVAILABLE);
}

static void
a_wrong_passphrase_or_none_is_refused(void **state)
{
	char path[FOLDER_PATH];

	(void)state;
	folder_path(path, &t.folder, "wrong");
	restart(ERR_NOINPUT, path);
	folder_put(path, span_str("several plain word"));
	restart(ERR_PERM, path);
	folder_put(path, span_str("\n" PASSPHRASE "\n"));
	restart(ERR_PERM, path);
	folder_put(path, span_str(PASSPHRASE "\r\nand what an editor added"));
	restart(ERR_OK, path);
}

static void
a_changed_journal_starts_no_signer(void **state)
{
	char path[FOLDER_PATH];
	size_t n;

	(void)state;
	folder_path(path, &t.folder, "journal");
	n = folder_get(t.file, WIRE_MAX, path);
	assert_true(n > 104);
	t.file[50] ^= 1;
	folder_put(path, span_of(t.file, n));
	restart(ERR_DATA, t.passphrase);
	assert_null(t.signer);
}

static int
set_up(void **state)
{
	(void)state;
	t.now = (int64_t)time(NULL);
	t.file = malloc(WIRE_MAX);
	assert_non_null(t.file);
	folder_make(&t.folder);
	folder_path(t.passphrase, &t.folder, "passphrase");
	folder_put(t.passphrase, span_str(PASSPHRASE "\n"));
	assert_int_equal(
	    signer_start(&t.signer, t.folder.dir, t.passphrase, SIGNER_CREATE),
	    ERR_OK);
	t.issuer = wanted(USE_PASSPORT, KIT_ODS);
	t.status = wanted(USE_STATUS, "");
	t.root = wanted(USE_ROOT, "");
	assert_int_equal(signer_make_key(t.signer, &t.issuer), ERR_OK);
	assert_int_equal(signer_make_key(t.signer, &t.status), ERR_OK);
	assert_int_equal(signer_make_key(t.signer, &t.root), ERR_OK);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	signer_stop(t.signer);
	signer_stop(NULL);
	folder_remove(&t.folder);
	free(t.file);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_is_good_and_names_itself),
	    cmocka_unit_test(a_relabelled_key_signs_nothing),
	    cmocka_unit_test(signs_each_kind_with_its_key),
	    cmocka_unit_test(never_signs_with_the_key_before),
	    cmocka_unit_test(the_same_payload_again_gives_the_same_bytes),
	    cmocka_unit_test(a_batch_is_signed_all_or_none),
	    cmocka_unit_test(signs_a_thousand_at_once_and_nothing_for_nobody),
	    cmocka_unit_test(the_registry_cannot_go_back),
	    cmocka_unit_test(tells_what_it_signed_but_no_hash_of_it),
	    cmocka_unit_test(ends_are_noted_with_the_event_all_or_none),
	    cmocka_unit_test(a_reset_is_the_newest_event_from_then_on),
	    cmocka_unit_test(a_second_signer_is_refused_at_once),
	    cmocka_unit_test(remembers_over_a_restart),
	    cmocka_unit_test(a_signer_that_died_is_reported_not_fatal),
	    cmocka_unit_test(a_wrong_passphrase_or_none_is_refused),
	    cmocka_unit_test(a_changed_journal_starts_no_signer),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
