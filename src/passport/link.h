#ifndef PASSPORT_LINK_H
#define PASSPORT_LINK_H

#include "base/span.h"

/*
 * The carrier (FORMAT.md 5): "https://HOST/#" and decimal digits, seven bytes
 * as 17 of them.
 */
#define LINK_BYTES_MAX  512
#define LINK_DIGITS_MAX 1245
#define LINK_HOST_MAX   253 /* bytes of a host, without its port */

/* link_digits(out, bytes): writes at most LINK_BYTES_MAX bytes as digits and a
 * NUL. Returns how many digits, 0 if too many bytes. */
size_t link_digits(char out[static LINK_DIGITS_MAX + 1], struct span bytes);

/* link_bytes(out, digits): the way back; only the one right spelling. Returns
 * how many bytes, 0 at any fault. */
size_t link_bytes(uint8_t out[static LINK_BYTES_MAX], struct span digits);

enum link_kind {
	LINK_BAD = 0,
	LINK_CODE = 1,   /* digits, perhaps behind an address */
	LINK_SERIAL = 2, /* a card's serial, typed */
};

struct link {
	enum link_kind kind;
	struct span host;   /* with ":port" unless 443; empty for bare digits */
	struct span digits; /* not yet decoded */
	uint64_t serial;
};

/* link_read(text): tells what was scanned or typed (FORMAT.md 7, row 1). Spans
 * point into ${text}. */
struct link link_read(struct span text);

/* link_host_ok(host): Returns true if ${host} is "host" or "host:port" as a
 * trust list spells it. */
bool link_host_ok(struct span host);

#endif
