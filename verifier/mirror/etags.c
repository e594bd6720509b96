#include "verifier/mirror/etags.h"

#include <stdlib.h>

#include "verifier/record.h"

static const char head[] = "carerpass-lists etags 1";

enum err
etags_new(struct etags *t)
{
	t->n = 0;
	t->v = calloc(ETAGS_MAX, sizeof(*t->v));
	return t->v == NULL ? ERR_MEM : ERR_OK;
}

void
etags_free(struct etags *t)
{
	free(t->v);
	t->v = NULL;
	t->n = 0;
}

bool
etag_ok(const char *tag)
{
	size_t n = strlen(tag);
	size_t at = strncmp(tag, "W/", 2) == 0 ? 2 : 0;

	if (n >= ETAG_MAX || n < at + 2 || tag[at] != '"' || tag[n - 1] != '"')
		return false;
	for (size_t i = at + 1; i < n - 1; i++)
		if (tag[i] <= ' ' || tag[i] > '~' || tag[i] == '"')
			return false;
	return true;
}

void
etags_put(struct etags *t, const char *name,
    const uint8_t sha256[static INDEX_SHA], const char *tag)
{
	struct etag *e;

	if (t->n == ETAGS_MAX || strlen(name) >= ETAG_NAME || !etag_ok(tag))
		return;
	e = &t->v[t->n++];
	memcpy(e->name, name, strlen(name) + 1);
	memcpy(e->sha256, sha256, INDEX_SHA);
	memcpy(e->tag, tag, strlen(tag) + 1);
}

const char *
etags_find(const struct etags *t, const char *name,
    const uint8_t sha256[static INDEX_SHA])
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].name, name) == 0 &&
		    memcmp(t->v[i].sha256, sha256, INDEX_SHA) == 0)
			return t->v[i].tag;
	return NULL;
}

static bool
copy(char *out, size_t size, struct span s)
{
	if (s.n == 0 || s.n >= size || memchr(s.p, '\0', s.n) != NULL)
		return false;
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	return true;
}

static bool
parse_line(struct etags *t, struct span line)
{
	struct etag *e = &t->v[t->n];
	struct span name;

	if (t->n == ETAGS_MAX || !record_word(&line, &name) ||
	    !copy(e->name, sizeof(e->name), name) ||
	    !record_hex(&line, e->sha256, sizeof(e->sha256)) ||
	    !copy(e->tag, sizeof(e->tag), line) || !etag_ok(e->tag))
		return false;
	t->n++;
	return true;
}

bool
etags_parse(struct etags *t, struct span text, const char *url)
{
	struct span line;
	bool good;

	t->n = 0;
	good = record_line(&text, &line) && span_is(line, head) &&
	       record_line(&text, &line) && record_is(&line, "url") &&
	       span_is(line, url);
	while (good && text.n > 0)
		good = record_line(&text, &line) && parse_line(t, line);
	if (!good)
		t->n = 0;
	return good;
}

void
etags_text(struct buf *out, const struct etags *t, const char *url)
{
	buf_printf(out, "%s\nurl %s\n", head, url);
	for (size_t i = 0; i < t->n; i++) {
		buf_printf(out, "%s ", t->v[i].name);
		record_put_hex(out, t->v[i].sha256, INDEX_SHA);
		buf_printf(out, " %s\n", t->v[i].tag);
	}
}
