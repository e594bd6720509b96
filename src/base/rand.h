#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Random numbers from the kernel, getrandom(2); no state of our own. */

/* rand_bytes(out, n): fills ${n} bytes. Returns ERR_OK, or ERR_IO, logged. */
enum err rand_bytes(void *out, size_t n) MUST_CHECK;

/*
 * rand_below(out, limit): draws a number below ${limit} (at least 1), each with
 * the same chance. Returns as rand_bytes().
 */
enum err rand_below(uint64_t *out, uint64_t limit) MUST_CHECK;

#endif
