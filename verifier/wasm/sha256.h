#ifndef WASM_SHA256_H
#define WASM_SHA256_H

#include "base/span.h"

#define SHA256_SIZE 32

/* sha256(out, bytes): writes the SHA-256 (FIPS 180-4) of ${bytes}. The programs
 * have libsodium for it; what the page brings has only SHA-512. */
void sha256(uint8_t out[static SHA256_SIZE], struct span bytes);

#endif
