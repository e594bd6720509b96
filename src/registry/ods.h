#ifndef REGISTRY_ODS_H
#define REGISTRY_ODS_H

#include "base/csv.h"
#include "base/err.h"
#include "base/span.h"

/*
 * The files of the NHS Organisation Data Service as they are published:
 *   epraccur.csv             GP practices and other prescribers, 27 columns,
 *                            no header
 *   etr.csv                  NHS trusts, the same 27 columns, fewer filled
 *   gp-reg-pat-prac-map.csv  practice -> PCN -> sub-ICB -> ICB -> region, with
 *                            header; the columns are found by name, so both
 *                            the CCG/STP and the later sub-ICB/ICB headings do
 * A file is known by its content, never by its name.  They are plain ASCII;
 * anything else is a fault, as is any value that breaks its column's rule.
 */
#define ODS_CODE_MAX 10 /* bytes; 3 at least (domain.md 2.1) */
#define ODS_NAME_MAX 100
#define ODS_LINE_MAX 100 /* a line of an address */
#define ODS_LINES    5
#define ODS_POST_MAX 10
#define ODS_TEL_MAX  30
#define ODS_NEVER    INT64_MAX /* no such day */
#define ODS_SCRATCH  CSV_ROW_MAX

enum ods_kind {
	ODS_UNKNOWN = 0,
	ODS_PRACTICES = 1,
	ODS_TRUSTS = 2,
	ODS_MAP = 3,
};

/* ODS_LEVEL_*: a value of table area's column level. */
enum ods_level {
	ODS_PCN = 0,
	ODS_SUB_ICB = 1,
	ODS_ICB = 2,
	ODS_REGION = 3,
	ODS_LEVELS = 4,
};

/* One row of the two organisation files; empty spans where a column is empty.
 */
struct ods_org {
	struct span code;
	struct span name;
	struct span area[ODS_LEVELS]; /* [ODS_PCN] is always empty */
	struct span address[ODS_LINES];
	struct span postcode;
	struct span phone;
	int64_t opened;  /* day */
	int64_t closed;  /* day, or ODS_NEVER */
	int64_t joined;  /* day it joined its commissioner, else opened */
	int32_t service; /* prescribing setting, 4 = GP practice; -1 none */
	uint8_t status;  /* 'A', 'C', 'D' or 'P'; trusts: from the close date */
};

/* One row of the practice map; "U", unallocated, is an empty span. */
struct ods_map {
	struct span code;
	int64_t extracted; /* day */
	struct span area[ODS_LEVELS];
	struct span area_name[ODS_LEVELS];
};

/* What is wrong with a file: where, the value, and what to do about it. */
struct ods_fault {
	size_t line;
	size_t column;    /* from 1; 0: the whole row */
	const char *name; /* the column's, or NULL */
	char value[64];   /* printable beginning of the value, may be empty */
	const char *why;
};

#define ODS_COLS 16 /* columns of ours in the map's header */

struct ods_file {
	struct csv csv;
	struct csv_row row;
	enum ods_kind kind;
	size_t at[ODS_COLS]; /* map: where each column of ours is */
	size_t width;        /* fields that every row must have */
	bool pending;        /* the first row is read and is data */
};

/*
 * ods_open(f, text, scratch, fault): tells from the first row what ${text} is
 * and sets ${f} to its first row of data.  Both stay the caller's.  Returns
 * ERR_OK, or ERR_DATA with ${fault} for a file that is none of the three.
 */
enum err ods_open(struct ods_file *f, struct span text,
    uint8_t scratch[static ODS_SCRATCH], struct ods_fault *fault) MUST_CHECK;

/*
 * ods_next_org(f, out, fault), ods_next_map(f, out, fault): the next row of an
 * ODS_PRACTICES or ODS_TRUSTS file, of an ODS_MAP file.  Returns ERR_OK,
 * ERR_NOINPUT after the last row, or ERR_DATA with ${fault}.  Spans are valid
 * until the next call.  ods_line() is the line of the row last read.
 */
enum err ods_next_org(struct ods_file *f, struct ods_org *out,
    struct ods_fault *fault) MUST_CHECK;
enum err ods_next_map(struct ods_file *f, struct ods_map *out,
    struct ods_fault *fault) MUST_CHECK;
size_t ods_line(const struct ods_file *f);

/* ods_is_code(code): Returns true for 3 to 10 capital letters and digits. */
bool ods_is_code(struct span code);

/* ods_kind_name(kind): what people call such a file. */
const char *ods_kind_name(enum ods_kind kind);

#endif
