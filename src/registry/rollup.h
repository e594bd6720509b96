#ifndef REGISTRY_ROLLUP_H
#define REGISTRY_ROLLUP_H

#include "registry/ledger.h"
#include "registry/ods.h"

/*
 * Sums of the ledger by year, month and day (sql/003_rollup.sql): of each
 * organisation, and of all organisations of one sub-ICB together.  Written by
 * ledger.c, which is the only caller of rollup_add(), and by an import of
 * organisation files, which may move organisations to other areas.
 */
enum rollup_scale {
	ROLLUP_YEAR = 0,
	ROLLUP_MONTH = 1,
	ROLLUP_DAY = 2,
};
#define ROLLUP_SCALES 3

/* Which sub-ICB an organisation is in; "" is unknown. */
struct rollup_place {
	char region[ODS_CODE_MAX + 1];
	char icb[ODS_CODE_MAX + 1];
	char sub_icb[ODS_CODE_MAX + 1];
	int64_t since; /* first day; INT64_MIN: always */
};

/* rollup_start(scale, day): Returns the first day of the year, month or day
 * that holds ${day}. */
int64_t rollup_start(enum rollup_scale scale, int64_t day);

/*
 * rollup_add(db, org, setting, day, n): inside db_write(): adds what changed on
 * ${day}, one number a measure.
 */
enum err rollup_add(struct db *db, const char *org, int setting, int64_t day,
    const int64_t n[static LEDGER_MEASURES]) MUST_CHECK;

/* rollup_where(db, org, out): where ${org} belongs by the files imported. */
enum err rollup_where(
    struct db *db, struct span org, struct rollup_place *out) MUST_CHECK;

/*
 * rollup_replace_all(db): inside db_write(), at the end of an import: moves
 * the figures of every organisation whose area is another now.
 */
enum err rollup_replace_all(struct db *db) MUST_CHECK;

#endif
