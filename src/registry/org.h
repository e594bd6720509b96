#ifndef REGISTRY_ORG_H
#define REGISTRY_ORG_H

#include "registry/db.h"
#include "registry/ods.h"

/*
 * Organisations and the areas they belong to, as imported (org_import.h), and
 * what the enrolment adds (enrol.h).  Names are as the ODS prints them; the
 * name rule of the signed kinds (FORMAT.md 6) belongs to the core, which
 * this floor does not include, so whoever enrols applies it.
 */
enum org_kind {
	ORG_PRACTICE = 0, /* prescribing setting 4 */
	ORG_TRUST = 1,
	ORG_OTHER = 2, /* any other prescriber: a clinic, hospice, prison */
};

enum org_status {
	ORG_ACTIVE = 0,
	ORG_CLOSED = 1,
	ORG_DORMANT = 2,
	ORG_PROPOSED = 3,
};

/* Who an issuer is to a ward: FORMAT.md 3, member 8 of a key. */
enum org_setting {
	ORG_GENERAL_PRACTICE = 0,
	ORG_HOSPITAL = 1,
	ORG_COMMUNITY = 2,
	ORG_EMPLOYER = 3,
	ORG_EDUCATION = 4,
	ORG_SETTINGS = 5,
};

#define ORG_REFUSAL 160 /* bytes of org_refusal()'s sentence */

struct org {
	char ods[ODS_CODE_MAX + 1];
	char name[ODS_NAME_MAX + 1];
	enum org_kind kind;
	enum org_status status;
	int32_t service; /* ODS prescribing setting, -1 none */
	int64_t opened;  /* day */
	int64_t closed;  /* day, or ODS_NEVER */
	char address[ODS_LINES][ODS_LINE_MAX + 1]; /* "": no such line */
	char postcode[ODS_POST_MAX + 1];
	char phone[ODS_TEL_MAX + 1];
};

/* Codes, "" where unknown. */
struct org_areas {
	char code[ODS_LEVELS][ODS_CODE_MAX + 1];
};

/*
 * org_get(db, ods, out): copies the organisation ${ods} to ${out}. Returns
 * ERR_OK, ERR_NOINPUT (no such organisation; not logged) or why not.
 */
enum err org_get(struct db *db, struct span ods, struct org *out) MUST_CHECK;

/*
 * org_areas(db, ods, day, out): where ${ods} belongs on ${day}: the newest row
 * of the practice map up to that day, else the newest of the organisation
 * file, else nothing known.  Returns ERR_OK or why not.
 */
enum err org_areas(struct db *db, struct span ods, int64_t day,
    struct org_areas *out) MUST_CHECK;

/*
 * org_area_name(db, code, out): copies the name of an area. Returns ERR_OK, or
 * ERR_NOINPUT with "" (not logged).
 */
enum err org_area_name(struct db *db, struct span code,
    char out[static ODS_NAME_MAX + 1]) MUST_CHECK;

/* Which organisations, and as of when. */
struct org_filter {
	bool enrolled;    /* only those that issue */
	struct span area; /* only those in it, at whichever level; empty: all */
	int64_t day;      /* whose areas count */
};

struct org_row {
	char ods[ODS_CODE_MAX + 1];
	char name[ODS_NAME_MAX + 1];
	enum org_setting setting; /* enrolled: its own; else org_setting() */
	bool enrolled;
	struct org_areas areas;
};

/*
 * org_list(db, filter, fn, ctx): calls fn(row, ctx) for each organisation that
 * ${filter} lets through, by code.  Anything but ERR_OK from ${fn} ends the
 * list and is returned.
 */
enum err org_list(struct db *db, const struct org_filter *filter,
    enum err (*fn)(const struct org_row *, void *), void *ctx) MUST_CHECK;

/* org_setting_of(kind): Returns the setting that an enrolment starts from. */
enum org_setting org_setting_of(enum org_kind kind);

/* org_setting_name(s): Returns its word: general_practice, hospital, ... */
const char *org_setting_name(enum org_setting s);

/*
 * org_setting_parse(out, word): reads such a word, or its number. Returns
 * ERR_OK or ERR_DATA (not logged).
 */
enum err org_setting_parse(enum org_setting *out, struct span word) MUST_CHECK;

/*
 * org_refusal(org, day, out): why ${org} may not be enrolled or issue on
 * ${day}. Returns NULL if it may, else a sentence, written to ${out}.  ${org}
 * NULL is a code that was not found.
 */
const char *org_refusal(
    const struct org *org, int64_t day, char out[static ORG_REFUSAL]);

#endif
