#ifndef ISSUER_WALK_H
#define ISSUER_WALK_H

#include "issuer/app.h"

/* walk_journal(app, fn, ctx): calls fn(ctx, entry) for every record of the
 * signer's journal, oldest first, until it returns other than ERR_OK, which is
 * then returned. ${fn} may use the signer. */
enum err walk_journal(struct app *app,
    enum err (*fn)(void *ctx, const struct journal_entry *x),
    void *ctx) MUST_CHECK;

#endif
