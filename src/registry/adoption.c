#include "registry/adoption.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/log.h"
#include "registry/adoption_private.h"
#include "registry/org.h"
#include "registry/rollup.h"

#define COLUMNS                                                                \
	" holders, cards, first, renewal, replacement, withdrawn, superseded"
#define ROWS_MAX 4096 /* in one answer */

static const char sql_area[] =
    "SELECT start, setting, region, icb, sub_icb," COLUMNS " FROM ledger_area"
    " WHERE scale = $scale AND start >= $from AND start < $to";

static const char sql_org[] =
    "SELECT start, setting," COLUMNS " FROM ledger_org WHERE org = $org"
    " AND scale = $scale AND start >= $from AND start < $to";

/* Those that the coarse roll-up has where they were not yet on a day. */
static const char sql_moved[] =
    "SELECT org, region, icb, sub_icb FROM ledger_place WHERE since > $day";

/* A count under way. */
struct counting {
	struct db *db;
	const struct adoption_query *q;
	struct adoption *out;
	size_t size; /* of out->rows */
	char code[ODS_CODE_MAX + 1];
};

/* Rows of one scale, from a day up to, not with, another. */
struct stretch {
	enum rollup_scale scale;
	int64_t from;
	int64_t to;
};

#define STRETCHES 3

/* --- rows ----------------------------------------------------------------- */

static void
add_figures(struct figures *to, const struct figures *more)
{
	for (int i = 0; i < LEDGER_MEASURES; i++)
		to->n[i] += more->n[i];
}

static bool
is_zero(const struct figures *f)
{
	for (int i = 0; i < LEDGER_MEASURES; i++)
		if (f->n[i] != 0)
			return false;
	return true;
}

static enum err
grow(struct counting *c)
{
	size_t size = c->size == 0 ? 64 : 2 * c->size;
	struct adoption_row *r;

	if (size > ROWS_MAX) {
		log_error("there are more than %d rows: name a smaller area",
		    ROWS_MAX);
		return ERR_TOOBIG;
	}
	r = realloc(c->out->rows, size * sizeof(*r));
	if (r == NULL)
		return ERR_MEM;
	c->out->rows = r;
	c->size = size;
	return ERR_OK;
}

/* The row of a code and day, made if it is not there. */
static enum err
find_row(struct counting *c, const char *code, int64_t day,
    struct adoption_row **out)
{
	struct adoption *a = c->out;
	enum err e = ERR_OK;

	/* The newest first: what comes next is often of the same month. */
	for (size_t i = a->nrows; i-- > 0;)
		if (a->rows[i].day == day &&
		    strcmp(a->rows[i].code, code) == 0) {
			*out = &a->rows[i];
			return ERR_OK;
		}
	if (a->nrows == c->size)
		e = grow(c);
	if (e != ERR_OK)
		return e;
	*out = &a->rows[a->nrows++];
	**out = (struct adoption_row){.day = day};
	(void)snprintf((*out)->code, sizeof((*out)->code), "%s", code);
	return ERR_OK;
}

/* Adds what changed in a period of one setting, of the area ${child}. */
static enum err
add_row(struct counting *c, const char *child, int64_t start, int64_t setting,
    const struct figures *f)
{
	int64_t day = c->q->day;
	struct adoption_row *r;
	enum err e;

	add_figures(&c->out->total.figures, f);
	switch (c->q->by) {
	case ADOPTION_TOTAL:
		return ERR_OK;
	case ADOPTION_AREA:
		break;
	case ADOPTION_MONTH:
		child = "";
		day = rollup_start(ROLLUP_MONTH, start);
		break;
	case ADOPTION_SETTING:
		child = org_setting_name((enum org_setting)setting);
		break;
	}
	e = find_row(c, child[0] != '\0' ? child : ADOPTION_UNKNOWN, day, &r);
	if (e == ERR_OK)
		add_figures(&r->figures, f);
	return e;
}

static struct figures
read_figures(struct stmt *st, int col)
{
	struct figures f;

	for (int i = 0; i < LEDGER_MEASURES; i++)
		f.n[i] = db_int(st, col + i);
	return f;
}

/* Up to the day: whole years, then months, then days; by month no years. */
static void
stretches(const struct adoption_query *q, struct stretch out[static STRETCHES])
{
	int64_t year = q->by == ADOPTION_MONTH
			   ? INT64_MIN
			   : rollup_start(ROLLUP_YEAR, q->day);
	int64_t month = rollup_start(ROLLUP_MONTH, q->day);

	out[0] = (struct stretch){ROLLUP_YEAR, INT64_MIN, year};
	out[1] = (struct stretch){ROLLUP_MONTH, year, month};
	out[2] = (struct stretch){ROLLUP_DAY, month, q->day + 1};
}

static void
bind_stretch(struct stmt *st, const struct stretch *s)
{
	db_bind_int(st, "$scale", s->scale);
	db_bind_int(st, "$from", s->from);
	db_bind_int(st, "$to", s->to);
}

/* --- by areas: the coarse roll-up ----------------------------------------- */

/* Is a place, three columns from ${col} on, in the area that was asked for, and
 * in which of the areas of the next level below? */
static enum err
read_child(struct counting *c, struct stmt *st, int col,
    char child[static ODS_CODE_MAX + 1], bool *inside)
{
	static const int column[] = {
	    [ADOPTION_SUB_ICB] = 2, [ADOPTION_ICB] = 1, [ADOPTION_REGION] = 0};
	enum adoption_level level = c->out->level;

	child[0] = '\0';
	*inside = level == ADOPTION_SCHEME ||
		  span_is(db_text(st, col + column[level]), c->code);
	if (*inside && c->q->by == ADOPTION_AREA && level != ADOPTION_SUB_ICB &&
	    !db_copy(child, ODS_CODE_MAX + 1, st, col + column[level - 1]))
		return ERR_INTERNAL;
	return ERR_OK;
}

static enum err
add_area_row(struct counting *c, struct stmt *st)
{
	char child[ODS_CODE_MAX + 1];
	struct figures f;
	bool inside;
	enum err e = read_child(c, st, 2, child, &inside);

	if (e != ERR_OK || !inside)
		return e;
	f = read_figures(st, 5);
	return add_row(c, child, db_int(st, 0), db_int(st, 1), &f);
}

static enum err
count_coarse(struct counting *c)
{
	struct stretch s[STRETCHES];
	enum err e = ERR_OK;

	stretches(c->q, s);
	for (int i = 0; e == ERR_OK && i < STRETCHES; i++) {
		struct stmt *st = db_prepare(c->db, sql_area);
		enum db_more more;

		bind_stretch(st, &s[i]);
		while ((more = db_step(st)) == DB_ROW && e == ERR_OK)
			e = add_area_row(c, st);
		if (more == DB_ERR)
			return db_err(st);
		db_reset(st);
	}
	return e;
}

/* --- by organisations: small areas, and those that moved since ------------ */

/* Adds all of an organisation, or (sign -1) takes it away. */
static enum err
add_org(struct counting *c, const char *org, const char *child, int sign)
{
	struct stretch s[STRETCHES];
	enum err e = ERR_OK;

	stretches(c->q, s);
	for (int i = 0; e == ERR_OK && i < STRETCHES; i++) {
		struct stmt *st = db_prepare(c->db, sql_org);
		enum db_more more;

		db_bind_text(st, "$org", span_str(org));
		bind_stretch(st, &s[i]);
		while ((more = db_step(st)) == DB_ROW && e == ERR_OK) {
			struct figures f = read_figures(st, 2);

			for (int m = 0; m < LEDGER_MEASURES; m++)
				f.n[m] *= sign;
			e = add_row(c, child, db_int(st, 0), db_int(st, 1), &f);
		}
		if (more == DB_ERR)
			return db_err(st);
		db_reset(st);
	}
	return e;
}

/* Adds an organisation if it is in the area on the day. */
static enum err
consider(struct counting *c, const char *org)
{
	enum adoption_level level = c->out->level;
	int area = adoption_level_area(level);
	const char *child = org;
	struct org_areas areas;
	enum err e = org_areas(c->db, span_str(org), c->q->day, &areas);

	if (e != ERR_OK)
		return e;
	if (area >= 0 && strcmp(areas.code[area], c->code) != 0)
		return ERR_OK;
	if (level > ADOPTION_PCN)
		child = areas.code[adoption_level_area(level - 1)];
	return add_org(c, org, child, +1);
}

static enum err
count_orgs(struct counting *c)
{
	struct stmt *st = db_prepare(c->db, adoption_level_orgs(c->out->level));
	enum db_more more;
	enum err e = ERR_OK;

	db_bind_text(st, "$code", span_str(c->code));
	while ((more = db_step(st)) == DB_ROW) {
		char org[ODS_CODE_MAX + 1];

		e = db_copy(org, sizeof(org), st, 0) ? consider(c, org)
						     : ERR_INTERNAL;
		if (e != ERR_OK)
			break;
	}
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	return e;
}

/* Takes an organisation from where it is now to where it was on the day. */
static enum err
put_back(struct counting *c, struct stmt *st)
{
	char child[ODS_CODE_MAX + 1];
	char org[ODS_CODE_MAX + 1];
	bool inside;
	enum err e = read_child(c, st, 1, child, &inside);

	if (e == ERR_OK && !db_copy(org, sizeof(org), st, 0))
		e = ERR_INTERNAL;
	if (e == ERR_OK && inside)
		e = add_org(c, org, child, -1);
	return e == ERR_OK ? consider(c, org) : e;
}

static enum err
count_areas(struct counting *c)
{
	struct stmt *st;
	enum db_more more;
	enum err e = count_coarse(c);

	if (e != ERR_OK)
		return e;
	st = db_prepare(c->db, sql_moved);
	db_bind_int(st, "$day", c->q->day);
	while ((more = db_step(st)) == DB_ROW) {
		e = put_back(c, st);
		if (e != ERR_OK)
			break;
	}
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	return e;
}

/* --- the whole ------------------------------------------------------------ */

/* Are all organisations of the answer's rows together in the coarse roll-up? */
static bool
is_coarse(const struct counting *c)
{
	return c->out->level > ADOPTION_SUB_ICB ||
	       (c->out->level == ADOPTION_SUB_ICB && c->q->by != ADOPTION_AREA);
}

static int
compare_rows(const void *a, const void *b)
{
	const struct adoption_row *x = a;
	const struct adoption_row *y = b;
	bool ux = strcmp(x->code, ADOPTION_UNKNOWN) == 0;
	bool uy = strcmp(y->code, ADOPTION_UNKNOWN) == 0;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return ux != uy ? ux - uy : strcmp(x->code, y->code);
}

static int64_t
next_month(int64_t day)
{
	return date_days(date_add_months(date_of(day), 1));
}

/* Months without a figure get a row; stocks add up from the first on. */
static enum err
fill_months(struct counting *c)
{
	struct adoption *a = c->out;
	struct adoption_row *r;
	int64_t last = rollup_start(ROLLUP_MONTH, c->q->day);
	int64_t first = last;
	enum err e = ERR_OK;

	if (a->nrows == 0)
		return ERR_OK;
	for (size_t i = 0; i < a->nrows; i++)
		if (a->rows[i].day < first)
			first = a->rows[i].day;
	for (int64_t m = first; e == ERR_OK && m <= last; m = next_month(m))
		e = find_row(c, ADOPTION_UNKNOWN, m, &r);
	if (e != ERR_OK)
		return e;
	qsort(a->rows, a->nrows, sizeof(*a->rows), compare_rows);
	for (size_t i = 0; i < a->nrows; i++) {
		r = &a->rows[i];
		if (i > 0) {
			r->figures.n[LEDGER_HOLDERS] +=
			    r[-1].figures.n[LEDGER_HOLDERS];
			r->figures.n[LEDGER_CARDS] +=
			    r[-1].figures.n[LEDGER_CARDS];
		}
		r->day = next_month(r->day) - 1;
		if (r->day > c->q->day)
			r->day = c->q->day;
		memcpy(r->code, a->total.code, sizeof(r->code));
		memcpy(r->name, a->total.name, sizeof(r->name));
	}
	return ERR_OK;
}

/* Rows without a figure go, the rest are sorted and named. */
static enum err
finish_rows(struct counting *c)
{
	struct adoption *a = c->out;
	enum err e = ERR_OK;
	size_t n = 0;

	if (c->q->by == ADOPTION_MONTH)
		return fill_months(c);
	for (size_t i = 0; i < a->nrows; i++)
		if (!is_zero(&a->rows[i].figures))
			a->rows[n++] = a->rows[i];
	a->nrows = n;
	if (n > 0)
		qsort(a->rows, n, sizeof(*a->rows), compare_rows);
	for (size_t i = 0; e == ERR_OK && i < n; i++)
		if (c->q->by == ADOPTION_AREA)
			e = adoption_find_name(c->db, &a->rows[i]);
	return e;
}

static enum err
read_all(struct db *db, void *ctx)
{
	struct counting *c = ctx;
	struct adoption_row *total = &c->out->total;
	enum err e;

	c->db = db;
	e = adoption_find_area(c->db, c->q->area, &c->out->level, c->code);
	total->day = c->q->day;
	(void)snprintf(total->code, sizeof(total->code), "%s",
	    c->code[0] != '\0' ? c->code : ADOPTION_ALL);
	if (e == ERR_OK)
		e = adoption_find_name(c->db, total);
	if (e == ERR_OK)
		e = is_coarse(c) ? count_areas(c) : count_orgs(c);
	return e == ERR_OK ? finish_rows(c) : e;
}

enum err
adoption_read(
    struct db *db, const struct adoption_query *query, struct adoption *out)
{
	struct counting c = {.q = query, .out = out};

	*out = (struct adoption){.by = query->by};
	/* One snapshot: the rows and the total are of one state. */
	return db_read(db, read_all, &c);
}

void
adoption_free(struct adoption *a)
{
	free(a->rows);
	*a = (struct adoption){0};
}
