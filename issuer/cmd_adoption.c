#include <stdio.h>

#include "base/date.h"
#include "base/log.h"
#include "issuer/adoption_print.h"
#include "issuer/app.h"

#define OUTPUT_MAX (16 << 20)

struct adoption_args {
	struct app_args app;
	const char *area;
	int by;
	struct date as_of;
	bool dated;
	bool public;
	int format;
};

/* In the order of enum adoption_by, from 1, and of enum adoption_format. */
static const char *const by_words[] = {"area", "month", "setting", NULL};
static const char *const formats[] = {"table", "csv", "json", NULL};

static const struct arg table[] = {
    APP_ARGS(struct adoption_args),
    {"--area", ARG_TEXT, "CODE",
	"only this region, ICB, sub-ICB, PCN, practice or hospital",
	offsetof(struct adoption_args, area), 0, false, 0, 0, NULL},
    {"--by", ARG_CHOICE, "WHAT",
	"one row for each area of the next level below, each month, or each "
	"setting; the total comes last",
	offsetof(struct adoption_args, by), 0, false, 0, 0, by_words},
    {"--as-of", ARG_DATE, "DATE", "figures at the end of that day (today)",
	offsetof(struct adoption_args, as_of),
	offsetof(struct adoption_args, dated), false, 0, 0, NULL},
    {"--public", ARG_FLAG, NULL,
	"what may leave the practice: 1 to 7 is *, others are rounded to 5",
	offsetof(struct adoption_args, public), 0, false, 0, 0, NULL},
    {"--format", ARG_CHOICE, "FORMAT", "table, csv or json",
	offsetof(struct adoption_args, format), 0, false, 0, 0, formats},
};

static const struct args spec = {"carerpass adoption",
    "Says how many people have a passport, and what was issued and withdrawn. "
    "holders are people and cards are cards, in force on the day; the others "
    "are what happened up to it, or by month within it.",
    table, sizeof(table) / sizeof(*table)};

/* What goes out is of month ends; another day is given, but not for release. */
static void
say_what_to_publish(int64_t day, int64_t today)
{
	char text[DATE_TEXT];

	if (disclosure_month_end(day) == day && day < today)
		return;
	date_text(
	    text, date_of(disclosure_month_end(day < today ? day : today - 1)));
	if (disclosure_day_ok(day, today))
		log_note("this month is not over: its public figures may still "
			 "change; to publish, use --as-of %s",
		    text);
	else
		log_warn("figures of two days chosen freely, laid side by "
			 "side, give away what each hides: to publish, use "
			 "--as-of %s",
		    text);
}

static enum err
print(struct app *app, const struct adoption_args *a,
    const struct adoption *figures, int64_t day, int64_t today)
{
	struct adoption_heading head = {app->conf.scheme, day, today};
	enum adoption_format format =
	    a->app.json ? ADOPTION_JSON : (enum adoption_format)a->format;
	struct buf out = BUF_INIT(OUTPUT_MAX);
	enum err e = a->public
			 ? adoption_print_public(&out, figures, &head, format)
			 : adoption_print_raw(&out, figures, &head, format);

	if (e == ERR_OK &&
	    (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0)) {
		log_error("standard output could not be written");
		e = ERR_IO;
	}
	buf_free(&out);
	return e;
}

static enum err
run(struct app *app, const struct adoption_args *a)
{
	int64_t today = date_day_of(app_now());
	struct adoption_query q = {
	    .area = span_str(a->area != NULL ? a->area : ""),
	    .by = (enum adoption_by)(a->by + 1),
	    .day = a->dated ? date_days(a->as_of) : today};
	struct adoption figures;
	enum err e = adoption_read(app->db, &q, &figures);

	if (e == ERR_OK && a->public)
		say_what_to_publish(q.day, today);
	if (e == ERR_OK)
		e = print(app, a, &figures, q.day, today);
	adoption_free(&figures);
	return e;
}

int
cmd_adoption(int argc, char **argv)
{
	struct adoption_args a = {.by = -1};
	struct app app = {0};
	bool help = false;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	e = app_open(&app, &a.app, APP_READ);
	if (e == ERR_OK)
		e = run(&app, &a);
	app_close(&app);
	return err_exit(e);
}
