#include "tests/kit/requests.h"

#include "base/date.h"
#include "passport/cose.h"
#include "tests/kit/scheme.h"

static void
put_spec(struct cbor_out *o, const struct key_record *k)
{
	cbor_put_int(o, k->use);
	cbor_put_text(o, span_str(k->ods));
	cbor_put_int(o, k->not_before);
	cbor_put_int(o, k->not_after);
}

void
request_make(struct cbor_out *o, const struct key_record *k)
{
	cbor_put_array(o, 5);
	cbor_put_int(o, WIRE_MAKE);
	put_spec(o, k);
}

void
request_sign(struct cbor_out *o, uint64_t kind, const struct key_record *k,
    const struct span *payloads, size_t n)
{
	cbor_put_array(o, 6);
	cbor_put_int(o, WIRE_SIGN);
	cbor_put_uint(o, kind);
	cbor_put_array(o, 7);
	cbor_put_bytes(o, span_of(k->kid, KID_SIZE));
	cbor_put_bytes(o, span_of(k->public, ED25519_KEY));
	put_spec(o, k);
	cbor_put_bytes(o, span_of(k->sealed, sizeof(k->sealed)));
	cbor_put_uint(o, 0);
	cbor_put_bytes(o, span_of(NULL, 0));
	cbor_put_array(o, n);
	for (size_t i = 0; i < n; i++)
		cbor_put_bytes(o, payloads[i]);
}

static bool
take(struct cbor *c, uint8_t *out, size_t n)
{
	struct span s = cbor_bytes(c);

	if (s.n != n)
		return false;
	memcpy(out, s.p, n);
	return true;
}

bool
request_made(struct key_record *k, struct span answer)
{
	struct cbor c = cbor_of(answer);

	return cbor_array(&c) == 4 && cbor_uint(&c) == ERR_OK &&
	       take(&c, k->kid, KID_SIZE) && take(&c, k->public, ED25519_KEY) &&
	       take(&c, k->sealed, sizeof(k->sealed)) && cbor_done(&c);
}

int
request_code(struct span answer)
{
	struct cbor c = cbor_of(answer);
	uint64_t n = cbor_array(&c);
	uint64_t code = cbor_uint(&c);

	return c.bad || n == 0 || code > ERR_POLICY ? -1 : (int)code;
}

const uint8_t *
request_signature(struct span answer, size_t i, size_t n)
{
	struct cbor c = cbor_of(answer);
	const uint8_t *at = NULL;

	if (cbor_array(&c) != 2 || cbor_uint(&c) != ERR_OK ||
	    cbor_array(&c) != n)
		return NULL;
	for (size_t j = 0; j < n; j++) {
		struct span sig = cbor_bytes(&c);

		if (sig.n != ED25519_SIG)
			return NULL;
		if (j == i)
			at = sig.p;
	}
	return cbor_done(&c) ? at : NULL;
}

void
request_passport(struct passport *p, int64_t now)
{
	kit_passport(p);
	p->iat = now;
	p->exp = now - now % DATE_DAY_SECONDS + 365 * KIT_DAY;
}
