#include "verifier/roots.h"

#include "verifier/record.h"

static bool
has(const struct roots *r, const uint8_t key[static ED25519_KEY])
{
	for (size_t i = 0; i < r->n; i++)
		if (memcmp(r->v[i].key, key, ED25519_KEY) == 0)
			return true;
	return false;
}

bool
roots_add(struct roots *r, const uint8_t key[static ED25519_KEY])
{
	if (r->n == ROOTS_MAX || has(r, key) || !ed25519_point_ok(key))
		return false;
	memcpy(r->v[r->n].key, key, ED25519_KEY);
	ed25519_kid(r->v[r->n].kid, key);
	r->n++;
	return true;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts the comment and the blanks around what is left. */
static struct span
bare(struct span line)
{
	const uint8_t *hash = line.n == 0 ? NULL : memchr(line.p, '#', line.n);

	if (hash != NULL)
		line.n = (size_t)(hash - line.p);
	while (line.n > 0 && is_blank(line.p[line.n - 1]))
		line.n--;
	while (line.n > 0 && is_blank(line.p[0]))
		line = span_of(line.p + 1, line.n - 1);
	return line;
}

bool
roots_parse(struct roots *r, struct span text, size_t *line)
{
	memset(r, 0, sizeof(*r));
	for (*line = 1; text.n > 0; ++*line) {
		uint8_t key[ED25519_KEY];
		struct span s;

		if (!record_line(&text, &s)) {
			s = text; /* a last line without LF */
			text.n = 0;
		}
		s = bare(s);
		if (s.n > 0 && (!record_hex(&s, key, sizeof(key)) || s.n > 0 ||
				   !roots_add(r, key)))
			return false;
	}
	*line = 0;
	return r->n > 0;
}

bool
roots_within(const struct roots *a, const struct roots *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!has(b, a->v[i].key))
			return false;
	return true;
}

void
roots_text(char out[static ROOTS_TEXT], const struct roots *r)
{
	static const char hex[] = "0123456789abcdef";
	char *p = out;

	for (size_t i = 0; i < r->n; i++) {
		if (i > 0)
			*p++ = ' ';
		for (size_t k = 0; k < KID_SIZE; k++) {
			*p++ = hex[r->v[i].kid[k] >> 4];
			*p++ = hex[r->v[i].kid[k] & 15];
		}
	}
	*p = '\0';
}
