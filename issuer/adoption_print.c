#include "issuer/adoption_print.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"

#define RAW_HEAD    "internal: raw numbers"
#define PUBLIC_HEAD "public: 1 to 7 shown as *, others rounded to 5"
#define CELL        24
#define NAME_WIDTH  100

/* In the order of design: what each column is called. */
static const char *const columns[LEDGER_MEASURES] = {
    [LEDGER_HOLDERS] = "holders",
    [LEDGER_CARDS] = "cards",
    [LEDGER_FIRST] = "first",
    [LEDGER_RENEWAL] = "renewal",
    [LEDGER_REPLACEMENT] = "replacement",
    [LEDGER_WITHDRAWN] = "withdrawn",
    [LEDGER_SUPERSEDED] = "superseded",
};

/* A row ready to print: nothing in it can be made raw again. */
struct line {
	const char *code;
	const char *name;
	int64_t day;
	bool is_total;
	char cell[LEDGER_MEASURES][CELL];
};

/* All that the printers below get: they never see a struct figures. */
struct sheet {
	enum adoption_level level;
	enum adoption_by by;
	const char *code; /* of the whole */
	const char *name;
	const struct adoption_heading *head;
	bool is_public;
	struct line *lines; /* the total last */
	size_t n;
};

/* --- cells ---------------------------------------------------------------- */

static void
show_raw(struct line *l, const struct figures *f)
{
	for (int i = 0; i < LEDGER_MEASURES; i++)
		(void)snprintf(l->cell[i], CELL, "%lld", (long long)f->n[i]);
}

static void
show_public(struct line *l, const struct public_figures *f)
{
	for (int i = 0; i < LEDGER_MEASURES; i++)
		if (f->n[i].hidden)
			(void)snprintf(
			    l->cell[i], CELL, "%s", DISCLOSURE_HIDDEN);
		else
			(void)snprintf(l->cell[i], CELL, "%lld",
			    (long long)f->n[i].rounded);
}

static void
show(struct sheet *s, struct line *l, const struct adoption_row *r)
{
	struct public_figures f;

	*l = (struct line){.code = r->code, .name = r->name, .day = r->day};
	if (!s->is_public) {
		show_raw(l, &r->figures);
		return;
	}
	f = disclosure_figures(&r->figures);
	show_public(l, &f);
}

/* --- JSON ----------------------------------------------------------------- */

static json_t *
json_cell(const char *cell)
{
	return strcmp(cell, DISCLOSURE_HIDDEN) == 0
		   ? json_string(cell)
		   : json_integer(strtoll(cell, NULL, 10));
}

static enum err
print_object(struct buf *out, const struct sheet *s, const struct line *l)
{
	bool by_setting = s->by == ADOPTION_SETTING && !l->is_total;
	char day[DATE_TEXT];
	json_t *o;
	char *text = NULL;
	int bad = 0;

	date_text(day, date_of(l->day));
	o = json_pack(
	    "{s:s,s:s}", "area", by_setting ? s->code : l->code, "as_of", day);
	if (o == NULL)
		return ERR_MEM;
	if (by_setting)
		bad = json_object_set_new(o, "setting", json_string(l->code));
	for (int i = 0; bad == 0 && i < LEDGER_MEASURES; i++)
		bad = json_object_set_new(o, columns[i], json_cell(l->cell[i]));
	if (bad == 0)
		text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	if (text == NULL)
		return ERR_MEM;
	(void)buf_puts(out, text);
	(void)buf_puts(out, "\n");
	free(text);
	return buf_err(out);
}

static enum err
print_json(struct buf *out, const struct sheet *s)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < s->n; i++)
		e = print_object(out, s, &s->lines[i]);
	return e;
}

/* --- CSV ------------------------------------------------------------------ */

enum err
adoption_csv_text(struct buf *out, const char *text)
{
	bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
	bool quoted = strpbrk(text, ",\"\r\n") != NULL;

	if (quoted)
		(void)buf_puts(out, "\"");
	if (formula)
		(void)buf_puts(out, "'");
	for (; *text != '\0'; text++) {
		if (*text == '"')
			(void)buf_puts(out, "\"");
		(void)buf_add(out, text, 1);
	}
	return quoted ? buf_puts(out, "\"") : buf_err(out);
}

static void
csv_line(struct buf *out, const struct sheet *s, const struct line *l)
{
	bool by_setting = s->by == ADOPTION_SETTING;
	char day[DATE_TEXT];

	date_text(day, date_of(l->day));
	(void)adoption_csv_text(out, by_setting ? s->code : l->code);
	(void)buf_printf(out, ",%s", day);
	if (by_setting)
		(void)buf_printf(out, ",%s", l->is_total ? "" : l->code);
	for (int i = 0; i < LEDGER_MEASURES; i++)
		(void)buf_printf(out, ",%s", l->cell[i]);
	(void)buf_puts(out, ",");
	(void)adoption_csv_text(
	    out, by_setting && !l->is_total ? s->name : l->name);
	(void)buf_puts(out, "\r\n");
}

/* With a byte order mark: without it Excel takes UTF-8 for something else. */
static enum err
print_csv(struct buf *out, const struct sheet *s)
{
	(void)buf_puts(out, "\xef\xbb\xbf");
	if (!s->is_public)
		(void)buf_puts(out, RAW_HEAD "\r\n");
	(void)buf_printf(
	    out, "area,as_of%s", s->by == ADOPTION_SETTING ? ",setting" : "");
	for (int i = 0; i < LEDGER_MEASURES; i++)
		(void)buf_printf(out, ",%s", columns[i]);
	(void)buf_puts(out, ",name\r\n");
	for (size_t i = 0; i < s->n; i++)
		csv_line(out, s, &s->lines[i]);
	return buf_err(out);
}

/* --- the table ------------------------------------------------------------ */

/* Characters, not bytes, so that columns stay in line. */
static size_t
width(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* What the first column says: an area with its name, a setting, a month. */
static void
label(char *out, size_t size, const struct sheet *s, const struct line *l)
{
	char day[DATE_WORDS];

	if (l->is_total && s->n > 1) {
		(void)snprintf(out, size, "total");
	} else if (s->by == ADOPTION_MONTH && !l->is_total) {
		date_words(day, date_of(l->day));
		(void)snprintf(out, size, "%s", day);
	} else {
		(void)snprintf(out, size, "%s%s%s", l->code,
		    l->name[0] != '\0' ? "  " : "", l->name);
	}
}

static void
pad(struct buf *out, const char *text, size_t to, bool right)
{
	size_t n = width(text);

	if (!right)
		(void)buf_puts(out, text);
	for (; n < to; n++)
		(void)buf_puts(out, " ");
	if (right)
		(void)buf_puts(out, text);
}

static size_t
cell_width(const struct sheet *s, int column)
{
	size_t most = width(columns[column]);

	for (size_t i = 0; i < s->n; i++)
		if (width(s->lines[i].cell[column]) > most)
			most = width(s->lines[i].cell[column]);
	return most;
}

static void
print_heading(struct buf *out, const struct sheet *s)
{
	char day[DATE_WORDS];

	date_words(day, date_of(s->head->day));
	(void)buf_printf(out, "%s\n", s->is_public ? PUBLIC_HEAD : RAW_HEAD);
	(void)buf_printf(
	    out, "%s, %s", s->head->scheme, adoption_level_name(s->level));
	if (s->level != ADOPTION_SCHEME)
		(void)buf_printf(out, " %s%s%s", s->code,
		    s->name[0] != '\0' ? " " : "", s->name);
	(void)buf_printf(out, ", %s %s\n\n",
	    s->head->day > s->head->today ? "as it will be on"
					  : "as of the end of",
	    day);
}

static enum err
print_table(struct buf *out, const struct sheet *s)
{
	static const char *const first[] = {[ADOPTION_TOTAL] = "area",
	    [ADOPTION_AREA] = "area",
	    [ADOPTION_MONTH] = "month up to",
	    [ADOPTION_SETTING] = "setting"};
	char text[2 * NAME_WIDTH];
	size_t most = width(first[s->by]);

	for (size_t i = 0; i < s->n; i++) {
		label(text, sizeof(text), s, &s->lines[i]);
		most = width(text) > most ? width(text) : most;
	}
	print_heading(out, s);
	pad(out, first[s->by], most, false);
	for (int c = 0; c < LEDGER_MEASURES; c++) {
		(void)buf_puts(out, "  ");
		pad(out, columns[c], cell_width(s, c), true);
	}
	for (size_t i = 0; i < s->n; i++) {
		(void)buf_puts(out, "\n");
		label(text, sizeof(text), s, &s->lines[i]);
		pad(out, text, most, false);
		for (int c = 0; c < LEDGER_MEASURES; c++) {
			(void)buf_puts(out, "  ");
			pad(out, s->lines[i].cell[c], cell_width(s, c), true);
		}
	}
	(void)buf_puts(out, "\n");
	return buf_err(out);
}

/* --- the two doors -------------------------------------------------------- */

static enum err
print(struct buf *out, const struct adoption *a,
    const struct adoption_heading *head, enum adoption_format format,
    bool is_public)
{
	static enum err (*const printers[])(
	    struct buf *, const struct sheet *) = {
	    [ADOPTION_TABLE] = print_table,
	    [ADOPTION_CSV] = print_csv,
	    [ADOPTION_JSON] = print_json,
	};
	struct sheet s = {.level = a->level,
	    .by = a->by,
	    .code = a->total.code,
	    .name = a->total.name,
	    .head = head,
	    .is_public = is_public,
	    .n = a->nrows + 1};
	enum err e;

	s.lines = calloc(s.n, sizeof(*s.lines));
	if (s.lines == NULL)
		return ERR_MEM;
	for (size_t i = 0; i < a->nrows; i++)
		show(&s, &s.lines[i], &a->rows[i]);
	show(&s, &s.lines[a->nrows], &a->total);
	s.lines[a->nrows].is_total = true;
	e = printers[format](out, &s);
	free(s.lines);
	return e;
}

enum err
adoption_print_raw(struct buf *out, const struct adoption *a,
    const struct adoption_heading *head, enum adoption_format format)
{
	return print(out, a, head, format, false);
}

enum err
adoption_print_public(struct buf *out, const struct adoption *a,
    const struct adoption_heading *head, enum adoption_format format)
{
	return print(out, a, head, format, true);
}
