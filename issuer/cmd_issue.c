#include <stdio.h>

#include "base/log.h"
#include "issuer/issuing.h"
#include "issuer/render.h"
#include "issuer/report.h"

struct issue_args {
	struct app_args app;
	const char *org;
	const char *name;
	const char *ref;
	const char *nhs;
	const char *born;
	bool young;
	int64_t months;
	const char *card;
};

static const struct arg table[] = {
    APP_ARGS(struct issue_args),
    {"--org", ARG_TEXT, "CODE", "the organisation that issues, like A81001",
	offsetof(struct issue_args, org), 0, true, 0, 0, NULL},
    {"--name", ARG_TEXT, "NAME",
	"the carer's name as it should stand on the card",
	offsetof(struct issue_args, name), 0, true, 0, 0, NULL},
    {"--ref", ARG_TEXT, "REF", "your own reference for this person",
	offsetof(struct issue_args, ref), 0, false, 0, 0, NULL},
    {"--nhs-number", ARG_TEXT, "N",
	"to count the person once (kept sealed, never on the card)",
	offsetof(struct issue_args, nhs), 0, false, 0, 0, NULL},
    {"--young", ARG_FLAG, NULL, "a carer under 18",
	offsetof(struct issue_args, young), 0, false, 0, 0, NULL},
    {"--born", ARG_TEXT, "YYYY-MM-DD",
	"birth date (kept sealed, never on the card)",
	offsetof(struct issue_args, born), 0, false, 0, 0, NULL},
    {"--months", ARG_INT, "N", "how long it is good, else 24",
	offsetof(struct issue_args, months), 0, false, 1, ISSUING_MONTHS_MAX,
	NULL},
    {"--card", ARG_TEXT, "FILE.pdf", "draw the card to this file",
	offsetof(struct issue_args, card), 0, false, 0, 0, NULL},
};

static const struct args spec = {"carerpass issue",
    "Issues a passport to one carer. Somebody who is known already is "
    "reported, not issued twice.",
    table, sizeof(table) / sizeof(*table)};

/* One value, or the message about it. */
static enum err
take(const char *option, const char *why)
{
	if (why == NULL)
		return ERR_OK;
	log_error("%s %s", option, why);
	return ERR_DATA;
}

static enum err
normalise(struct issuing *in, const struct issue_args *a)
{
	enum err e = take("--org", normal_ods(in->ods, span_str(a->org)));

	if (e == ERR_OK)
		e = take("--name", normal_name(in->name, span_str(a->name)));
	if (e == ERR_OK && a->ref != NULL)
		e = take("--ref", normal_ref(in->ref, span_str(a->ref)));
	if (e == ERR_OK && a->nhs != NULL)
		e = take("--nhs-number", normal_nhs(in->nhs, span_str(a->nhs)));
	if (e == ERR_OK && a->born != NULL) {
		if (strlen(a->born) >= sizeof(in->born))
			return take(
			    "--born", "is not a date: write it as YYYY-MM-DD");
		memcpy(in->born, a->born, strlen(a->born) + 1);
	}
	in->young = a->young;
	in->months = (int)a->months;
	return e;
}

static enum err
run(struct app *app, const struct issue_args *a, const struct issuing *in)
{
	struct issue_result r;
	enum err e = issuing_one(app, in, &r);

	if (e == ERR_OK)
		e = report_result(app, &r, a->card);
	if (e == ERR_OK && r.outcome == ISSUE_RESERVED && a->ref == NULL &&
	    a->nhs == NULL)
		log_warn("without --ref or --nhs-number this person cannot be "
			 "recognised later and is counted as a new one");
	explicit_bzero(&r, sizeof(r));
	return e;
}

int
cmd_issue(int argc, char **argv)
{
	struct issue_args a = {.months = ISSUING_MONTHS};
	struct issuing in = {0};
	struct app app = {0};
	bool help = false;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	if (a.card != NULL)
		e = render_path_ok(a.card);
	if (e == ERR_OK)
		e = normalise(&in, &a);
	if (e == ERR_OK)
		e = app_open(&app, &a.app, APP_SIGN);
	if (e == ERR_OK)
		e = run(&app, &a, &in);
	app_close(&app);
	return err_exit(e);
}
