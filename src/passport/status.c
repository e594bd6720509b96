#include "passport/status.h"

#include "passport/passport.h"

#define CLAIM_SUB         2
#define CLAIM_EXP         4
#define CLAIM_IAT         6
#define CLAIM_STATUS_LIST 65533
#define CLAIM_TTL         65534

/*
 * The draft's own examples do not sort their keys, so these maps are read in
 * any order.  cbor_skip has seen to it that no key stands twice.
 */
static void
read_list(struct cbor *c, struct status *s)
{
	uint64_t n = cbor_map(c);
	uint64_t bits = 0;

	for (; n > 0 && !c->bad; n--) {
		struct span key = {NULL, 0};

		if (cbor_type(c) == 3)
			key = cbor_text(c);
		else
			(void)cbor_skip(c);
		if (span_is(key, "bits"))
			bits = cbor_uint(c);
		else if (span_is(key, "lst"))
			s->lst = cbor_bytes(c);
		else
			(void)cbor_skip(c);
	}
	if (bits != 1)
		cbor_fail(c);
}

static void
read_claim(struct cbor *c, struct status *s, unsigned *have)
{
	int64_t key = -1;

	if (cbor_type(c) <= 1)
		key = cbor_int(c);
	else
		(void)cbor_skip(c);
	switch (key) {
	case CLAIM_SUB:
		s->sub = cbor_text(c);
		*have |= 1;
		break;
	case CLAIM_EXP:
		s->exp = passport_time(c);
		*have |= 2;
		break;
	case CLAIM_IAT:
		s->iat = passport_time(c);
		*have |= 4;
		break;
	case CLAIM_STATUS_LIST:
		read_list(c, s);
		*have |= 8;
		break;
	default:
		(void)cbor_skip(c);
	}
}

bool
status_payload_read(struct status *s, struct span payload)
{
	struct cbor c = cbor_of(payload);
	unsigned have = 0;

	memset(s, 0, sizeof(*s));
	(void)cbor_skip(&c);
	if (!cbor_done(&c))
		return false;
	c = cbor_of(payload);
	for (uint64_t n = cbor_map(&c); n > 0 && !c.bad; n--)
		read_claim(&c, s, &have);
	return cbor_done(&c) && have == 15 && s->iat <= s->exp &&
	       s->exp - s->iat <= STATUS_LIFE_MAX;
}

static bool
key_fits(const struct status *s, const struct trust *t,
    const struct trust_service *service, struct trust_key *k)
{
	return memcmp(s->kid, service->kid, KID_SIZE) == 0 &&
	       !trust_is_tombstone(t, s->kid) && trust_find(t, s->kid, k) &&
	       k->purpose == PURPOSE_STATUS && ed25519_point_ok(k->key);
}

bool
status_read(struct status *s, struct span bytes, const struct trust *t,
    uint64_t service, uint32_t n, uint8_t *work, size_t size)
{
	char uri[STATUS_URI_MAX];
	struct trust_service where;
	struct trust_key k;
	struct cose c;
	size_t len;

	memset(s, 0, sizeof(*s));
	if (!cose_read(&c, COSE_STATUS, bytes) ||
	    !trust_service_at(t, service, &where))
		return false;
	memcpy(s->kid, c.kid, KID_SIZE);
	if (!key_fits(s, t, &where, &k) ||
	    !cose_verify(&c, COSE_STATUS, k.key, work, size) ||
	    !status_payload_read(s, c.payload))
		return false;
	memcpy(s->kid, c.kid, KID_SIZE);
	len = status_uri(uri, where.base, n);
	return len > 0 && span_eq(s->sub, span_of(uri, len)) &&
	       s->iat >= k.not_before && s->iat <= k.not_after;
}

bool
status_bit(const uint8_t *bits, uint32_t position)
{
	return (bits[position >> 3] >> (position & 7) & 1) != 0;
}

size_t
status_uri(char out[static STATUS_URI_MAX], struct span base, uint32_t n)
{
	char number[10];
	size_t digits = 0;
	size_t at = base.n;

	do {
		number[digits++] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	if (base.n + digits + 4 > STATUS_URI_MAX)
		return 0;
	memcpy(out, base.p, base.n);
	while (digits > 0)
		out[at++] = number[--digits];
	memcpy(out + at, ".cwt", 4);
	return at + 4;
}

void
status_put(struct cbor_out *o, struct span sub, int64_t iat, int64_t exp,
    struct span lst)
{
	cbor_put_map(o, 5);
	cbor_put_int(o, CLAIM_SUB);
	cbor_put_text(o, sub);
	cbor_put_int(o, CLAIM_EXP);
	cbor_put_int(o, exp);
	cbor_put_int(o, CLAIM_IAT);
	cbor_put_int(o, iat);
	cbor_put_int(o, CLAIM_STATUS_LIST);
	cbor_put_map(o, 2);
	cbor_put_text(o, span_str("lst"));
	cbor_put_bytes(o, lst);
	cbor_put_text(o, span_str("bits"));
	cbor_put_int(o, 1);
	cbor_put_int(o, CLAIM_TTL);
	cbor_put_int(o, STATUS_TTL);
}
