#include "verifier/record.h"

#include "passport/passport.h"

static struct span
take(struct span *s, size_t n, size_t skip)
{
	struct span taken = span_of(s->p, n);

	*s = span_of(s->p + n + skip, s->n - n - skip);
	return taken;
}

bool
record_line(struct span *text, struct span *line)
{
	const uint8_t *end =
	    text->n == 0 ? NULL : memchr(text->p, '\n', text->n);

	if (end == NULL)
		return false;
	*line = take(text, (size_t)(end - text->p), 1);
	return true;
}

bool
record_word(struct span *line, struct span *word)
{
	size_t n = 0;

	while (n < line->n && line->p[n] != ' ')
		n++;
	if (n == 0)
		return false;
	*word = take(line, n, n < line->n ? 1 : 0);
	/* A space must part two words: none stands at a line's end. */
	return line->n > 0 || line->p == word->p + n;
}

bool
record_is(struct span *line, const char *word)
{
	struct span w;

	return record_word(line, &w) && span_is(w, word);
}

bool
record_uint(struct span *line, uint64_t max, uint64_t *v)
{
	struct span w;

	if (!record_word(line, &w) || (w.n > 1 && w.p[0] == '0'))
		return false;
	*v = 0;
	for (size_t i = 0; i < w.n; i++)
		if (w.p[i] < '0' || w.p[i] > '9' ||
		    __builtin_mul_overflow(*v, 10, v) ||
		    __builtin_add_overflow(*v, (uint64_t)(w.p[i] - '0'), v))
			return false;
	return *v <= max;
}

bool
record_time(struct span *line, int64_t *t)
{
	uint64_t v;

	if (!record_uint(line, PASSPORT_TIME_MAX - 1, &v))
		return false;
	*t = (int64_t)v;
	return true;
}

static int
nibble(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
record_hex(struct span *line, uint8_t *out, size_t n)
{
	struct span w;

	if (!record_word(line, &w) || w.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = nibble(w.p[2 * i]);
		int low = nibble(w.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void
record_put_hex(struct buf *out, const uint8_t *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		buf_add(out, &hex[p[i] >> 4], 1);
		buf_add(out, &hex[p[i] & 15], 1);
	}
}
