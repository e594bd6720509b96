#include "passport/cose.h"

#define COSE_SIGN1  18
#define ALG_ED25519 (-19)
#define HEADER_ALG  1
#define HEADER_KID  4
#define HEADER_TYP  16

static const struct {
	const char *aad;
	const char *typ; /* NULL: none */
	size_t max;
} profiles[COSE_KINDS] = {
    [COSE_PASSPORT] = {"carer-passport-1", NULL, 512},
    [COSE_TRUST] = {"carer-trust-1", "application/carer-trust+cwt", 4194304},
    [COSE_STATUS] = {"", "application/statuslist+cwt", 65536},
};

size_t
cose_max(enum cose_kind kind)
{
	return profiles[kind].max;
}

/*
 * There is one right header for a kind and a kid, so it is not parsed: the
 * bytes must be those that we would write.
 */
static bool
header_is_ours(struct cose *c, enum cose_kind kind)
{
	uint8_t ours[COSE_PROTECTED_MAX];
	struct cbor_out o = {.p = ours, .cap = sizeof(ours)};

	/* a2|a3 01 32 04 48 and then the eight bytes of the kid. */
	if (c->protected.n < 5 + KID_SIZE)
		return false;
	memcpy(c->kid, c->protected.p + 5, KID_SIZE);
	cose_put_protected(&o, kind, c->kid);
	return span_eq(cbor_written(&o), c->protected);
}

bool
cose_read(struct cose *c, enum cose_kind kind, struct span bytes)
{
	struct cbor r = cbor_of(bytes);
	struct span signature;
	uint64_t unprotected;

	if (bytes.n > profiles[kind].max)
		return false;
	cbor_tag(&r, COSE_SIGN1);
	if (cbor_array(&r) != 4)
		return false;
	c->protected = cbor_bytes(&r);
	unprotected = cbor_map(&r);
	c->payload = cbor_bytes(&r);
	signature = cbor_bytes(&r);
	c->signature = signature.p;
	return cbor_done(&r) && unprotected == 0 &&
	       signature.n == ED25519_SIG && header_is_ours(c, kind);
}

bool
cose_verify(const struct cose *c, enum cose_kind kind,
    const uint8_t key[static ED25519_KEY], uint8_t *work, size_t size)
{
	struct cbor_out o = {.p = work, .cap = size};

	cose_put_tbs(&o, kind, c->protected, c->payload);
	return !o.full && ed25519_verify(c->signature, o.p, o.n, key);
}

void
cose_put_protected(
    struct cbor_out *o, enum cose_kind kind, const uint8_t kid[static KID_SIZE])
{
	const char *typ = profiles[kind].typ;

	cbor_put_map(o, typ != NULL ? 3 : 2);
	cbor_put_int(o, HEADER_ALG);
	cbor_put_int(o, ALG_ED25519);
	cbor_put_int(o, HEADER_KID);
	cbor_put_bytes(o, span_of(kid, KID_SIZE));
	if (typ != NULL) {
		cbor_put_int(o, HEADER_TYP);
		cbor_put_text(o, span_str(typ));
	}
}

void
cose_put_tbs(struct cbor_out *o, enum cose_kind kind, struct span protected,
    struct span payload)
{
	cbor_put_array(o, 4);
	cbor_put_text(o, span_str("Signature1"));
	cbor_put_bytes(o, protected);
	cbor_put_bytes(o, span_str(profiles[kind].aad));
	cbor_put_bytes(o, payload);
}

void
cose_put(struct cbor_out *o, struct span protected, struct span payload,
    const uint8_t sig[static ED25519_SIG])
{
	cbor_put_tag(o, COSE_SIGN1);
	cbor_put_array(o, 4);
	cbor_put_bytes(o, protected);
	cbor_put_map(o, 0);
	cbor_put_bytes(o, payload);
	cbor_put_bytes(o, span_of(sig, ED25519_SIG));
}
