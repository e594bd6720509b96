#include "verifier/floors.h"

#include <inttypes.h>
#include <stdlib.h>

#include "verifier/record.h"

static const char first_line[] = "carerpass-verify floors 1";

struct floors *
floors_new(void)
{
	struct floors *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->status = calloc(FLOORS_STATUS, sizeof(*f->status));
	if (f->status != NULL)
		return f;
	free(f);
	return NULL;
}

void
floors_free(struct floors *f)
{
	if (f == NULL)
		return;
	free(f->status);
	free(f);
}

enum floor_found
floors_trust(struct floors *f, const struct floor_trust *t)
{
	if (!f->has_trust) {
		f->has_trust = true;
		f->trust = *t;
		return FLOOR_RAISED;
	}
	if (t->seq < f->trust.seq || t->iat < f->trust.iat)
		return FLOOR_OLDER;
	if (t->seq == f->trust.seq)
		return memcmp(t->sha256, f->trust.sha256, FLOORS_SHA256) == 0
			   ? FLOOR_KNOWN
			   : FLOOR_OLDER;
	f->trust = *t;
	return FLOOR_RAISED;
}

static int
cmp(const struct floor_status *a, const struct floor_status *b)
{
	int c = memcmp(a->kid, b->kid, KID_SIZE);

	return c != 0 ? c : a->n < b->n ? -1 : a->n > b->n;
}

/* The first place whose floor is not below ${s}. */
static size_t
place(const struct floors *f, const struct floor_status *s)
{
	size_t low = 0;
	size_t high = f->nstatus;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (cmp(&f->status[mid], s) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/*
 * A status list lives for seven days, so the oldest of thousands of floors
 * guards only lists that are stale anyway.
 */
static void
drop_oldest(struct floors *f)
{
	size_t oldest = 0;

	for (size_t i = 1; i < f->nstatus; i++)
		if (f->status[i].iat < f->status[oldest].iat)
			oldest = i;
	f->nstatus--;
	memmove(&f->status[oldest], &f->status[oldest + 1],
	    (f->nstatus - oldest) * sizeof(*f->status));
}

enum floor_found
floors_status(struct floors *f, const struct floor_status *s)
{
	size_t i = place(f, s);

	if (i < f->nstatus && cmp(&f->status[i], s) == 0) {
		if (s->iat == f->status[i].iat)
			return FLOOR_KNOWN;
		if (s->iat < f->status[i].iat)
			return FLOOR_OLDER;
		f->status[i].iat = s->iat;
		return FLOOR_RAISED;
	}
	if (f->nstatus == FLOORS_STATUS) {
		drop_oldest(f);
		i = place(f, s);
	}
	memmove(&f->status[i + 1], &f->status[i],
	    (f->nstatus - i) * sizeof(*f->status));
	f->status[i] = *s;
	f->nstatus++;
	return FLOOR_RAISED;
}

static bool
parse_trust(struct floors *f, struct span line)
{
	if (f->has_trust || f->nstatus > 0)
		return false;
	f->has_trust = true;
	return record_uint(&line, UINT64_MAX, &f->trust.seq) &&
	       record_time(&line, &f->trust.iat) &&
	       record_hex(&line, f->trust.sha256, FLOORS_SHA256) && line.n == 0;
}

static bool
parse_status(struct floors *f, struct span line)
{
	struct floor_status *s = &f->status[f->nstatus];
	uint64_t n;

	if (f->nstatus == FLOORS_STATUS ||
	    !record_hex(&line, s->kid, KID_SIZE) ||
	    !record_uint(&line, UINT32_MAX, &n) ||
	    !record_time(&line, &s->iat) || line.n > 0)
		return false;
	s->n = (uint32_t)n;
	f->nstatus++;
	return f->nstatus == 1 || cmp(s - 1, s) < 0;
}

bool
floors_parse(struct floors *f, struct span text, struct span scheme)
{
	struct span line;
	struct span word;

	if (!record_line(&text, &line) || !span_is(line, first_line) ||
	    !record_line(&text, &line) || !record_is(&line, "scheme") ||
	    !span_eq(line, scheme))
		return false;
	while (record_line(&text, &line) && record_word(&line, &word)) {
		if (span_is(word, "end"))
			return line.n == 0 && text.n == 0;
		if (span_is(word, "trust")
			? !parse_trust(f, line)
			: !span_is(word, "status") || !parse_status(f, line))
			return false;
	}
	return false;
}

enum err
floors_text(struct buf *out, const struct floors *f, struct span scheme)
{
	buf_puts(out, first_line);
	buf_puts(out, "\nscheme ");
	buf_add(out, scheme.p, scheme.n);
	buf_puts(out, "\n");
	if (f->has_trust) {
		buf_printf(out, "trust %" PRIu64 " %" PRId64 " ", f->trust.seq,
		    f->trust.iat);
		record_put_hex(out, f->trust.sha256, FLOORS_SHA256);
		buf_puts(out, "\n");
	}
	for (size_t i = 0; i < f->nstatus; i++) {
		const struct floor_status *s = &f->status[i];

		buf_puts(out, "status ");
		record_put_hex(out, s->kid, KID_SIZE);
		buf_printf(out, " %" PRIu32 " %" PRId64 "\n", s->n, s->iat);
	}
	buf_puts(out, "end\n");
	return buf_err(out);
}
