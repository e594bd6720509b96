#include "issuer/register.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/charset.h"
#include "base/file.h"
#include "base/log.h"

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

struct reading {
	struct register_file *out;
	const char *path;
	const struct column_map *map;
	const char *ods;
	int months;
	struct columns columns;
	size_t titles; /* fields in the line of titles */
};

/* --- faults --------------------------------------------------------------- */

enum err
register_fault(struct register_row *row, const char *column, struct span value,
    const char *why)
{
	struct row_fault *f = calloc(1, sizeof(*f));
	size_t n = value.n;

	if (f == NULL) {
		log_error("no memory for what is wrong with a row");
		return ERR_MEM;
	}
	if (n > REGISTER_VALUE) {
		n = REGISTER_VALUE;
		while (n > 0 && (value.p[n] & 0xc0) == 0x80)
			n--;
	}
	(void)snprintf(f->column, sizeof(f->column), "%s", column);
	if (n > 0)
		memcpy(f->value, value.p, n);
	if (n < value.n)
		memcpy(f->value + n, "...", 3);
	(void)snprintf(f->why, sizeof(f->why), "%s", why);
	row->fault = f;
	return ERR_OK;
}

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

/* --- one value ------------------------------------------------------------ */

static bool
is_word(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcasecmp(text, *words) == 0)
			return true;
	return false;
}

static const char *
read_young(struct issuing *in, struct span t)
{
	static const char *const yes[] = {
	    "yes", "y", "true", "1", "x", "young", "young carer", NULL};
	static const char *const no[] = {
	    "no", "n", "false", "0", "adult", NULL};
	char word[16];

	if (t.n < sizeof(word)) {
		memcpy(word, t.p, t.n);
		word[t.n] = '\0';
		in->young = is_word(word, yes);
		if (in->young || is_word(word, no))
			return NULL;
	}
	return "is neither yes nor no: write yes for a carer under 18, else "
	       "no or nothing";
}

static const char *
read_months(struct issuing *in, struct span t)
{
	int n = 0;

	for (size_t i = 0; i < t.n && i < 3; i++)
		n = t.p[i] >= '0' && t.p[i] <= '9' ? n * 10 + t.p[i] - '0'
						   : 1000;
	in->months = n;
	return t.n <= 2 && n >= 1 && n <= ISSUING_MONTHS_MAX
		   ? NULL
		   : "is not a number of months from 1 to 36";
}

static const char *
read_name(struct issuing *in, struct span t)
{
	return normal_name(in->name, t);
}

static const char *
read_ref(struct issuing *in, struct span t)
{
	return normal_ref(in->ref, t);
}

static const char *
read_nhs(struct issuing *in, struct span t)
{
	return normal_nhs(in->nhs, t);
}

static const char *
read_born(struct issuing *in, struct span t)
{
	return normal_born(in->born, t);
}

/* In the order in which a person reads a row. */
static const struct {
	enum column column;
	const char *(*read)(struct issuing *in, struct span t);
} readers[] = {
    {COLUMN_NAME, read_name},
    {COLUMN_REF, read_ref},
    {COLUMN_NHS, read_nhs},
    {COLUMN_BORN, read_born},
    {COLUMN_YOUNG, read_young},
    {COLUMN_MONTHS, read_months},
};

/* --- one row -------------------------------------------------------------- */

static struct span
trim(struct span t)
{
	/* Also the no-break space that spreadsheets like. */
	for (;;) {
		if (t.n > 0 && (t.p[0] == ' ' || t.p[0] == '\t'))
			t = span_of(t.p + 1, t.n - 1);
		else if (t.n > 1 && memcmp(t.p, "\xc2\xa0", 2) == 0)
			t = span_of(t.p + 2, t.n - 2);
		else if (t.n > 0 &&
			 (t.p[t.n - 1] == ' ' || t.p[t.n - 1] == '\t'))
			t.n--;
		else if (t.n > 1 && memcmp(t.p + t.n - 2, "\xc2\xa0", 2) == 0)
			t.n -= 2;
		else
			return t;
	}
}

static struct span
field(const struct reading *r, const struct csv_row *row, enum column c)
{
	int at = r->columns.at[c];

	return at < 0 || (size_t)at >= row->n ? span_of(NULL, 0)
					      : trim(row->field[at]);
}

/* The whole name, or forename and surname put together in ${both}. */
static struct span
name_of(
    const struct reading *r, const struct csv_row *row, char both[static 512])
{
	struct span first = field(r, row, COLUMN_FORENAME);
	struct span last = field(r, row, COLUMN_SURNAME);

	if (r->columns.at[COLUMN_NAME] >= 0)
		return field(r, row, COLUMN_NAME);
	if (first.n + last.n > 510)
		return first.n > last.n ? first : last;
	(void)snprintf(both, 512, "%.*s%s%.*s", (int)first.n,
	    (const char *)first.p, first.n > 0 && last.n > 0 ? " " : "",
	    (int)last.n, (const char *)last.p);
	return span_str(both);
}

static bool
is_empty(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (trim(row->field[i]).n > 0)
			return false;
	return true;
}

/* A field behind the last title: most likely a comma inside a value. */
static enum err
check_width(
    const struct reading *r, const struct csv_row *row, struct register_row *to)
{
	for (size_t i = r->titles; i < row->n; i++) {
		char column[32];

		if (trim(row->field[i]).n == 0)
			continue;
		(void)snprintf(column, sizeof(column), "column %zu", i + 1);
		return register_fault(to, column, trim(row->field[i]),
		    "stands behind the last column: a value with a comma in it "
		    "must stand between quotation marks");
	}
	return ERR_OK;
}

static enum err
read_value(const struct reading *r, const struct csv_row *row, size_t i,
    struct register_row *to)
{
	enum column c = readers[i].column;
	char both[512] = "";
	struct span t =
	    c == COLUMN_NAME ? name_of(r, row, both) : field(r, row, c);
	const char *why = NULL;
	enum err e = ERR_OK;

	if (t.n > 0 || c == COLUMN_NAME)
		why = readers[i].read(&to->want, t);
	if (why != NULL)
		e = register_fault(to, column_name(c), t, why);
	explicit_bzero(both, sizeof(both));
	return e;
}

/* The first fault of a row stands for all: it is read again anyway. */
static enum err
read_values(
    const struct reading *r, const struct csv_row *row, struct register_row *to)
{
	enum err e = check_width(r, row, to);

	for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++)
		if (e == ERR_OK && to->fault == NULL)
			e = read_value(r, row, i, to);
	if (e == ERR_OK && to->fault == NULL && to->want.ref[0] == '\0' &&
	    to->want.nhs[0] == '\0')
		e = register_fault(to, column_name(COLUMN_REF),
		    span_of(NULL, 0),
		    "is empty, and so is the NHS number: give one of them, so "
		    "that the person is recognised next time");
	return e;
}

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

static enum err
keep_row(struct reading *r, const struct csv_row *row)
{
	struct register_row *to;
	enum err e;

	if (is_empty(row))
		return ERR_OK;
	e = add_row(r, row->line, &to);
	return e == ERR_OK ? read_values(r, row, to) : e;
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

/* The line of titles tells what parts its fields: the sign that is there most
 * often in the first lines. */
static uint8_t
separator(struct span text)
{
	static const char signs[] = {',', ';', '\t'};
	size_t count[3] = {0};
	size_t best = 0;
	size_t lines = 0;

	for (size_t i = 0; i < text.n && lines < PREAMBLE_ROWS; i++) {
		lines += text.p[i] == '\n';
		for (size_t s = 0; s < 3; s++)
			count[s] += text.p[i] == (uint8_t)signs[s];
	}
	for (size_t s = 1; s < 3; s++)
		if (count[s] > count[best])
			best = s;
	return (uint8_t)signs[best];
}

static enum err
no_titles(const struct reading *r, enum columns_found best, size_t line,
    enum column twice)
{
	if (best == COLUMNS_TWICE)
		log_error("%s: line %zu has two titles for the column %s: say "
			  "with --map which one it is",
		    r->path, line, column_name(twice));
	else if (best == COLUMNS_SOME)
		log_error("%s: line %zu looks like the line of titles, but a "
			  "register needs a column for the name (Name) and one "
			  "for your reference (Ref) or the NHS number (NHS "
			  "number): add it, or say with --map which it is",
		    r->path, line);
	else
		log_error("%s: there is no line of titles in the first %d "
			  "lines: the register needs one, like name,ref; say "
			  "with --map what other titles mean",
		    r->path, PREAMBLE_ROWS);
	return ERR_DATA;
}

/* Every title that the map speaks of must be there. */
static enum err
map_is_used(const struct reading *r, size_t line)
{
	for (int i = 0; i < COLUMNS; i++) {
		if (r->map->title[i][0] == '\0' || r->columns.at[i] >= 0)
			continue;
		log_error("%s: line %zu has no title that is what the map says "
			  "of %s: compare the two",
		    r->path, line, column_name((enum column)i));
		return ERR_DATA;
	}
	return ERR_OK;
}

static enum err
find_titles(struct reading *r, struct csv *csv)
{
	enum columns_found best = COLUMNS_NONE;
	enum column twice = COLUMN_NAME;
	size_t line = 0;

	for (int i = 0; i < PREAMBLE_ROWS; i++) {
		enum columns_found found;
		struct csv_fault fault;
		struct csv_row row;
		enum err e = csv_next(csv, &row, &fault);

		if (e == ERR_NOINPUT)
			break;
		if (e != ERR_OK)
			continue; /* whatever it is, it is not the titles */
		found = columns_find(&r->columns, &row, r->map, &twice);
		if (found == COLUMNS_ENOUGH) {
			r->titles = row.n;
			return map_is_used(r, row.line);
		}
		if (found != COLUMNS_NONE && best != COLUMNS_TWICE) {
			best = found;
			line = row.line;
		}
	}
	return no_titles(r, best, line, twice);
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
	csv_open(&csv, text, scratch);
	csv.sep = separator(text);
	e = find_titles(r, &csv);
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
	if (text.n > 0)
		return ERR_OK;
	log_error("%s: the file is empty", path);
	return ERR_DATA;
}

enum err
register_read(struct register_file *out, const char *path,
    const struct column_map *map, const char *ods, int months)
{
	static const struct column_map none;
	struct reading r = {.out = out,
	    .path = strcmp(path, "-") == 0 ? "standard input" : path,
	    .map = map == NULL ? &none : map,
	    .ods = ods,
	    .months = months};
	struct buf text = BUF_INIT(FILE_BYTES);
	struct charset_fault fault;
	enum err e = file_read_arg(&text, path);

	*out = (struct register_file){0};
	if (e == ERR_OK)
		e = is_text(r.path, buf_span(&text));
	text.cap = 3 * FILE_BYTES; /* as UTF-8 */
	if (e == ERR_OK) {
		e = charset_to_utf8(&text, &fault);
		if (e == ERR_DATA && fault.line > 0)
			log_error(
			    "%s: line %zu: %s", r.path, fault.line, fault.why);
		else if (e == ERR_DATA)
			log_error("%s: %s", r.path, fault.why);
	}
	if (e == ERR_OK)
		e = read_rows(&r, buf_span(&text));
	buf_free(&text);
	return e;
}
