#include "registry/ods.h"

#include "base/date.h"

static const char *const kind_names[] = {
    [ODS_UNKNOWN] = "an unknown file",
    [ODS_PRACTICES] = "GP practices and other prescribers",
    [ODS_TRUSTS] = "NHS trusts",
    [ODS_MAP] = "practice map",
};

const char *
ods_kind_name(enum ods_kind kind)
{
	return kind_names[kind];
}

/* --- faults --------------------------------------------------------------- */

/* The value as far as it fits and can be shown on a terminal. */
static void
show(char out[static 64], struct span v)
{
	size_t n = v.n < 63 ? v.n : 63;

	for (size_t i = 0; i < n; i++)
		out[i] = v.p[i] >= 0x20 && v.p[i] < 0x7f ? (char)v.p[i] : '?';
	out[n] = '\0';
}

static enum err
refuse(struct ods_fault *f, size_t line, size_t column, struct span value,
    const char *why)
{
	*f = (struct ods_fault){.line = line, .column = column, .why = why};
	show(f->value, value);
	return ERR_DATA;
}

/* --- rules ---------------------------------------------------------------- */

bool
ods_is_code(struct span t)
{
	for (size_t i = 0; i < t.n; i++)
		if (!(t.p[i] >= 'A' && t.p[i] <= 'Z') &&
		    !(t.p[i] >= '0' && t.p[i] <= '9'))
			return false;
	return t.n >= 3 && t.n <= ODS_CODE_MAX;
}

/* Puts "YYYYMMDD" into the shape that base/date.h reads. */
static bool
read_day(struct span t, int64_t *out)
{
	uint8_t iso[DATE_TEXT];
	struct date d;

	if (t.n != 8)
		return false;
	memcpy(iso, t.p, 4);
	iso[4] = iso[7] = '-';
	memcpy(iso + 5, t.p + 4, 2);
	memcpy(iso + 8, t.p + 6, 2);
	if (date_parse(&d, span_of(iso, 10)) != ERR_OK)
		return false;
	*out = date_days(d);
	return true;
}

/* "01Jan2022", the month in any case. */
static bool
read_extract(struct span t, int64_t *out)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	uint8_t plain[8];

	if (t.n != 9)
		return false;
	for (size_t m = 0; m < 12; m++) {
		size_t same = 0;

		while (same < 3 &&
		       (t.p[2 + same] | 0x20) == (uint8_t)months[3 * m + same])
			same++;
		if (same < 3)
			continue;
		memcpy(plain, t.p + 5, 4);
		plain[4] = (uint8_t)('0' + (m + 1) / 10);
		plain[5] = (uint8_t)('0' + (m + 1) % 10);
		memcpy(plain + 6, t.p, 2);
		return read_day(span_of(plain, 8), out);
	}
	return false;
}

/* One or two digits, as the ODS numbers its prescribing settings; -1 none. */
static bool
read_service(struct span t, int32_t *out)
{
	*out = -1;
	if (t.n > 2)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
		*out = (*out < 0 ? 0 : *out * 10) + (t.p[i] - '0');
	}
	return true;
}

static bool
is_day(struct span t)
{
	int64_t day;

	return read_day(t, &day);
}

static bool
is_extract(struct span t)
{
	int64_t day;

	return read_extract(t, &day);
}

static bool
is_service(struct span t)
{
	int32_t n;

	return read_service(t, &n);
}

static bool
is_status(struct span t)
{
	return t.n == 1 && memchr("ACDP", t.p[0], 4) != NULL;
}

static bool
is_nothing(struct span t)
{
	return t.n == 0;
}

static bool
is_line(struct span t)
{
	return t.n <= ODS_LINE_MAX;
}

static bool
is_postcode(struct span t)
{
	return t.n <= ODS_POST_MAX;
}

static bool
is_phone(struct span t)
{
	return t.n <= ODS_TEL_MAX;
}

static bool
is_pcn(struct span t)
{
	return span_is(t, "U") || ods_is_code(t);
}

/* What a column may hold, and the end of the sentence where it does not. */
struct rule {
	bool (*ok)(struct span);
	bool optional; /* or empty */
	const char *why;
};

static const char why_code[] =
    "is not a code: 3 to 10 capital letters and digits";
static const char why_day[] = "is not a date YYYYMMDD";

static const struct rule rule_code = {ods_is_code, false, why_code};
static const struct rule rule_area = {ods_is_code, true, why_code};
static const struct rule rule_pcn = {is_pcn, true, why_code};
static const struct rule rule_name = {
    is_line, false, "must be a name of 1 to 100 bytes"};
static const struct rule rule_line = {
    is_line, true, "is longer than 100 bytes"};
static const struct rule rule_post = {
    is_postcode, true, "is longer than 10 bytes"};
static const struct rule rule_phone = {
    is_phone, true, "is longer than 30 bytes"};
static const struct rule rule_day = {is_day, false, why_day};
static const struct rule rule_day_opt = {is_day, true, why_day};
static const struct rule rule_status = {
    is_status, false, "is not a status: A, C, D or P"};
static const struct rule rule_none = {
    is_nothing, true, "is a status, which trusts do not have"};
static const struct rule rule_service = {
    is_service, true, "is not a prescribing setting: 0 to 99 or empty"};
static const struct rule rule_extract = {
    is_extract, false, "is not a date like 01Jan2022"};

/* Returns NULL if ${t} keeps the rule, or what is wrong. */
static const char *
check(const struct rule *rule, struct span t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] < 0x20 || t.p[i] > 0x7e)
			return "holds a byte that is not plain ASCII text: "
			       "get the file again from its publisher";
	if (t.n == 0)
		return rule->optional ? NULL : "is empty: a value is needed";
	return rule->ok(t) ? NULL : rule->why;
}

/* --- columns -------------------------------------------------------------- */

#define ORG_WIDTH 27

/* The organisation files; columns that are not named hold what they like. */
static const struct {
	const char *name;
	const struct rule *practices;
	const struct rule *trusts; /* where it differs */
} org_cols[ORG_WIDTH] = {
    [0] = {"organisation code", &rule_code, NULL},
    [1] = {"name", &rule_name, NULL},
    [2] = {"national grouping", &rule_area, NULL},
    [3] = {"high level health geography", &rule_area, NULL},
    [4] = {"address line 1", &rule_line, NULL},
    [5] = {"address line 2", &rule_line, NULL},
    [6] = {"address line 3", &rule_line, NULL},
    [7] = {"address line 4", &rule_line, NULL},
    [8] = {"address line 5", &rule_line, NULL},
    [9] = {"postcode", &rule_post, NULL},
    [10] = {"open date", &rule_day, NULL},
    [11] = {"close date", &rule_day_opt, NULL},
    [12] = {"status code", &rule_status, &rule_none},
    [14] = {"commissioner", &rule_area, NULL},
    [15] = {"join date", &rule_day_opt, NULL},
    [16] = {"left date", &rule_day_opt, NULL},
    [17] = {"telephone", &rule_phone, NULL},
    [25] = {"prescribing setting", &rule_service, NULL},
};

/* Our columns of the map, in the order of struct ods_file's ${at}. */
enum {
	MAP_DATE,
	MAP_CODE,
	MAP_AREA,
	MAP_NAME = MAP_AREA + ODS_LEVELS,
	MAP_COLS = MAP_NAME + ODS_LEVELS
};

static const struct {
	const char *name;
	const char *later; /* its heading since July 2022 */
	const struct rule *rule;
} map_cols[MAP_COLS] = {
    [MAP_DATE] = {"EXTRACT_DATE", NULL, &rule_extract},
    [MAP_CODE] = {"PRACTICE_CODE", NULL, &rule_code},
    [MAP_AREA + ODS_PCN] = {"PCN_CODE", NULL, &rule_pcn},
    [MAP_AREA +
	ODS_SUB_ICB] = {"CCG_CODE", "SUB_ICB_LOCATION_CODE", &rule_area},
    [MAP_AREA + ODS_ICB] = {"STP_CODE", "ICB_CODE", &rule_area},
    [MAP_AREA + ODS_REGION] = {"COMM_REGION_CODE", NULL, &rule_area},
    [MAP_NAME + ODS_PCN] = {"PCN_NAME", NULL, &rule_line},
    [MAP_NAME +
	ODS_SUB_ICB] = {"CCG_NAME", "SUB_ICB_LOCATION_NAME", &rule_line},
    [MAP_NAME + ODS_ICB] = {"STP_NAME", "ICB_NAME", &rule_line},
    [MAP_NAME + ODS_REGION] = {"COMM_REGION_NAME", NULL, &rule_line},
};

_Static_assert(MAP_COLS <= ODS_COLS, "struct ods_file holds them all");

/* --- telling files apart -------------------------------------------------- */

static bool
is_map(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (span_is(row->field[i], map_cols[MAP_CODE].name))
			return true;
	return false;
}

/* Finds each column of ours in the header, exactly once. */
static enum err
read_header(struct ods_file *f, struct ods_fault *fault)
{
	for (size_t c = 0; c < MAP_COLS; c++) {
		size_t times = 0;

		for (size_t i = 0; i < f->row.n; i++) {
			struct span h = f->row.field[i];

			if (!span_is(h, map_cols[c].name) &&
			    (map_cols[c].later == NULL ||
				!span_is(h, map_cols[c].later)))
				continue;
			f->at[c] = i;
			times++;
		}
		if (times == 1)
			continue;
		return refuse(fault, f->row.line, 0, span_str(map_cols[c].name),
		    times == 0
			? "is a column that this practice map's header does "
			  "not have: get the file again from its publisher"
			: "stands twice in this practice map's header");
	}
	return ERR_OK;
}

/* Reads the next row; a fault of the CSV itself becomes one of ours. */
static enum err
next_row(struct ods_file *f, struct ods_fault *fault)
{
	struct csv_fault bad;
	enum err e;

	if (f->pending) {
		f->pending = false;
		return ERR_OK;
	}
	e = csv_next(&f->csv, &f->row, &bad);
	if (e == ERR_DATA)
		return refuse(
		    fault, bad.line, bad.column, span_str(""), bad.why);
	return e;
}

enum err
ods_open(struct ods_file *f, struct span text,
    uint8_t scratch[static ODS_SCRATCH], struct ods_fault *fault)
{
	enum err e;

	*f = (struct ods_file){.kind = ODS_UNKNOWN};
	csv_open(&f->csv, text, scratch);
	e = next_row(f, fault);
	if (e == ERR_NOINPUT)
		return refuse(fault, 1, 0, span_str(""),
		    "the file is empty: get it again from its publisher");
	if (e != ERR_OK)
		return e;
	f->width = f->row.n;
	if (is_map(&f->row)) {
		f->kind = ODS_MAP;
		return read_header(f, fault);
	}
	if (f->row.n != ORG_WIDTH || !ods_is_code(f->row.field[0]))
		return refuse(fault, f->row.line, 1, f->row.field[0],
		    "does not begin a file that is known here: name "
		    "epraccur.csv or etr.csv (27 columns, no header) or "
		    "gp-reg-pat-prac-map.csv, as they are published");
	f->kind = f->row.field[12].n > 0 ? ODS_PRACTICES : ODS_TRUSTS;
	f->pending = true;
	return ERR_OK;
}

/* --- rows ----------------------------------------------------------------- */

size_t
ods_line(const struct ods_file *f)
{
	return f->row.line;
}

/* Reads a row and sees that it is as wide as the first. */
static enum err
whole_row(struct ods_file *f, struct ods_fault *fault)
{
	enum err e = next_row(f, fault);

	if (e != ERR_OK || f->row.n == f->width)
		return e;
	return refuse(fault, f->row.line,
	    f->row.n < f->width ? f->row.n : f->width + 1, span_str(""),
	    f->row.n < f->width
		? "is the last column of a row that is cut short: get the "
		  "file again from its publisher"
		: "is one column more than the file's first row has");
}

static enum err
check_field(const struct ods_file *f, size_t i, const struct rule *rule,
    const char *name, struct ods_fault *fault)
{
	const char *why = check(rule, f->row.field[i]);

	if (why == NULL)
		return ERR_OK;
	refuse(fault, f->row.line, i + 1, f->row.field[i], why);
	fault->name = name;
	return ERR_DATA;
}

/* A date that its rule has seen to already, or what stands for none. */
static int64_t
day_or(struct span t, int64_t none)
{
	int64_t day = none;

	return t.n > 0 && read_day(t, &day) ? day : none;
}

enum err
ods_next_org(struct ods_file *f, struct ods_org *out, struct ods_fault *fault)
{
	const struct span *v = f->row.field;
	enum err e = whole_row(f, fault);

	for (size_t i = 0; i < ORG_WIDTH && e == ERR_OK; i++) {
		const struct rule *rule = org_cols[i].practices;

		if (f->kind == ODS_TRUSTS && org_cols[i].trusts != NULL)
			rule = org_cols[i].trusts;
		e = check_field(f, i, rule == NULL ? &rule_line : rule,
		    org_cols[i].name, fault);
	}
	if (e != ERR_OK)
		return e;
	*out = (struct ods_org){.code = v[0],
	    .name = v[1],
	    .area =
		{[ODS_SUB_ICB] = v[14], [ODS_ICB] = v[3], [ODS_REGION] = v[2]},
	    .postcode = v[9],
	    .phone = v[17],
	    .opened = day_or(v[10], 0),
	    .closed = day_or(v[11], ODS_NEVER)};
	out->joined = day_or(v[15], out->opened);
	memcpy(out->address, v + 4, sizeof(out->address));
	out->status = v[12].n > 0                ? v[12].p[0]
		      : out->closed == ODS_NEVER ? 'A'
						 : 'C';
	if (!read_service(v[25], &out->service))
		return ERR_INTERNAL;
	return ERR_OK;
}

enum err
ods_next_map(struct ods_file *f, struct ods_map *out, struct ods_fault *fault)
{
	const struct span *v = f->row.field;
	enum err e = whole_row(f, fault);

	for (size_t i = 0; i < f->width && e == ERR_OK; i++)
		e = check_field(f, i, &rule_line, NULL, fault);
	for (size_t c = 0; c < MAP_COLS && e == ERR_OK; c++)
		e = check_field(
		    f, f->at[c], map_cols[c].rule, map_cols[c].name, fault);
	if (e != ERR_OK)
		return e;
	out->code = v[f->at[MAP_CODE]];
	if (!read_extract(v[f->at[MAP_DATE]], &out->extracted))
		return ERR_INTERNAL;
	for (size_t i = 0; i < ODS_LEVELS; i++) {
		out->area[i] = v[f->at[MAP_AREA + i]];
		out->area_name[i] = v[f->at[MAP_NAME + i]];
	}
	/* "U" is how the map says that a practice is in no network. */
	if (span_is(out->area[ODS_PCN], "U"))
		out->area[ODS_PCN] = out->area_name[ODS_PCN] = span_of(NULL, 0);
	return ERR_OK;
}
