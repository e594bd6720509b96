#include <stdlib.h>

#include "passport/cose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* An object that is taken apart has one encoding and is of one kind. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t out[65536 + COSE_OVERHEAD];
	uint8_t header[COSE_PROTECTED_MAX];
	int taken = 0;

	if (len > 65536)
		return 0;
	for (int kind = 0; kind < COSE_KINDS; kind++) {
		enum cose_kind k = (enum cose_kind)kind;
		struct cbor_out o = {.p = out, .cap = sizeof(out)};
		struct cbor_out h = {.p = header, .cap = sizeof(header)};
		struct cose c;

		if (!cose_read(&c, k, span_of(data, len)))
			continue;
		taken++;
		cose_put(&o, c.protected, c.payload, c.signature);
		cose_put_protected(&h, k, c.kid);
		if (len > cose_max(k) ||
		    !span_eq(cbor_written(&o), span_of(data, len)) ||
		    !span_eq(cbor_written(&h), c.protected))
			abort();
		o.n = 0;
		cose_put_tbs(&o, k, c.protected, c.payload);
		if (o.full)
			abort();
	}
	if (taken > 1)
		abort();
	return 0;
}
