#ifndef ISSUER_REGISTER_PRIVATE_H
#define ISSUER_REGISTER_PRIVATE_H

#include "issuer/register.h"

/* Shared by register.c, which reads the file, and register_row.c, which reads
 * one row of it. */
struct reading {
	struct register_file *out;
	const char *path;
	const struct column_map *map;
	const char *ods;
	int months;
	struct columns columns;
	size_t titles; /* fields in the line of titles */
};

/* register_row_is_empty(row): nothing but spaces and separators. */
bool register_row_is_empty(const struct csv_row *row);

/*
 * register_row_read(r, row, to): reads the values of ${row}; the first that is
 *     wrong becomes the fault of ${to} and stands for all. Returns ERR_OK or
 *     ERR_MEM.
 */
enum err register_row_read(const struct reading *r, const struct csv_row *row,
    struct register_row *to) MUST_CHECK;

#endif
