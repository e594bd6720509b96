#include "issuer/targets.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "issuer/serials.h"
#include "registry/holder.h"

#define LINE_ROOM 64 /* bytes of a number as it is typed, with its NUL */

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

/* The number on a line of ${n} bytes, without spaces and the line's end, in
 * ${out}; false for what cannot be one. */
static bool
read_line(char out[static LINE_ROOM], const char *line, size_t n)
{
	if (n >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
		line += 3; /* a byte order mark */
		n -= 3;
	}
	while (n > 0 && strchr(" \t\r\n", line[n - 1]) != NULL &&
	       line[n - 1] != '\0')
		n--;
	while (n > 0 && (line[0] == ' ' || line[0] == '\t')) {
		line++;
		n--;
	}
	if (n >= LINE_ROOM || memchr(line, '\0', n) != NULL)
		return false;
	memcpy(out, line, n);
	out[n] = '\0';
	return true;
}

static enum err
one_line(struct app *app, const char *line, size_t n,
    enum err (*fn)(void *ctx, const struct card *c), void *ctx)
{
	char text[LINE_ROOM];
	int64_t serial;
	struct card c;
	enum err e = ERR_DATA;

	if (!read_line(text, line, n)) {
		log_error("a line is no card's number: it is too long, or has "
			  "a NUL byte in it");
		return ERR_DATA;
	}
	if (text[0] == '\0')
		return ERR_OK;
	e = serials_read(&serial, text);
	if (e == ERR_OK)
		e = serials_card(app, serial, &c);
	return e == ERR_OK ? fn(ctx, &c) : e;
}

static enum err
each_line(
    struct app *app, enum err (*fn)(void *ctx, const struct card *c), void *ctx)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	size_t number = 0;
	enum err first = ERR_OK;

	while ((n = getline(&line, &size, stdin)) >= 0) {
		enum err e = one_line(app, line, (size_t)n, fn, ctx);

		number++;
		if (e == ERR_OK)
			continue;
		log_error("that was line %zu of the input", number);
		if (first == ERR_OK)
			first = e;
		if (e != ERR_DATA && e != ERR_NOINPUT)
			break;
	}
	free(line);
	if (ferror(stdin)) {
		log_error("standard input could not be read");
		return ERR_IO;
	}
	if (number == 0)
		log_note("there was no card's number on standard input");
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
