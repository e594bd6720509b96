#ifndef HTTP_COVER_H
#define HTTP_COVER_H

#include "base/span.h"

/*
 * Does what the library made of a head cover every byte of it?  libmicrohttpd
 * 0.9.75 takes a head apart in place and is silent about what it drops: what
 * follows a NUL, a folded line (which it joins to the field's name), and all
 * that follows a field without a name, which it takes for the head's end.  In
 * each case another reader sees other fields, and so perhaps another length.
 * Here the parts must lie in memory as they were received, one behind the
 * other:
 *
 *     METHOD SP TARGET SP VERSION CRLF *(NAME ":" *blank VALUE CRLF) CRLF
 */
struct cover {
	const char *first; /* of the head */
	const char *next;  /* where the next part must begin */
	bool gap;
};

/* cover_line(c, method, target, n, version): begins with the request line; the
 * target was ${n} bytes before the library rewrote it. */
void cover_line(struct cover *c, const char *method, const char *target,
    size_t n, const char *version);

/* cover_field(c, name, value): the next field, in the order of arrival. */
void cover_field(struct cover *c, struct span name, struct span value);

/* cover_is_whole(c, size): Returns true if a head of ${size} bytes has nothing
 * but these parts. */
bool cover_is_whole(const struct cover *c, size_t size);

#endif
