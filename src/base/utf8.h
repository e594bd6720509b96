#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/span.h"

/*
 * utf8_next(t, at): reads one code point of ${t} at ${*at} and moves ${*at}
 *     past it.  Returns the code point, or -1 at anything that is not
 *     shortest-form UTF-8 of a scalar value (RFC 3629), or past the end.
 */
int32_t utf8_next(struct span t, size_t *at);

/* utf8_ok(t): Returns true if all of ${t} is UTF-8. */
bool utf8_ok(struct span t);

#endif
