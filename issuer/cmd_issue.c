#include <stdio.h>

#include "base/log.h"
#include "issuer/batch.h"
#include "issuer/pile.h"
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
	const char *csv;
	const char *map;
	bool dry_run;
	bool all_or_nothing;
	const char *cards;
	const char *layout;
};

static const struct arg table[] = {
    APP_ARGS(struct issue_args),
    {"--org", ARG_TEXT, "CODE", "the organisation that issues, like A81001",
	offsetof(struct issue_args, org), 0, true, 0, 0, NULL},
    {"--name", ARG_TEXT, "NAME",
	"the carer's name as it should stand on the card",
	offsetof(struct issue_args, name), 0, false, 0, 0, NULL},
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
    {"--csv", ARG_TEXT, "FILE",
	"issue to every row of this register (- is standard input)",
	offsetof(struct issue_args, csv), 0, false, 0, 0, NULL},
    {"--map", ARG_TEXT, "FILE",
	"which titles of the register mean what, lines like name = Patient",
	offsetof(struct issue_args, map), 0, false, 0, 0, NULL},
    {"--dry-run", ARG_FLAG, NULL, "only say what would come of the register",
	offsetof(struct issue_args, dry_run), 0, false, 0, 0, NULL},
    {"--all-or-nothing", ARG_FLAG, NULL,
	"issue nothing if one row of the register is refused",
	offsetof(struct issue_args, all_or_nothing), 0, false, 0, 0, NULL},
    {"--cards", ARG_TEXT, "FILE.pdf",
	"draw the cards of the register to this file, in its order",
	offsetof(struct issue_args, cards), 0, false, 0, 0, NULL},
    {"--layout", ARG_TEXT, "NAME", "of the PDF: cr80, a4x10 or letter",
	offsetof(struct issue_args, layout), 0, false, 0, 0, NULL},
};

static const struct args spec = {"carerpass issue",
    "Issues a passport to one carer (--name), or to every carer of a register "
    "(--csv). Somebody who is known already is reported, not issued twice.",
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

/* --- one carer ------------------------------------------------------------ */

static enum err
normalise(struct issuing *in, const struct issue_args *a)
{
	enum err e = take("--name", normal_name(in->name, span_str(a->name)));

	if (e == ERR_OK && a->ref != NULL)
		e = take("--ref", normal_ref(in->ref, span_str(a->ref)));
	if (e == ERR_OK && a->nhs != NULL)
		e = take("--nhs-number", normal_nhs(in->nhs, span_str(a->nhs)));
	if (e == ERR_OK && a->born != NULL)
		e = take("--born", normal_born(in->born, span_str(a->born)));
	in->young = a->young;
	return e;
}

static enum err
issue_one(struct app *app, const struct issue_args *a, struct issuing_item *it)
{
	const struct issue_result *r = &it->result;
	struct pile pile = {0};
	enum err e = issuing_one(app, it);

	if (e == ERR_OK && r->outcome != ISSUE_ENDED)
		e = pile_add(&pile, r->card.serial);
	if (e == ERR_OK)
		e = report_result(app, r);
	if (e == ERR_OK)
		report_second(r);
	if (e == ERR_OK)
		e = pile_draw(app, &pile, a->layout, a->card);
	if (e == ERR_OK && r->outcome == ISSUE_RESERVED)
		e = report_due(app, &r->card);
	if (e == ERR_OK && r->outcome == ISSUE_RESERVED && a->ref == NULL &&
	    a->nhs == NULL)
		log_warn("without --ref or --nhs-number this person cannot be "
			 "recognised later and is counted as a new one");
	pile_free(&pile);
	return e;
}

static enum err
one(struct app *app, const struct issue_args *a, const char *ods)
{
	struct issuing_item it = {
	    .kind = CARD_FIRST, .want.months = (int)a->months};
	enum err e = normalise(&it.want, a);

	memcpy(it.want.ods, ods, strlen(ods) + 1);
	if (e == ERR_OK)
		e = app_open(app, &a->app, APP_SIGN);
	if (e == ERR_OK)
		e = issue_one(app, a, &it);
	explicit_bzero(&it, sizeof(it));
	return e;
}

/* --- a register ----------------------------------------------------------- */

static enum err
many(struct app *app, const struct issue_args *a, const char *ods)
{
	struct batch b = {a->dry_run, a->all_or_nothing, a->cards, a->layout};
	struct register_file file = {0};
	struct column_map map;
	enum err e = ERR_OK;

	/* All that can be wrong with the file is said before keys are opened.
	 */
	if (a->map != NULL)
		e = column_map_read(&map, a->map);
	if (e == ERR_OK)
		e = register_read(&file, a->csv, a->map != NULL ? &map : NULL,
		    ods, (int)a->months);
	if (e == ERR_OK)
		e = app_open(app, &a->app, APP_SIGN);
	if (e == ERR_OK)
		e = batch_issue(app, &b, &file);
	register_free(&file);
	return e;
}

/* --- the command ---------------------------------------------------------- */

/* Which options go with which way of issuing. */
static enum err
check(const struct issue_args *a)
{
	const char *pdf = a->csv != NULL ? a->cards : a->card;

	if ((a->csv != NULL) == (a->name != NULL))
		return args_fault(&spec, "give either --name or --csv");
	if (a->csv != NULL &&
	    (a->ref != NULL || a->nhs != NULL || a->born != NULL || a->young))
		return args_fault(&spec,
		    "--ref, --nhs-number, --born and --young are for one "
		    "carer: a register has columns for them");
	if (a->csv != NULL && a->card != NULL)
		return args_fault(
		    &spec, "the cards of a register go to --cards FILE.pdf");
	if (a->csv == NULL && (a->map != NULL || a->dry_run ||
				  a->all_or_nothing || a->cards != NULL))
		return args_fault(&spec,
		    "--map, --dry-run, --all-or-nothing and --cards go with "
		    "--csv");
	if (pdf == NULL && a->layout != NULL)
		return args_fault(&spec, "--layout goes with a PDF: add %s",
		    a->csv != NULL ? "--cards FILE.pdf" : "--card FILE.pdf");
	return pdf != NULL ? render_pdf_ok(pdf, a->layout) : ERR_OK;
}

int
cmd_issue(int argc, char **argv)
{
	struct issue_args a = {.months = ISSUING_MONTHS};
	struct app app = {0};
	char ods[NORMAL_TEXT];
	bool help = false;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	e = check(&a);
	if (e == ERR_OK)
		e = take("--org", normal_ods(ods, span_str(a.org)));
	if (e == ERR_OK)
		e = a.csv != NULL ? many(&app, &a, ods) : one(&app, &a, ods);
	app_close(&app);
	return err_exit(e);
}
