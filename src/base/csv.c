#include "base/csv.h"

static const char why_fields[] = "more than 64 fields in one row";
static const char why_long[] =
    "a row of more than 65536 bytes (is a quotation mark missing?)";
static const char why_nul[] =
    "a NUL byte: this is not CSV text (save it as \"CSV UTF-8\")";
static const char why_bare[] =
    "a quotation mark inside a field that does not begin with one (take it "
    "away, or put the whole field between quotation marks and write it twice)";
static const char why_after[] =
    "text after the closing quotation mark (a quotation mark inside a "
    "field is written twice)";
static const char why_open[] = "a quotation mark that is never closed";

void
csv_open(struct csv *c, struct span text, uint8_t scratch[static CSV_ROW_MAX])
{
	*c =
	    (struct csv){.in = text, .line = 1, .sep = ',', .scratch = scratch};
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		c->at = 3;
}

static bool
is_end(uint8_t b)
{
	return b == '\n' || b == '\r';
}

/* Steps over one line end, if there is one: CR LF, LF or CR. */
static bool
line_end(struct csv *c)
{
	if (c->at >= c->in.n || !is_end(c->in.p[c->at]))
		return false;
	if (c->in.p[c->at] == '\r' && c->at + 1 < c->in.n &&
	    c->in.p[c->at + 1] == '\n')
		c->at++;
	c->at++;
	c->line++;
	return true;
}

/* Where a row that began at ${first} has to have ended. */
static size_t
row_limit(const struct csv *c, size_t first)
{
	return c->in.n - first > CSV_ROW_MAX ? first + CSV_ROW_MAX : c->in.n;
}

/* A field without quotes: up to the separator or the line's end. */
static const char *
plain(struct csv *c, size_t limit, struct span *out)
{
	size_t from = c->at;

	for (; c->at < limit; c->at++) {
		uint8_t b = c->in.p[c->at];

		if (b == c->sep || is_end(b))
			break;
		if (b == '"')
			return why_bare;
		if (b == 0)
			return why_nul;
	}
	if (c->at >= limit && c->at < c->in.n && !is_end(c->in.p[c->at]))
		return why_long;
	*out = span_of(c->in.p + from, c->at - from);
	return NULL;
}

/* Copies ${from}..${to} of the text, each "" as one ", into the scratch. */
static struct span
undouble(struct csv *c, size_t from, size_t to)
{
	uint8_t *out = c->scratch + c->used;
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		out[n++] = c->in.p[i];
		if (c->in.p[i] == '"')
			i++;
	}
	c->used += n;
	return span_of(out, n);
}

/* A field in quotes; c->at is on the first one, and afterwards behind. */
static const char *
quoted(struct csv *c, size_t limit, struct span *out)
{
	size_t from = ++c->at;
	bool doubled = false;

	while (c->at < limit) {
		uint8_t b = c->in.p[c->at];

		if (b == 0)
			return why_nul;
		if (is_end(b)) {
			line_end(c);
			continue;
		}
		c->at++;
		if (b != '"')
			continue;
		if (c->at < c->in.n && c->in.p[c->at] == '"') {
			doubled = true;
			c->at++;
			continue;
		}
		*out = doubled ? undouble(c, from, c->at - 1)
			       : span_of(c->in.p + from, c->at - 1 - from);
		if (c->at < c->in.n && c->in.p[c->at] != c->sep &&
		    !is_end(c->in.p[c->at]))
			return why_after;
		return NULL;
	}
	return limit < c->in.n ? why_long : why_open;
}

/*
 * The line on which a faulty row begins is nobody's: the next row starts behind
 * it. Not behind the fault: a quotation mark that is not closed would take all
 * that follows with it, unsaid.
 */
static void
skip_line(struct csv *c, size_t at, size_t line)
{
	c->at = at;
	c->line = line;
	while (c->at < c->in.n && !is_end(c->in.p[c->at]))
		c->at++;
	line_end(c);
}

/* Reads the fields of one row. Returns NULL, or what is wrong. */
static const char *
fields(struct csv *c, struct csv_row *row)
{
	size_t limit = row_limit(c, c->at);
	const char *why;

	for (;;) {
		if (row->n == CSV_FIELDS)
			return why_fields;
		if (c->at < c->in.n && c->in.p[c->at] == '"')
			why = quoted(c, limit, &row->field[row->n]);
		else
			why = plain(c, limit, &row->field[row->n]);
		if (why != NULL)
			return why;
		row->n++;
		if (c->at >= c->in.n || c->in.p[c->at] != c->sep)
			return NULL;
		c->at++;
	}
}

enum err
csv_next(struct csv *c, struct csv_row *row, struct csv_fault *fault)
{
	const char *why;
	size_t begin;

	while (line_end(c))
		continue;
	if (c->at >= c->in.n)
		return ERR_NOINPUT;
	begin = c->at;
	row->line = c->line;
	row->n = 0;
	c->used = 0;
	why = fields(c, row);
	if (why != NULL) {
		*fault = (struct csv_fault){row->line, row->n + 1, why};
		skip_line(c, begin, row->line);
		return ERR_DATA;
	}
	line_end(c);
	return ERR_OK;
}
