#include "base/log.h"
#include "issuer/issuing.h"
#include "issuer/render.h"
#include "issuer/report.h"
#include "issuer/serials.h"

/* renew and replace: the holder's next card. */

struct again_args {
	struct app_args app;
	const char *serial;
	int64_t months;
	const char *card;
};

static const struct arg table[] = {
    APP_ARGS(struct again_args),
    {"--months", ARG_INT, "N", "how long the new card is good, else 24",
	offsetof(struct again_args, months), 0, false, 1, ISSUING_MONTHS_MAX,
	NULL},
    {"--card", ARG_TEXT, "FILE.pdf", "draw the new card to this file",
	offsetof(struct again_args, card), 0, false, 0, 0, NULL},
    {"SERIAL", ARG_TEXT, NULL, "the old card's number, like 7K3M-9QPR-K",
	offsetof(struct again_args, serial), 0, true, 0, 0, NULL},
};

static const struct args renew_spec = {"carerpass renew",
    "Issues the next card to a carer whose card ends or has ended. The old one "
    "stops at once.",
    table, sizeof(table) / sizeof(*table)};

static const struct args replace_spec = {"carerpass replace",
    "Issues a new card for one that was lost, stolen or damaged. The old one "
    "stops at once.",
    table, sizeof(table) / sizeof(*table)};

static enum err
again(struct app *app, int64_t serial, enum card_kind kind,
    const struct again_args *a)
{
	struct issue_result r;
	struct card old;
	enum err e = serials_card(app, serial, &old);

	if (e != ERR_OK)
		return e;
	e = issuing_again(app, serial, kind, (int)a->months, &r);
	if (e == ERR_OK)
		e = report_result(app, &r, a->card);
	if (e == ERR_OK && r.outcome == ISSUE_RESERVED)
		log_note("wards learn that the old card has stopped with the "
			 "next lists: run carerpass publish");
	explicit_bzero(&r, sizeof(r));
	return e;
}

static int
run(const struct args *spec, enum card_kind kind, int argc, char **argv)
{
	struct again_args a = {.months = ISSUING_MONTHS};
	struct app app = {0};
	int64_t serial = 0;
	bool help = false;
	enum err e = args_parse(spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	if (a.card != NULL)
		e = render_path_ok(a.card);
	if (e == ERR_OK)
		e = serials_read(&serial, a.serial);
	if (e == ERR_OK)
		e = app_open(&app, &a.app, APP_SIGN);
	if (e == ERR_OK)
		e = again(&app, serial, kind, &a);
	app_close(&app);
	return err_exit(e);
}

int
cmd_renew(int argc, char **argv)
{
	return run(&renew_spec, CARD_RENEWAL, argc, argv);
}

int
cmd_replace(int argc, char **argv)
{
	return run(&replace_spec, CARD_REPLACEMENT, argc, argv);
}
