#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>

#include "base/err.h"
#include "base/span.h"

/*
 * Heap bytes that grow up to a hard cap.  A failed call (no memory, over the
 * cap) sets ${bad}, leaves the content as it was and makes every later call
 * fail, so that a caller may add many things and test once.
 * {0} with a cap is a valid empty buffer.  ${p} is always NUL-terminated once
 * something was added (the NUL is not counted in ${n}).
 */
struct buf {
	uint8_t *p;
	size_t n;
	size_t size;
	size_t cap;
	bool bad;
	bool starved; /* bad for want of memory, not of the cap */
};

#define BUF_INIT(max)                                                          \
	{                                                                      \
		.cap = (max)                                                   \
	}

/* buf_room(b, n): makes room for ${n} more bytes. Returns where they go, NULL
 * on failure. */
uint8_t *buf_room(struct buf *b, size_t n);

/* buf_add(b, p, n): appends ${n} bytes. Returns ERR_OK, ERR_MEM or ERR_TOOBIG.
 */
enum err buf_add(struct buf *b, const void *p, size_t n);

/* buf_puts(b, s): appends the C string ${s} without its NUL. */
enum err buf_puts(struct buf *b, const char *s);

/* buf_printf(b, fmt, ...): appends formatted text. */
enum err buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* buf_span(b): Returns the content; valid until the next change of ${b}. */
struct span buf_span(const struct buf *b);

/* buf_err(b): Returns ERR_OK, or why an earlier call failed. */
enum err buf_err(const struct buf *b) MUST_CHECK;

/* buf_free(b): wipes and frees the content; ${b} is empty and usable again. */
void buf_free(struct buf *b);

#endif
