#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
grow(struct buf *b, size_t need)
{
	size_t size = b->size == 0 ? 256 : b->size;
	uint8_t *p;

	while (size < need)
		size = size > SIZE_MAX / 2 ? need : size * 2;
	/* Not realloc: what is left behind must be wiped. */
	p = malloc(size);
	if (p == NULL) {
		b->starved = true;
		return false;
	}
	if (b->n > 0)
		memcpy(p, b->p, b->n);
	if (b->p != NULL) {
		explicit_bzero(b->p, b->size);
		free(b->p);
	}
	b->p = p;
	b->size = size;
	return true;
}

uint8_t *
buf_room(struct buf *b, size_t n)
{
	if (b->bad)
		return NULL;
	if (n > b->cap - b->n ||
	    (b->size < b->n + n + 1 && !grow(b, b->n + n + 1))) {
		b->bad = true;
		return NULL;
	}
	return b->p + b->n;
}

enum err
buf_add(struct buf *b, const void *p, size_t n)
{
	uint8_t *to = buf_room(b, n);

	if (to == NULL)
		return buf_err(b);
	if (n > 0)
		memcpy(to, p, n);
	b->n += n;
	b->p[b->n] = 0;
	return ERR_OK;
}

enum err
buf_puts(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

enum err
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	uint8_t *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (to = buf_room(b, (size_t)n)) == NULL) {
		b->bad = true;
		return buf_err(b);
	}
	va_start(ap, fmt);
	vsnprintf((char *)to, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
	return ERR_OK;
}

struct span
buf_span(const struct buf *b)
{
	return span_of(b->p, b->n);
}

enum err
buf_err(const struct buf *b)
{
	if (!b->bad)
		return ERR_OK;
	return b->starved ? ERR_MEM : ERR_TOOBIG;
}

void
buf_free(struct buf *b)
{
	if (b->p != NULL) {
		explicit_bzero(b->p, b->size);
		free(b->p);
	}
	b->p = NULL;
	b->n = b->size = 0;
	b->bad = b->starved = false;
}
