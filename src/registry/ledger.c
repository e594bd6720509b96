#include "registry/ledger.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/log.h"
#include "registry/card.h"
#include "registry/rollup.h"

static const char sql_cards[] =
    "SELECT org, setting, class, kind, iat, exp, ended, end_reason FROM card"
    " WHERE holder IN (SELECT id FROM holder WHERE person = $person)"
    " ORDER BY iat DESC, serial DESC";

static const char sql_add[] =
    "INSERT INTO ledger (measure, org, setting, class, day, delta)"
    " VALUES ($measure, $org, $setting, $class, $day, $delta)"
    " ON CONFLICT (measure, org, setting, class, day)"
    " DO UPDATE SET delta = ledger.delta + excluded.delta RETURNING delta";

/* A sum that came back to nothing is no row, so that there is one right form.
 */
static const char sql_drop[] =
    "DELETE FROM ledger WHERE measure = $measure AND org = $org"
    " AND setting = $setting AND class = $class AND day = $day";

static const char sql_sum[] =
    "SELECT coalesce(sum(delta), 0) FROM ledger WHERE measure = $measure"
    " AND ($org = '' OR org = $org) AND ($setting = -1 OR setting = $setting)"
    " AND ($class = -1 OR class = $class) AND day <= $day";

/* What a card counts as, and when. */
struct entry {
	char org[CARD_ORG];
	int setting;
	int class;
	enum card_kind kind;
	int64_t start; /* days; nothing to count from start to end if equal */
	int64_t end;
	bool is_ended;
	int64_t ended_day;
	enum card_reason reason;
};

/* A person's cards, newest first. */
struct entries {
	struct entry *e;
	size_t n;
	size_t size;
};

void
ledger_card_days(int64_t iat, int64_t exp, const int64_t *ended, int64_t *start,
    int64_t *end)
{
	*start = date_day_of(iat);
	*end = date_day_of(exp);
	if (ended != NULL && date_day_of(*ended) < *end)
		*end = date_day_of(*ended);
}

static enum err
grow(struct entries *all)
{
	size_t size = all->size == 0 ? 8 : all->size * 2;
	struct entry *e;

	if (size > LEDGER_PERSON_CARDS) {
		log_error("registry: a person has more than %d cards",
		    LEDGER_PERSON_CARDS);
		return ERR_TOOBIG;
	}
	e = realloc(all->e, size * sizeof(*e));
	if (e == NULL)
		return ERR_MEM;
	all->e = e;
	all->size = size;
	return ERR_OK;
}

static enum err
read_entry(struct entry *e, struct stmt *st)
{
	int64_t ended = db_int(st, 6);

	*e = (struct entry){.setting = (int)db_int(st, 1),
	    .class = (int)db_int(st, 2),
	    .kind = (enum card_kind)db_int(st, 3),
	    .is_ended = !db_is_null(st, 6),
	    .ended_day = date_day_of(ended),
	    .reason = (enum card_reason)db_int(st, 7)};
	ledger_card_days(db_int(st, 4), db_int(st, 5),
	    e->is_ended ? &ended : NULL, &e->start, &e->end);
	return db_copy(e->org, sizeof(e->org), st, 0) ? ERR_OK : ERR_INTERNAL;
}

static enum err
read_entries(struct db *db, int64_t person, struct entries *all)
{
	struct stmt *st = db_prepare(db, sql_cards);
	enum db_more more;
	enum err e = ERR_OK;

	db_bind_int(st, "$person", person);
	while ((more = db_step(st)) == DB_ROW) {
		if (all->n == all->size)
			e = grow(all);
		if (e == ERR_OK)
			e = read_entry(&all->e[all->n++], st);
		if (e != ERR_OK)
			break;
	}
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	return e;
}

/* --- what changes on which day -------------------------------------------- */

/* What changes in one cell on one day. */
struct change {
	char org[CARD_ORG];
	int setting;
	int class;
	int64_t day;
	int64_t n[LEDGER_MEASURES];
};

/* What a transaction has changed so far, in no order. */
struct changes {
	struct change *v;
	size_t n;
	size_t size;
};

/* There is room for one more: the caller of all these has seen to it. */
static void
add(struct changes *c, enum ledger_measure measure, const struct entry *e,
    int64_t day, int delta)
{
	struct change *to = &c->v[c->n++];

	*to = (struct change){
	    .setting = e->setting, .class = e->class, .day = day};
	memcpy(to->org, e->org, sizeof(to->org));
	to->n[measure] = delta;
}

/* A stock: one more from ${start} on, up to ${end}. */
static void
add_stock(struct changes *c, enum ledger_measure measure, const struct entry *e,
    int64_t start, int64_t end, int sign)
{
	if (start >= end)
		return;
	add(c, measure, e, start, sign);
	add(c, measure, e, end, -sign);
}

/* What one card amounts to by itself. */
static void
add_card(struct changes *c, const struct entry *e, int sign)
{
	static const enum ledger_measure flow[] = {[CARD_FIRST] = LEDGER_FIRST,
	    [CARD_RENEWAL] = LEDGER_RENEWAL,
	    [CARD_REPLACEMENT] = LEDGER_REPLACEMENT};
	add(c, flow[e->kind], e, e->start, sign);
	add_stock(c, LEDGER_CARDS, e, e->start, e->end, sign);
	if (e->is_ended)
		add(c,
		    e->reason == CARD_SUPERSEDED ? LEDGER_SUPERSEDED
						 : LEDGER_WITHDRAWN,
		    e, e->ended_day, sign);
}

static int
compare_days(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The newest card in force on ${day}; they are sorted newest first. */
static const struct entry *
newest_on(const struct entries *all, int64_t day)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->e[i].start <= day && day < all->e[i].end)
			return &all->e[i];
	return NULL;
}

static bool
is_same_cell(const struct entry *a, const struct entry *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a->org, b->org) == 0 && a->setting == b->setting &&
	       a->class == b->class;
}

/*
 * The person counts under one card at a time: between two neighbours of the
 * sorted start and end days nothing changes, so it is enough to ask at each.
 */
static enum err
add_holder(struct changes *c, const struct entries *all, int sign)
{
	size_t n = all->n * 2;
	int64_t *days = calloc(n == 0 ? 1 : n, sizeof(*days));
	const struct entry *under = NULL;
	int64_t since = 0;

	if (days == NULL)
		return ERR_MEM;
	for (size_t i = 0; i < all->n; i++) {
		days[2 * i] = all->e[i].start;
		days[2 * i + 1] = all->e[i].end;
	}
	qsort(days, n, sizeof(*days), compare_days);
	for (size_t i = 0; i < n; i++) {
		const struct entry *now = newest_on(all, days[i]);

		if (is_same_cell(under, now))
			continue;
		if (under != NULL)
			add_stock(
			    c, LEDGER_HOLDERS, under, since, days[i], sign);
		under = now;
		since = days[i];
	}
	/* After the last end day no card is in force: nothing is left open. */
	free(days);
	return ERR_OK;
}

static int
compare_changes(const void *a, const void *b)
{
	const struct change *x = a;
	const struct change *y = b;
	int c = strcmp(x->org, y->org);

	if (c == 0)
		c = x->setting - y->setting;
	if (c == 0)
		c = x->class - y->class;
	return c != 0 ? c : compare_days(&x->day, &y->day);
}

/* Adds up what happens in one cell on one day. */
static void
merge(struct changes *c)
{
	size_t n = 0;

	if (c->n > 0)
		qsort(c->v, c->n, sizeof(*c->v), compare_changes);
	for (size_t i = 0; i < c->n; i++) {
		if (n > 0 && compare_changes(&c->v[n - 1], &c->v[i]) == 0)
			for (int m = 0; m < LEDGER_MEASURES; m++)
				c->v[n - 1].n[m] += c->v[i].n[m];
		else
			c->v[n++] = c->v[i];
	}
	c->n = n;
}

/* Makes room for ${more} changes; a batch mostly changes the same few days. */
static enum err
make_room(struct changes *c, size_t more)
{
	struct change *v;
	size_t size;

	if (c->size - c->n >= more)
		return ERR_OK;
	merge(c);
	if (c->size / 2 >= c->n + more)
		return ERR_OK;
	size = 2 * (c->n + more);
	v = realloc(c->v, size * sizeof(*v));
	if (v == NULL)
		return ERR_MEM;
	c->v = v;
	c->size = size;
	return ERR_OK;
}

static void
bind_row(struct stmt *st, const struct change *c, int measure)
{
	db_bind_int(st, "$measure", measure);
	db_bind_text(st, "$org", span_str(c->org));
	db_bind_int(st, "$setting", c->setting);
	db_bind_int(st, "$class", c->class);
	db_bind_int(st, "$day", c->day);
}

static enum err
store_row(struct db *db, const struct change *c, int measure)
{
	struct stmt *st = db_prepare(db, sql_add);
	bool found;
	bool zero;
	enum err e;

	bind_row(st, c, measure);
	db_bind_int(st, "$delta", c->n[measure]);
	e = db_one(st, &found);
	zero = e == ERR_OK && found && db_int(st, 0) == 0;
	db_reset(st);
	if (!zero)
		return e;
	st = db_prepare(db, sql_drop);
	bind_row(st, c, measure);
	return db_run(st);
}

static enum err
store(struct db *db, const struct change *c)
{
	bool any = false;
	enum err e = ERR_OK;

	for (int m = 0; e == ERR_OK && m < LEDGER_MEASURES; m++) {
		if (c->n[m] == 0)
			continue;
		any = true;
		e = store_row(db, c, m);
	}
	return e == ERR_OK && any
		   ? rollup_add(db, c->org, c->setting, c->day, c->n)
		   : e;
}

/* The end of a transaction: what it changed comes to the tables. */
static enum err
settle(struct db *db, void *ctx, bool commit)
{
	struct changes *c = ctx;
	enum err e = ERR_OK;

	if (commit)
		merge(c);
	for (size_t i = 0; commit && e == ERR_OK && i < c->n; i++)
		e = store(db, &c->v[i]);
	free(c->v);
	free(c);
	return e;
}

/* What this transaction changed up to now. */
static enum err
changes_of(struct db *db, struct changes **c)
{
	*c = db_end_ctx(db);
	if (*c != NULL)
		return ERR_OK;
	*c = calloc(1, sizeof(**c));
	if (*c == NULL)
		return ERR_MEM;
	db_at_end(db, settle, *c);
	return ERR_OK;
}

static enum err
add_all(struct db *db, const struct entries *all, int sign)
{
	struct changes *c = NULL;
	enum err e = changes_of(db, &c);

	/* At most four a card, and twice as many stretches as holder. */
	if (e == ERR_OK)
		e = make_room(c, 8 * all->n);
	for (size_t i = 0; e == ERR_OK && i < all->n; i++)
		add_card(c, &all->e[i], sign);
	return e == ERR_OK && all->n > 0 ? add_holder(c, all, sign) : e;
}

enum err
ledger_person(struct db *db, int64_t person, int sign)
{
	struct entries all = {0};
	enum err e = read_entries(db, person, &all);

	if (e == ERR_OK)
		e = add_all(db, &all, sign);
	free(all.e);
	return e;
}

enum err
ledger_first(struct db *db, const struct card *c)
{
	struct entry e = {.setting = c->setting,
	    .class = c->class,
	    .kind = c->kind,
	    .is_ended = c->is_ended,
	    .ended_day = date_day_of(c->ended),
	    .reason = c->reason};

	memcpy(e.org, c->org, sizeof(e.org));
	ledger_card_days(
	    c->iat, c->exp, c->is_ended ? &c->ended : NULL, &e.start, &e.end);
	return add_all(db, &(struct entries){&e, 1, 1}, +1);
}

enum err
ledger_sum(
    struct db *db, const struct ledger_query *q, int64_t day, int64_t *out)
{
	struct stmt *st = db_prepare(db, sql_sum);
	bool found;
	enum err e;

	*out = 0;
	db_bind_int(st, "$measure", q->measure);
	db_bind_text(st, "$org", span_str(q->org == NULL ? "" : q->org));
	db_bind_int(st, "$setting", q->setting);
	db_bind_int(st, "$class", q->class);
	db_bind_int(st, "$day", day);
	e = db_one(st, &found);
	if (e == ERR_OK && found)
		*out = db_int(st, 0);
	db_reset(st);
	return e;
}
