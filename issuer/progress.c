#include "issuer/progress.h"

#include <stdio.h>
#include <unistd.h>

static bool
is_wanted(const struct app *app)
{
	return !app->args->json && !app->args->quiet && isatty(2) == 1;
}

void
progress_show(
    const struct app *app, const char *what, size_t done, size_t total)
{
	if (is_wanted(app))
		fprintf(stderr, "\r%zu of %zu %s ", done, total, what);
}

void
progress_clear(const struct app *app)
{
	if (is_wanted(app))
		fprintf(stderr, "\r\033[K");
}
