#include "base/log.h"
#include "issuer/issuing.h"
#include "issuer/pile.h"
#include "issuer/render.h"
#include "issuer/report.h"
#include "issuer/targets.h"

/* renew and replace: the holder's next card. */

struct again_args {
	struct app_args app;
	struct target_args target;
	int64_t months;
	const char *reason;
	const char *card;
	const char *layout;
};

static const struct arg table[] = {
    APP_ARGS(struct again_args),
    {"--months", ARG_INT, "N", "how long the new card is good, else 24",
	offsetof(struct again_args, months), 0, false, 1, ISSUING_MONTHS_MAX,
	NULL},
    {"--reason", ARG_TEXT, "WORD",
	"why, in a word of carerpass withdraw: lost, stolen, ...; kept inside",
	offsetof(struct again_args, reason), 0, false, 0, 0, NULL},
    {"--card", ARG_TEXT, "FILE",
	"draw the new card to this .pdf, .png or .svg; several to one .pdf",
	offsetof(struct again_args, card), 0, false, 0, 0, NULL},
    {"--layout", ARG_TEXT, "NAME", "of that file: cr80, a4x10 or letter",
	offsetof(struct again_args, layout), 0, false, 0, 0, NULL},
    TARGET_ARGS(struct again_args),
};

static const struct args renew_spec = {"carerpass renew",
    "Issues the next card to a carer whose card ends or has ended. The old one "
    "stops at once.",
    table, sizeof(table) / sizeof(*table)};

static const struct args replace_spec = {"carerpass replace",
    "Issues a new card for one that was lost, stolen or damaged. The old one "
    "stops at once.",
    table, sizeof(table) / sizeof(*table)};

struct renewing {
	struct app *app;
	enum card_kind kind;
	enum card_reason reason;
	int months;
	struct pile pile;
	struct card last; /* that was issued */
	size_t issued;
};

static enum err
again(void *ctx, const struct card *old)
{
	struct renewing *w = ctx;
	struct issuing_item it;
	const struct issue_result *r = &it.result;
	enum err e;

	issuing_again(&it, old, w->kind, w->months);
	it.reason = w->reason;
	e = issuing_one(w->app, &it);
	if (e == ERR_OK && r->outcome == ISSUE_RESERVED) {
		w->last = r->card;
		w->issued++;
	}
	if (e == ERR_OK && r->outcome != ISSUE_ENDED)
		e = pile_add_once(&w->pile, r->card.serial);
	if (e == ERR_OK)
		e = report_result(w->app, r);
	explicit_bzero(&it, sizeof(it));
	return e;
}

/* The good ones are drawn also where some were refused. */
static enum err
renew(struct renewing *w, const struct targets *t, const struct again_args *a)
{
	enum err e = targets_each(w->app, t, again, w);
	enum err drawn = pile_draw(w->app, &w->pile, a->layout, a->card);

	if (e == ERR_OK)
		e = drawn;
	if (w->issued > 0)
		log_note("wards learn that the old %s with the next lists: run "
			 "carerpass publish",
		    w->issued == 1 ? "card has stopped" : "cards have stopped");
	if (w->issued > 0 && e == ERR_OK)
		e = report_due(w->app, &w->last);
	pile_free(&w->pile);
	return e;
}

static int
run(const struct args *spec, enum card_kind kind, int argc, char **argv)
{
	struct again_args a = {.months = ISSUING_MONTHS};
	struct targets t;
	struct app app = {0};
	struct renewing w = {.app = &app, .kind = kind};
	bool help = false;
	enum err e = args_parse(spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	if (a.reason != NULL &&
	    !card_reason_read(&w.reason, span_str(a.reason)))
		return err_exit(args_fault(
		    spec, "--reason is one of: %s", card_reason_list()));
	w.months = (int)a.months;
	e = targets_read(&t, spec, &a.target);
	if (e == ERR_OK && a.card != NULL)
		e = t.from_input ? render_pdf_ok(a.card, a.layout)
				 : render_form_ok(a.card, a.layout);
	if (e == ERR_OK)
		e = app_open(&app, &a.app, APP_SIGN);
	if (e == ERR_OK)
		e = renew(&w, &t, &a);
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
