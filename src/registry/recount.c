#include "registry/recount.h"

#include <stdlib.h>

#include "base/date.h"
#include "registry/card.h"
#include "registry/event.h"

#define DAYS_MAX 36525 /* no card counts for a hundred years */

static const char sql_orgs[] = "SELECT ods FROM enrolment ORDER BY ods";

static const char sql_count[] =
    "SELECT count(*) FILTER (WHERE kind = 1),"
    " (SELECT count(*) FROM enrolment), coalesce(max(holder), 0),"
    " count(*) FROM event";

static const char sql_issued[] =
    "SELECT serial, holder, org, setting, class, card_kind, at, start_day,"
    " end_day FROM event WHERE kind = 1";

static const char sql_ended[] =
    "SELECT serial, kind, at, end_day FROM event WHERE kind IN (3, 4)"
    " ORDER BY seq";

/* Who a holder was last said to be. */
static const char sql_persons[] =
    "SELECT holder, CASE kind WHEN 5 THEN other ELSE person END FROM event"
    " WHERE holder IS NOT NULL AND person IS NOT NULL ORDER BY seq";

static const char sql_stored[] = "SELECT id, person FROM holder ORDER BY id";

/* A card as its events tell it. */
struct told {
	int64_t serial;
	int64_t holder;
	int64_t person;
	int64_t iat;
	int64_t start;
	int64_t end;
	int64_t ended_day;
	uint32_t org;
	uint8_t setting;
	uint8_t class;
	uint8_t kind;
	uint8_t end_kind; /* EVENT_WITHDRAW, EVENT_SUPERSEDE, or 0 */
};

struct telling {
	struct recount *r;
	struct told *cards;
	size_t ncards;
	size_t size;
	int64_t *person; /* of each holder */
	size_t nholders;
};

/* --- keys ----------------------------------------------------------------- */

/* measure 3 bits, organisation 20, setting 3, class 1, day 32: in that order
 * they sort as the ledger's primary key does. */
uint64_t
recount_key(const struct recount_cell *c)
{
	uint64_t k = (uint64_t)c->measure << 56 | (uint64_t)c->org << 36;

	k |= (uint64_t)c->setting << 33 | (uint64_t)c->class << 32;
	return k | (uint32_t)(c->day + INT64_C(0x80000000));
}

struct recount_cell
recount_cell(uint64_t key)
{
	return (struct recount_cell){.measure = (int)(key >> 56),
	    .org = key >> 36 & 0xfffff,
	    .setting = key >> 33 & 7,
	    .class = key >> 32 & 1,
	    .day = (int64_t)(key & 0xffffffff) - INT64_C(0x80000000)};
}

static int
compare_org(const void *key, const void *org)
{
	const struct span *s = key;
	const struct recount_org *o = org;

	return span_cmp(*s, span_str(o->ods));
}

bool
recount_org(const struct recount *r, struct span ods, size_t *out)
{
	const struct recount_org *o =
	    bsearch(&ods, r->orgs, r->norgs, sizeof(*r->orgs), compare_org);

	if (o != NULL)
		*out = (size_t)(o - r->orgs);
	return o != NULL;
}

static enum err
wrong(struct recount *r, int64_t serial, const char *what)
{
	r->serial = serial;
	r->what = what;
	return ERR_DATA;
}

/* --- what the events tell ------------------------------------------------- */

static enum err
make_room(struct db *db, struct telling *t)
{
	struct stmt *st = db_prepare(db, sql_count);
	size_t nevents = 0;
	size_t norgs = 0;
	bool found;
	enum err e = db_one(st, &found);

	t->nholders = 1; /* the holder of no number */
	if (e == ERR_OK && found) {
		t->size = (size_t)db_int(st, 0);
		norgs = (size_t)db_int(st, 1);
		t->nholders = (size_t)db_int(st, 2) + 1;
		nevents = (size_t)db_int(st, 3);
	}
	db_reset(st);
	if (e != ERR_OK)
		return e;
	/* Each holder was made by an event. */
	if (norgs > 0xfffff || t->nholders > nevents + 1)
		return wrong(t->r, 0, "names a holder that no event made");
	t->cards = calloc(t->size + 1, sizeof(*t->cards));
	t->person = calloc(t->nholders, sizeof(*t->person));
	t->r->orgs = calloc(norgs + 1, sizeof(*t->r->orgs));
	return t->cards != NULL && t->person != NULL && t->r->orgs != NULL
		   ? ERR_OK
		   : ERR_MEM;
}

static enum err
read_orgs(struct db *db, struct telling *t)
{
	struct stmt *st = db_prepare(db, sql_orgs);
	struct recount *r = t->r;
	enum db_more more;

	while ((more = db_step(st)) == DB_ROW) {
		struct recount_org *o = &r->orgs[r->norgs++];

		if (!db_copy(o->ods, sizeof(o->ods), st, 0))
			return ERR_INTERNAL;
	}
	return more == DB_ERR ? db_err(st) : ERR_OK;
}

static enum err
read_issue(struct telling *t, struct stmt *st)
{
	struct told *c = &t->cards[t->ncards++];
	size_t org;

	*c = (struct told){.serial = db_int(st, 0),
	    .holder = db_int(st, 1),
	    .setting = (uint8_t)(db_int(st, 3) & 7),
	    .class = (uint8_t)(db_int(st, 4) & 1),
	    .kind = (uint8_t)(db_int(st, 5) & 3),
	    .iat = db_int(st, 6),
	    .start = db_int(st, 7),
	    .end = db_int(st, 8)};
	if (!recount_org(t->r, db_text(st, 2), &org))
		return wrong(t->r, c->serial,
		    "was issued by an organisation that never enrolled");
	c->org = (uint32_t)org;
	if (c->holder < 1 || (size_t)c->holder >= t->nholders)
		return wrong(
		    t->r, c->serial, "was issued to nobody that there is");
	if (c->end < c->start || c->end - c->start > DAYS_MAX ||
	    c->start < INT32_MIN || c->end > INT32_MAX)
		return wrong(
		    t->r, c->serial, "counts for longer than a card may");
	return ERR_OK;
}

static enum err
read_issues(struct db *db, struct telling *t)
{
	struct stmt *st = db_prepare(db, sql_issued);
	enum db_more more;
	enum err e = ERR_OK;

	while ((more = db_step(st)) == DB_ROW && t->ncards < t->size) {
		e = read_issue(t, st);
		if (e != ERR_OK)
			break;
	}
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	return e;
}

static int
compare_serials(const void *a, const void *b)
{
	const struct told *x = a;
	const struct told *y = b;

	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static enum err
sort_issues(struct telling *t)
{
	if (t->ncards > 0)
		qsort(t->cards, t->ncards, sizeof(*t->cards), compare_serials);
	for (size_t i = 1; i < t->ncards; i++)
		if (t->cards[i].serial == t->cards[i - 1].serial)
			return wrong(t->r, t->cards[i].serial,
			    "was issued twice, say its events");
	return ERR_OK;
}

static enum err
read_end(struct telling *t, struct stmt *st)
{
	struct told key = {.serial = db_int(st, 0)};
	struct told *c = bsearch(
	    &key, t->cards, t->ncards, sizeof(*t->cards), compare_serials);
	int64_t day = date_day_of(db_int(st, 2));

	if (c == NULL)
		return wrong(t->r, key.serial, "ended and was never issued");
	if (c->end_kind != 0)
		return wrong(t->r, c->serial, "ended twice, say its events");
	if (db_int(st, 3) > c->end || db_int(st, 3) < c->start)
		return wrong(
		    t->r, c->serial, "ended on a day that it was not good");
	c->end_kind = (uint8_t)db_int(st, 1);
	c->end = db_int(st, 3);
	c->ended_day = day > c->start ? day : c->start;
	return c->ended_day <= INT32_MAX
		   ? ERR_OK
		   : wrong(t->r, c->serial, "ended in the far future");
}

static enum err
read_ends(struct db *db, struct telling *t)
{
	struct stmt *st = db_prepare(db, sql_ended);
	enum db_more more;
	enum err e = ERR_OK;

	while ((more = db_step(st)) == DB_ROW) {
		e = read_end(t, st);
		if (e != ERR_OK)
			break;
	}
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	return e;
}

static enum err
read_persons(struct db *db, struct telling *t)
{
	struct stmt *st = db_prepare(db, sql_persons);
	enum db_more more;

	while ((more = db_step(st)) == DB_ROW) {
		int64_t holder = db_int(st, 0);

		if (holder > 0 && (size_t)holder < t->nholders)
			t->person[holder] = db_int(st, 1);
	}
	if (more == DB_ERR)
		return db_err(st);
	for (size_t i = 0; i < t->ncards; i++)
		t->cards[i].person = t->person[t->cards[i].holder];
	return ERR_OK;
}

/* The holders must be whose the events say. */
static enum err
compare_holders(struct db *db, struct telling *t)
{
	struct stmt *st = db_prepare(db, sql_stored);
	enum db_more more;

	while ((more = db_step(st)) == DB_ROW) {
		int64_t id = db_int(st, 0);

		if (id > 0 && (size_t)id < t->nholders &&
		    t->person[id] == db_int(st, 1))
			continue;
		db_reset(st);
		return wrong(t->r, 0,
		    "says that a holder is another person than the holder's "
		    "row does");
	}
	return more == DB_ERR ? db_err(st) : ERR_OK;
}

/* --- counting ------------------------------------------------------------- */

static enum err
count(struct recount *r, int measure, const struct told *c, int64_t day, int n)
{
	struct recount_cell cell = {measure, c->org, c->setting, c->class, day};

	return tally_add(&r->ledger, recount_key(&cell), n);
}

static enum err
count_card(struct recount *r, const struct told *c)
{
	enum err e = count(r, LEDGER_FIRST + c->kind, c, c->start, 1);

	if (e == ERR_OK)
		e = count(r, LEDGER_CARDS, c, c->start, 1);
	if (e == ERR_OK)
		e = count(r, LEDGER_CARDS, c, c->end, -1);
	if (e == ERR_OK && c->end_kind != 0)
		e = count(r,
		    c->end_kind == EVENT_WITHDRAW ? LEDGER_WITHDRAWN
						  : LEDGER_SUPERSEDED,
		    c, c->ended_day, 1);
	return e;
}

/* By person, and the newest card of each first. */
static int
compare_persons(const void *a, const void *b)
{
	const struct told *x = a;
	const struct told *y = b;

	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	if (x->iat != y->iat)
		return x->iat > y->iat ? -1 : 1;
	return compare_serials(b, a);
}

/* The card under which one person counts on ${day}. */
static const struct told *
card_on(const struct told *c, size_t n, int64_t day)
{
	for (size_t i = 0; i < n; i++)
		if (c[i].start <= day && day < c[i].end)
			return &c[i];
	return NULL;
}

/* The first day after ${day}, on which they have none, that one begins. */
static int64_t
next_start(const struct told *c, size_t n, int64_t day, int64_t last)
{
	int64_t next = last;

	for (size_t i = 0; i < n; i++)
		if (c[i].start > day && c[i].start < next)
			next = c[i].start;
	return next;
}

/* Asks on every day of their years: who do they count for? */
static enum err
count_person(struct recount *r, const struct told *c, size_t n)
{
	const struct told *was = NULL;
	int64_t first = c[0].start;
	int64_t last = c[0].end;
	enum err e = ERR_OK;

	for (size_t i = 1; i < n; i++) {
		first = c[i].start < first ? c[i].start : first;
		last = c[i].end > last ? c[i].end : last;
	}
	for (int64_t day = first; e == ERR_OK && day <= last; day++) {
		const struct told *now = card_on(c, n, day);

		if (now != was && was != NULL)
			e = count(r, LEDGER_HOLDERS, was, day, -1);
		if (e == ERR_OK && now != was && now != NULL)
			e = count(r, LEDGER_HOLDERS, now, day, 1);
		was = now;
		if (now == NULL && day < last)
			day = next_start(c, n, day, last) - 1;
	}
	return e;
}

static enum err
count_all(struct telling *t)
{
	enum err e = ERR_OK;

	if (t->ncards > 0)
		qsort(t->cards, t->ncards, sizeof(*t->cards), compare_persons);
	for (size_t i = 0; e == ERR_OK && i < t->ncards;) {
		size_t n = 0;

		while (i + n < t->ncards &&
		       t->cards[i + n].person == t->cards[i].person &&
		       e == ERR_OK)
			e = count_card(t->r, &t->cards[i + n++]);
		if (e == ERR_OK)
			e = count_person(t->r, &t->cards[i], n);
		i += n;
	}
	tally_settle(&t->r->ledger);
	return e;
}

enum err
recount_events(struct db *db, struct recount *r)
{
	struct telling t = {.r = r};
	enum err e;

	*r = (struct recount){0};
	e = make_room(db, &t);
	if (e == ERR_OK)
		e = read_orgs(db, &t);
	if (e == ERR_OK)
		e = read_issues(db, &t);
	if (e == ERR_OK)
		e = sort_issues(&t);
	if (e == ERR_OK)
		e = read_ends(db, &t);
	if (e == ERR_OK)
		e = read_persons(db, &t);
	if (e == ERR_OK)
		e = compare_holders(db, &t);
	if (e == ERR_OK)
		e = count_all(&t);
	free(t.cards);
	free(t.person);
	return e;
}

void
recount_free(struct recount *r)
{
	free(r->orgs);
	tally_free(&r->ledger);
	*r = (struct recount){0};
}
