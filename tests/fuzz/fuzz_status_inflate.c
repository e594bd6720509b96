#include <stdlib.h>

#include "verifier/inflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Whatever the stream says, no more than the room is written. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *bits = malloc(STATUS_BYTES);
	unsigned sum = 0;

	if (bits == NULL)
		return 0;
	if (inflate_status(bits, span_of(data, len)))
		for (size_t i = 0; i < STATUS_BYTES; i++)
			sum += bits[i];
	free(bits);
	return sum > STATUS_BYTES * 255U;
}
