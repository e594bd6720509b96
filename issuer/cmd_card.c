#include <stdio.h>
#include <strings.h>

#include "base/log.h"
#include "issuer/issuing.h"
#include "issuer/output.h"
#include "issuer/render.h"
#include "issuer/serials.h"

struct card_args {
	struct app_args app;
	const char *serial;
	const char *out;
	const char *layout;
};

/* In the place of a number: the test page of a sheet. */
static const char alignment[] = "alignment";

static const struct arg table[] = {
    APP_ARGS(struct card_args),
    {"-o", ARG_TEXT, "FILE",
	"where the card goes: .pdf to print, .png or .svg for a phone",
	offsetof(struct card_args, out), 0, true, 0, 0, NULL},
    {"--layout", ARG_TEXT, "NAME",
	"cr80: a bank card, both sides; a4x10: a sheet of ten; letter: large "
	"print with a card to cut out",
	offsetof(struct card_args, layout), 0, false, 0, 0, NULL},
    {"SERIAL", ARG_TEXT, NULL,
	"the card's number, like 7K3M-9QPR-K; or the word alignment, for a "
	"test page that shows how sheets are printed",
	offsetof(struct card_args, serial), 0, true, 0, 0, NULL},
};

static const struct args spec = {"carerpass card",
    "Draws the card of a passport that was issued. It is the same passport: "
    "use replace when a card was lost.",
    table, sizeof(table) / sizeof(*table)};

/* How to go on with what was written. */
static void
say(const struct card_args *a, const char *name)
{
	size_t n = strlen(a->out);
	bool is_pdf = n > 4 && strcasecmp(a->out + n - 4, ".pdf") == 0;

	if (!is_pdf)
		printf("The card of %s is in %s: a picture for a phone.\n",
		    name, a->out);
	else if (a->layout != NULL && strcmp(a->layout, "letter") == 0)
		printf("The letter to %s is in %s: print it in actual size.\n",
		    name, a->out);
	else
		printf("The card of %s is in %s: print it in actual size, on "
		       "both sides.\n",
		    name, a->out);
}

static enum err
draw(struct app *app, const struct card_args *a, int64_t serial)
{
	struct card_text text;
	struct card card;
	bool good = false;
	enum err e = serials_card(app, serial, &card);

	if (e == ERR_OK)
		e = issuing_is_good(app, &card, &good);
	if (e == ERR_OK && !good) {
		log_error("this passport has ended, or was withdrawn or "
			  "replaced: a card of it could not be confirmed "
			  "anywhere; carerpass renew issues the next");
		return ERR_DATA;
	}
	if (e == ERR_OK)
		e = card_open(app->db, &app->sealer, serial, &text);
	if (e != ERR_OK)
		return e;
	e = render_card(app, &card, &text, a->out, a->layout);
	if (e == ERR_OK && a->app.json)
		e = output_card(app, &card, &text, card_kind_name(card.kind));
	else if (e == ERR_OK)
		say(a, text.name);
	explicit_bzero(&text, sizeof(text));
	return e;
}

static enum err
align(struct card_args *a, struct app *app)
{
	enum err e = render_path_ok(a->out);

	if (e == ERR_OK)
		e = app_open(app, &a->app, APP_READ);
	if (e == ERR_OK)
		e = render_alignment(app, a->out, a->layout);
	if (e == ERR_OK)
		printf("The alignment page is in %s: print it as you print "
		       "cards, and read it.\n",
		    a->out);
	return e;
}

static enum err
card(struct card_args *a, struct app *app)
{
	int64_t serial = 0;
	enum err e = render_form_ok(a->out, a->layout);

	if (e == ERR_OK)
		e = serials_read(&serial, a->serial);
	if (e == ERR_OK)
		e = app_open(app, &a->app, APP_SIGN);
	return e == ERR_OK ? draw(app, a, serial) : e;
}

int
cmd_card(int argc, char **argv)
{
	struct card_args a = {0};
	struct app app = {0};
	bool help = false;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	e = strcmp(a.serial, alignment) == 0 ? align(&a, &app) : card(&a, &app);
	app_close(&app);
	return err_exit(e);
}
