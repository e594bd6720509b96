#ifndef ISSUER_PROGRESS_H
#define ISSUER_PROGRESS_H

#include "issuer/app.h"

/*
 * How far a long command has come, in one line of standard error that is
 * written over; only on a terminal, and not with --json or --quiet.
 */

#define PROGRESS_STEP 250 /* of the counts that are worth a line */

/* progress_show(app, what, done, total): "250 of 5000 rows". */
void progress_show(
    const struct app *app, const char *what, size_t done, size_t total);

/* progress_clear(app): takes the line away, before anything else is said. */
void progress_clear(const struct app *app);

#endif
