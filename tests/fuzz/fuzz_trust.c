#include <stdlib.h>

#include "passport/link.h"
#include "passport/name.h"
#include "passport/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define BYTES_MAX 16384
#define KEYS_MAX  (BYTES_MAX / TRUST_KEY_MIN + 1)

/* The list again, from what the readers say is in it. */
static struct span
written_again(const struct trust *t, uint8_t *out)
{
	static struct trust_key keys[KEYS_MAX];
	static uint8_t tombstones[BYTES_MAX / KID_SIZE][KID_SIZE];
	static struct trust_service services[64];
	static struct span hosts[64];
	struct cbor_out o = {.p = out, .cap = BYTES_MAX};
	struct cbor c = cbor_of(t->hosts);
	struct trust_draft d = {
	    .scheme = t->scheme,
	    .iat = t->iat,
	    .exp = t->exp,
	    .seq = t->seq,
	    .hosts = hosts,
	    .nhosts = (size_t)cbor_array(&c),
	    .keys = keys,
	    .nkeys = t->nkeys,
	    .tombstones = (const uint8_t(*)[KID_SIZE])tombstones,
	    .ntombstones = t->ntombstones,
	    .services = services,
	    .nservices = (size_t)t->nservices,
	};

	for (size_t i = 0; i < d.nhosts; i++)
		hosts[i] = cbor_text(&c);
	for (size_t i = 0; i < d.nkeys; i++)
		trust_key_at(t, i, &keys[i]);
	for (size_t i = 0; i < d.ntombstones; i++)
		memcpy(tombstones[i], t->tombstones.p + i * (KID_SIZE + 1) + 1,
		    KID_SIZE);
	for (size_t i = 0; i < d.nservices; i++)
		if (!trust_service_at(t, i, &services[i]))
			abort();
	trust_put(&o, &d);
	return cbor_written(&o);
}

/* A list that is read is in order, and has one encoding. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t out[BYTES_MAX];
	static uint32_t at[KEYS_MAX];
	struct trust_key k;
	struct trust_key found;
	struct trust t;

	if (len > BYTES_MAX ||
	    !trust_payload_read(&t, span_of(data, len), at, KEYS_MAX))
		return 0;
	for (size_t i = 0; i < t.nkeys; i++) {
		trust_key_at(&t, i, &k);
		if (!trust_find(&t, k.kid, &found) ||
		    memcmp(found.key, k.key, ED25519_KEY) != 0 ||
		    trust_is_tombstone(&t, k.kid) ||
		    (k.purpose == PURPOSE_PASSPORT && !name_is_org(k.name)))
			abort();
	}
	if (trust_service_at(&t, t.nservices, &(struct trust_service){0}) ||
	    !span_eq(written_again(&t, out), span_of(data, len)))
		abort();
	return 0;
}
