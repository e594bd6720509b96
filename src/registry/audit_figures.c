#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "registry/audit_private.h"
#include "registry/org.h"
#include "registry/rollup.h"

#define COLUMNS                                                                \
	" holders, cards, first, renewal, replacement, withdrawn, superseded"

static const char todo_figures[] =
    "the cards are as they should be, the figures are not to be trusted: put "
    "the newest backup in the file's place and run audit on that";

static const char sql_ledger[] =
    "SELECT measure, org, setting, class, day, delta FROM ledger"
    " ORDER BY measure, org, setting, class, day";

static const char sql_orgs[] =
    "SELECT org, scale, start, setting," COLUMNS " FROM ledger_org"
    " ORDER BY org, scale, start, setting";

static const char sql_areas[] =
    "SELECT scale, start, region, icb, sub_icb, setting," COLUMNS
    " FROM ledger_area ORDER BY scale, start, region, icb, sub_icb, setting";

static const char sql_places[] =
    "SELECT org, region, icb, sub_icb, since FROM ledger_place ORDER BY org";

static const char *const measures[LEDGER_MEASURES] = {
    [LEDGER_HOLDERS] = "holders",
    [LEDGER_CARDS] = "cards",
    [LEDGER_FIRST] = "first",
    [LEDGER_RENEWAL] = "renewal",
    [LEDGER_REPLACEMENT] = "replacement",
    [LEDGER_WITHDRAWN] = "withdrawn",
    [LEDGER_SUPERSEDED] = "superseded",
};

/* What is compared: sums in the order of a table, and that table. */
struct figures_audit {
	struct db *db;
	struct audit *a;
	struct recount r;
	struct rollup_place *place;  /* of each organisation of r */
	bool *placed;                /* has it a row of ledger_place? */
	struct rollup_place *sorted; /* all different places */
	size_t nsorted;
	struct tally tally; /* what a roll-up must hold */
	size_t at;          /* how far it was met */
};

/* --- the ledger ----------------------------------------------------------- */

/* "holders of A81001 (general_practice, adult) on 22 November 2026" */
static enum err
ledger_fault(
    struct figures_audit *f, uint64_t key, int64_t stored, int64_t counted)
{
	struct recount_cell c = recount_cell(key);
	char day[DATE_WORDS];

	date_words(day, date_of(c.day));
	return audit_fault(f->a, "ledger", 0, todo_figures,
	    "says %+lld %s of %s (%s, %s) on %s, the events say %+lld",
	    (long long)stored, measures[c.measure], f->r.orgs[c.org].ods,
	    org_setting_name((enum org_setting)c.setting),
	    c.class == 0 ? "adult" : "young", day, (long long)counted);
}

static bool
is_within(struct stmt *st, int col, int64_t min, int64_t max)
{
	int64_t v = db_int(st, col);

	return !db_is_null(st, col) && min <= v && v <= max;
}

static enum err
compare_ledger_row(struct figures_audit *f, struct stmt *st, size_t *i)
{
	const struct tally *t = &f->r.ledger;
	int64_t delta = db_int(st, 5);
	struct recount_cell c = {.day = db_int(st, 4)};
	uint64_t key;

	/* As stored, all 64 bits of them, before they are made smaller. */
	if (!recount_org(&f->r, db_text(st, 1), &c.org) ||
	    !is_within(st, 0, 0, LEDGER_MEASURES - 1) ||
	    !is_within(st, 2, 0, ORG_SETTINGS - 1) || !is_within(st, 3, 0, 1) ||
	    !is_within(st, 4, INT32_MIN, INT32_MAX) || delta == 0)
		return audit_fault(f->a, "ledger", 0, todo_figures,
		    "has a row that no event could have made");
	c.measure = (int)db_int(st, 0);
	c.setting = (int)db_int(st, 2);
	c.class = (int)db_int(st, 3);
	key = recount_key(&c);
	if (*i < t->n && t->v[*i].key == key && t->v[*i].n == delta) {
		(*i)++;
		return ERR_OK;
	}
	if (*i < t->n && t->v[*i].key < key)
		return ledger_fault(f, t->v[*i].key, 0, t->v[*i].n);
	return ledger_fault(
	    f, key, delta, *i < t->n && t->v[*i].key == key ? t->v[*i].n : 0);
}

static enum err
compare_ledger(struct figures_audit *f)
{
	struct stmt *st = db_prepare(f->db, sql_ledger);
	const struct tally *t = &f->r.ledger;
	enum db_more more;
	size_t i = 0;
	enum err e = ERR_OK;

	while ((more = db_step(st)) == DB_ROW) {
		e = compare_ledger_row(f, st, &i);
		if (e != ERR_OK)
			break;
	}
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	if (e == ERR_OK && i < t->n)
		e = ledger_fault(f, t->v[i].key, 0, t->v[i].n);
	return e;
}

/* --- roll-ups ------------------------------------------------------------- */

/* Their keys: what is in front of the measure differs, the rest is alike. */
static uint64_t
put_key(uint64_t a, unsigned bits, uint64_t b)
{
	return a << bits | b;
}

static uint64_t
bias(int64_t day)
{
	return (uint32_t)(day + INT64_C(0x80000000));
}

static uint64_t
org_key(size_t org, int64_t scale, int64_t start, int64_t setting)
{
	uint64_t k = put_key(org, 2, (uint64_t)scale & 3);

	return put_key(put_key(k, 32, bias(start)), 3, (uint64_t)setting & 7);
}

static uint64_t
area_key(int64_t scale, int64_t start, size_t place, int64_t setting)
{
	uint64_t k = put_key((uint64_t)scale & 3, 32, bias(start));

	return put_key(put_key(k, 20, place), 3, (uint64_t)setting & 7);
}

static int
compare_places(const void *a, const void *b)
{
	const struct rollup_place *x = a;
	const struct rollup_place *y = b;
	int c = strcmp(x->region, y->region);

	if (c == 0)
		c = strcmp(x->icb, y->icb);
	return c != 0 ? c : strcmp(x->sub_icb, y->sub_icb);
}

static bool
place_number(
    const struct figures_audit *f, const struct rollup_place *p, size_t *out)
{
	const struct rollup_place *q = bsearch(
	    p, f->sorted, f->nsorted, sizeof(*f->sorted), compare_places);

	if (q != NULL)
		*out = (size_t)(q - f->sorted);
	return q != NULL;
}

/* Sums up the ledger, which is known to be right, as the roll-up does. */
static enum err
sum_up(struct figures_audit *f, bool by_area)
{
	const struct tally *t = &f->r.ledger;
	enum err e = ERR_OK;

	f->at = 0;
	f->tally.n = 0;
	for (size_t i = 0; e == ERR_OK && i < ROLLUP_SCALES * t->n; i++) {
		const struct tally_entry *v = &t->v[i / ROLLUP_SCALES];
		struct recount_cell c = recount_cell(v->key);
		int64_t scale = (int64_t)(i % ROLLUP_SCALES);
		int64_t start = rollup_start((enum rollup_scale)scale, c.day);
		uint64_t key = org_key(c.org, scale, start, c.setting);
		size_t place;

		if (by_area) {
			if (!place_number(f, &f->place[c.org], &place))
				return ERR_INTERNAL;
			key = area_key(scale, start, place, c.setting);
		}
		e = tally_add(
		    &f->tally, put_key(key, 3, (uint64_t)c.measure), v->n);
	}
	tally_settle(&f->tally);
	return e;
}

/* The seven numbers of a row, from column ${col}. */
static enum err
compare_sums(struct figures_audit *f, struct stmt *st, uint64_t key, int col,
    const char *table)
{
	const struct tally *t = &f->tally;
	bool any = false;

	for (int m = 0; m < LEDGER_MEASURES; m++) {
		int64_t stored = db_int(st, col + m);

		if (stored == 0)
			continue;
		any = true;
		if (f->at == t->n ||
		    t->v[f->at].key != put_key(key, 3, (uint64_t)m) ||
		    t->v[f->at].n != stored)
			return audit_fault(f->a, table, 0, todo_figures,
			    "is not the sum of the ledger (%s)", measures[m]);
		f->at++;
	}
	return any ? ERR_OK
		   : audit_fault(
			 f->a, table, 0, todo_figures, "has a row of nothing");
}

static enum err
compare_org_row(struct figures_audit *f, struct stmt *st)
{
	int64_t start = db_int(st, 2);
	int64_t setting = db_int(st, 3);
	int64_t scale = db_int(st, 1);
	size_t org;

	if (!recount_org(&f->r, db_text(st, 0), &org) ||
	    !is_within(st, 1, 0, ROLLUP_DAY) ||
	    !is_within(st, 2, INT32_MIN, INT32_MAX) ||
	    !is_within(st, 3, 0, ORG_SETTINGS - 1))
		return audit_fault(f->a, "ledger_org", 0, todo_figures,
		    "has a row that is no organisation's");
	return compare_sums(
	    f, st, org_key(org, scale, start, setting), 4, "ledger_org");
}

static bool
read_place(struct stmt *st, int col, struct rollup_place *p)
{
	*p = (struct rollup_place){0};
	return db_copy(p->region, sizeof(p->region), st, col) &&
	       db_copy(p->icb, sizeof(p->icb), st, col + 1) &&
	       db_copy(p->sub_icb, sizeof(p->sub_icb), st, col + 2);
}

static enum err
compare_area_row(struct figures_audit *f, struct stmt *st)
{
	int64_t start = db_int(st, 1);
	int64_t setting = db_int(st, 5);
	int64_t scale = db_int(st, 0);
	struct rollup_place p;
	size_t place;

	if (!read_place(st, 2, &p) || !place_number(f, &p, &place) ||
	    !is_within(st, 0, 0, ROLLUP_DAY) ||
	    !is_within(st, 1, INT32_MIN, INT32_MAX) ||
	    !is_within(st, 5, 0, ORG_SETTINGS - 1))
		return audit_fault(f->a, "ledger_area", 0, todo_figures,
		    "has a row of an area where nobody is");
	return compare_sums(
	    f, st, area_key(scale, start, place, setting), 6, "ledger_area");
}

static enum err
compare_rows(struct figures_audit *f, const char *sql, const char *table,
    enum err (*row)(struct figures_audit *, struct stmt *))
{
	struct stmt *st = db_prepare(f->db, sql);
	enum db_more more;
	enum err e = ERR_OK;

	while ((more = db_step(st)) == DB_ROW) {
		e = row(f, st);
		if (e != ERR_OK)
			break;
	}
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	if (e == ERR_OK && f->at < f->tally.n)
		e = audit_fault(f->a, table, 0, todo_figures,
		    "lacks a row that the ledger asks for");
	return e;
}

/* --- places --------------------------------------------------------------- */

static enum err
compare_place(struct figures_audit *f, struct stmt *st)
{
	struct rollup_place stored;
	struct rollup_place now;
	int64_t since = db_int(st, 4);
	size_t org;
	enum err e;

	if (!recount_org(&f->r, db_text(st, 0), &org) ||
	    !read_place(st, 1, &stored))
		return audit_fault(f->a, "ledger_place", 0, todo_figures,
		    "has a row that is no organisation's");
	e = rollup_where(f->db, db_text(st, 0), &now);
	if (e != ERR_OK)
		return e;
	/* Not placed yet since the table is there: counted as unknown. */
	if (since == INT64_MAX)
		now = (struct rollup_place){.since = INT64_MAX};
	if (compare_places(&stored, &now) != 0 || since != now.since)
		return audit_fault(f->a, "ledger_place", 0, todo_figures,
		    "puts %s in another area than the imported files do",
		    f->r.orgs[org].ods);
	f->place[org] = stored;
	f->placed[org] = true;
	return ERR_OK;
}

static void
sort_places(struct figures_audit *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->r.norgs; i++)
		if (f->placed[i])
			f->sorted[n++] = f->place[i];
	if (n > 0)
		qsort(f->sorted, n, sizeof(*f->sorted), compare_places);
	for (size_t i = 0; i < n; i++)
		if (f->nsorted == 0 ||
		    compare_places(&f->sorted[f->nsorted - 1], &f->sorted[i]) !=
			0)
			f->sorted[f->nsorted++] = f->sorted[i];
}

static enum err
check_placed(struct figures_audit *f)
{
	for (size_t i = 0; i < f->r.ledger.n; i++) {
		struct recount_cell c = recount_cell(f->r.ledger.v[i].key);

		if (!f->placed[c.org])
			return audit_fault(f->a, "ledger_place", 0,
			    todo_figures, "does not know %s",
			    f->r.orgs[c.org].ods);
	}
	return ERR_OK;
}

static enum err
compare_all_places(struct figures_audit *f)
{
	size_t n = f->r.norgs + 1;
	enum err e;

	f->place = calloc(n, sizeof(*f->place));
	f->sorted = calloc(n, sizeof(*f->sorted));
	f->placed = calloc(n, sizeof(*f->placed));
	if (f->place == NULL || f->sorted == NULL || f->placed == NULL)
		return ERR_MEM;
	e = compare_rows(f, sql_places, "ledger_place", compare_place);
	if (e != ERR_OK)
		return e;
	sort_places(f);
	return check_placed(f);
}

enum err
audit_figures(struct db *db, struct audit *a)
{
	struct figures_audit f = {.db = db, .a = a};
	enum err e = recount_events(db, &f.r);

	if (e == ERR_DATA && f.r.what != NULL)
		e = audit_fault(a, f.r.serial != 0 ? "card" : "event",
		    f.r.serial, todo_figures, "%s", f.r.what);
	if (e == ERR_OK)
		e = compare_ledger(&f);
	if (e == ERR_OK)
		e = compare_all_places(&f);
	if (e == ERR_OK)
		e = sum_up(&f, false);
	if (e == ERR_OK)
		e = compare_rows(&f, sql_orgs, "ledger_org", compare_org_row);
	if (e == ERR_OK)
		e = sum_up(&f, true);
	if (e == ERR_OK)
		e = compare_rows(
		    &f, sql_areas, "ledger_area", compare_area_row);
	tally_free(&f.tally);
	recount_free(&f.r);
	free(f.place);
	free(f.sorted);
	free(f.placed);
	return e;
}
