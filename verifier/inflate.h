#ifndef VERIFIER_INFLATE_H
#define VERIFIER_INFLATE_H

#include "base/span.h"
#include "passport/status.h"

/*
 * inflate_status(out, lst): inflates the zlib stream of a status list. Returns
 *     true if it is exactly STATUS_BYTES long, whole, and nothing follows it;
 *     never writes more than that, whatever the stream says.
 */
bool inflate_status(uint8_t out[static STATUS_BYTES], struct span lst);

#endif
