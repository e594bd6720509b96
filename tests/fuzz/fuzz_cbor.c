#include <stdlib.h>

#include "passport/cbor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Writes the next item again from its parts. Nesting is what cbor_skip()
 * followed. */
static void
again(struct cbor *c, struct cbor_out *o)
{
	uint64_t n;

	switch (cbor_type(c)) {
	case 0:
		cbor_put_uint(o, cbor_uint(c));
		break;
	case 1: {
		struct cbor before = *c;
		int64_t v = cbor_int(c);

		/* Below what int64_t holds: passed over, not read. */
		if (c->bad) {
			*c = before;
			cbor_put_raw(o, cbor_skip(c));
		} else {
			cbor_put_int(o, v);
		}
		break;
	}
	case 2:
		cbor_put_bytes(o, cbor_bytes(c));
		break;
	case 3:
		cbor_put_text(o, cbor_text(c));
		break;
	case 4:
		n = cbor_array(c);
		cbor_put_array(o, n);
		for (; n > 0; n--)
			again(c, o);
		break;
	default:
		n = cbor_map(c);
		cbor_put_map(o, n);
		for (n *= 2; n > 0; n--)
			again(c, o);
	}
}

/* An item that is passed over has one encoding: written again it is the same.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t out[65536];
	struct cbor c = cbor_of(span_of(data, len));
	struct cbor_out o = {.p = out, .cap = sizeof(out)};
	struct cbor_pairs m;
	struct span item;

	if (len > sizeof(out))
		return 0;
	item = cbor_skip(&c);
	if (!c.bad) {
		struct cbor r = cbor_of(item);

		again(&r, &o);
		if (!cbor_done(&r) || !span_eq(cbor_written(&o), item))
			abort();
	}
	/* The walk over ordered maps ends, whatever it is given. */
	c = cbor_of(span_of(data, len));
	m = cbor_pairs(&c);
	while (cbor_next(&c, &m))
		(void)cbor_skip(&c);
	return 0;
}
