#include <stdio.h>

#include "base/date.h"
#include "base/log.h"
#include "issuer/output.h"
#include "issuer/publish.h"

struct publish_args {
	struct app_args app;
	const char *out;
	int64_t days;
};

static const struct arg table[] = {
    APP_ARGS(struct publish_args),
    {"--out", ARG_TEXT, "DIR", "the published folder, else DATA/lists",
	offsetof(struct publish_args, out), 0, false, 0, 0, NULL},
    {"--clock-is-right", ARG_FLAG, NULL,
	"after more than a year without use: the clock was checked",
	offsetof(struct publish_args, app.clock_is_right), 0, false, 0, 0,
	NULL},
    {"--trust-days", ARG_INT, "N",
	"life of the trust list in days, else as before (90)",
	offsetof(struct publish_args, days), 0, false, 1, 366, NULL},
};

static const struct args spec = {"carerpass publish",
    "Publishes the trust list and the status lists as a folder, in one step. "
    "Run it at least daily and after a withdrawal.",
    table, sizeof(table) / sizeof(*table)};

static void
say(const struct publication_set *set, const char *dir)
{
	char trust[DATE_WORDS];
	char status[DATE_WORDS];

	date_words(trust, date_of(date_day_of(set->trust.exp)));
	date_words(status, date_of(date_day_of(set->status[0].exp)));
	printf("Published to %s: trust list number %llu, good to %s; %zu "
	       "status list%s, good to %s.\n",
	    dir, (unsigned long long)set->trust.number, trust, set->nstatus,
	    set->nstatus == 1 ? "" : "s", status);
}

static enum err
report(
    const struct app *app, const struct publication_set *set, const char *dir)
{
	if (app->args->json)
		return output_json(json_pack("{s:s,s:I,s:I,s:I}", "folder", dir,
		    "trust_seq", (json_int_t)set->trust.number, "trust_exp",
		    (json_int_t)set->trust.exp, "status_lists",
		    (json_int_t)set->nstatus));
	if (!app->args->quiet)
		say(set, dir);
	return ERR_OK;
}

/* A list with less than a third of its life left deserves a word. */
static void
warn_old(const struct publish_list *l)
{
	if (app_now() > l->iat + (l->exp - l->iat) / 3 * 2)
		log_warn("two thirds of the trust list's life have gone: have "
			 "the root sign a new one soon");
}

int
cmd_publish(int argc, char **argv)
{
	struct publish_args a = {0};
	struct publication_set set = {0};
	struct app app = {0};
	char lists[APP_PATH];
	bool help = false;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	e = app_open(&app, &a.app, APP_SIGN);
	if (e == ERR_OK)
		e = publish_make(&app, a.days, &set);
	if (e == ERR_OK)
		e = app_note_head(&app);
	app_path(lists, &app, "lists");
	if (a.out == NULL)
		a.out = lists;
	if (e == ERR_OK)
		e = publish_folder(&app, &set, a.out);
	if (e == ERR_OK)
		warn_old(&set.trust);
	if (e == ERR_OK)
		e = report(&app, &set, a.out);
	publish_free(&set);
	app_close(&app);
	return err_exit(e);
}
