#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "registry/org_import.h"

/*
 * How long the real ODS files take to import: into an empty registry and again
 * without change, each the median of five.  The baseline of the same run is
 * reading the same bytes and cutting them into fields, which any import must.
 *   bench_ods [FOLDER]     default $SHARED/data/ods, else tests/data/ods
 */
#define ROUNDS 5
#define FILES  3

static const char *const names[FILES] = {
    "epraccur.csv", "etr.csv", "gp-reg-pat-prac-map.csv"};

static double
now(void)
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

static double
median(double v[static ROUNDS])
{
	qsort(v, ROUNDS, sizeof(*v), compare);
	return v[ROUNDS / 2];
}

static size_t
parse_only(char *const *paths)
{
	static uint8_t scratch[CSV_ROW_MAX];
	size_t rows = 0;

	for (size_t i = 0; i < FILES; i++) {
		struct buf b = BUF_INIT(32 * 1024 * 1024);
		struct csv c;
		struct csv_row row;
		struct csv_fault fault;

		if (file_read(&b, paths[i]) != ERR_OK)
			exit(1);
		csv_open(&c, buf_span(&b), scratch);
		while (csv_next(&c, &row, &fault) == ERR_OK)
			rows++;
		buf_free(&b);
	}
	return rows;
}

static double
import_once(struct db *db, char *const *paths)
{
	struct org_import_counts counts[FILES];
	double from = now();

	if (org_import_files(db, paths, FILES, counts) != ERR_OK)
		exit(1);
	return now() - from;
}

static void
remove_registry(const char *path)
{
	static const char *const tail[] = {"", "-wal", "-shm"};
	char name[128];

	for (size_t i = 0; i < sizeof(tail) / sizeof(*tail); i++) {
		snprintf(name, sizeof(name), "%s%s", path, tail[i]);
		unlink(name);
	}
}

static void
find_files(char path[FILES][512], const char *folder)
{
	const char *shared = getenv("SHARED");

	for (size_t i = 0; i < FILES; i++) {
		if (folder != NULL)
			snprintf(path[i], sizeof(path[i]), "%s/%s", folder,
			    names[i]);
		else
			snprintf(path[i], sizeof(path[i]), "%s/data/ods/%s",
			    shared != NULL ? shared : "../shared", names[i]);
		if (access(path[i], R_OK) != 0)
			snprintf(path[i], sizeof(path[i]), "tests/data/ods/%s",
			    names[i]);
	}
}

int
main(int argc, char **argv)
{
	double parse[ROUNDS];
	double fresh[ROUNDS];
	double again[ROUNDS];
	char path[FILES][512];
	char *paths[FILES] = {path[0], path[1], path[2]};
	char dir[] = "/tmp/bench_ods.XXXXXX";
	char registry[64];
	size_t rows = 0;

	find_files(path, argc > 1 ? argv[1] : NULL);
	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(registry, sizeof(registry), "%s/registry.db", dir);
	for (size_t i = 0; i < ROUNDS; i++) {
		struct db *db = NULL;
		double from = now();

		rows = parse_only(paths);
		parse[i] = now() - from;
		if (db_open(&db, registry, DB_CREATE) != ERR_OK)
			return 1;
		fresh[i] = import_once(db, paths);
		again[i] = import_once(db, paths);
		db_close(db);
		remove_registry(registry);
	}
	rmdir(dir);
	printf("ods: %zu rows, median of %d: read and cut into fields %.0f ms, "
	       "import into an empty registry %.0f ms, again without change "
	       "%.0f ms\n",
	    rows, ROUNDS, median(parse), median(fresh), median(again));
	return 0;
}
