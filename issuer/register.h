#ifndef ISSUER_REGISTER_H
#define ISSUER_REGISTER_H

#include "base/buf.h"
#include "issuer/columns.h"
#include "issuer/issuing.h"

/*
 * A practice's register of carers from a CSV file, as GP systems and Excel
 * write it: UTF-8 or Windows-1252, commas, semicolons or tabs, lines in front
 * of the titles, titles of many kinds, dates like 31/05/1961.
 *
 * A row needs a name, and a reference or an NHS number. A row that is wrong is
 * kept with what is wrong; empty rows are passed over.
 */
#define REGISTER_ROWS  100000
#define REGISTER_VALUE 256 /* bytes of a value shown in a message */

/* What is wrong with a row. */
struct row_fault {
	char column[COLUMN_TITLE];      /* "born", or "column 7" */
	char value[REGISTER_VALUE + 4]; /* what stands there, perhaps cut */
	char why[ISSUING_WHY]; /* a sentence that also says what to do */
};

struct register_row {
	size_t line; /* of the file, from 1 */
	struct issuing want;
	struct row_fault *fault; /* NULL: good */
};

struct register_file {
	struct register_row *row;
	size_t n;
	size_t size;
};

/*
 * register_read(out, path, map, ods, months): reads the file at ${path} ("-":
 *     standard input); ${map} may be NULL; ${ods} and ${months} are what a row
 *     does not say itself. The caller frees ${out} also after an error.
 *     Returns ERR_OK, ERR_DATA (no register, or more than REGISTER_ROWS rows;
 *     logged), or why it could not be read.
 */
enum err register_read(struct register_file *out, const char *path,
    const struct column_map *map, const char *ods, int months) MUST_CHECK;

/*
 * register_parse(out, text, path, map, ods, months): the same for what is in
 *     ${text}, which is changed; ${path} is for messages.
 */
enum err register_parse(struct register_file *out, struct buf *text,
    const char *path, const struct column_map *map, const char *ods,
    int months) MUST_CHECK;

/* register_free(r): wipes and frees; {0} does nothing. */
void register_free(struct register_file *r);

/*
 * register_fault(row, column, value, why): says what is wrong with ${row};
 *     ${value} is cut at a character. Returns ERR_OK or ERR_MEM.
 */
enum err register_fault(struct register_row *row, const char *column,
    struct span value, const char *why) MUST_CHECK;

#endif
