#include "verifier/published.h"

#define ZLIB_CONST /* next_in is only read */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/log.h"

#define GZIP_WINDOW (15 + 16) /* zlib: the largest, with gzip's head */
#define GZIP_LEVEL  6
#define GZIP_WORTH  10 /* one part in so many must be saved */

struct published {
	size_t n;
	struct published_file v[];
};

static const struct {
	const char *end;
	const char *type;
	bool packed; /* already compressed, or too short to matter */
} types[] = {
    {"trust.cwt", "application/cwt", false},
    {".cwt", "application/statuslist+cwt", true},
    {".json", "application/json", false},
    {".pub", "text/plain; charset=utf-8", true},
};

void
published_etag(
    char out[static PUBLISHED_ETAG], struct span bytes, const char *tail)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char hex[2 * 12 + 1];

	crypto_hash_sha256(hash, bytes.p, bytes.n);
	sodium_bin2hex(hex, sizeof(hex), hash, 12);
	(void)snprintf(out, PUBLISHED_ETAG, "\"%s%s\"", hex, tail);
}

/* Compresses ${bytes} into ${out}, or leaves it empty. */
static void
pack(struct buf *out, struct span bytes)
{
	z_stream z = {0};
	uint8_t *to;
	uLong most;

	*out = (struct buf)BUF_INIT(TRUST_MAX + TRUST_MAX / 8);
	if (bytes.n == 0 || deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED,
				GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	most = deflateBound(&z, (uLong)bytes.n);
	to = buf_room(out, most);
	if (to != NULL) {
		z.next_in = bytes.p;
		z.avail_in = (uInt)bytes.n;
		z.next_out = to;
		z.avail_out = (uInt)most;
		if (deflate(&z, Z_FINISH) == Z_STREAM_END)
			out->n += z.total_out;
	}
	deflateEnd(&z);
	if (out->n > bytes.n - bytes.n / GZIP_WORTH)
		buf_free(out);
}

static bool
ends(const char *name, const char *end)
{
	size_t n = strlen(name);
	size_t e = strlen(end);

	return n >= e && strcmp(name + n - e, end) == 0;
}

static void
fill(struct published_file *f)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (!ends(f->name, types[i].end))
			continue;
		f->type = types[i].type;
		if (!types[i].packed)
			pack(&f->gzip, f->bytes);
		break;
	}
	published_etag(f->etag, f->bytes, "");
	published_etag(f->gzip_etag, f->bytes, "-gz");
}

enum err
published_new(struct published **out, const struct lists *l)
{
	struct published *p;
	char name[LISTS_NAME];
	struct span bytes;
	size_t n = 0;

	while (lists_file_at(l, n, name, &bytes))
		n++;
	p = calloc(1, sizeof(*p) + n * sizeof(p->v[0]));
	if (p == NULL) {
		log_error("no memory for the lists");
		return ERR_MEM;
	}
	for (size_t i = 0; i < n; i++) {
		struct published_file *f = &p->v[p->n];

		if (!lists_file_at(l, i, f->name, &f->bytes) || f->bytes.n == 0)
			continue;
		fill(f);
		p->n++;
	}
	*out = p;
	return ERR_OK;
}

void
published_free(struct published *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		buf_free(&p->v[i].gzip);
	free(p);
}

const struct published_file *
published_find(const struct published *p, struct span name)
{
	for (size_t i = 0; i < p->n; i++)
		if (span_is(name, p->v[i].name))
			return &p->v[i];
	return NULL;
}

bool
published_eq(const struct published *a, const struct published *b)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct published_file *f =
		    published_find(b, span_str(a->v[i].name));

		if (f == NULL || strcmp(f->etag, a->v[i].etag) != 0)
			return false;
	}
	return a->n == b->n;
}
