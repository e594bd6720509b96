#ifndef ISSUER_BATCH_H
#define ISSUER_BATCH_H

#include "issuer/register.h"

/*
 * A register to passports: one unlock, a transaction a chunk, one PDF in the
 * order of the file. Whoever has a card keeps it, so the same file may be given
 * again: after a stop, or next month with more rows.
 */
struct batch {
	bool dry_run;
	bool all_or_nothing;
	const char *cards; /* the PDF, or NULL */
	const char *layout;
};

/*
 * batch_issue(app, b, file): issues the good rows and tells of every row that
 *     is not; for ${all_or_nothing} only if all are good. Returns ERR_OK,
 *     ERR_DATA if a row was refused, or why it stopped (logged).
 */
enum err batch_issue(struct app *app, const struct batch *b,
    struct register_file *file) MUST_CHECK;

#endif
