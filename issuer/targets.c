#include "issuer/targets.h"

#include <stdio.h>

#include "base/log.h"
#include "issuer/serials.h"
#include "registry/holder.h"

#define LINE_MAX_BYTES 256

static enum err
take(const char *option, const char *why)
{
	if (why == NULL)
		return ERR_OK;
	log_error("%s %s", option, why);
	return ERR_DATA;
}

enum err
targets_read(
    struct targets *t, const struct args *spec, const struct target_args *a)
{
	bool by_ref = a->org != NULL || a->ref != NULL;
	enum err e;

	memset(t, 0, sizeof(*t));
	if ((a->serial != NULL) == by_ref)
		return args_fault(spec,
		    "name the card by its number, or by --org with --ref");
	if (by_ref && (a->org == NULL || a->ref == NULL))
		return args_fault(spec, "--org and --ref belong together");
	t->from_input = !by_ref && strcmp(a->serial, "-") == 0;
	if (t->from_input)
		return ERR_OK;
	if (!by_ref)
		return serials_read(&t->serial, a->serial);
	e = take("--org", normal_ods(t->ods, span_str(a->org)));
	return e == ERR_OK ? take("--ref", normal_ref(t->ref, span_str(a->ref)))
			   : e;
}

struct finding {
	struct card card;
	bool found;
};

static enum err
keep(void *ctx, const struct holder_hit *hit)
{
	struct finding *f = ctx;

	f->card = *hit->card;
	f->found = true;
	return ERR_OK;
}

static enum err
find_by_ref(struct app *app, const struct targets *t, struct card *out)
{
	struct finding f = {.found = false};
	enum err e = holder_find_ref(
	    app->db, &app->sealer, t->ods, span_str(t->ref), keep, &f);

	if (e == ERR_OK && !f.found) {
		log_error("%s has nobody with this reference: try carerpass "
			  "find --org %s --name",
		    t->ods, t->ods);
		return ERR_NOINPUT;
	}
	*out = f.card;
	return e;
}

/* Cuts spaces and the line's end off; false if the line was not whole. */
static bool
trim_line(char *line)
{
	size_t n = strlen(line);
	bool whole = n > 0 && (line[n - 1] == '\n' || n < LINE_MAX_BYTES - 1);
	size_t from = strspn(line, " \t");

	while (n > 0 && strchr(" \t\r\n", line[n - 1]) != NULL)
		line[--n] = '\0';
	if (from < n)
		memmove(line, line + from, n - from + 1);
	else
		line[0] = '\0';
	return whole;
}

/* The rest of a line that was too long is nobody's. */
static void
skip_line(void)
{
	int c;

	do {
		c = getchar();
	} while (c != '\n' && c != EOF);
}

static enum err
one_line(struct app *app, const char *line, bool whole,
    enum err (*fn)(void *ctx, const struct card *c), void *ctx)
{
	int64_t serial;
	struct card c;
	enum err e = ERR_DATA;

	if (!whole)
		log_error("a line is far too long for a card's number");
	else
		e = serials_read(&serial, line);
	if (e == ERR_OK)
		e = serials_card(app, serial, &c);
	return e == ERR_OK ? fn(ctx, &c) : e;
}

static enum err
each_line(
    struct app *app, enum err (*fn)(void *ctx, const struct card *c), void *ctx)
{
	char line[LINE_MAX_BYTES];
	size_t n = 0;
	enum err first = ERR_OK;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		bool whole = trim_line(line);
		enum err e;

		n++;
		if (!whole)
			skip_line();
		if (whole && line[0] == '\0')
			continue;
		e = one_line(app, line, whole, fn, ctx);
		if (e == ERR_OK)
			continue;
		log_error("that was line %zu of the input", n);
		if (first == ERR_OK)
			first = e;
		if (e != ERR_DATA && e != ERR_NOINPUT)
			return e;
	}
	if (ferror(stdin)) {
		log_error("standard input could not be read");
		return ERR_IO;
	}
	return first;
}

enum err
targets_each(struct app *app, const struct targets *t,
    enum err (*fn)(void *ctx, const struct card *c), void *ctx)
{
	struct card c;
	enum err e;

	if (t->from_input)
		return each_line(app, fn, ctx);
	e = t->serial != 0 ? serials_card(app, t->serial, &c)
			   : find_by_ref(app, t, &c);
	return e == ERR_OK ? fn(ctx, &c) : e;
}
