#include "verifier/inflate.h"

#include <zlib.h>

bool
inflate_status(uint8_t out[static STATUS_BYTES], struct span lst)
{
	z_stream z = {0};
	uint8_t in[STATUS_MAX];
	bool whole;

	/* A copy, for zlib's next_in is not const-clean everywhere. */
	if (lst.n == 0 || lst.n > sizeof(in))
		return false;
	memcpy(in, lst.p, lst.n);
	if (inflateInit(&z) != Z_OK)
		return false;
	z.next_in = in;
	z.avail_in = (uInt)lst.n;
	z.next_out = out;
	z.avail_out = STATUS_BYTES;
	whole = inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0 &&
		z.avail_out == 0;
	inflateEnd(&z);
	return whole;
}
