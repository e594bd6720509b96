#include <stdlib.h>

#include "passport/status.h"
#include "verifier/inflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Claims that are read hold their ranges; a list has all its bits. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t bits[STATUS_BYTES];
	struct status s;

	if (len > STATUS_MAX || !status_payload_read(&s, span_of(data, len)))
		return 0;
	if (s.iat < 0 || s.iat > s.exp || s.exp - s.iat > STATUS_LIFE_MAX)
		abort();
	if (inflate_status(bits, s.lst))
		(void)status_bit(bits, STATUS_ENTRIES - 1);
	return 0;
}
