#include "base/charset.h"

#include "base/utf8.h"

/* Windows-1252, bytes 80 to 9f (the rest is Latin-1); 0: there is none. */
static const uint16_t high[32] = {0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026,
    0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0,
    0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122,
    0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178};

static size_t
line_at(struct span t, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line +=
		    t.p[i] == '\n' ||
		    (t.p[i] == '\r' && (i + 1 == t.n || t.p[i + 1] != '\n'));
	return line;
}

/* Where ${t} stops being UTF-8; its length if it never does. */
static size_t
utf8_until(struct span t)
{
	size_t at = 0;

	while (at < t.n) {
		size_t from = at;

		if (utf8_next(t, &at) < 0)
			return from;
	}
	return t.n;
}

/* Is there a character of several bytes in front of ${until}? Nobody writes
 * such a pair in Windows-1252. */
static bool
has_utf8(struct span t, size_t until)
{
	for (size_t i = 0; i < until; i++)
		if (t.p[i] >= 0x80)
			return true;
	return false;
}

/* The same behind it. */
static bool
has_utf8_after(struct span t, size_t from)
{
	for (size_t at = from; at < t.n;) {
		size_t next = at;
		int32_t cp = utf8_next(t, &next);

		if (cp >= 0x80)
			return true;
		at = cp < 0 ? at + 1 : next;
	}
	return false;
}

/* ${out} has room for 3 bytes. Returns how many; 0: no such character. */
static size_t
put(uint8_t *out, uint8_t b)
{
	unsigned cp = b >= 0x80 && b < 0xa0 ? high[b - 0x80] : b;

	if (cp == 0 && b != 0)
		return 0;
	if (cp < 0x80) {
		out[0] = (uint8_t)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (uint8_t)(0xc0 | cp >> 6);
		out[1] = (uint8_t)(0x80 | (cp & 0x3f));
		return 2;
	}
	out[0] = (uint8_t)(0xe0 | cp >> 12);
	out[1] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
	out[2] = (uint8_t)(0x80 | (cp & 0x3f));
	return 3;
}

static enum err
from_1252(struct buf *text, struct charset_fault *fault)
{
	struct span in = buf_span(text);
	struct buf out = {.cap = text->cap};
	enum err e = ERR_OK;

	for (size_t i = 0; i < in.n && e == ERR_OK; i++) {
		uint8_t b[3];
		size_t n = put(b, in.p[i]);

		if (n == 0) {
			*fault = (struct charset_fault){line_at(in, i),
			    "a character is neither UTF-8 nor Windows-1252: "
			    "save the file again as \"CSV UTF-8\""};
			e = ERR_DATA;
		} else {
			e = buf_add(&out, b, n);
		}
	}
	if (e == ERR_OK) {
		buf_free(text);
		*text = out;
	} else {
		buf_free(&out);
	}
	return e;
}

static void
drop_mark(struct buf *text)
{
	memmove(text->p, text->p + 3, text->n - 3);
	text->n -= 3;
	text->p[text->n] = '\0';
}

enum err
charset_to_utf8(struct buf *text, struct charset_fault *fault)
{
	struct span t = buf_span(text);
	bool marked = t.n >= 3 && memcmp(t.p, "\xef\xbb\xbf", 3) == 0;
	size_t until;

	*fault = (struct charset_fault){0, NULL};
	if (t.n >= 2 && (memcmp(t.p, "\xff\xfe", 2) == 0 ||
			    memcmp(t.p, "\xfe\xff", 2) == 0)) {
		fault->why = "this is \"Unicode text\" (UTF-16): save the file "
			     "as \"CSV UTF-8\"";
		return ERR_DATA;
	}
	until = utf8_until(t);
	if (until < t.n && marked) {
		*fault = (struct charset_fault){line_at(t, until),
		    "the file says that it is UTF-8, and here it is not: save "
		    "it again as \"CSV UTF-8\""};
		return ERR_DATA;
	}
	if (until < t.n && (has_utf8(t, until) || has_utf8_after(t, until))) {
		*fault = (struct charset_fault){line_at(t, until),
		    "a character is not UTF-8, though others of the file are: "
		    "save the file again as \"CSV UTF-8\""};
		return ERR_DATA;
	}
	if (marked)
		drop_mark(text);
	return until < t.n ? from_1252(text, fault) : ERR_OK;
}
