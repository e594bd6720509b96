#include <stdio.h>

#include "base/log.h"
#include "issuer/issuing.h"
#include "issuer/output.h"
#include "issuer/render.h"
#include "passport/serial.h"
#include "registry/publication.h"

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
    {"--months", ARG_INT, "N", "how long it is good: 1 to 36, else 24",
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

static const char *
kind_word(const struct issue_result *r)
{
	return r->outcome == ISSUE_EXISTING ? "existing"
	       : r->outcome == ISSUE_ENDED  ? "ended"
					    : card_kind_name(r->card.kind);
}

static void
say(const struct issue_result *r, const struct issue_args *a)
{
	char serial[SERIAL_TEXT];
	char day[DATE_WORDS];

	serial_text(serial, (uint64_t)r->card.serial);
	date_words(day, output_valid_to(&r->card));
	if (r->outcome == ISSUE_EXISTING)
		printf("%s has a passport already: %s, valid to %s. Nothing "
		       "was issued.\n",
		    r->text.name, serial, day);
	else if (r->outcome == ISSUE_ENDED)
		printf("%s had a passport that has ended: %s. Nothing was "
		       "issued.\nTo issue again: carerpass renew %s\n",
		    r->text.name, serial, serial);
	else
		printf("Passport %s issued to %s, valid to %s.\n", serial,
		    r->text.name, day);
	if (r->outcome != ISSUE_ENDED && a->card != NULL)
		printf("The card is in %s: print it on both sides.\n", a->card);
}

/* Before the first publication no ward can check the card. */
static enum err
say_unpublished(struct app *app)
{
	struct publication p;
	bool found = false;
	enum err e = publication_get(app->db, PUBLICATION_TRUST, &p, &found);

	if (e == ERR_OK && !found)
		log_note("no lists were published yet: run carerpass publish "
			 "so that wards can check this card");
	return e;
}

static enum err
report(struct app *app, const struct issue_args *a, struct issue_result *r)
{
	bool fresh = r->outcome == ISSUE_RESERVED;
	enum err e = ERR_OK;

	if (a->card != NULL && r->outcome != ISSUE_ENDED)
		e = render_pdf(app, &r->card, &r->text, a->card);
	if (e != ERR_OK && fresh)
		log_error("the passport was issued; only its card could not "
			  "be drawn: see carerpass find and carerpass card");
	if (e == ERR_OK && a->app.json)
		e = output_card(app, &r->card, &r->text, kind_word(r));
	else if (e == ERR_OK)
		say(r, a);
	if (fresh && a->ref == NULL && a->nhs == NULL)
		log_warn("without --ref or --nhs-number this person cannot be "
			 "recognised later and is counted as a new one");
	return e == ERR_OK ? say_unpublished(app) : e;
}

int
cmd_issue(int argc, char **argv)
{
	struct issue_args a = {.months = ISSUING_MONTHS};
	struct issuing in = {0};
	struct issue_result result;
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
		e = app_open(&app, &a.app, APP_KEYS);
	if (e == ERR_OK)
		e = issuing_one(&app, &in, &result);
	if (e == ERR_OK) {
		e = report(&app, &a, &result);
		explicit_bzero(&result, sizeof(result));
	}
	app_close(&app);
	return err_exit(e);
}
