#include <stdio.h>

#include "base/log.h"
#include "issuer/output.h"
#include "issuer/pile.h"
#include "issuer/targets.h"
#include "passport/serial.h"
#include "registry/holder.h"

struct withdraw_args {
	struct app_args app;
	struct target_args target;
	const char *reason;
	struct date from, to;
	bool has_from, has_to;
	bool dry_run;
};

static const struct arg table[] = {
    APP_ARGS(struct withdraw_args),
    {"--reason", ARG_TEXT, "WORD",
	"ended, bereaved, lost, stolen, left_practice, consent, safeguarding "
	"or error; kept inside, never published",
	offsetof(struct withdraw_args, reason), 0, false, 0, 0, NULL},
    {"--from", ARG_DATE, "YYYY-MM-DD",
	"with --org and --to: all cards that it issued from this day on",
	offsetof(struct withdraw_args, from),
	offsetof(struct withdraw_args, has_from), false, 0, 0, NULL},
    {"--to", ARG_DATE, "YYYY-MM-DD", "up to and with this day",
	offsetof(struct withdraw_args, to),
	offsetof(struct withdraw_args, has_to), false, 0, 0, NULL},
    {"--dry-run", ARG_FLAG, NULL,
	"with --from and --to: only list the cards, change nothing",
	offsetof(struct withdraw_args, dry_run), 0, false, 0, 0, NULL},
    TARGET_ARGS(struct withdraw_args),
};

static const struct args spec = {"carerpass withdraw",
    "Withdraws a card for good; with --org, --from and --to all that an "
    "organisation issued in those days. For a lost card use replace: the carer "
    "gets a new one at once.",
    table, sizeof(table) / sizeof(*table)};

struct withdrawing {
	struct app *app;
	enum card_reason reason;
	bool dry_run;
	/* Of one period: */
	char ods[NORMAL_TEXT];
	struct date from, to;
	struct pile pile;
	/* So far: */
	int64_t serial;
	enum card_withdrawal how;
	size_t n;
};

/* --- one card ------------------------------------------------------------- */

static enum err
withdraw(struct db *db, void *ctx)
{
	struct withdrawing *w = ctx;

	return card_withdraw(db, w->serial, w->reason, app_now(), &w->how);
}

static enum err
flush(void)
{
	if (fflush(stdout) == 0)
		return ERR_OK;
	log_error("standard output could not be written");
	return ERR_IO;
}

/* Somebody may hold the old card and mean the person. */
static enum err
say_if_replaced(struct withdrawing *w)
{
	char serial[SERIAL_TEXT];
	struct card c = {.serial = w->serial};
	enum err e = ERR_OK;

	while (e == ERR_OK)
		e = card_successor(w->app->db, c.serial, &c);
	if (e != ERR_NOINPUT || c.serial == w->serial ||
	    !card_is_good(&c, app_now()))
		return e == ERR_NOINPUT ? ERR_OK : e;
	serial_text(serial, (uint64_t)c.serial);
	log_warn("that card was followed by %s, which is still in force: if "
		 "the person is no carer any more, run carerpass withdraw "
		 "'%s'",
	    serial, serial);
	return ERR_OK;
}

static enum err
report(struct withdrawing *w)
{
	char serial[SERIAL_TEXT];
	struct card_text text;
	struct card card;
	enum err e = card_get(w->app->db, w->serial, &card);

	serial_text(serial, (uint64_t)w->serial);
	if (e == ERR_OK && w->app->args->json) {
		e = card_open(w->app->db, &w->app->sealer, w->serial, &text);
		if (e == ERR_OK)
			e = output_card(w->app, &card, &text, "ended");
		else if (e == ERR_NOINPUT) /* its holder was erased */
			e = output_card(w->app, &card, NULL, "ended");
		explicit_bzero(&text, sizeof(text));
	} else if (e == ERR_OK && w->how == CARD_ALREADY_ENDED) {
		printf(
		    "Card %s had ended before; nothing was changed.\n", serial);
		e = flush();
	} else if (e == ERR_OK) {
		printf("Card %s is withdrawn.\n", serial);
		e = flush();
	}
	return e;
}

static enum err
one(void *ctx, const struct card *c)
{
	struct withdrawing *w = ctx;
	enum err e;

	w->serial = c->serial;
	e = db_write(w->app->db, withdraw, w);
	if (e == ERR_OK)
		e = app_note_head(w->app);
	w->n += e == ERR_OK && w->how == CARD_WITHDRAWN;
	if (e == ERR_OK)
		e = report(w);
	return e == ERR_OK && w->how == CARD_ALREADY_ENDED ? say_if_replaced(w)
							   : e;
}

/* --- an organisation's period --------------------------------------------- */

/* Whom to ring: the card, and how the practice finds the person. */
static enum err
say_whom(struct withdrawing *w, const struct card *c)
{
	char serial[SERIAL_TEXT];
	struct holder_text text;
	struct holder holder;
	struct card_text card;
	enum err e = holder_get(w->app->db, c->holder, &holder);

	serial_text(serial, (uint64_t)c->serial);
	if (e == ERR_OK && w->app->args->json) {
		e = card_open(w->app->db, &w->app->sealer, c->serial, &card);
		if (e == ERR_OK)
			e = output_card(w->app, c, &card,
			    w->dry_run ? card_kind_name(c->kind) : "ended");
		explicit_bzero(&card, sizeof(card));
	} else if (e == ERR_OK) {
		e = holder_open(w->app->db, &w->app->sealer, &holder, &text);
		if (e == ERR_OK)
			printf("%s  %s%s%s%s\n", serial, text.name,
			    text.ref[0] != '\0' ? "  (" : "", text.ref,
			    text.ref[0] != '\0' ? ")" : "");
		explicit_bzero(&text, sizeof(text));
	}
	return e;
}

static bool
is_meant(const struct withdrawing *w, const struct card *c)
{
	int64_t day = date_day_of(c->iat);

	return day >= date_days(w->from) && day <= date_days(w->to);
}

static enum err
end_one(void *ctx, const struct card *c)
{
	struct withdrawing *w = ctx;
	enum err e = ERR_OK;

	if (!is_meant(w, c))
		return ERR_OK;
	w->n++;
	if (!w->dry_run)
		e = card_withdraw(
		    w->app->db, c->serial, w->reason, app_now(), &w->how);
	return e == ERR_OK ? pile_add(&w->pile, c->serial) : e;
}

/* All in one transaction: a stop half way leaves none withdrawn. */
static enum err
end_all(struct db *db, void *ctx)
{
	struct withdrawing *w = ctx;
	struct card_filter filter = {.org = w->ods, .good_at = app_now()};

	return card_each(db, &filter, end_one, w);
}

/* What is said is done: nobody hears of a card whose end may yet be undone. */
static enum err
say_all(struct withdrawing *w)
{
	struct card card;
	enum err e = ERR_OK;

	for (size_t i = 0; i < w->pile.n && e == ERR_OK; i++) {
		e = card_get(w->app->db, w->pile.serial[i], &card);
		if (e == ERR_OK)
			e = say_whom(w, &card);
	}
	if (e == ERR_OK && !w->app->args->json && w->n == 0)
		printf("%s issued no card in those days that is still in "
		       "force; nothing was changed.\n",
		    w->ods);
	else if (e == ERR_OK && !w->app->args->json)
		printf("%zu card%s of %s %s.\n", w->n, w->n == 1 ? "" : "s",
		    w->ods,
		    w->dry_run  ? "would be withdrawn; nothing was changed"
		    : w->n == 1 ? "is withdrawn"
				: "are withdrawn; tell the people above");
	if (e == ERR_OK)
		e = flush();
	if (e != ERR_OK && !w->dry_run && w->n > 0)
		log_error("%zu cards of %s are withdrawn, but the list of them "
			  "is not whole: carerpass find shows them",
		    w->n, w->ods);
	return e;
}

static enum err
period(struct withdrawing *w)
{
	enum err e = w->dry_run ? db_read(w->app->db, end_all, w)
				: db_write(w->app->db, end_all, w);

	if (e != ERR_OK) {
		w->n = 0; /* none of them is */
		return e;
	}
	if (!w->dry_run)
		e = app_note_head(w->app);
	return e == ERR_OK ? say_all(w) : e;
}

static enum err
read_period(struct withdrawing *w, const struct withdraw_args *a)
{
	const char *why;

	if (a->target.org == NULL || a->target.ref != NULL ||
	    a->target.serial != NULL || !a->has_from || !a->has_to ||
	    a->reason == NULL)
		return args_fault(&spec,
		    "a period needs --org, --from, --to and --reason, and no "
		    "other name of a card");
	if (date_days(a->from) > date_days(a->to))
		return args_fault(&spec, "--from is a later day than --to");
	why = normal_ods(w->ods, span_str(a->target.org));
	w->from = a->from;
	w->to = a->to;
	if (why == NULL)
		return ERR_OK;
	log_error("--org %s", why);
	return ERR_DATA;
}

/* --- the command ---------------------------------------------------------- */

int
cmd_withdraw(int argc, char **argv)
{
	struct withdraw_args a = {.reason = NULL};
	struct app app = {0};
	struct withdrawing w = {.app = &app, .reason = CARD_ENDED};
	struct targets t;
	bool help = false;
	bool by_period;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	if (a.reason != NULL &&
	    !card_reason_read(&w.reason, span_str(a.reason)))
		return err_exit(args_fault(
		    &spec, "--reason is one of: %s", card_reason_list()));
	by_period = a.has_from || a.has_to || a.dry_run;
	w.dry_run = a.dry_run;
	e = by_period ? read_period(&w, &a)
		      : targets_read(&t, &spec, &a.target);
	if (e == ERR_OK)
		e = app_open(&app, &a.app, APP_SIGN);
	if (e == ERR_OK)
		e = by_period ? period(&w) : targets_each(&app, &t, one, &w);
	if (w.n > 0 && !w.dry_run)
		log_note("wards learn of it with the next lists: run "
			 "carerpass publish");
	pile_free(&w.pile);
	app_close(&app);
	return err_exit(e);
}
