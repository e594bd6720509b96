#ifndef KEYS_STATUS_BUILD_H
#define KEYS_STATUS_BUILD_H

#include "base/buf.h"
#include "passport/status.h"

/*
 * status_build(out, base, n, iat, bits): writes the payload of status list
 *     ${n} of the service ${base} from its STATUS_BYTES bits, compressed by
 *     zlib at level 9 as the draft recommends, good for STATUS_LIFE_MAX from
 *     ${iat}. Returns ERR_OK, ERR_TOOBIG or ERR_MEM.
 */
enum err status_build(struct buf *out, struct span base, uint32_t n,
    int64_t iat, const uint8_t bits[static STATUS_BYTES]) MUST_CHECK;

/* status_unpack(bits, lst): inflates a list's zlib stream. Returns false unless
 * it gives just STATUS_BYTES. */
bool status_unpack(uint8_t bits[static STATUS_BYTES], struct span lst);

#endif
