#include <stdio.h>

#include "base/log.h"
#include "issuer/issuing.h"
#include "issuer/output.h"
#include "issuer/render.h"
#include "issuer/serials.h"

struct card_args {
	struct app_args app;
	const char *serial;
	const char *out;
	int layout;
};

static const char *const layouts[] = {"cr80", NULL};

static const struct arg table[] = {
    APP_ARGS(struct card_args),
    {"-o", ARG_TEXT, "FILE.pdf", "where the card goes",
	offsetof(struct card_args, out), 0, true, 0, 0, NULL},
    {"--layout", ARG_CHOICE, "NAME", "cr80: a bank-size card, front and back",
	offsetof(struct card_args, layout), 0, false, 0, 0, layouts},
    {"SERIAL", ARG_TEXT, NULL, "the card's number, like 7K3M-9QPR-K",
	offsetof(struct card_args, serial), 0, true, 0, 0, NULL},
};

static const struct args spec = {"carerpass card",
    "Draws the card of a passport that was issued. It is the same passport: "
    "use replace when a card was lost.",
    table, sizeof(table) / sizeof(*table)};

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
	e = render_pdf(app, &card, &text, a->out);
	if (e == ERR_OK && a->app.json)
		e = output_card(app, &card, &text, card_kind_name(card.kind));
	else if (e == ERR_OK)
		printf("The card of %s is in %s: print it on both sides.\n",
		    text.name, a->out);
	explicit_bzero(&text, sizeof(text));
	return e;
}

int
cmd_card(int argc, char **argv)
{
	struct card_args a = {0};
	struct app app = {0};
	int64_t serial = 0;
	bool help = false;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	e = render_path_ok(a.out);
	if (e == ERR_OK)
		e = serials_read(&serial, a.serial);
	if (e == ERR_OK)
		e = app_open(&app, &a.app, APP_SIGN);
	if (e == ERR_OK)
		e = draw(&app, &a, serial);
	app_close(&app);
	return err_exit(e);
}
