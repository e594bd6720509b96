#include "registry/org_import.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/log.h"
#include "registry/org.h"
#include "registry/rollup.h"

#define FILE_MAX ((size_t)32 * 1024 * 1024) /* epraccur.csv has 3.4 MB */
#define ROWS_MAX 400000

/* Asks and compares in one look-up: no row, 0 (other) or 1 (the same). */
static const char sql_org_same[] =
    "SELECT name = $name AND kind = $kind AND status = $status"
    " AND service = $service AND opened = $opened"
    " AND closed IS NOT DISTINCT FROM $closed"
    " AND address1 = $address1 AND address2 = $address2"
    " AND address3 = $address3 AND address4 = $address4"
    " AND address5 = $address5 AND postcode = $postcode"
    " AND phone = $phone FROM organisation WHERE ods = $ods";

static const char sql_org_put[] =
    "INSERT INTO organisation (ods, name, kind, status, service, opened,"
    " closed, address1, address2, address3, address4, address5, postcode,"
    " phone) VALUES ($ods, $name, $kind, $status, $service, $opened, $closed,"
    " $address1, $address2, $address3, $address4, $address5, $postcode,"
    " $phone) ON CONFLICT (ods) DO UPDATE SET name = excluded.name,"
    " kind = excluded.kind, status = excluded.status,"
    " service = excluded.service, opened = excluded.opened,"
    " closed = excluded.closed, address1 = excluded.address1,"
    " address2 = excluded.address2, address3 = excluded.address3,"
    " address4 = excluded.address4, address5 = excluded.address5,"
    " postcode = excluded.postcode, phone = excluded.phone";

static const char sql_area_same[] =
    "SELECT pcn IS NOT DISTINCT FROM $pcn"
    " AND sub_icb IS NOT DISTINCT FROM $sub_icb"
    " AND icb IS NOT DISTINCT FROM $icb"
    " AND region IS NOT DISTINCT FROM $region FROM org_area"
    " WHERE ods = $ods AND source = $source AND valid_from = $valid_from";

static const char sql_area_put[] =
    "INSERT INTO org_area (ods, source, valid_from, pcn, sub_icb, icb, region)"
    " VALUES ($ods, $source, $valid_from, $pcn, $sub_icb, $icb, $region)"
    " ON CONFLICT (ods, source, valid_from) DO UPDATE SET pcn = excluded.pcn,"
    " sub_icb = excluded.sub_icb, icb = excluded.icb,"
    " region = excluded.region";

static const char sql_name_put[] =
    "INSERT INTO area (code, level, name, named_on)"
    " VALUES ($code, $level, $name, $named_on)"
    " ON CONFLICT (code) DO UPDATE SET level = excluded.level,"
    " name = excluded.name, named_on = excluded.named_on"
    " WHERE excluded.named_on > area.named_on"
    " OR (excluded.named_on = area.named_on AND excluded.name > area.name)";

static const char sql_known[] = "SELECT 1 FROM organisation WHERE ods = $ods";

/* What a row turned out to be; the greater one of two parts counts. */
enum news { UNCHANGED, CHANGED, ADDED };

/* A row that was read, to find codes that a file gives twice. */
struct seen {
	char code[ODS_CODE_MAX + 1];
	int64_t day; /* of the map's row; 0 in the other files */
	size_t line;
};

struct source {
	const char *path;
	struct buf text;
	struct ods_file file;
	struct seen *seen;
	size_t nseen;
	struct org_import_counts *out;
	char last[ODS_LEVELS][ODS_CODE_MAX + 1]; /* names just stored */
};

struct import {
	struct source *src;
	size_t n;
	uint8_t *scratch;
};

/* --- faults --------------------------------------------------------------- */

static enum err
report(const struct source *s, const struct ods_fault *f)
{
	char where[96] = "";
	char value[80] = "";

	if (f->column > 0 && f->name != NULL)
		snprintf(where, sizeof(where), ", column %zu (%s)", f->column,
		    f->name);
	else if (f->column > 0)
		snprintf(where, sizeof(where), ", column %zu", f->column);
	if (f->value[0] != '\0')
		snprintf(value, sizeof(value), "\"%s\" ", f->value);
	log_error("%s: line %zu%s: %s%s; nothing was imported", s->path,
	    f->line, where, value, f->why);
	return ERR_DATA;
}

static int
compare_seen(const void *a, const void *b)
{
	const struct seen *x = a;
	const struct seen *y = b;
	int c = strcmp(x->code, y->code);

	if (c != 0)
		return c;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* A code twice: which of the two would be true? */
static enum err
check_twice(struct source *s)
{
	if (s->nseen > 0)
		qsort(s->seen, s->nseen, sizeof(*s->seen), compare_seen);
	for (size_t i = 1; i < s->nseen; i++) {
		const struct seen *a = &s->seen[i - 1];
		const struct seen *b = &s->seen[i];

		if (strcmp(a->code, b->code) != 0 || a->day != b->day)
			continue;
		log_error("%s: line %zu: code \"%s\" was on line %zu already: "
			  "take one of the two lines out; nothing was imported",
		    s->path, b->line, b->code, a->line);
		return ERR_DATA;
	}
	return ERR_OK;
}

static enum err
note(struct source *s, struct span code, int64_t day)
{
	struct seen *seen;

	if (s->nseen == ROWS_MAX) {
		log_error("%s: more than %d rows; nothing was imported",
		    s->path, ROWS_MAX);
		return ERR_TOOBIG;
	}
	/* Doubling from 16,384, when full. */
	if (s->nseen == 0 ||
	    (s->nseen >= 16384 && (s->nseen & (s->nseen - 1)) == 0)) {
		size_t n = s->nseen == 0 ? 16384 : s->nseen * 2;

		seen = reallocarray(s->seen, n, sizeof(*seen));
		if (seen == NULL)
			return ERR_MEM;
		s->seen = seen;
	}
	seen = &s->seen[s->nseen++];
	*seen = (struct seen){.day = day, .line = ods_line(&s->file)};
	memcpy(seen->code, code.p, code.n);
	return ERR_OK;
}

/* --- rows ----------------------------------------------------------------- */

static enum org_kind
kind_of(enum ods_kind kind, int32_t service)
{
	if (kind == ODS_TRUSTS)
		return ORG_TRUST;
	return service == 4 ? ORG_PRACTICE : ORG_OTHER;
}

static enum org_status
status_of(uint8_t letter)
{
	static const char letters[] = "ACDP"; /* in enum org_status' order */
	const char *at = memchr(letters, letter, 4);

	return at == NULL ? ORG_DORMANT : (enum org_status)(at - letters);
}

static void
bind_org(struct stmt *st, enum ods_kind kind, const struct ods_org *o)
{
	static const char *const line[ODS_LINES] = {
	    "$address1", "$address2", "$address3", "$address4", "$address5"};

	db_bind_text(st, "$ods", o->code);
	db_bind_text(st, "$name", o->name);
	db_bind_int(st, "$kind", kind_of(kind, o->service));
	db_bind_int(st, "$status", status_of(o->status));
	db_bind_int(st, "$service", o->service);
	db_bind_int(st, "$opened", o->opened);
	if (o->closed == ODS_NEVER)
		db_bind_null(st, "$closed");
	else
		db_bind_int(st, "$closed", o->closed);
	for (size_t i = 0; i < ODS_LINES; i++)
		db_bind_text(st, line[i], o->address[i]);
	db_bind_text(st, "$postcode", o->postcode);
	db_bind_text(st, "$phone", o->phone);
}

/* Runs a bound ..._same statement. */
static enum err
ask(struct stmt *st, enum news *out)
{
	bool found;
	enum err e = db_one(st, &found);

	if (e == ERR_OK)
		*out = !found ? ADDED : db_int(st, 0) ? UNCHANGED : CHANGED;
	db_reset(st);
	return e;
}

static enum err
put_org(
    struct db *db, enum ods_kind kind, const struct ods_org *o, enum news *out)
{
	struct stmt *st = db_prepare(db, sql_org_same);
	enum err e;

	bind_org(st, kind, o);
	e = ask(st, out);
	if (e != ERR_OK || *out == UNCHANGED)
		return e;
	st = db_prepare(db, sql_org_put);
	bind_org(st, kind, o);
	return db_run(st);
}

struct areas {
	struct span ods;
	int64_t source;
	int64_t valid_from;
	const struct span *code; /* ODS_LEVELS */
};

static void
bind_areas(struct stmt *st, const struct areas *a)
{
	static const char *const name[ODS_LEVELS] = {
	    "$pcn", "$sub_icb", "$icb", "$region"};

	db_bind_text(st, "$ods", a->ods);
	db_bind_int(st, "$source", a->source);
	db_bind_int(st, "$valid_from", a->valid_from);
	for (size_t i = 0; i < ODS_LEVELS; i++)
		db_bind_opt(st, name[i], a->code[i]);
}

static enum err
put_areas(struct db *db, const struct areas *a, enum news *out)
{
	struct stmt *st = db_prepare(db, sql_area_same);
	enum err e;

	bind_areas(st, a);
	e = ask(st, out);
	if (e != ERR_OK || *out == UNCHANGED)
		return e;
	st = db_prepare(db, sql_area_put);
	bind_areas(st, a);
	return db_run(st);
}

/* Stores the names that a row of the map has and the row before had not. */
static enum err
put_names(struct db *db, struct source *s, const struct ods_map *m)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < ODS_LEVELS && e == ERR_OK; i++) {
		struct stmt *st;

		if (m->area[i].n == 0 || m->area_name[i].n == 0 ||
		    span_is(m->area[i], s->last[i]))
			continue;
		memcpy(s->last[i], m->area[i].p, m->area[i].n);
		s->last[i][m->area[i].n] = '\0';
		st = db_prepare(db, sql_name_put);
		db_bind_text(st, "$code", m->area[i]);
		db_bind_int(st, "$level", (int64_t)i);
		db_bind_text(st, "$name", m->area_name[i]);
		db_bind_int(st, "$named_on", m->extracted);
		e = db_run(st);
	}
	return e;
}

static void
count(struct org_import_counts *c, enum news news)
{
	c->added += news == ADDED;
	c->changed += news == CHANGED;
	c->unchanged += news == UNCHANGED;
}

static enum err
import_org(struct db *db, struct source *s, const struct ods_org *o)
{
	struct areas a = {o->code, 0, o->joined, o->area};
	enum news org;
	enum news area = UNCHANGED;
	enum err e = note(s, o->code, 0);

	if (e == ERR_OK)
		e = put_org(db, s->file.kind, o, &org);
	if (e == ERR_OK)
		e = put_areas(db, &a, &area);
	if (e != ERR_OK)
		return e;
	/* A new dated row of a known organisation is a change of it. */
	count(s->out, org == UNCHANGED && area != UNCHANGED ? CHANGED : org);
	return ERR_OK;
}

static enum err
import_map(struct db *db, struct source *s, const struct ods_map *m)
{
	struct areas a = {m->code, 1, m->extracted, m->area};
	struct stmt *st;
	enum news news;
	bool known;
	enum err e = note(s, m->code, m->extracted);

	if (e == ERR_OK)
		e = put_areas(db, &a, &news);
	if (e == ERR_OK)
		e = put_names(db, s, m);
	if (e != ERR_OK)
		return e;
	st = db_prepare(db, sql_known);
	db_bind_text(st, "$ods", m->code);
	e = db_one(st, &known);
	db_reset(st);
	if (e != ERR_OK)
		return e;
	s->out->unknown += !known;
	count(s->out, news);
	return ERR_OK;
}

/* --- files ---------------------------------------------------------------- */

/* Opened again from its first byte: telling the kinds apart used it up. */
static enum err
open_source(struct source *s, uint8_t *scratch)
{
	struct ods_fault fault;
	enum err e = ods_open(&s->file, buf_span(&s->text), scratch, &fault);

	if (e == ERR_DATA)
		return report(s, &fault);
	*s->out = (struct org_import_counts){.kind = s->file.kind};
	return e;
}

static enum err
import_source(struct db *db, struct source *s, uint8_t *scratch)
{
	struct ods_fault fault;
	struct ods_map m;
	struct ods_org o;
	enum err e = open_source(s, scratch);

	while (e == ERR_OK && s->file.kind == ODS_MAP) {
		e = ods_next_map(&s->file, &m, &fault);
		if (e == ERR_DATA)
			return report(s, &fault);
		if (e == ERR_OK)
			e = import_map(db, s, &m);
	}
	while (e == ERR_OK) {
		e = ods_next_org(&s->file, &o, &fault);
		if (e == ERR_DATA)
			return report(s, &fault);
		if (e == ERR_OK)
			e = import_org(db, s, &o);
	}
	return e == ERR_NOINPUT ? check_twice(s) : e;
}

/* Organisations before the maps that speak of them. */
static enum err
import_all(struct db *db, void *ctx)
{
	const struct import *im = ctx;
	enum err e = ERR_OK;

	for (int maps = 0; maps <= 1; maps++)
		for (size_t i = 0; i < im->n && e == ERR_OK; i++)
			if ((im->src[i].file.kind == ODS_MAP) == maps)
				e = import_source(db, &im->src[i], im->scratch);
	return e == ERR_OK ? rollup_replace_all(db) : e;
}

/* Reads and recognises a file before the registry is locked. */
static enum err
load(struct source *s, const char *path, struct org_import_counts *out,
    uint8_t *scratch)
{
	enum err e;

	*s = (struct source){
	    .path = path, .text = BUF_INIT(FILE_MAX), .out = out};
	e = file_read_arg(&s->text, path);
	if (e == ERR_OK && strcmp(path, "-") == 0)
		s->path = "standard input";
	return e == ERR_OK ? open_source(s, scratch) : e;
}

enum err
org_import_files(
    struct db *db, char *const *paths, size_t n, struct org_import_counts *out)
{
	struct import im = {0};
	enum err e = ERR_OK;

	if (n == 0 || n > ORG_IMPORT_FILES) {
		log_error("org import: name 1 to %d files", ORG_IMPORT_FILES);
		return ERR_USAGE;
	}
	im.src = calloc(n, sizeof(*im.src));
	im.scratch = malloc(ODS_SCRATCH);
	if (im.src == NULL || im.scratch == NULL) {
		e = ERR_MEM;
		goto out;
	}
	for (; im.n < n && e == ERR_OK; im.n++)
		e = load(&im.src[im.n], paths[im.n], &out[im.n], im.scratch);
	if (e == ERR_OK)
		e = db_write(db, import_all, &im);
out:
	for (size_t i = 0; i < im.n; i++) {
		buf_free(&im.src[i].text);
		free(im.src[i].seen);
	}
	free(im.src);
	free(im.scratch);
	return e;
}
