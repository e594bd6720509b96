#include "passport/trust.h"

/* Writing a trust list; reading it is in trust.c. */
#define CLAIM_SCHEME 1
#define CLAIM_EXP    4
#define CLAIM_IAT    6
#define CLAIM_BODY   (-65538)

static void
put_key(struct cbor_out *o, const struct trust_key *k)
{
	bool passport = k->purpose == PURPOSE_PASSPORT;

	cbor_put_map(o, !passport ? 5 : k->phone.n > 0 ? 10 : 9);
	cbor_put_int(o, 1);
	cbor_put_bytes(o, span_of(k->kid, KID_SIZE));
	cbor_put_int(o, 2);
	cbor_put_bytes(o, span_of(k->key, ED25519_KEY));
	cbor_put_int(o, 3);
	cbor_put_int(o, k->purpose);
	if (passport) {
		cbor_put_int(o, 4);
		cbor_put_raw(o, k->codes);
	}
	cbor_put_int(o, 5);
	cbor_put_int(o, k->not_before);
	cbor_put_int(o, 6);
	cbor_put_int(o, k->not_after);
	if (!passport)
		return;
	cbor_put_int(o, 7);
	cbor_put_text(o, k->name);
	cbor_put_int(o, 8);
	cbor_put_int(o, k->setting);
	cbor_put_int(o, 9);
	cbor_put_uint(o, k->service);
	if (k->phone.n > 0) {
		cbor_put_int(o, 10);
		cbor_put_text(o, k->phone);
	}
}

static void
put_body(struct cbor_out *o, const struct trust_draft *d)
{
	cbor_put_map(o, 5);
	cbor_put_int(o, 1);
	cbor_put_uint(o, d->seq);
	cbor_put_int(o, 2);
	cbor_put_array(o, d->nhosts);
	for (size_t i = 0; i < d->nhosts; i++)
		cbor_put_text(o, d->hosts[i]);
	cbor_put_int(o, 3);
	cbor_put_array(o, d->nkeys);
	for (size_t i = 0; i < d->nkeys; i++)
		put_key(o, &d->keys[i]);
	cbor_put_int(o, 4);
	cbor_put_array(o, d->ntombstones);
	for (size_t i = 0; i < d->ntombstones; i++)
		cbor_put_bytes(o, span_of(d->tombstones[i], KID_SIZE));
	cbor_put_int(o, 5);
	cbor_put_array(o, d->nservices);
	for (size_t i = 0; i < d->nservices; i++) {
		cbor_put_map(o, 2);
		cbor_put_int(o, 1);
		cbor_put_text(o, d->services[i].base);
		cbor_put_int(o, 2);
		cbor_put_bytes(o, span_of(d->services[i].kid, KID_SIZE));
	}
}

void
trust_put(struct cbor_out *o, const struct trust_draft *d)
{
	cbor_put_map(o, 4);
	cbor_put_int(o, CLAIM_SCHEME);
	cbor_put_text(o, d->scheme);
	cbor_put_int(o, CLAIM_EXP);
	cbor_put_int(o, d->exp);
	cbor_put_int(o, CLAIM_IAT);
	cbor_put_int(o, d->iat);
	cbor_put_int(o, CLAIM_BODY);
	put_body(o, d);
}
