#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "registry/enrol.h"
#include "registry/key.h"
#include "registry/org_import.h"

/* A registry of its own, and a place to put files, for each test. */
struct room {
	char dir[32];
	char path[64];
	struct db *db;
	char real[3][512]; /* epraccur, etr, map */
	bool whole;        /* these are the full ones */
};

static const char *const names[] = {
    "epraccur.csv", "etr.csv", "gp-reg-pat-prac-map.csv"};

static int
enter(void **state)
{
	const char *shared = getenv("SHARED");
	struct room *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return -1;
	snprintf(r->dir, sizeof(r->dir), "/tmp/test_org.XXXXXX");
	if (mkdtemp(r->dir) == NULL)
		return -1;
	snprintf(r->path, sizeof(r->path), "%s/registry.db", r->dir);
	r->whole = true;
	for (size_t i = 0; i < 3; i++) {
		snprintf(r->real[i], sizeof(r->real[i]), "%s/data/ods/%s",
		    shared != NULL ? shared : "../shared", names[i]);
		r->whole = r->whole && access(r->real[i], R_OK) == 0;
	}
	for (size_t i = 0; i < 3 && !r->whole; i++)
		snprintf(r->real[i], sizeof(r->real[i]), "tests/data/ods/%s",
		    names[i]);
	*state = r;
	return db_open(&r->db, r->path, DB_CREATE) == ERR_OK ? 0 : -1;
}

static int
leave(void **state)
{
	static const char *const tail[] = {
	    "registry.db", "registry.db-wal", "registry.db-shm", "a", "b"};
	struct room *r = *state;
	char path[80];

	db_close(r->db);
	for (size_t i = 0; i < sizeof(tail) / sizeof(*tail); i++) {
		snprintf(path, sizeof(path), "%s/%s", r->dir, tail[i]);
		unlink(path);
	}
	rmdir(r->dir);
	free(r);
	return 0;
}

static int64_t
day(int32_t y, int32_t m, int32_t d)
{
	return date_days((struct date){y, m, d});
}

static void
import_real(struct room *r, struct org_import_counts out[3])
{
	/* The map first: the order of the files must not matter. */
	char *paths[] = {r->real[2], r->real[0], r->real[1]};

	assert_int_equal(org_import_files(r->db, paths, 3, out), ERR_OK);
}

/* Imports ${text} from a file. */
static enum err
import_text(struct room *r, const char *text, struct org_import_counts *out)
{
	char path[80];
	char *paths[] = {path};

	snprintf(path, sizeof(path), "%s/a", r->dir);
	assert_int_equal(file_write(path, span_str(text), 0644), ERR_OK);
	return org_import_files(r->db, paths, 1, out);
}

#define REST "\"\",\"\",\"\",\"0\",\"\",\"16C\",\"\",\"4\",\"\"\n"
#define PRACTICE(code, name, icb, closed, status, joined)                      \
	"\"" code "\",\"" name "\",\"Y63\",\"" icb "\",\"THE HEALTH CENTRE\"," \
	"\"LAWSON STREET\",\"\",\"CLEVELAND\",\"\",\"TS18 1HU\",\"19740401\"," \
	"\"" closed "\",\"" status "\",\"B\",\"16C\",\"" joined                \
	"\",\"\",\"01642 672351\"," REST
#define MAP_HEAD                                                               \
	"PUBLICATION,EXTRACT_DATE,PRACTICE_CODE,PRACTICE_NAME,"                \
	"PRACTICE_POSTCODE,PCN_CODE,PCN_NAME,ONS_CCG_CODE,CCG_CODE,CCG_NAME,"  \
	"ONS_STP_CODE,STP_CODE,STP_NAME,ONS_COMM_REGION_CODE,"                 \
	"COMM_REGION_CODE,COMM_REGION_NAME\n"
#define MAP(date, code, pcn, ccg, name)                                        \
	"x," date "," code ",N,P," pcn ",PCN " pcn ",E1," ccg "," name         \
	",E2,QHM,TEES,E3,Y63,NORTH\n"

static void
imports_the_real_files_and_again_without_change(void **state)
{
	struct room *r = *state;
	struct org_import_counts c[3];
	struct org_import_counts again[3];

	import_real(r, c);
	assert_int_equal(c[0].kind, ODS_MAP);
	assert_int_equal(c[1].kind, ODS_PRACTICES);
	assert_int_equal(c[2].kind, ODS_TRUSTS);
	if (r->whole) {
		assert_int_equal(c[0].added, 6527);
		assert_int_equal(c[1].added, 15971);
		assert_int_equal(c[2].added, 218);
	}
	assert_int_equal(c[0].unknown, 0);
	import_real(r, again);
	for (size_t i = 0; i < 3; i++) {
		assert_true(c[i].added > 0);
		assert_int_equal(c[i].changed + c[i].unchanged, 0);
		assert_int_equal(again[i].added, 0);
		assert_int_equal(again[i].changed, 0);
		assert_int_equal(again[i].unchanged, c[i].added);
	}
}

static void
imports_the_real_files_as_they_are(void **state)
{
	struct room *r = *state;
	struct org_import_counts c[3];

	for (int round = 0; round < 2; round++)
		import_real(r, c);
}

static void
keeps_every_text_of_an_organisation(void **state)
{
	struct room *r = *state;
	struct org_import_counts c[3];
	struct org o;

	import_real(r, c);
	assert_int_equal(org_get(r->db, span_str("A81001"), &o), ERR_OK);
	assert_string_equal(o.ods, "A81001");
	assert_string_equal(o.name, "THE DENSHAM SURGERY");
	assert_int_equal(o.kind, ORG_PRACTICE);
	assert_int_equal(o.status, ORG_ACTIVE);
	assert_string_equal(o.address[0], "THE HEALTH CENTRE");
	assert_string_equal(o.address[1], "LAWSON STREET");
	assert_string_equal(o.address[2], "STOCKTON ON TEES");
	assert_string_equal(o.address[3], "CLEVELAND");
	assert_string_equal(o.address[4], "");
	assert_string_equal(o.postcode, "TS18 1HU");
	assert_string_equal(o.phone, "01642 672351");
	assert_int_equal(o.opened, day(1974, 4, 1));
	assert_true(o.closed == ODS_NEVER);
	assert_int_equal(org_get(r->db, span_str("R0A"), &o), ERR_OK);
	assert_int_equal(o.kind, ORG_TRUST);
	assert_int_equal(o.status, ORG_ACTIVE);
	assert_int_equal(org_get(r->db, span_str("RXH"), &o), ERR_OK);
	assert_int_equal(o.status, ORG_CLOSED);
	assert_int_equal(org_get(r->db, span_str("Y02194"), &o), ERR_OK);
	assert_int_equal(o.kind, ORG_OTHER);
	assert_int_equal(org_get(r->db, span_str("Z99999"), &o), ERR_NOINPUT);
	assert_int_equal(org_get(r->db, span_str("' OR 1=1"), &o), ERR_NOINPUT);
}

static void
expect_areas(struct room *r, const char *ods, int64_t on, const char *pcn,
    const char *sub_icb, const char *icb, const char *region)
{
	struct org_areas a;

	assert_int_equal(org_areas(r->db, span_str(ods), on, &a), ERR_OK);
	assert_string_equal(a.code[ODS_PCN], pcn);
	assert_string_equal(a.code[ODS_SUB_ICB], sub_icb);
	assert_string_equal(a.code[ODS_ICB], icb);
	assert_string_equal(a.code[ODS_REGION], region);
}

static void
areas_come_from_the_map_then_the_file_then_nowhere(void **state)
{
	struct room *r = *state;
	struct org_import_counts c[3];
	char name[ODS_NAME_MAX + 1];
	int64_t today = day(2026, 11, 22);

	import_real(r, c);
	expect_areas(r, "A81001", today, "U89141", "16C", "QHM", "Y63");
	/* The day of the map, and the day before: only the file knows it. */
	expect_areas(
	    r, "A81001", day(2022, 1, 1), "U89141", "16C", "QHM", "Y63");
	expect_areas(r, "A81001", day(2021, 12, 31), "", "16C", "QHM", "Y63");
	expect_areas(r, "A81001", day(2020, 3, 31), "", "", "", "");
	/* Not in the map: epraccur.csv, from the day it joined. */
	expect_areas(r, "Y08139", today, "", "D4U1Y", "QNQ", "Y59");
	/* A trust has no sub-ICB; a code that nobody imported has nothing. */
	expect_areas(r, "R0A", today, "", "", "QOP", "Y62");
	expect_areas(r, "Z99999", today, "", "", "", "");
	assert_int_equal(org_area_name(r->db, span_str("16C"), name), ERR_OK);
	assert_string_equal(name, "NHS Tees Valley CCG");
	assert_int_equal(org_area_name(r->db, span_str("Y63"), name), ERR_OK);
	assert_string_equal(name, "North East and Yorkshire");
	assert_int_equal(
	    org_area_name(r->db, span_str("Q99"), name), ERR_NOINPUT);
	assert_string_equal(name, "");
}

static void
a_newer_map_adds_a_row_and_keeps_the_old_one(void **state)
{
	struct room *r = *state;
	struct org_import_counts c[3];
	struct org_import_counts m;
	char name[ODS_NAME_MAX + 1];
	static const char newer[] =
	    MAP_HEAD MAP("01Oct2024", "A81001", "U00001", "16C", "NHS TEES");

	import_real(r, c);
	assert_int_equal(import_text(r, newer, &m), ERR_OK);
	assert_int_equal(m.added, 1);
	assert_int_equal(m.changed, 0);
	expect_areas(
	    r, "A81001", day(2024, 9, 30), "U89141", "16C", "QHM", "Y63");
	expect_areas(
	    r, "A81001", day(2024, 10, 1), "U00001", "16C", "QHM", "Y63");
	assert_int_equal(org_area_name(r->db, span_str("16C"), name), ERR_OK);
	assert_string_equal(name, "NHS TEES");
	/* The older map again neither takes the row nor the name back. */
	import_real(r, c);
	assert_int_equal(c[0].added + c[0].changed, 0);
	expect_areas(
	    r, "A81001", day(2024, 10, 1), "U00001", "16C", "QHM", "Y63");
	assert_int_equal(org_area_name(r->db, span_str("16C"), name), ERR_OK);
	assert_string_equal(name, "NHS TEES");
	/* A corrected edition of the same date changes its row. */
	assert_int_equal(import_text(r,
			     MAP_HEAD MAP("01Oct2024", "A81001", "U00002",
				 "16C", "NHS TEES"),
			     &m),
	    ERR_OK);
	assert_int_equal(m.changed, 1);
	expect_areas(
	    r, "A81001", day(2024, 10, 1), "U00002", "16C", "QHM", "Y63");
}

static void
a_map_may_come_before_its_organisations(void **state)
{
	struct room *r = *state;
	struct org_import_counts c;

	assert_int_equal(import_text(r,
			     MAP_HEAD MAP("01Jan2022", "A81001", "U89141",
				 "16C", "NHS TEES"),
			     &c),
	    ERR_OK);
	assert_int_equal(c.added, 1);
	assert_int_equal(c.unknown, 1);
	assert_int_equal(
	    import_text(r,
		PRACTICE("A81001", "DENSHAM", "QHM", "", "A", "20200401"), &c),
	    ERR_OK);
	expect_areas(
	    r, "A81001", day(2022, 1, 1), "U89141", "16C", "QHM", "Y63");
}

static void
a_changed_organisation_is_a_change(void **state)
{
	struct room *r = *state;
	struct org_import_counts c;
	struct org o;
	static const char *const edition[] = {
	    PRACTICE("A81001", "DENSHAM", "QHM", "", "A", "20200401"),
	    /* A new name; closed; a new commissioner's day; another ICB. */
	    PRACTICE("A81001", "DENSHAM 2", "QHM", "", "A", "20200401"),
	    PRACTICE("A81001", "DENSHAM 2", "QHM", "20240131", "C", "20200401"),
	    PRACTICE("A81001", "DENSHAM 2", "QHM", "20240131", "C", "20230401"),
	    PRACTICE("A81001", "DENSHAM 2", "QOQ", "20240131", "C", "20230401"),
	};

	for (size_t i = 0; i < sizeof(edition) / sizeof(*edition); i++) {
		assert_int_equal(import_text(r, edition[i], &c), ERR_OK);
		assert_int_equal(c.added, i == 0);
		assert_int_equal(c.changed, i > 0);
		assert_int_equal(import_text(r, edition[i], &c), ERR_OK);
		assert_int_equal(c.unchanged, 1);
	}
	assert_int_equal(org_get(r->db, span_str("A81001"), &o), ERR_OK);
	assert_string_equal(o.name, "DENSHAM 2");
	assert_int_equal(o.status, ORG_CLOSED);
	assert_int_equal(o.closed, day(2024, 1, 31));
	expect_areas(r, "A81001", day(2023, 3, 31), "", "16C", "QHM", "Y63");
	expect_areas(r, "A81001", day(2023, 4, 1), "", "16C", "QOQ", "Y63");
}

/* The 27 columns of epraccur.csv with one of them replaced. */
static void
practice(char *out, size_t size, size_t column, const char *value)
{
	static const char *const row[27] = {"A81001", "DENSHAM", "Y63", "QHM",
	    "1", "2", "3", "4", "5", "TS18 1HU", "19740401", "20240131", "C",
	    "B", "16C", "20200401", "", "01642 672351", "", "", "", "0", "",
	    "16C", "", "4", ""};
	size_t at = 0;

	for (size_t i = 0; i < 27; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s",
		    i > 0 ? "," : "", i + 1 == column ? value : row[i]);
	snprintf(out + at, size - at, "\n");
}

static void
each_column_that_is_kept_is_compared(void **state)
{
	static const struct {
		size_t column;
		const char *value;
	} t[] = {{2, "X"}, {3, "Y59"}, {4, "QOP"}, {5, "X"}, {6, "X"}, {7, "X"},
	    {8, "X"}, {9, ""}, {10, "X"}, {11, "19740402"}, {12, ""}, {13, "D"},
	    {15, ""}, {16, "20200402"}, {18, "0"}, {26, "9"}};
	struct room *r = *state;
	struct org_import_counts c;
	char text[512];

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		practice(text, sizeof(text), 0, "");
		assert_int_equal(import_text(r, text, &c), ERR_OK);
		assert_int_equal(import_text(r, text, &c), ERR_OK);
		assert_int_equal(c.unchanged, 1);
		practice(text, sizeof(text), t[i].column, t[i].value);
		assert_int_equal(import_text(r, text, &c), ERR_OK);
		assert_int_equal(c.changed, 1);
	}
}

static int64_t
organisations(struct db *db)
{
	static const char sql[] = "SELECT (SELECT count(*) FROM organisation)"
				  " + (SELECT count(*) FROM org_area)"
				  " + (SELECT count(*) FROM area)";
	struct stmt *st = db_prepare(db, sql);
	bool found;
	int64_t n;

	assert_int_equal(db_one(st, &found), ERR_OK);
	n = db_int(st, 0);
	db_reset(st);
	return n;
}

static void
one_bad_row_leaves_nothing_of_any_file(void **state)
{
	static const char good[] =
	    PRACTICE("A81001", "DENSHAM", "QHM", "", "A", "20200401");
	static const char *const bad[] = {
	    PRACTICE("A81001", "DENSHAM", "QHM", "", "A", "20200401")
		PRACTICE("A81002", "QUEENS", "QHM", "", "X", "20200401"),
	    PRACTICE("A81002", "QUEENS", "QHM", "", "A", "20200401")
		PRACTICE("A81002", "QUEENS", "QHM", "", "A", "20200401"),
	    MAP_HEAD MAP("01Jan2022", "A81001", "U89141", "16C", "NHS TEES")
		MAP("01Jan2022", "A81001", "U89142", "16C", "NHS TEES"),
	    "name,ref\nAnn,1\n",
	};
	struct room *r = *state;
	struct org_import_counts c[2];
	char a[80];
	char b[80];
	char *paths[] = {a, b};

	snprintf(a, sizeof(a), "%s/a", r->dir);
	snprintf(b, sizeof(b), "%s/b", r->dir);
	assert_int_equal(file_write(a, span_str(good), 0644), ERR_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(file_write(b, span_str(bad[i]), 0644), ERR_OK);
		assert_int_equal(
		    org_import_files(r->db, paths, 2, c), ERR_DATA);
		assert_int_equal(organisations(r->db), 0);
	}
	unlink(b);
	assert_int_equal(org_import_files(r->db, paths, 2, c), ERR_NOINPUT);
	assert_int_equal(org_import_files(r->db, paths, 0, c), ERR_USAGE);
	assert_int_equal(organisations(r->db), 0);
	assert_int_equal(org_import_files(r->db, paths, 1, c), ERR_OK);
	assert_int_equal(organisations(r->db), 2);
	/* The same code on two dates of a map is no contradiction. */
	assert_int_equal(
	    import_text(r,
		MAP_HEAD MAP("01Jan2022", "A81001", "U89141", "16C", "NHS TEES")
		    MAP("01Jan2023", "A81001", "U89142", "16C", "NHS TEES"),
		c),
	    ERR_OK);
}

static void
says_why_an_organisation_may_not_issue(void **state)
{
	static const struct {
		const char *ods;
		const char *says; /* NULL: it may */
	} t[] = {
	    {"A81001", NULL},
	    {"R0A", NULL},
	    {"A81003", "closed since 31 October 2017"},
	    {"RXH", "closed since 31 March 2021"},
	    {"Y02658", "dormant"},
	    {"Y08139", "proposed"},
	    {"Z99999", "not in the imported ODS files"},
	};
	struct room *r = *state;
	struct org_import_counts c[3];
	char why[ORG_REFUSAL];
	struct org o;

	import_real(r, c);
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		enum err e = org_get(r->db, span_str(t[i].ods), &o);
		const char *got = org_refusal(
		    e == ERR_OK ? &o : NULL, day(2026, 11, 22), why);

		if (t[i].says == NULL)
			assert_null(got);
		else
			assert_non_null(strstr(got, t[i].says));
	}
	/* Open on its last day but one, closed on the day the ODS gives. */
	assert_int_equal(org_get(r->db, span_str("RXH"), &o), ERR_OK);
	o.status = ORG_ACTIVE;
	assert_null(org_refusal(&o, o.closed - 1, why));
	assert_non_null(org_refusal(&o, o.closed, why));
	assert_int_equal(org_get(r->db, span_str("A81001"), &o), ERR_OK);
	assert_non_null(
	    strstr(org_refusal(&o, o.opened - 1, why), "1 April 1974"));
}

/* --- enrolment and keys --------------------------------------------------- */

static enum err
enrol_two(struct db *db, void *ctx)
{
	struct enrolment e = {.ods = "A81001",
	    .setting = ORG_GENERAL_PRACTICE,
	    .phone = "01234 567890",
	    .enrolled = 20000};
	struct enrolment t = {.ods = "R0A",
	    .setting = ORG_HOSPITAL,
	    .address = "1 SOME STREET\nTOWN",
	    .enrolled = 20001};
	enum err err = enrol_put(db, &e);

	(void)ctx;
	return err == ERR_OK ? enrol_put(db, &t) : err;
}

static enum err
end_trust(struct db *db, void *ctx)
{
	struct enrolment t = {.ods = "R0A",
	    .setting = ORG_HOSPITAL,
	    .enrolled = 20001,
	    .state = ENROL_ENDED};

	(void)ctx;
	return enrol_put(db, &t);
}

struct listed {
	size_t n;
	struct org_row last;
	char order[ODS_CODE_MAX + 1];
	size_t stop_at;
};

static enum err
see(const struct org_row *row, void *ctx)
{
	struct listed *l = ctx;

	assert_true(strcmp(l->order, row->ods) < 0);
	memcpy(l->order, row->ods, sizeof(l->order));
	l->last = *row;
	l->n++;
	return l->n == l->stop_at ? ERR_DATA : ERR_OK;
}

static size_t
listed(struct room *r, bool enrolled, const char *area, struct listed *l)
{
	struct org_filter f = {.enrolled = enrolled,
	    .area = span_str(area),
	    .day = day(2026, 11, 22)};

	*l = (struct listed){0};
	assert_int_equal(org_list(r->db, &f, see, l), ERR_OK);
	return l->n;
}

static void
lists_by_enrolment_and_area(void **state)
{
	struct room *r = *state;
	struct org_import_counts c[3];
	struct listed l;
	struct org_filter all = {.day = day(2026, 11, 22)};

	import_real(r, c);
	assert_int_equal(listed(r, false, "", &l), c[1].added + c[2].added);
	assert_int_equal(listed(r, true, "", &l), 0);
	assert_int_equal(db_write(r->db, enrol_two, NULL), ERR_OK);
	assert_int_equal(listed(r, true, "", &l), 2);
	assert_string_equal(l.last.ods, "R0A");
	assert_true(l.last.enrolled);
	assert_int_equal(l.last.setting, ORG_HOSPITAL);
	assert_string_equal(l.last.areas.code[ODS_SUB_ICB], "");
	assert_string_equal(l.last.areas.code[ODS_ICB], "QOP");
	/* Any level will do: PCN, sub-ICB, ICB, region. */
	assert_int_equal(listed(r, true, "U89141", &l), 1);
	assert_int_equal(listed(r, true, "16C", &l), 1);
	assert_int_equal(listed(r, true, "QHM", &l), 1);
	assert_int_equal(listed(r, true, "Y63", &l), 1);
	assert_string_equal(l.last.ods, "A81001");
	assert_string_equal(l.last.areas.code[ODS_PCN], "U89141");
	assert_int_equal(listed(r, true, "Y99", &l), 0);
	assert_true(listed(r, false, "Y63", &l) > 1);
	/* Who no longer issues is an organisation like any other. */
	assert_int_equal(db_write(r->db, end_trust, NULL), ERR_OK);
	assert_int_equal(listed(r, true, "", &l), 1);
	assert_string_equal(l.last.ods, "A81001");
	l = (struct listed){.stop_at = 3};
	assert_int_equal(org_list(r->db, &all, see, &l), ERR_DATA);
	assert_int_equal(l.n, 3);
}

static void
an_enrolment_overrides_phone_and_address(void **state)
{
	struct room *r = *state;
	struct org_import_counts c[3];
	char address[ENROL_ADDRESS_MAX + 1];
	struct enrolment e;
	struct org o;

	import_real(r, c);
	assert_int_equal(enrol_get(r->db, span_str("A81001"), &e), ERR_NOINPUT);
	assert_int_equal(db_write(r->db, enrol_two, NULL), ERR_OK);
	assert_int_equal(enrol_get(r->db, span_str("A81001"), &e), ERR_OK);
	assert_int_equal(org_get(r->db, span_str("A81001"), &o), ERR_OK);
	assert_string_equal(enrol_phone(&e, &o), "01234 567890");
	assert_int_equal(e.enrolled, 20000);
	enrol_address(&e, &o, address);
	assert_string_equal(address,
	    "THE HEALTH CENTRE\nLAWSON STREET\nSTOCKTON ON TEES\nCLEVELAND\n"
	    "TS18 1HU");
	assert_int_equal(enrol_get(r->db, span_str("R0A"), &e), ERR_OK);
	assert_int_equal(org_get(r->db, span_str("R0A"), &o), ERR_OK);
	assert_string_equal(enrol_phone(&e, &o), "");
	enrol_address(&e, &o, address);
	assert_string_equal(address, "1 SOME STREET\nTOWN");
	/* Importing again must not undo what was enrolled. */
	import_real(r, c);
	assert_int_equal(enrol_get(r->db, span_str("A81001"), &e), ERR_OK);
	assert_string_equal(e.phone, "01234 567890");
}

static struct key
make_key(uint8_t n, enum key_purpose purpose, const char *ods, int64_t from)
{
	struct key k = {.purpose = purpose,
	    .not_before = from,
	    .not_after = from + 100,
	    .nsealed = 104};

	memset(k.kid, n, sizeof(k.kid));
	memset(k.public, n, sizeof(k.public));
	memset(k.sealed, n, k.nsealed);
	snprintf(k.ods, sizeof(k.ods), "%s", ods);
	return k;
}

static enum err
put_keys(struct db *db, void *ctx)
{
	struct key k[] = {
	    make_key(9, KEY_PASSPORT, "A81001", 1000),
	    make_key(5, KEY_PASSPORT, "A81001", 1050),
	    make_key(7, KEY_PASSPORT, "R0A", 1000),
	    make_key(6, KEY_STATUS, "", 1000),
	    make_key(4, KEY_ROOT, "", 1000),
	    make_key(3, KEY_PASSPORT, "A81001", 1060),
	};
	enum err e = enrol_two(db, ctx);

	/* Begins last, but its private half is elsewhere. */
	k[5].nsealed = 0;

	for (size_t i = 0; i < sizeof(k) / sizeof(*k) && e == ERR_OK; i++)
		e = key_put(db, &k[i]);
	return e;
}

static void
room_with_keys(struct room *r)
{
	struct org_import_counts c[3];

	import_real(r, c);
	assert_int_equal(db_write(r->db, put_keys, NULL), ERR_OK);
}

static void
the_key_in_its_period_that_began_last_signs(void **state)
{
	struct room *r = *state;
	struct span ods = span_str("A81001");
	struct key k;
	struct key want = make_key(9, KEY_PASSPORT, "A81001", 1000);

	room_with_keys(r);
	assert_int_equal(
	    key_active(r->db, KEY_PASSPORT, ods, 999, &k), ERR_NOINPUT);
	assert_int_equal(
	    key_active(r->db, KEY_PASSPORT, ods, 1000, &k), ERR_OK);
	assert_memory_equal(&k, &want, sizeof(k));
	assert_int_equal(
	    key_active(r->db, KEY_PASSPORT, ods, 1060, &k), ERR_OK);
	assert_int_equal(k.kid[0], 5);
	assert_int_equal(
	    key_active(r->db, KEY_PASSPORT, ods, 1150, &k), ERR_OK);
	assert_int_equal(
	    key_active(r->db, KEY_PASSPORT, ods, 1151, &k), ERR_NOINPUT);
	assert_int_equal(
	    key_active(r->db, KEY_STATUS, span_str(""), 1000, &k), ERR_OK);
	assert_int_equal(k.kid[0], 6);
	assert_int_equal(
	    key_active(r->db, KEY_STATUS, ods, 1000, &k), ERR_NOINPUT);
	assert_int_equal(
	    key_active(r->db, KEY_PASSPORT, span_str(""), 1000, &k),
	    ERR_NOINPUT);
}

static enum err
tombstone(struct db *db, void *ctx)
{
	uint8_t kid[KEY_KID];

	memset(kid, *(uint8_t *)ctx, sizeof(kid));
	return key_revoke(db, kid, 1010, span_str("stolen"));
}

static enum err
retire(struct db *db, void *ctx)
{
	return key_retire(db, 1101, ctx);
}

static void
a_revoked_or_retired_key_loses_its_private_half(void **state)
{
	struct room *r = *state;
	struct key k = make_key(9, KEY_PASSPORT, "A81001", 1000);
	uint8_t nine = 9;
	uint8_t none = 77;
	int64_t n;

	room_with_keys(r);
	assert_int_equal(db_write(r->db, tombstone, &none), ERR_NOINPUT);
	for (int twice = 0; twice < 2; twice++) {
		assert_int_equal(db_write(r->db, tombstone, &nine), ERR_OK);
		assert_int_equal(key_get(r->db, k.kid, &k), ERR_OK);
		assert_int_equal(k.state, KEY_REVOKED);
		assert_int_equal(k.revoked_at, 1010);
		assert_string_equal(k.reason, "stolen");
		assert_int_equal(k.nsealed, 0);
	}
	assert_int_equal(
	    key_active(r->db, KEY_PASSPORT, span_str("A81001"), 1020, &k),
	    ERR_NOINPUT);
	assert_int_equal(db_write(r->db, retire, &n), ERR_OK);
	assert_int_equal(n, 3); /* 7, 6, 4; 9 is a tombstone, 5 and 3 go on */
	k = make_key(7, KEY_PASSPORT, "R0A", 1000);
	assert_int_equal(key_get(r->db, k.kid, &k), ERR_OK);
	assert_int_equal(k.state, KEY_RETIRED);
	assert_int_equal(k.nsealed, 0);
}

static enum err
see_key(const struct key *k, void *ctx)
{
	struct listed *l = ctx;

	assert_true(l->n == 0 || k->kid[0] > (uint8_t)l->order[0]);
	l->order[0] = (char)k->kid[0];
	l->n++;
	return ERR_OK;
}

static void
keys_are_listed_by_kid(void **state)
{
	static const struct {
		struct key_filter f;
		size_t n;
	} t[] = {
	    {{-1, -1, {NULL, 0}}, 6},
	    {{KEY_PASSPORT, -1, {NULL, 0}}, 4},
	    {{KEY_PASSPORT, -1, {(const uint8_t *)"A81001", 6}}, 3},
	    {{-1, KEY_REVOKED, {NULL, 0}}, 1},
	    {{-1, KEY_ACTIVE, {NULL, 0}}, 5},
	};
	struct room *r = *state;
	uint8_t nine = 9;

	room_with_keys(r);
	assert_int_equal(db_write(r->db, tombstone, &nine), ERR_OK);
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct listed l = {0};

		assert_int_equal(key_list(r->db, &t[i].f, see_key, &l), ERR_OK);
		assert_int_equal(l.n, t[i].n);
	}
}

static enum err
put_key(struct db *db, void *ctx)
{
	return key_put(db, ctx);
}

static void
a_key_or_its_id_cannot_be_stored_twice(void **state)
{
	struct room *r = *state;
	struct key k = make_key(9, KEY_PASSPORT, "A81001", 1000);

	room_with_keys(r);
	k.public[0] ^= 1;
	assert_int_equal(db_write(r->db, put_key, &k), ERR_DATA);
	k.public[0] ^= 1;
	k.kid[0] ^= 1;
	assert_int_equal(db_write(r->db, put_key, &k), ERR_DATA);
	k.public[0] ^= 1;
	assert_int_equal(db_write(r->db, put_key, &k), ERR_OK);
	/* A passport key of nobody, or of nobody enrolled, is our bug. */
	k = make_key(20, KEY_PASSPORT, "", 1000);
	assert_int_equal(db_write(r->db, put_key, &k), ERR_INTERNAL);
	k = make_key(20, KEY_PASSPORT, "A81002", 1000);
	assert_int_equal(db_write(r->db, put_key, &k), ERR_INTERNAL);
}

static void
settings_have_words_and_defaults(void **state)
{
	enum org_setting s;

	(void)state;
	assert_int_equal(org_setting_of(ORG_PRACTICE), 0);
	assert_int_equal(org_setting_of(ORG_TRUST), 1);
	for (int i = 0; i < ORG_SETTINGS; i++) {
		assert_int_equal(
		    org_setting_parse(
			&s, span_str(org_setting_name((enum org_setting)i))),
		    ERR_OK);
		assert_int_equal(s, i);
	}
	assert_int_equal(org_setting_parse(&s, span_str("3")), ERR_OK);
	assert_int_equal(s, ORG_EMPLOYER);
	assert_int_equal(org_setting_parse(&s, span_str("5")), ERR_DATA);
	assert_int_equal(org_setting_parse(&s, span_str("gp")), ERR_DATA);
	assert_int_equal(org_setting_parse(&s, span_str("")), ERR_DATA);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(imports_the_real_files_and_again_without_change),
	    cmocka_unit_test(imports_the_real_files_as_they_are),
	    cmocka_unit_test(keeps_every_text_of_an_organisation),
	    cmocka_unit_test(
		areas_come_from_the_map_then_the_file_then_nowhere),
	    cmocka_unit_test(a_newer_map_adds_a_row_and_keeps_the_old_one),
	    cmocka_unit_test(a_map_may_come_before_its_organisations),
	    cmocka_unit_test(a_changed_organisation_is_a_change),
	    cmocka_unit_test(each_column_that_is_kept_is_compared),
	    cmocka_unit_test(one_bad_row_leaves_nothing_of_any_file),
	    cmocka_unit_test(says_why_an_organisation_may_not_issue),
	    cmocka_unit_test(lists_by_enrolment_and_area),
	    cmocka_unit_test(an_enrolment_overrides_phone_and_address),
	    cmocka_unit_test(the_key_in_its_period_that_began_last_signs),
	    cmocka_unit_test(a_revoked_or_retired_key_loses_its_private_half),
	    cmocka_unit_test(keys_are_listed_by_kid),
	    cmocka_unit_test(a_key_or_its_id_cannot_be_stored_twice),
	    cmocka_unit_test(settings_have_words_and_defaults),
	};
	struct CMUnitTest each[sizeof(tests) / sizeof(*tests)];

	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		each[i] = tests[i];
		each[i].setup_func = enter;
		each[i].teardown_func = leave;
	}
	return cmocka_run_group_tests(each, NULL, NULL);
}
