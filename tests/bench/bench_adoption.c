/*
 * What a figure costs: adoption_read() of the whole scheme, by region, by
 * month, of one ICB, sub-ICB and practice, for a day before the last move of a
 * practice, against the baseline of counting cards, in one table of cards made
 * for the purpose (card rows themselves would be ten times as wide, so the
 * baseline is flattered), in the same run.
 *   bench_adoption [HOLDERS...]     default 10000 1000000 5000000
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "registry/adoption.h"

#define ROUNDS    31
#define PRACTICES 6300
#define FROM      18628 /* 2021-01-01 */
#define DAYS      2100
#define TODAY     20774 /* 2026-11-17: a day in the middle of a month */

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
run_sql(sqlite3 *raw, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(raw, sql, NULL, NULL, &why) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, why);
		exit(1);
	}
}

/*
 * Practices in 7 regions, 42 ICBs, 106 sub-ICBs and 1,260 PCNs; holders spread
 * over them and over working days, each with one card of two years.  The ledger
 * and its sums are made in one sweep, as ledger.c would leave them.
 */
static const char *const fill[] = {
    "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF;"
    "PRAGMA journal_mode = OFF; PRAGMA cache_size = -400000",
    "CREATE TEMP TABLE p AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL"
    " SELECT i + 1 FROM n WHERE i < 6299) SELECT i,"
    " printf('A%05d', i) AS ods, printf('U%05d', i % 1260) AS pcn,"
    " printf('S%02d', i % 1260 % 106) AS sub_icb,"
    " printf('Q%02d', i % 1260 % 106 % 42) AS icb,"
    " printf('Y%02d', i % 1260 % 106 % 42 % 7) AS region FROM n",
    "INSERT INTO organisation SELECT ods, 'EXAMPLE SURGERY', 0, 0, 4, 0, NULL,"
    " '', '', '', '', '', '', '' FROM p",
    "INSERT INTO enrolment SELECT ods, 0, '', '', 0, 0 FROM p",
    "INSERT INTO org_area SELECT ods, 0, 15000, NULL, sub_icb, icb, region"
    " FROM p",
    "INSERT INTO org_area SELECT ods, 1, 20000, pcn, sub_icb, icb, region"
    " FROM p",
    "INSERT INTO ledger_place SELECT ods, region, icb, sub_icb,"
    " CASE WHEN i < 20 THEN 20500 ELSE 15000 END FROM p",
    NULL};

/* The cards, then what the ledger makes of them. */
static const char sql_cards[] =
    "CREATE TABLE bench_card AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL"
    " SELECT i + 1 FROM n WHERE i + 1 < ?1) SELECT i AS person,"
    " abs(random()) % 6300 AS i, 18628 + abs(random()) % 2100 AS start FROM n";

#define SUM_UP(scale, begin)                                                   \
	"INSERT INTO ledger_org SELECT ods, " scale ", " begin                 \
	" AS begin, 0, sum(stock), sum(stock), sum(flow), 0, 0, 0, 0"          \
	" FROM g JOIN d USING (day) JOIN p USING (i) GROUP BY i, begin"        \
	" HAVING sum(stock) <> 0 OR sum(flow) <> 0"

static const char *const sum_up[] = {
    "CREATE TEMP TABLE d AS WITH RECURSIVE n(day) AS (SELECT 18628 UNION ALL"
    " SELECT day + 1 FROM n WHERE day < 21600) SELECT day,"
    " unixepoch(day * 86400, 'unixepoch', 'start of month') / 86400 AS month,"
    " unixepoch(day * 86400, 'unixepoch', 'start of year') / 86400 AS year"
    " FROM n",
    "CREATE UNIQUE INDEX temp.d_day ON d (day)",
    "CREATE UNIQUE INDEX temp.p_i ON p (i)",
    "CREATE TEMP TABLE g AS SELECT i, day, sum(stock) AS stock,"
    " sum(flow) AS flow FROM (SELECT i, start AS day, 1 AS stock, 1 AS flow"
    " FROM bench_card UNION ALL SELECT i, start + 730, -1, 0 FROM bench_card)"
    " GROUP BY i, day",
    "INSERT INTO ledger SELECT m, ods, 0, 0, day,"
    " CASE m WHEN 2 THEN flow ELSE stock END FROM"
    " (SELECT 0 AS m UNION ALL SELECT 1 UNION ALL SELECT 2) CROSS JOIN g"
    " JOIN p USING (i) WHERE CASE m WHEN 2 THEN flow ELSE stock END <> 0",
    SUM_UP("0", "year"), SUM_UP("1", "month"), SUM_UP("2", "day"),
    "INSERT INTO ledger_area SELECT scale, start, region, icb, sub_icb, 0,"
    " sum(holders), sum(cards), sum(first), 0, 0, 0, 0 FROM ledger_org"
    " JOIN p ON p.ods = org GROUP BY scale, start, region, icb, sub_icb",
    "DROP TABLE p", NULL};

static void
make(const char *path, int64_t holders)
{
	sqlite3_stmt *st = NULL;
	sqlite3 *raw = NULL;
	struct db *db = NULL;

	if (db_open(&db, path, DB_CREATE) != ERR_OK)
		exit(1);
	db_close(db);
	if (sqlite3_open(path, &raw) != SQLITE_OK)
		exit(1);
	for (size_t i = 0; fill[i] != NULL; i++)
		run_sql(raw, fill[i]);
	if (sqlite3_prepare_v2(raw, sql_cards, -1, &st, NULL) != SQLITE_OK)
		exit(1);
	sqlite3_bind_int64(st, 1, holders);
	if (sqlite3_step(st) != SQLITE_DONE)
		exit(1);
	sqlite3_finalize(st);
	for (size_t i = 0; sum_up[i] != NULL; i++)
		run_sql(raw, sum_up[i]);
	sqlite3_close(raw);
}

static int64_t
read_int(sqlite3 *raw, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n;

	if (sqlite3_prepare_v2(raw, sql, -1, &st, NULL) != SQLITE_OK ||
	    sqlite3_step(st) != SQLITE_ROW)
		exit(1);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static const struct {
	const char *what;
	const char *area;
	enum adoption_by by;
	int64_t day;
} questions[] = {
    {"whole scheme", "", ADOPTION_TOTAL, TODAY},
    {"by region", "", ADOPTION_AREA, TODAY},
    {"by month", "", ADOPTION_MONTH, TODAY},
    {"by setting", "", ADOPTION_SETTING, TODAY},
    {"an ICB by sub-ICB", "Q05", ADOPTION_AREA, TODAY},
    {"a sub-ICB by PCN", "S05", ADOPTION_AREA, TODAY},
    {"a PCN by practice", "U00005", ADOPTION_AREA, TODAY},
    {"a practice by month", "A00005", ADOPTION_MONTH, TODAY},
    {"an ICB before a move", "Q05", ADOPTION_AREA, 20499},
    {"by region before a move", "", ADOPTION_AREA, 20499},
};

#define NQUESTIONS (sizeof(questions) / sizeof(*questions))

static int64_t
ask(struct db *db, size_t i, double *ms)
{
	struct adoption_query q = {
	    span_str(questions[i].area), questions[i].by, questions[i].day};
	struct adoption a;
	double from = now_ms();
	int64_t holders;

	if (adoption_read(db, &q, &a) != ERR_OK)
		exit(1);
	*ms = now_ms() - from;
	holders = a.total.figures.n[LEDGER_HOLDERS];
	adoption_free(&a);
	return holders;
}

static void
measure(const char *path, int64_t holders)
{
	static const char scan[] =
	    "SELECT count(DISTINCT person) FROM bench_card"
	    " WHERE start <= 20774 AND 20774 < start + 730";
	double ms[ROUNDS];
	sqlite3 *raw = NULL;
	struct db *db = NULL;
	int64_t counted = 0;
	int64_t sum = -1;
	double from;

	if (db_open(&db, path, DB_READ) != ERR_OK ||
	    sqlite3_open(path, &raw) != SQLITE_OK)
		exit(1);
	from = now_ms();
	counted = read_int(raw, scan);
	from = now_ms() - from;
	printf("%lld holders, %lld rows of ledger, %lld of areas; counting "
	       "cards: %.1f ms\n",
	    (long long)holders,
	    (long long)read_int(raw, "SELECT count(*) FROM ledger"),
	    (long long)read_int(raw, "SELECT count(*) FROM ledger_area"), from);
	for (size_t i = 0; i < NQUESTIONS; i++) {
		for (int r = 0; r < ROUNDS; r++)
			sum = ask(db, i, &ms[r]);
		if (i < 4 && sum != counted)
			exit((fprintf(stderr, "%s: %lld, not %lld\n",
				  questions[i].what, (long long)sum,
				  (long long)counted),
			    1));
		qsort(ms, ROUNDS, sizeof(*ms), compare);
		printf("  %-24s median %7.2f ms, worst %7.2f ms\n",
		    questions[i].what, ms[ROUNDS / 2], ms[ROUNDS - 1]);
	}
	sqlite3_close(raw);
	db_close(db);
}

int
main(int argc, char **argv)
{
	static const int64_t usual[] = {10000, 1000000, 5000000};
	char dir[] = "/tmp/bench_adoption.XXXXXX";
	char path[64];
	char name[80];
	int n = argc > 1 ? argc - 1 : 3;

	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/registry.db", dir);
	for (int i = 0; i < n; i++) {
		int64_t holders =
		    argc > 1 ? strtoll(argv[i + 1], NULL, 10) : usual[i];

		make(path, holders);
		measure(path, holders);
		unlink(path);
		for (int t = 0; t < 2; t++) {
			snprintf(name, sizeof(name), "%s-%s", path,
			    t == 0 ? "wal" : "shm");
			unlink(name);
		}
	}
	rmdir(dir);
	return 0;
}
