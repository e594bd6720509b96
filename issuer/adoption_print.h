#ifndef ISSUER_ADOPTION_PRINT_H
#define ISSUER_ADOPTION_PRINT_H

#include "base/buf.h"
#include "registry/adoption.h"

/*
 * Figures as a table for people, as CSV for a spreadsheet, as JSON for a
 * program.  Raw and public figures come in by two doors and are one kind of
 * cell from there on: a text, or a number.
 */
enum adoption_format {
	ADOPTION_TABLE = 0,
	ADOPTION_CSV = 1,
	ADOPTION_JSON = 2,
};

struct adoption_heading {
	const char *scheme;
	int64_t day;
	int64_t today;
};

/*
 * adoption_print_raw(out, a, head, format): appends raw numbers, headed so.
 * adoption_print_public(out, a, head, format): appends what may leave the
 *     practice (disclosure.h); it turns each row into public figures first and
 *     prints nothing else.
 * Both return ERR_OK, ERR_MEM or ERR_TOOBIG.
 */
enum err adoption_print_raw(struct buf *out, const struct adoption *a,
    const struct adoption_heading *head,
    enum adoption_format format) MUST_CHECK;
enum err adoption_print_public(struct buf *out, const struct adoption *a,
    const struct adoption_heading *head,
    enum adoption_format format) MUST_CHECK;

/*
 * adoption_csv_text(out, text): appends a text as a field of RFC 4180: quoted
 *     where needed, and with an apostrophe in front of what a spreadsheet would
 *     take for a formula.
 */
enum err adoption_csv_text(struct buf *out, const char *text);

#endif
