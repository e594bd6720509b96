#include "tests/kit/scheme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <sodium.h>
#include <zlib.h>

#include <cmocka.h>

void
kit_key(struct kit_key *k, uint8_t seed)
{
	uint8_t bytes[crypto_sign_SEEDBYTES];

	memset(bytes, seed, sizeof(bytes));
	assert_true(sodium_init() >= 0);
	crypto_sign_seed_keypair(k->public, k->secret, bytes);
	ed25519_kid(k->kid, k->public);
}

static void
fill_entry(struct trust_key *e, const struct kit_key *k)
{
	memcpy(e->kid, k->kid, KID_SIZE);
	memcpy(e->key, k->public, ED25519_KEY);
	e->not_before = KIT_NOW - 30 * KIT_DAY;
	e->not_after = KIT_NOW + 200 * KIT_DAY;
}

void
kit_init(struct kit *k)
{
	struct cbor_out codes;
	bool issuer_first;

	memset(k, 0, sizeof(*k));
	kit_key(&k->root, 1);
	kit_key(&k->status, 2);
	kit_key(&k->issuer, 3);
	codes = (struct cbor_out){.p = k->codes, .cap = sizeof(k->codes)};
	cbor_put_array(&codes, 1);
	cbor_put_text(&codes, span_str(KIT_ODS));
	issuer_first = memcmp(k->issuer.kid, k->status.kid, KID_SIZE) < 0;
	k->issuer_entry = &k->keys[issuer_first ? 0 : 1];
	k->status_entry = &k->keys[issuer_first ? 1 : 0];
	fill_entry(k->issuer_entry, &k->issuer);
	fill_entry(k->status_entry, &k->status);
	k->status_entry->purpose = PURPOSE_STATUS;
	k->issuer_entry->codes = cbor_written(&codes);
	k->issuer_entry->name = span_str("Riverside Surgery");
	k->issuer_entry->phone = span_str("01632 960123");
	k->hosts[0] = span_str(KIT_HOST);
	k->services[0].base = span_str(KIT_BASE);
	memcpy(k->services[0].kid, k->status.kid, KID_SIZE);
	k->draft = (struct trust_draft){
	    .scheme = span_str(KIT_SCHEME),
	    .iat = KIT_NOW - KIT_DAY,
	    .exp = KIT_NOW + 89 * KIT_DAY,
	    .seq = 7,
	    .hosts = k->hosts,
	    .nhosts = 1,
	    .keys = k->keys,
	    .nkeys = 2,
	    .tombstones = (const uint8_t(*)[KID_SIZE])k->tombstones,
	    .services = k->services,
	    .nservices = 1,
	};
	memcpy(k->roots[0].kid, k->root.kid, KID_SIZE);
	memcpy(k->roots[0].key, k->root.public, ED25519_KEY);
}

struct span
kit_sign(uint8_t *out, size_t cap, enum cose_kind kind, const struct kit_key *k,
    struct span payload)
{
	uint8_t header[COSE_PROTECTED_MAX];
	uint8_t sig[ED25519_SIG];
	size_t size = payload.n + COSE_OVERHEAD;
	uint8_t *tbs = malloc(size);
	struct cbor_out h = {.p = header, .cap = sizeof(header)};
	struct cbor_out t = {.p = tbs, .cap = size};
	struct cbor_out o = {.p = out, .cap = cap};

	assert_non_null(tbs);
	cose_put_protected(&h, kind, k->kid);
	cose_put_tbs(&t, kind, cbor_written(&h), payload);
	assert_false(t.full);
	crypto_sign_detached(sig, NULL, t.p, t.n, k->secret);
	cose_put(&o, cbor_written(&h), payload, sig);
	assert_false(o.full);
	free(tbs);
	return cbor_written(&o);
}

struct span
kit_trust(const struct kit *k, uint8_t *out, size_t cap)
{
	uint8_t payload[4096];
	struct cbor_out o = {.p = payload, .cap = sizeof(payload)};

	trust_put(&o, &k->draft);
	assert_false(o.full);
	return kit_sign(out, cap, COSE_TRUST, &k->root, cbor_written(&o));
}

bool
kit_read(struct kit *k)
{
	struct span s = kit_trust(k, k->bytes, sizeof(k->bytes));

	return trust_read(&k->trust, s, k->roots, 1, k->work, sizeof(k->work),
	    k->at, sizeof(k->at) / sizeof(*k->at));
}

void
kit_passport(struct passport *p)
{
	*p = (struct passport){
	    .iss = span_str(KIT_ODS),
	    .iat = KIT_NOW - 10 * KIT_DAY,
	    .exp = KIT_NOW + 700 * KIT_DAY,
	    .serial = 0xa1b2c3d4e5,
	    .name = span_str("Margaret Thompson"),
	    .class = CLASS_ADULT,
	    .index = 4711,
	};
}

struct span
kit_token(
    const struct kit *k, const struct passport *p, uint8_t *out, size_t cap)
{
	uint8_t payload[1024];
	struct cbor_out o = {.p = payload, .cap = sizeof(payload)};

	passport_put(&o, p);
	assert_false(o.full);
	return kit_sign(out, cap, COSE_PASSPORT, &k->issuer, cbor_written(&o));
}

struct span
kit_status(const struct kit *k, uint32_t n, int64_t iat, int64_t exp,
    struct span lst, uint8_t *out, size_t cap)
{
	uint8_t payload[STATUS_MAX];
	char uri[STATUS_URI_MAX];
	struct cbor_out o = {.p = payload, .cap = sizeof(payload)};
	size_t len = status_uri(uri, k->services[0].base, n);

	assert_true(len > 0);
	status_put(&o, span_of(uri, len), iat, exp, lst);
	assert_false(o.full);
	return kit_sign(out, cap, COSE_STATUS, &k->status, cbor_written(&o));
}

struct span
kit_deflate(uint8_t *out, size_t cap, const uint8_t *bits, size_t n)
{
	uLongf size = cap;

	assert_int_equal(compress2(out, &size, bits, n, 9), Z_OK);
	return span_of(out, size);
}
