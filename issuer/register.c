#include "issuer/register.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/charset.h"
#include "base/file.h"
#include "base/log.h"
#include "issuer/register_private.h"

#define FILE_BYTES    ((size_t)64 << 20)
#define PREAMBLE_ROWS 50 /* in front of the line of titles */

/* Files that are not text, by how they begin. */
static const struct {
	const char *begins;
	const char *what;
} formats[] = {
    {"PK\x03\x04", "an Excel workbook (.xlsx)"},
    {"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"},
    {"%PDF", "a PDF"},
    {"{\\rtf", "a Word document (RTF)"},
    {"<", "a web page"},
};

void
register_free(struct register_file *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->row[i].fault != NULL)
			explicit_bzero(
			    r->row[i].fault, sizeof(*r->row[i].fault));
		free(r->row[i].fault);
	}
	if (r->row != NULL)
		explicit_bzero(r->row, r->n * sizeof(*r->row));
	free(r->row);
	*r = (struct register_file){0};
}

/* --- rows ---------------------------------------------------------------- */

static enum err
add_row(struct reading *r, size_t line, struct register_row **row)
{
	struct register_file *f = r->out;
	size_t size = f->size == 0 ? 256 : f->size * 2;
	struct register_row *more;

	if (f->n == REGISTER_ROWS) {
		log_error("%s: more than %d rows: split the file", r->path,
		    REGISTER_ROWS);
		return ERR_DATA;
	}
	if (f->n == f->size) {
		more = calloc(size, sizeof(*more));
		if (more == NULL) {
			log_error("%s: no memory for so many rows", r->path);
			return ERR_MEM;
		}
		if (f->n > 0) {
			memcpy(more, f->row, f->n * sizeof(*more));
			explicit_bzero(f->row, f->n * sizeof(*more));
		}
		free(f->row);
		f->row = more;
		f->size = size;
	}
	*row = &f->row[f->n++];
	**row = (struct register_row){.line = line};
	memcpy((*row)->want.ods, r->ods, strlen(r->ods) + 1);
	(*row)->want.months = r->months;
	return ERR_OK;
}

/* The line of titles once more, where exports were put one behind the other. */
static bool
is_titles(const struct reading *r, const struct csv_row *row)
{
	struct columns c;
	enum column twice;

	return columns_find(&c, row, r->map, &twice) == COLUMNS_ENOUGH &&
	       memcmp(&c, &r->columns, sizeof(c)) == 0;
}

static enum err
keep_row(struct reading *r, const struct csv_row *row)
{
	struct register_row *to;
	enum err e;

	if (register_row_is_empty(row) || is_titles(r, row))
		return ERR_OK;
	e = add_row(r, row->line, &to);
	return e == ERR_OK ? register_row_read(r, row, to) : e;
}

/* A row that is no CSV: its number of fields is not known. */
static enum err
keep_broken(struct reading *r, const struct csv_fault *fault)
{
	struct register_row *to;
	char column[32];
	enum err e = add_row(r, fault->line, &to);

	(void)snprintf(column, sizeof(column), "column %zu", fault->column);
	return e == ERR_OK
		   ? register_fault(to, column, span_of(NULL, 0), fault->why)
		   : e;
}

/* --- the file ------------------------------------------------------------- */

/* The line of titles, or the nearest to one. */
struct titles {
	enum columns_found found;
	size_t line;
	enum column twice;
};

static enum err
no_titles(const struct reading *r, const struct titles *t)
{
	if (t->found == COLUMNS_TWICE)
		log_error("%s: line %zu has two titles for the column %s: say "
			  "with --map which one it is",
		    r->path, t->line, column_name(t->twice));
	else if (t->found == COLUMNS_SOME)
		log_error("%s: line %zu looks like the line of titles, but a "
			  "register needs a column for the name (Name) and one "
			  "for your reference (Ref) or the NHS number (NHS "
			  "number): add it, or say with --map which it is",
		    r->path, t->line);
	else
		log_error("%s: there is no line of titles in the first %d "
			  "lines: the register needs one, like name,ref; say "
			  "with --map what other titles mean",
		    r->path, PREAMBLE_ROWS);
	return ERR_DATA;
}

/* Every title that the map speaks of must be there. */
static enum err
map_is_used(const struct reading *r, const struct titles *t)
{
	for (int i = 0; i < COLUMNS; i++) {
		if (r->map->title[i][0] == '\0' || r->columns.at[i] >= 0)
			continue;
		log_error("%s: line %zu has no title that is what the map says "
			  "of %s: compare the two",
		    r->path, t->line, column_name((enum column)i));
		return ERR_DATA;
	}
	return ERR_OK;
}

/* Looks for them in the first lines; ${csv} is then behind them. */
static bool
look_for_titles(struct reading *r, struct csv *csv, struct titles *best)
{
	for (int i = 0; i < PREAMBLE_ROWS; i++) {
		struct titles t = {.found = COLUMNS_NONE};
		struct csv_fault fault;
		struct csv_row row;
		enum err e = csv_next(csv, &row, &fault);

		if (e == ERR_NOINPUT)
			break;
		if (e != ERR_OK)
			continue; /* whatever it is, it is not the titles */
		t.found = columns_find(&r->columns, &row, r->map, &t.twice);
		t.line = row.line;
		r->titles = row.n;
		if (t.found == COLUMNS_ENOUGH || best->found == COLUMNS_NONE ||
		    t.found == COLUMNS_TWICE)
			*best = t;
		if (t.found == COLUMNS_ENOUGH)
			return true;
	}
	return false;
}

/* What parts the fields is that which gives the titles. */
static enum err
find_titles(struct reading *r, struct csv *csv, struct span text)
{
	static const char signs[] = {',', ';', '\t'};
	struct titles best = {.found = COLUMNS_NONE};

	for (size_t i = 0; i < sizeof(signs); i++) {
		csv_open(csv, text, csv->scratch);
		csv->sep = (uint8_t)signs[i];
		if (look_for_titles(r, csv, &best))
			return map_is_used(r, &best);
	}
	return no_titles(r, &best);
}

static enum err
read_rows(struct reading *r, struct span text)
{
	uint8_t *scratch = malloc(CSV_ROW_MAX);
	struct csv_fault fault;
	struct csv_row row;
	struct csv csv;
	enum err e;

	if (scratch == NULL)
		return ERR_MEM;
	csv.scratch = scratch;
	e = find_titles(r, &csv, text);
	while (e == ERR_OK) {
		e = csv_next(&csv, &row, &fault);
		if (e == ERR_OK)
			e = keep_row(r, &row);
		else if (e == ERR_DATA)
			e = keep_broken(r, &fault);
	}
	explicit_bzero(scratch, CSV_ROW_MAX);
	free(scratch);
	if (e == ERR_NOINPUT && r->out->n == 0) {
		log_error("%s: there is no row below the titles", r->path);
		return ERR_DATA;
	}
	return e == ERR_NOINPUT ? ERR_OK : e;
}

static enum err
is_text(const char *path, struct span text)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		size_t n = strlen(formats[i].begins);

		if (text.n < n || memcmp(text.p, formats[i].begins, n) != 0)
			continue;
		log_error("%s: this is %s, not a CSV file: open it, and save "
			  "it as \"CSV UTF-8 (comma delimited)\"",
		    path, formats[i].what);
		return ERR_DATA;
	}
	if (text.n > 3 && (text.p[1] == '\0' || text.p[0] == '\0')) {
		log_error("%s: this is \"Unicode text\" (UTF-16): save the "
			  "file as \"CSV UTF-8\"",
		    path);
		return ERR_DATA;
	}
	if (text.n > 0)
		return ERR_OK;
	log_error("%s: the file is empty", path);
	return ERR_DATA;
}

enum err
register_parse(struct register_file *out, struct buf *text, const char *path,
    const struct column_map *map, const char *ods, int months)
{
	static const struct column_map none;
	struct reading r = {.out = out,
	    .path = path,
	    .map = map == NULL ? &none : map,
	    .ods = ods,
	    .months = months};
	struct charset_fault fault = {0, NULL};
	enum err e = is_text(path, buf_span(text));

	*out = (struct register_file){0};
	text->cap = 3 * FILE_BYTES; /* as UTF-8 */
	if (e == ERR_OK)
		e = charset_to_utf8(text, &fault);
	if (fault.line > 0)
		log_error("%s: line %zu: %s", path, fault.line, fault.why);
	else if (fault.why != NULL)
		log_error("%s: %s", path, fault.why);
	return e == ERR_OK ? read_rows(&r, buf_span(text)) : e;
}

enum err
register_read(struct register_file *out, const char *path,
    const struct column_map *map, const char *ods, int months)
{
	bool is_input = strcmp(path, "-") == 0;
	struct buf text = BUF_INIT(FILE_BYTES);
	enum err e = file_read_arg(&text, path);

	*out = (struct register_file){0};
	if (e == ERR_OK)
		e = register_parse(out, &text,
		    is_input ? "standard input" : path, map, ods, months);
	buf_free(&text);
	return e;
}
