#include <stdio.h>

#include "base/log.h"
#include "issuer/serials.h"
#include "passport/serial.h"
#include "registry/erase.h"

struct erase_args {
	struct app_args app;
	const char *reason;
	const char *serial;
};

static const struct arg table[] = {
    APP_ARGS(struct erase_args),
    {"--reason", ARG_TEXT, "WORD",
	"of the withdrawal, in a word of carerpass withdraw, else consent",
	offsetof(struct erase_args, reason), 0, false, 0, 0, NULL},
    {"SERIAL", ARG_TEXT, NULL, "a card's number, like 7K3M-9QPR-K",
	offsetof(struct erase_args, serial), 0, true, 0, 0, NULL},
};

static const struct args spec = {"carerpass erase",
    "Forgets a person: withdraws their cards and destroys name, reference, "
    "NHS number and birth date for good. What was counted stays counted. There "
    "is no way back.",
    table, sizeof(table) / sizeof(*table)};

struct erasing {
	int64_t holder;
	enum card_reason reason;
	struct erase_result result;
};

static enum err
erase(struct db *db, void *ctx)
{
	struct erasing *w = ctx;

	return erase_holder(db, w->holder, w->reason, app_now(), &w->result);
}

static enum err
report(struct app *app, const struct erase_result *r, const char *serial)
{
	int n = 0;

	if (app->args->json)
		n = printf("{\"serial\":\"%s\",\"kind\":\"ended\"}\n", serial);
	else if (r->was_erased)
		n = printf("The person with card %s was erased before; nothing "
			   "was changed.\n",
		    serial);
	else
		n = printf("The person with card %s is erased: nobody can read "
			   "their name, numbers or birth date any more.\n",
		    serial);
	if (n < 0 || fflush(stdout) != 0) {
		log_error("standard output could not be written");
		return ERR_IO;
	}
	if (r->ended > 0)
		log_note("wards learn that the card has stopped with the next "
			 "lists: run carerpass publish");
	if (!r->was_erased)
		log_note("copies outside are yours to destroy: printed or "
			 "saved cards, files that were read, older backups");
	return ERR_OK;
}

static enum err
run(struct app *app, struct erasing *w, int64_t serial)
{
	char text[SERIAL_TEXT];
	struct card card;
	enum err e = serials_card(app, serial, &card);

	if (e != ERR_OK)
		return e;
	serial_text(text, (uint64_t)serial);
	w->holder = card.holder;
	e = db_write(app->db, erase, w);
	if (e == ERR_OK)
		e = app_note_head(app);
	/* Also when it was erased before: perhaps that was stopped here. */
	if (e == ERR_OK) {
		e = db_scrub(app->db);
		if (e != ERR_OK)
			log_error("the person is erased, but old bytes may "
				  "still be in registry.db-wal: run the same "
				  "command again");
	}
	return e == ERR_OK ? report(app, &w->result, text) : e;
}

int
cmd_erase(int argc, char **argv)
{
	struct erase_args a = {.reason = "consent"};
	struct erasing w = {0};
	struct app app = {0};
	int64_t serial = 0;
	bool help = false;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	if (!card_reason_read(&w.reason, span_str(a.reason)))
		return err_exit(args_fault(
		    &spec, "--reason is one of: %s", card_reason_list()));
	e = serials_read(&serial, a.serial);
	if (e == ERR_OK)
		e = app_open(&app, &a.app, APP_SIGN);
	if (e == ERR_OK)
		e = run(&app, &w, serial);
	app_close(&app);
	return err_exit(e);
}
