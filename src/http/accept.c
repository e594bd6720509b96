#include "http/accept.h"

#include <strings.h>

/* Takes the element before the next ${by} off the front, without blanks. */
static bool
take(struct span *s, char by, struct span *one)
{
	const uint8_t *end;

	if (s->n == 0)
		return false;
	end = memchr(s->p, by, s->n);
	*one = span_of(s->p, end == NULL ? s->n : (size_t)(end - s->p));
	*s = end == NULL ? span_of(NULL, 0)
			 : span_of(end + 1, s->n - one->n - 1);
	while (one->n > 0 && (one->p[0] == ' ' || one->p[0] == '\t'))
		*one = span_of(one->p + 1, one->n - 1);
	while (one->n > 0 &&
	       (one->p[one->n - 1] == ' ' || one->p[one->n - 1] == '\t'))
		one->n--;
	return true;
}

static bool
same(struct span s, const char *word)
{
	return s.n == strlen(word) &&
	       strncasecmp((const char *)s.p, word, s.n) == 0;
}

/* "q=0.5" as 500; whatever else is not understood counts in full. */
static int
weight(struct span s)
{
	int w = 0;
	int unit = 1000;

	if (s.n < 3 || !same(span_of(s.p, 2), "q="))
		return 1000;
	for (size_t i = 2; i < s.n && i < 7; i++) {
		if (s.p[i] == '.')
			continue;
		if (s.p[i] < '0' || s.p[i] > '9')
			return 1000;
		w += (s.p[i] - '0') * unit;
		unit /= 10;
	}
	return w > 1000 ? 1000 : w;
}

/* "cy-GB" for "cy". */
static bool
within(struct span range, const char *word)
{
	size_t n = strlen(word);

	return range.n > n && range.p[n] == '-' &&
	       strncasecmp((const char *)range.p, word, n) == 0;
}

static int
weigh(const char *field, const char *word, bool ranges)
{
	struct span left = span_str(field == NULL ? "" : field);
	struct span element;
	int any = -1;
	int found = -1;

	while (take(&left, ',', &element)) {
		struct span name;
		struct span q = {NULL, 0};
		int w;

		if (!take(&element, ';', &name))
			continue;
		(void)take(&element, ';', &q);
		w = weight(q);
		if (same(name, word) || (ranges && within(name, word)))
			found = w > found ? w : found;
		else if (same(name, "*"))
			any = w;
	}
	return found >= 0 ? found : any;
}

int
accept_weight(const char *field, const char *word)
{
	return weigh(field, word, false);
}

int
accept_language(const char *field, const char *tag)
{
	return weigh(field, tag, true);
}

bool
accept_media(const char *field, const char *type)
{
	struct span left = span_str(field == NULL ? "" : field);
	struct span one;

	if (!take(&left, ';', &one) || !same(one, type))
		return false;
	while (take(&left, ';', &one))
		if (one.n > 8 && same(span_of(one.p, 8), "charset=") &&
		    !same(span_of(one.p + 8, one.n - 8), "utf-8") &&
		    !same(span_of(one.p + 8, one.n - 8), "\"utf-8\"") &&
		    !same(span_of(one.p + 8, one.n - 8), "us-ascii"))
			return false;
	return true;
}

bool
accept_match(const char *field, const char *etag)
{
	struct span left = span_str(field == NULL ? "" : field);
	struct span one;

	if (etag == NULL)
		return false;
	while (take(&left, ',', &one)) {
		if (one.n > 2 && one.p[0] == 'W' && one.p[1] == '/')
			one = span_of(one.p + 2, one.n - 2);
		if (span_is(one, etag) || span_is(one, "*"))
			return true;
	}
	return false;
}
