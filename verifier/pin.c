#include "verifier/pin.h"

#include "verifier/record.h"

static const char no_scheme[] = "-"; /* no name: it has no letter */
static const char first_line[] = "carerpass-verify pin 1";

void
pin_set(struct pin *p, const struct roots *roots, struct span scheme)
{
	memset(p, 0, sizeof(*p));
	p->roots = *roots;
	p->nscheme = scheme.n < NAME_ORG_MAX ? scheme.n : NAME_ORG_MAX;
	if (p->nscheme > 0)
		memcpy(p->scheme, scheme.p, p->nscheme);
}

struct span
pin_scheme(const struct pin *p)
{
	return span_of(p->scheme, p->nscheme);
}

bool
pin_eq(const struct pin *a, const struct pin *b)
{
	return roots_within(&a->roots, &b->roots) &&
	       roots_within(&b->roots, &a->roots) &&
	       span_eq(pin_scheme(a), pin_scheme(b));
}

bool
pin_parse(struct pin *p, struct span text)
{
	struct roots roots = {0};
	struct span line;
	struct span word = {NULL, 0};

	if (!record_line(&text, &line) || !span_is(line, first_line))
		return false;
	while (record_line(&text, &line) && record_word(&line, &word) &&
	       span_is(word, "root")) {
		uint8_t key[ED25519_KEY];

		if (!record_hex(&line, key, sizeof(key)) || line.n > 0 ||
		    !roots_add(&roots, key))
			return false;
	}
	if (roots.n == 0 || text.n > 0 || !span_is(word, "scheme"))
		return false;
	if (span_is(line, no_scheme))
		line = span_of(NULL, 0);
	else if (!name_is_org(line))
		return false;
	pin_set(p, &roots, line);
	return true;
}

enum err
pin_text(struct buf *out, const struct pin *p)
{
	buf_puts(out, first_line);
	for (size_t i = 0; i < p->roots.n; i++) {
		buf_puts(out, "\nroot ");
		record_put_hex(out, p->roots.v[i].key, ED25519_KEY);
	}
	buf_puts(out, "\nscheme ");
	if (p->nscheme > 0)
		buf_add(out, p->scheme, p->nscheme);
	else
		buf_puts(out, no_scheme);
	buf_puts(out, "\n");
	return buf_err(out);
}
