#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include "base/span.h"

#define GUARD_TARGET_MAX 2048 /* bytes of a request's target */

/*
 * What the head of a request must be like (RFC 9112).  The library below takes
 * heads of which two readers could think differently: two lengths, a blank
 * before a colon, a target with a NUL.  Behind a proxy such a head hides a
 * second request, so it is answered with 400 and the connection closed.
 */
struct guard {
	bool bad;
	bool has_body;
	unsigned hosts;
	unsigned lengths;
	uint64_t length; /* Content-Length, 0 if there is none */
};

/* guard_line(g, method, target, version): begins with a request line as it was
 * received. */
void guard_line(struct guard *g, const char *method, const char *target,
    const char *version);

/* guard_field(g, name, value): a field of the head. */
void guard_field(struct guard *g, struct span name, struct span value);

/* guard_passes(g): Returns true if the head was sound; ask when all its fields
 * were seen. */
bool guard_passes(const struct guard *g);

/* guard_is_method(s): Returns true for what a method may look like: 1 to 16
 * capitals. */
bool guard_is_method(const char *s);

#endif
