#include <stdio.h>

#include "base/log.h"
#include "issuer/issuing.h"
#include "issuer/output.h"
#include "passport/serial.h"
#include "registry/enrol.h"
#include "registry/holder.h"

struct find_args {
	struct app_args app;
	const char *org;
	const char *name;
	const char *ref;
};

static const struct arg table[] = {
    APP_ARGS(struct find_args),
    {"--org", ARG_TEXT, "CODE", "the organisation that issued, like A81001",
	offsetof(struct find_args, org), 0, true, 0, 0, NULL},
    {"--name", ARG_TEXT, "TEXT", "a part of the name, whatever its accents",
	offsetof(struct find_args, name), 0, false, 0, 0, NULL},
    {"--ref", ARG_TEXT, "REF", "your own reference for this person",
	offsetof(struct find_args, ref), 0, false, 0, 0, NULL},
};

static const struct args spec = {"carerpass find",
    "Finds a carer's newest card, for example when it was lost.", table,
    sizeof(table) / sizeof(*table)};

struct finding {
	struct app *app;
	size_t n;
};

#define NAME_COLUMNS 30

/* Spaces that fill up the column behind a name: bytes that continue a
 * character take no room. */
static int
space_behind(const char *name)
{
	int wide = 0;

	for (; *name != '\0'; name++)
		wide += ((uint8_t)*name & 0xc0) != 0x80;
	return wide < NAME_COLUMNS ? NAME_COLUMNS - wide : 0;
}

static void
say(const struct holder_hit *h, bool good)
{
	char serial[SERIAL_TEXT];
	char day[DATE_WORDS];

	serial_text(serial, (uint64_t)h->card->serial);
	date_words(day, output_valid_to(h->card));
	printf("%s  %s%*s  %s %s%s%s%s\n", serial, h->text->name,
	    space_behind(h->text->name), "",
	    good                       ? "valid to"
	    : h->card->is_ended        ? "withdrawn or replaced; was valid to"
	    : h->card->exp > app_now() ? "its key was revoked; was valid to"
				       : "ended on",
	    day, h->text->ref[0] != '\0' ? "  (" : "", h->text->ref,
	    h->text->ref[0] != '\0' ? ")" : "");
}

static enum err
hit(void *ctx, const struct holder_hit *h)
{
	struct finding *f = ctx;
	struct card_text text;
	bool good;
	enum err e = issuing_is_good(f->app, h->card, &good);

	f->n++;
	if (e != ERR_OK)
		return e;
	if (!f->app->args->json) {
		say(h, good);
		return ERR_OK;
	}
	e = card_open(f->app->db, &f->app->sealer, h->card->serial, &text);
	if (e == ERR_OK)
		e = output_card(f->app, h->card, &text,
		    good ? card_kind_name(h->card->kind) : "ended");
	explicit_bzero(&text, sizeof(text));
	return e;
}

static enum err
say_nobody(struct app *app, const char *ods, const struct find_args *a)
{
	struct enrolment en;
	enum err e = enrol_get(app->db, span_str(ods), &en);

	if (e == ERR_NOINPUT)
		log_note("nobody found: %s issues no passports; check the code",
		    ods);
	else if (a->ref != NULL)
		log_note("nobody found: %s has nobody with this reference; "
			 "try --name",
		    ods);
	else
		log_note("nobody found: try a shorter part of the name");
	return e == ERR_NOINPUT ? ERR_OK : e;
}

static enum err
look(struct app *app, const char *ods, const struct find_args *a)
{
	struct finding f = {app, 0};
	enum err e = a->ref != NULL ? holder_find_ref(app->db, &app->sealer,
					  ods, span_str(a->ref), hit, &f)
				    : holder_find_name(app->db, &app->sealer,
					  ods, span_str(a->name), hit, &f);

	return e == ERR_OK && f.n == 0 ? say_nobody(app, ods, a) : e;
}

int
cmd_find(int argc, char **argv)
{
	struct find_args a = {0};
	struct app app = {0};
	char ods[NORMAL_TEXT];
	bool help = false;
	const char *why;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	if ((a.name == NULL) == (a.ref == NULL))
		return err_exit(
		    args_fault(&spec, "give either --name or --ref"));
	why = normal_ods(ods, span_str(a.org));
	if (why != NULL) {
		log_error("--org %s", why);
		return err_exit(ERR_DATA);
	}
	e = app_open(&app, &a.app, APP_KEYS);
	if (e == ERR_OK)
		e = look(&app, ods, &a);
	app_close(&app);
	return err_exit(e);
}
