#include "issuer/walk.h"

#include <stdlib.h>

enum err
walk_journal(struct app *app,
    enum err (*fn)(void *ctx, const struct journal_entry *x), void *ctx)
{
	struct journal_entry *page = calloc(SIGNER_PAGE, sizeof(*page));
	uint64_t from = 0;
	size_t n = 1;
	enum err e = page == NULL ? ERR_MEM : ERR_OK;

	while (e == ERR_OK && n > 0) {
		e = signer_journal(app->signer, from, page, &n);
		for (size_t i = 0; e == ERR_OK && i < n; i++)
			e = fn(ctx, &page[i]);
		from += n;
	}
	free(page);
	return e;
}
