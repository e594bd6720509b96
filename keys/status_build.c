#include "keys/status_build.h"

#include <zlib.h>

enum err
status_build(struct buf *out, struct span base, uint32_t n, int64_t iat,
    const uint8_t bits[static STATUS_BYTES])
{
	uint8_t packed[STATUS_BYTES + 64]; /* zlib adds at most 17 bytes here */
	uint8_t bytes[STATUS_BYTES + 64 + STATUS_URI_MAX + 64];
	struct cbor_out o = {.p = bytes, .cap = sizeof(bytes)};
	char uri[STATUS_URI_MAX];
	uLongf len = sizeof(packed);
	size_t urilen = status_uri(uri, base, n);

	if (urilen == 0)
		return ERR_TOOBIG;
	if (compress2(packed, &len, bits, STATUS_BYTES, 9) != Z_OK)
		return ERR_MEM;
	status_put(&o, span_of(uri, urilen), iat, iat + STATUS_LIFE_MAX,
	    span_of(packed, len));
	return o.full ? ERR_TOOBIG : buf_add(out, o.p, o.n);
}

bool
status_unpack(uint8_t bits[static STATUS_BYTES], struct span lst)
{
	uLongf len = STATUS_BYTES;

	return uncompress(bits, &len, lst.p, lst.n) == Z_OK &&
	       len == STATUS_BYTES;
}
