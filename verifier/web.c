#include "verifier/web.h"

#include "base/log.h"

#define FILES_MAX 64

static struct web_file files[FILES_MAX];
static size_t nfiles;

static const struct {
	const char *end;
	const char *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
};

static bool
ends(const char *name, size_t n, const char *end)
{
	size_t e = strlen(end);

	return n >= e && memcmp(name + n - e, end, e) == 0;
}

static const struct asset *
asset(const char *name, size_t n, const char *end)
{
	for (size_t i = 0; i < web_assets.n; i++) {
		const struct asset *a = &web_assets.v[i];

		if (strlen(a->name) == n + strlen(end) &&
		    memcmp(a->name, name, n) == 0 &&
		    strcmp(a->name + n, end) == 0)
			return a;
	}
	return NULL;
}

static enum err
add(const struct asset *a)
{
	struct web_file *f = &files[nfiles];
	size_t n = strlen(a->name);
	const struct asset *gz = asset(a->name, n, ".gz");

	*f = (struct web_file){.name = a->name, .bytes = span_of(a->p, a->n)};
	if (gz != NULL)
		f->gzip = span_of(gz->p, gz->n);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (ends(a->name, n, types[i].end))
			f->type = types[i].type;
	if (f->type == NULL || nfiles + 1 == FILES_MAX) {
		log_error(
		    "the page holds a file of no known kind, %s", a->name);
		return ERR_INTERNAL;
	}
	published_etag(f->etag, f->bytes, "");
	published_etag(f->gzip_etag, f->bytes, "-gz");
	nfiles++;
	return ERR_OK;
}

enum err
web_open(void)
{
	enum err e = ERR_OK;

	nfiles = 0;
	for (size_t i = 0; i < web_assets.n && e == ERR_OK; i++) {
		const char *name = web_assets.v[i].name;

		if (!ends(name, strlen(name), ".gz"))
			e = add(&web_assets.v[i]);
	}
	return e;
}

const struct web_file *
web_find(struct span name)
{
	for (size_t i = 0; i < nfiles; i++)
		if (span_is(name, files[i].name))
			return &files[i];
	return NULL;
}
