#include <stdio.h>

#include "base/log.h"
#include "issuer/output.h"
#include "issuer/serials.h"
#include "passport/serial.h"
#include "registry/holder.h"

struct withdraw_args {
	struct app_args app;
	const char *serial;
	const char *reason;
};

static const struct arg table[] = {
    APP_ARGS(struct withdraw_args),
    {"--reason", ARG_TEXT, "WORD",
	"ended, bereaved, lost, stolen, left_practice, consent, safeguarding "
	"or error; kept inside, never published",
	offsetof(struct withdraw_args, reason), 0, false, 0, 0, NULL},
    {"SERIAL", ARG_TEXT, NULL, "the card's number, like 7K3M-9QPR-K",
	offsetof(struct withdraw_args, serial), 0, true, 0, 0, NULL},
};

static const struct args spec = {"carerpass withdraw",
    "Withdraws a card for good. For a lost card use replace: the carer gets a "
    "new one at once.",
    table, sizeof(table) / sizeof(*table)};

struct withdrawing {
	int64_t serial;
	enum card_reason reason;
	enum card_withdrawal how;
};

static enum err
withdraw(struct db *db, void *ctx)
{
	struct withdrawing *w = ctx;

	return card_withdraw(db, w->serial, w->reason, app_now(), &w->how);
}

static enum err
report(struct app *app, const struct withdrawing *w)
{
	char serial[SERIAL_TEXT];
	struct card_text text;
	struct card card;
	enum err e = card_get(app->db, w->serial, &card);

	serial_text(serial, (uint64_t)w->serial);
	if (e == ERR_OK && app->args->json) {
		e = card_open(app->db, &app->sealer, w->serial, &text);
		if (e == ERR_OK)
			e = output_card(app, &card, &text, "ended");
		explicit_bzero(&text, sizeof(text));
	} else if (e == ERR_OK && w->how == CARD_ALREADY_ENDED) {
		printf(
		    "Card %s had ended before; nothing was changed.\n", serial);
	} else if (e == ERR_OK) {
		printf("Card %s is withdrawn.\n", serial);
	}
	if (e == ERR_OK && w->how == CARD_WITHDRAWN)
		log_note("wards learn of it with the next lists: run "
			 "carerpass publish");
	return e;
}

static enum err
run(struct app *app, struct withdrawing *w)
{
	struct card card;
	enum err e = serials_card(app, w->serial, &card);

	if (e == ERR_OK)
		e = db_write(app->db, withdraw, w);
	if (e == ERR_OK)
		e = app_note_head(app);
	return e == ERR_OK ? report(app, w) : e;
}

int
cmd_withdraw(int argc, char **argv)
{
	struct withdraw_args a = {.reason = "ended"};
	struct withdrawing w = {0};
	struct app app = {0};
	bool help = false;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	if (!card_reason_read(&w.reason, span_str(a.reason)))
		return err_exit(args_fault(
		    &spec, "--reason is one of: %s", card_reason_list()));
	e = serials_read(&w.serial, a.serial);
	if (e == ERR_OK)
		e = app_open(&app, &a.app, APP_SIGN);
	if (e == ERR_OK)
		e = run(&app, &w);
	app_close(&app);
	return err_exit(e);
}
