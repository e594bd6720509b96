#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A piece of somebody else's memory: ${n} bytes at ${p}.  Never owns, never
 * NUL-terminated.  {NULL, 0} is the empty span.
 */
struct span {
	const uint8_t *p;
	size_t n;
};

static inline struct span
span_of(const void *p, size_t n)
{
	return (struct span){(const uint8_t *)p, n};
}

/* span_str(s): Returns the bytes of the C string ${s} without its NUL. */
static inline struct span
span_str(const char *s)
{
	return span_of(s, strlen(s));
}

/* span_eq(a, b): Returns true if both hold the same bytes (not for secrets). */
static inline bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* span_is(a, s): Returns true if ${a} holds exactly the text ${s}. */
static inline bool
span_is(struct span a, const char *s)
{
	return span_eq(a, span_str(s));
}

/* span_cmp(a, b): Returns <0, 0 or >0 in bytewise order, shorter first. */
static inline int
span_cmp(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

#endif
