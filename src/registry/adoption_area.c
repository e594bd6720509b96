#include "base/log.h"
#include "registry/adoption_private.h"
#include "registry/org.h"

static const char sql_has_pcn[] =
    "SELECT 1 FROM org_area WHERE pcn = $code LIMIT 1";
static const char sql_has_sub_icb[] =
    "SELECT 1 FROM org_area WHERE sub_icb = $code LIMIT 1";
static const char sql_has_icb[] =
    "SELECT 1 FROM org_area WHERE icb = $code LIMIT 1";
static const char sql_has_region[] =
    "SELECT 1 FROM org_area WHERE region = $code LIMIT 1";

/* Those that were ever in an area: each is asked where it is on the day. */
static const char sql_in_pcn[] =
    "SELECT org FROM ledger_place WHERE org IN"
    " (SELECT ods FROM org_area WHERE pcn = $code) ORDER BY org";
static const char sql_in_sub_icb[] =
    "SELECT org FROM ledger_place WHERE org IN"
    " (SELECT ods FROM org_area WHERE sub_icb = $code) ORDER BY org";
static const char sql_in_icb[] =
    "SELECT org FROM ledger_place WHERE org IN"
    " (SELECT ods FROM org_area WHERE icb = $code) ORDER BY org";
static const char sql_in_region[] =
    "SELECT org FROM ledger_place WHERE org IN"
    " (SELECT ods FROM org_area WHERE region = $code) ORDER BY org";
static const char sql_in_scheme[] =
    "SELECT org FROM ledger_place WHERE $code = '' ORDER BY org";
static const char sql_in_practice[] =
    "SELECT org FROM ledger_place WHERE org = $code";

/* What there is to know of each level. */
static const struct {
	const char *name;
	const char *has; /* is there such a code? NULL: not by areas */
	const char *in;
	int area; /* enum ods_level; -1 none */
} levels[] = {
    [ADOPTION_PRACTICE] = {"practice", NULL, sql_in_practice, -1},
    [ADOPTION_PCN] = {"PCN", sql_has_pcn, sql_in_pcn, ODS_PCN},
    [ADOPTION_SUB_ICB] = {"sub-ICB", sql_has_sub_icb, sql_in_sub_icb,
	ODS_SUB_ICB},
    [ADOPTION_ICB] = {"ICB", sql_has_icb, sql_in_icb, ODS_ICB},
    [ADOPTION_REGION] = {"region", sql_has_region, sql_in_region, ODS_REGION},
    [ADOPTION_SCHEME] = {"whole scheme", NULL, sql_in_scheme, -1},
};

const char *
adoption_level_name(enum adoption_level level)
{
	return levels[level].name;
}

const char *
adoption_level_orgs(enum adoption_level level)
{
	return levels[level].in;
}

int
adoption_level_area(enum adoption_level level)
{
	return levels[level].area;
}

static enum err
has_area(
    struct db *db, const char *code, enum adoption_level level, bool *found)
{
	struct stmt *st = db_prepare(db, levels[level].has);
	enum err e;

	db_bind_text(st, "$code", span_str(code));
	e = db_one(st, found);
	db_reset(st);
	return e;
}

enum err
adoption_find_area(struct db *db, struct span code, enum adoption_level *level,
    char out[static ODS_CODE_MAX + 1])
{
	struct org org;
	bool known = false;
	enum err e;

	*level = ADOPTION_SCHEME;
	if (code.n == 0)
		return ERR_OK;
	if (!ods_is_code(code)) {
		log_error("'%.*s' is not the code of an area or organisation: "
			  "it has 3 to 10 capital letters and digits, like "
			  "QHM or A81001",
		    (int)(code.n > 40 ? 40 : code.n), (const char *)code.p);
		return ERR_DATA;
	}
	memcpy(out, code.p, code.n);
	e = org_get(db, code, &org);
	if (e != ERR_NOINPUT) {
		*level = ADOPTION_PRACTICE;
		return e;
	}
	e = ERR_OK;
	for (enum adoption_level l = ADOPTION_PCN;
	     e == ERR_OK && !known && l < ADOPTION_SCHEME; l++) {
		e = has_area(db, out, l, &known);
		if (known)
			*level = l;
	}
	if (e == ERR_OK && !known) {
		log_error("no region, ICB, sub-ICB, PCN or organisation of "
			  "the imported files has the code %s: 'carerpass org "
			  "list' shows those that there are",
		    out);
		e = ERR_NOINPUT;
	}
	return e;
}

enum err
adoption_find_name(struct db *db, struct adoption_row *r)
{
	struct org org;
	enum err e = org_area_name(db, span_str(r->code), r->name);

	if (e == ERR_NOINPUT) {
		e = org_get(db, span_str(r->code), &org);
		if (e == ERR_OK)
			memcpy(r->name, org.name, sizeof(r->name));
	}
	return e == ERR_NOINPUT ? ERR_OK : e;
}
