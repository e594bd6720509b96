#ifndef ISSUER_COLUMNS_H
#define ISSUER_COLUMNS_H

#include "base/csv.h"

/*
 * The columns of a register: which of a file's titles mean what. Titles are
 * compared without case, spaces and punctuation, with the words that the GP
 * systems use; a map of the practice's own goes before.
 */
enum column {
	COLUMN_NAME = 0,
	COLUMN_FORENAME = 1, /* together with the surname, instead of a name */
	COLUMN_SURNAME = 2,
	COLUMN_REF = 3,
	COLUMN_NHS = 4,
	COLUMN_BORN = 5,
	COLUMN_YOUNG = 6,
	COLUMN_MONTHS = 7,
};
#define COLUMNS 8

#define COLUMN_TITLE 128 /* bytes of a title, normalised */

/* What a practice calls its columns: "" where it was not said. */
struct column_map {
	char title[COLUMNS][COLUMN_TITLE];
};

/* Where each column stands in a row, from 0; -1: nowhere. */
struct columns {
	int at[COLUMNS];
};

/* column_name(c): Returns "name", "ref", "nhs_number", ... as in messages. */
const char *column_name(enum column c);

/*
 * column_map_read(map, path): reads a file of lines "name = Patient's full
 *     name" (or the other way round), "#" begins a comment. Returns ERR_OK or
 *     why not (logged with file and line).
 */
enum err column_map_read(struct column_map *map, const char *path) MUST_CHECK;

/* column_map_parse(map, text, path): the same for what is in ${text}. */
enum err column_map_parse(
    struct column_map *map, struct span text, const char *path) MUST_CHECK;

enum columns_found {
	COLUMNS_NONE = 0, /* no title of ours: not the line of titles */
	COLUMNS_SOME = 1, /* some, but not a name and a reference or NHS
			     number */
	COLUMNS_ENOUGH = 2,
	COLUMNS_TWICE = 3, /* two titles mean the same: ${twice} */
};

/*
 * columns_find(out, row, map, twice): reads ${row} as the line of titles.
 */
enum columns_found columns_find(struct columns *out, const struct csv_row *row,
    const struct column_map *map, enum column *twice);

#endif
