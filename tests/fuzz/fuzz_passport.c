#include <stdlib.h>

#include "passport/name.h"
#include "passport/passport.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Claims that are read hold their ranges and have one encoding. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t out[1024];
	struct cbor_out o = {.p = out, .cap = sizeof(out)};
	struct passport p;

	if (len > sizeof(out) || !passport_read(&p, span_of(data, len)))
		return 0;
	passport_put(&o, &p);
	if (!span_eq(cbor_written(&o), span_of(data, len)) ||
	    !name_is_person(p.name) || p.serial > PASSPORT_SERIAL_MAX ||
	    p.exp <= p.iat || p.exp >= PASSPORT_TIME_MAX || p.iat < 0 ||
	    (p.class != CLASS_ADULT && p.class != CLASS_YOUNG))
		abort();
	return 0;
}
