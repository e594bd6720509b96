#include "registry/org.h"

#include <stdio.h>

#include "base/date.h"
#include "base/log.h"

static const char sql_get[] =
    "SELECT ods, name, kind, status, service, opened, closed,"
    " address1, address2, address3, address4, address5, postcode, phone"
    " FROM organisation WHERE ods = $ods";

static const char sql_areas[] =
    "SELECT pcn, sub_icb, icb, region FROM org_area"
    " WHERE ods = $ods AND valid_from <= $day"
    " ORDER BY source DESC, valid_from DESC LIMIT 1";

static const char sql_area_name[] = "SELECT name FROM area WHERE code = $code";

static const char sql_list[] =
    "SELECT o.ods, o.name, o.kind, e.setting, a.pcn, a.sub_icb, a.icb,"
    " a.region"
    " FROM organisation AS o"
    " LEFT JOIN enrolment AS e ON e.ods = o.ods AND e.state = 0"
    " LEFT JOIN org_area AS a ON a.ods = o.ods"
    " AND (a.source, a.valid_from) = (SELECT b.source, b.valid_from"
    " FROM org_area AS b WHERE b.ods = o.ods AND b.valid_from <= $day"
    " ORDER BY b.source DESC, b.valid_from DESC LIMIT 1)"
    " WHERE ($enrolled = 0 OR e.ods IS NOT NULL)"
    " AND ($area = '' OR $area IN (a.pcn, a.sub_icb, a.icb, a.region))"
    " ORDER BY o.ods";

/* --- one organisation ----------------------------------------------------- */

static bool
read_org(struct stmt *st, struct org *out)
{
	bool ok;

	*out = (struct org){.kind = (enum org_kind)db_int(st, 2),
	    .status = (enum org_status)db_int(st, 3),
	    .service = (int32_t)db_int(st, 4),
	    .opened = db_int(st, 5),
	    .closed = db_is_null(st, 6) ? ODS_NEVER : db_int(st, 6)};
	ok = db_copy(out->ods, sizeof(out->ods), st, 0) &&
	     db_copy(out->name, sizeof(out->name), st, 1) &&
	     db_copy(out->postcode, sizeof(out->postcode), st, 12) &&
	     db_copy(out->phone, sizeof(out->phone), st, 13);
	for (int i = 0; i < ODS_LINES && ok; i++)
		ok = db_copy(
		    out->address[i], sizeof(out->address[i]), st, 7 + i);
	return ok;
}

enum err
org_get(struct db *db, struct span ods, struct org *out)
{
	struct stmt *st = db_prepare(db, sql_get);
	bool found;
	enum err e;

	db_bind_text(st, "$ods", ods);
	e = db_one(st, &found);
	if (e == ERR_OK && !found)
		return ERR_NOINPUT;
	if (e == ERR_OK && !read_org(st, out))
		e = ERR_INTERNAL;
	db_reset(st);
	return e;
}

/* Copies the four codes from column ${col} on. */
static bool
read_areas(struct stmt *st, int col, struct org_areas *out)
{
	for (int i = 0; i < ODS_LEVELS; i++)
		if (!db_copy(out->code[i], sizeof(out->code[i]), st, col + i))
			return false;
	return true;
}

enum err
org_areas(struct db *db, struct span ods, int64_t day, struct org_areas *out)
{
	struct stmt *st = db_prepare(db, sql_areas);
	bool found;
	enum err e;

	*out = (struct org_areas){0};
	db_bind_text(st, "$ods", ods);
	db_bind_int(st, "$day", day);
	e = db_one(st, &found);
	if (e == ERR_OK && found && !read_areas(st, 0, out))
		e = ERR_INTERNAL;
	db_reset(st);
	return e;
}

enum err
org_area_name(
    struct db *db, struct span code, char out[static ODS_NAME_MAX + 1])
{
	struct stmt *st = db_prepare(db, sql_area_name);
	bool found;
	enum err e;

	out[0] = '\0';
	db_bind_text(st, "$code", code);
	e = db_one(st, &found);
	if (e == ERR_OK && !found)
		return ERR_NOINPUT;
	if (e == ERR_OK && !db_copy(out, ODS_NAME_MAX + 1, st, 0))
		e = ERR_INTERNAL;
	db_reset(st);
	return e;
}

/* --- many ----------------------------------------------------------------- */

static bool
read_row(struct stmt *st, struct org_row *out)
{
	*out = (struct org_row){.enrolled = !db_is_null(st, 3)};
	out->setting = out->enrolled
			   ? (enum org_setting)db_int(st, 3)
			   : org_setting_of((enum org_kind)db_int(st, 2));
	return db_copy(out->ods, sizeof(out->ods), st, 0) &&
	       db_copy(out->name, sizeof(out->name), st, 1) &&
	       read_areas(st, 4, &out->areas);
}

enum err
org_list(struct db *db, const struct org_filter *filter,
    enum err (*fn)(const struct org_row *, void *), void *ctx)
{
	struct stmt *st = db_prepare(db, sql_list);
	struct org_row row;
	enum db_more more;
	enum err e = ERR_OK;

	db_bind_int(st, "$enrolled", filter->enrolled);
	db_bind_text(st, "$area", filter->area);
	db_bind_int(st, "$day", filter->day);
	while ((more = db_step(st)) == DB_ROW) {
		e = read_row(st, &row) ? fn(&row, ctx) : ERR_INTERNAL;
		if (e != ERR_OK)
			break;
	}
	if (more == DB_ERR)
		return db_err(st);
	db_reset(st);
	return e;
}

/* --- words ---------------------------------------------------------------- */

static const char *const settings[ORG_SETTINGS] = {
    [ORG_GENERAL_PRACTICE] = "general_practice",
    [ORG_HOSPITAL] = "hospital",
    [ORG_COMMUNITY] = "community",
    [ORG_EMPLOYER] = "employer",
    [ORG_EDUCATION] = "education",
};

enum org_setting
org_setting_of(enum org_kind kind)
{
	static const enum org_setting of[] = {
	    [ORG_PRACTICE] = ORG_GENERAL_PRACTICE,
	    [ORG_TRUST] = ORG_HOSPITAL,
	    [ORG_OTHER] = ORG_COMMUNITY,
	};

	return of[kind];
}

const char *
org_setting_name(enum org_setting s)
{
	return settings[s];
}

enum err
org_setting_parse(enum org_setting *out, struct span word)
{
	for (size_t i = 0; i < ORG_SETTINGS; i++) {
		char digit[] = {(char)('0' + i), '\0'};

		if (!span_is(word, settings[i]) && !span_is(word, digit))
			continue;
		*out = (enum org_setting)i;
		return ERR_OK;
	}
	return ERR_DATA;
}

const char *
org_refusal(const struct org *org, int64_t day, char out[static ORG_REFUSAL])
{
	char date[DATE_WORDS];

	if (org == NULL) {
		snprintf(out, ORG_REFUSAL,
		    "is not in the imported ODS files: check the code, or "
		    "import a newer epraccur.csv or etr.csv");
	} else if (org->closed != ODS_NEVER && org->closed <= day) {
		date_words(date, date_of(org->closed));
		snprintf(out, ORG_REFUSAL, "has been closed since %s", date);
	} else if (org->status == ORG_CLOSED) {
		snprintf(out, ORG_REFUSAL, "is closed");
	} else if (org->status == ORG_DORMANT) {
		snprintf(out, ORG_REFUSAL,
		    "is dormant: the ODS lists it as not working at present");
	} else if (org->status == ORG_PROPOSED) {
		snprintf(out, ORG_REFUSAL, "is proposed and not open yet");
	} else if (org->opened > day) {
		date_words(date, date_of(org->opened));
		snprintf(out, ORG_REFUSAL, "opens on %s", date);
	} else {
		return NULL;
	}
	return out;
}
