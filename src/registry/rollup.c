#include "registry/rollup.h"

#include <stdlib.h>

#include "base/date.h"

#define COLUMNS                                                                \
	" holders, cards, first, renewal, replacement, withdrawn, superseded"
#define VALUES                                                                 \
	" $holders, $cards, $first, $renewal, $replacement, $withdrawn,"       \
	" $superseded"
#define ADD(t)                                                                 \
	" DO UPDATE SET holders = " t ".holders + excluded.holders,"           \
	" cards = " t ".cards + excluded.cards,"                               \
	" first = " t ".first + excluded.first,"                               \
	" renewal = " t ".renewal + excluded.renewal,"                         \
	" replacement = " t ".replacement + excluded.replacement,"             \
	" withdrawn = " t ".withdrawn + excluded.withdrawn,"                   \
	" superseded = " t ".superseded + excluded.superseded"
#define IS_ZERO                                                                \
	" holders = 0 AND cards = 0 AND first = 0 AND renewal = 0"             \
	" AND replacement = 0 AND withdrawn = 0 AND superseded = 0"

static const char sql_add_org[] =
    "INSERT INTO ledger_org (org, scale, start, setting," COLUMNS ")"
    " VALUES ($org, $scale, $start, $setting," VALUES ")"
    " ON CONFLICT (org, scale, start, setting)" ADD(
	"ledger_org") " RETURNING" IS_ZERO;

static const char sql_drop_org[] =
    "DELETE FROM ledger_org WHERE org = $org AND scale = $scale"
    " AND start = $start AND setting = $setting";

static const char sql_add_area[] =
    "INSERT INTO ledger_area (scale, start, region, icb, sub_icb, "
    "setting," COLUMNS
    ") VALUES ($scale, $start, $region, $icb, $sub_icb, $setting," VALUES
    ") ON CONFLICT (scale, start, region, icb, sub_icb, setting)" ADD(
	"ledger_area") " RETURNING" IS_ZERO;

static const char sql_drop_area[] =
    "DELETE FROM ledger_area WHERE scale = $scale AND start = $start"
    " AND region = $region AND icb = $icb AND sub_icb = $sub_icb"
    " AND setting = $setting";

static const char sql_org[] =
    "SELECT scale, start, setting," COLUMNS " FROM ledger_org WHERE org = $org";

static const char sql_place[] =
    "SELECT region, icb, sub_icb, since FROM ledger_place WHERE org = $org";

static const char sql_put_place[] =
    "INSERT INTO ledger_place (org, region, icb, sub_icb, since)"
    " VALUES ($org, $region, $icb, $sub_icb, $since) ON CONFLICT (org)"
    " DO UPDATE SET region = excluded.region, icb = excluded.icb,"
    " sub_icb = excluded.sub_icb, since = excluded.since";

static const char sql_next_placed[] =
    "SELECT org FROM ledger_place WHERE org > $after ORDER BY org LIMIT 1";

/* As org_areas() chooses: the practice map before the organisation file. */
static const char sql_history[] =
    "SELECT region, icb, sub_icb, valid_from FROM org_area WHERE ods = $ods"
    " ORDER BY source DESC, valid_from DESC";

static const char *const params[LEDGER_MEASURES] = {
    [LEDGER_HOLDERS] = "$holders",
    [LEDGER_CARDS] = "$cards",
    [LEDGER_FIRST] = "$first",
    [LEDGER_RENEWAL] = "$renewal",
    [LEDGER_REPLACEMENT] = "$replacement",
    [LEDGER_WITHDRAWN] = "$withdrawn",
    [LEDGER_SUPERSEDED] = "$superseded",
};

/* One row: a period, a setting, and what changed. */
struct sums {
	int64_t scale;
	int64_t start;
	int64_t setting;
	int64_t n[LEDGER_MEASURES];
};

int64_t
rollup_start(enum rollup_scale scale, int64_t day)
{
	struct date d = date_of(day);

	if (scale == ROLLUP_DAY)
		return day;
	d.day = 1;
	if (scale == ROLLUP_YEAR)
		d.month = 1;
	return date_days(d);
}

/* --- where an organisation is --------------------------------------------- */

static bool
is_same_place(const struct rollup_place *a, const struct rollup_place *b)
{
	return strcmp(a->region, b->region) == 0 &&
	       strcmp(a->icb, b->icb) == 0 &&
	       strcmp(a->sub_icb, b->sub_icb) == 0;
}

static enum err
read_place(struct stmt *st, struct rollup_place *p)
{
	*p = (struct rollup_place){.since = db_int(st, 3)};
	return db_copy(p->region, sizeof(p->region), st, 0) &&
		       db_copy(p->icb, sizeof(p->icb), st, 1) &&
		       db_copy(p->sub_icb, sizeof(p->sub_icb), st, 2)
		   ? ERR_OK
		   : ERR_INTERNAL;
}

enum err
rollup_where(struct db *db, struct span org, struct rollup_place *out)
{
	struct rollup_place unknown = {.since = INT64_MIN};
	struct stmt *st = db_prepare(db, sql_history);
	struct rollup_place p;
	bool moved = false;
	bool any = false;
	enum db_more more;
	enum err e = ERR_OK;

	*out = unknown;
	db_bind_text(st, "$ods", org);
	/* Backwards in time, as long as nothing changes. */
	while (!moved && e == ERR_OK && (more = db_step(st)) == DB_ROW) {
		e = read_place(st, &p);
		if (!any)
			*out = p;
		else if (p.since < out->since && is_same_place(&p, out))
			out->since = p.since;
		else
			moved = p.since < out->since;
		any = true;
	}
	if (e == ERR_OK && !moved && more == DB_ERR)
		return db_err(st);
	db_reset(st);
	/* Before its first row its area is unknown. */
	if (!moved && is_same_place(out, &unknown))
		out->since = INT64_MIN;
	return e;
}

/* --- adding --------------------------------------------------------------- */

static void
bind_period(struct stmt *st, const struct sums *s)
{
	db_bind_int(st, "$scale", s->scale);
	db_bind_int(st, "$start", s->start);
	db_bind_int(st, "$setting", s->setting);
}

static void
bind_sums(struct stmt *st, const struct sums *s, int sign)
{
	bind_period(st, s);
	for (size_t i = 0; i < LEDGER_MEASURES; i++)
		db_bind_int(st, params[i], sign * s->n[i]);
}

static void
bind_place(struct stmt *st, const struct rollup_place *p)
{
	db_bind_text(st, "$region", span_str(p->region));
	db_bind_text(st, "$icb", span_str(p->icb));
	db_bind_text(st, "$sub_icb", span_str(p->sub_icb));
}

/* Runs an upsert; ${*zero} if its row has come to nothing. */
static enum err
run_add(struct stmt *st, bool *zero)
{
	bool found;
	enum err e = db_one(st, &found);

	*zero = e == ERR_OK && found && db_int(st, 0) != 0;
	db_reset(st);
	return e;
}

static enum err
add_org(struct db *db, const char *org, const struct sums *s)
{
	struct stmt *st = db_prepare(db, sql_add_org);
	bool zero;
	enum err e;

	db_bind_text(st, "$org", span_str(org));
	bind_sums(st, s, +1);
	e = run_add(st, &zero);
	if (e != ERR_OK || !zero)
		return e;
	st = db_prepare(db, sql_drop_org);
	db_bind_text(st, "$org", span_str(org));
	bind_period(st, s);
	return db_run(st);
}

static enum err
add_area(struct db *db, const struct rollup_place *place, const struct sums *s,
    int sign)
{
	struct stmt *st = db_prepare(db, sql_add_area);
	bool zero;
	enum err e;

	bind_place(st, place);
	bind_sums(st, s, sign);
	e = run_add(st, &zero);
	if (e != ERR_OK || !zero)
		return e;
	st = db_prepare(db, sql_drop_area);
	bind_place(st, place);
	bind_period(st, s);
	return db_run(st);
}

/* --- moving --------------------------------------------------------------- */

/* Adds all figures of ${org} to those of an area, or takes them away. */
static enum err
move(struct db *db, const char *org, const struct rollup_place *place, int sign)
{
	struct stmt *st = db_prepare(db, sql_org);
	enum db_more more;
	enum err e = ERR_OK;

	db_bind_text(st, "$org", span_str(org));
	while ((more = db_step(st)) == DB_ROW) {
		struct sums s = {
		    db_int(st, 0), db_int(st, 1), db_int(st, 2), {0}};

		for (int i = 0; i < LEDGER_MEASURES; i++)
			s.n[i] = db_int(st, 3 + i);
		e = add_area(db, place, &s, sign);
		if (e != ERR_OK)
			break;
	}
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	return e;
}

static enum err
put_place(struct db *db, const char *org, const struct rollup_place *place)
{
	struct stmt *st = db_prepare(db, sql_put_place);

	db_bind_text(st, "$org", span_str(org));
	bind_place(st, place);
	db_bind_int(st, "$since", place->since);
	return db_run(st);
}

static enum err
get_place(struct db *db, const char *org, struct rollup_place *out, bool *found)
{
	struct stmt *st = db_prepare(db, sql_place);
	enum err e;

	db_bind_text(st, "$org", span_str(org));
	e = db_one(st, found);
	if (e == ERR_OK && *found)
		e = read_place(st, out);
	db_reset(st);
	return e;
}

/* Puts ${org} where it belongs now, its figures with it. */
static enum err
replace(struct db *db, const char *org, struct rollup_place *now)
{
	struct rollup_place was;
	bool found;
	enum err e = get_place(db, org, &was, &found);

	if (e == ERR_OK)
		e = rollup_where(db, span_str(org), now);
	if (e != ERR_OK ||
	    (found && is_same_place(&was, now) && was.since == now->since))
		return e;
	if (found && !is_same_place(&was, now)) {
		e = move(db, org, &was, -1);
		if (e == ERR_OK)
			e = move(db, org, now, +1);
	}
	return e == ERR_OK ? put_place(db, org, now) : e;
}

enum err
rollup_replace_all(struct db *db)
{
	char org[ODS_CODE_MAX + 1] = "";
	struct rollup_place place;
	bool found = true;
	enum err e = ERR_OK;

	while (e == ERR_OK) {
		struct stmt *st = db_prepare(db, sql_next_placed);

		db_bind_text(st, "$after", span_str(org));
		e = db_one(st, &found);
		if (e == ERR_OK && found && !db_copy(org, sizeof(org), st, 0))
			e = ERR_INTERNAL;
		db_reset(st);
		if (e != ERR_OK || !found)
			break;
		e = replace(db, org, &place);
	}
	return e;
}

enum err
rollup_add(struct db *db, const char *org, int setting, int64_t day,
    const int64_t n[static LEDGER_MEASURES])
{
	struct sums s = {.setting = setting};
	struct rollup_place place;
	bool found;
	enum err e = get_place(db, org, &place, &found);

	if (e == ERR_OK && (!found || place.since == INT64_MAX))
		e = replace(db, org, &place);
	memcpy(s.n, n, sizeof(s.n));
	for (int i = 0; e == ERR_OK && i < ROLLUP_SCALES; i++) {
		s.scale = i;
		s.start = rollup_start((enum rollup_scale)i, day);
		e = add_org(db, org, &s);
		if (e == ERR_OK)
			e = add_area(db, &place, &s, +1);
	}
	return e;
}
