#include "verifier/mirror/index.h"

#include <inttypes.h>
#include <jansson.h>

#include "passport/files.h"
#include "verifier/record.h"

/* The place of ${n}, or that where it would stand. */
static size_t
place(const struct index *ix, uint32_t n)
{
	size_t low = 0;
	size_t high = ix->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ix->v[mid] < n)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
index_add(struct index *ix, uint32_t n)
{
	size_t at = place(ix, n);

	if (at < ix->n && ix->v[at] == n)
		return true;
	if (ix->n == INDEX_LISTS)
		return false;
	memmove(ix->v + at + 1, ix->v + at, (ix->n - at) * sizeof(*ix->v));
	ix->v[at] = n;
	ix->n++;
	return true;
}

/* A number that is new and in range. */
static bool
take(struct index *ix, const json_t *list)
{
	const json_t *n = json_object_get(list, "n");
	json_int_t v = json_integer_value(n);
	size_t before = ix->n;

	return json_is_integer(n) && v >= 0 && v <= FILES_LIST_MAX &&
	       index_add(ix, (uint32_t)v) && ix->n > before;
}

bool
index_parse(struct index *ix, struct span text)
{
	json_t *o = NULL;
	const json_t *status;
	bool good;

	ix->n = 0;
	if (text.n > 0 && text.n <= INDEX_MAX)
		o = json_loadb(
		    (const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	status = json_object_get(o, "status");
	good = json_is_array(status) && json_array_size(status) <= INDEX_LISTS;
	for (size_t i = 0; good && i < json_array_size(status); i++)
		good = take(ix, json_array_get(status, i));
	json_decref(o);
	if (!good)
		ix->n = 0;
	return good;
}

static void
put(struct buf *out, const char *number, const struct index_entry *e)
{
	buf_printf(out,
	    "{\"%s\":%" PRIu64 ",\"iat\":%" PRId64 ",\"exp\":%" PRId64
	    ",\"sha256\":\"",
	    number, e->number, e->iat, e->exp);
	record_put_hex(out, e->sha256, sizeof(e->sha256));
	buf_puts(out, "\"}");
}

void
index_begin(struct buf *out, const struct index_entry *trust)
{
	buf_puts(out, "{\"trust\":");
	put(out, "seq", trust);
	buf_puts(out, ",\"status\":[");
}

void
index_put(struct buf *out, bool first, const struct index_entry *status)
{
	if (!first)
		buf_puts(out, ",");
	put(out, "n", status);
}

void
index_end(struct buf *out)
{
	buf_puts(out, "]}");
}
