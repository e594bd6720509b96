#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/err.h"
#include "base/span.h"

/*
 * Comma-separated values as RFC 4180 has them, one row a call, from memory.
 * Also read: LF or CR alone as line end, a last line without one, a UTF-8 byte
 * order mark.  Lines with nothing on them are passed over (they count as
 * lines).  A fault is data, not a log line: whoever reads a register of carers
 * reports it and goes on with the next row.
 */
#define CSV_FIELDS  64    /* fields a row */
#define CSV_ROW_MAX 65536 /* bytes a row, quotes and commas included */

struct csv {
	struct span in;
	size_t at;
	size_t line;      /* of ${at}, from 1 */
	uint8_t sep;      /* between fields: ','; the caller may set another */
	uint8_t *scratch; /* CSV_ROW_MAX bytes of the caller */
	size_t used;
};

/* A field is a span into the text, or into the scratch where it held "". */
struct csv_row {
	size_t line; /* where the row begins */
	size_t n;
	struct span field[CSV_FIELDS];
};

struct csv_fault {
	size_t line;     /* where the faulty row begins */
	size_t column;   /* number of the field in its row, from 1 */
	const char *why; /* what is wrong and what is allowed, constant */
};

/*
 * csv_open(c, text, scratch): sets ${c} to the first row of ${text}.  Both
 * stay the caller's and must outlive ${c} and its rows.
 */
void csv_open(
    struct csv *c, struct span text, uint8_t scratch[static CSV_ROW_MAX]);

/*
 * csv_next(c, row, fault): reads the next row.  Returns ERR_OK with
 * row->n >= 1, ERR_NOINPUT at the end, or ERR_DATA with ${fault} filled in;
 * after ERR_DATA the next call goes on at the line after that on which the row
 * began.  The fields are valid until the next call.
 */
enum err csv_next(
    struct csv *c, struct csv_row *row, struct csv_fault *fault) MUST_CHECK;

#endif
