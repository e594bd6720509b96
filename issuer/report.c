#include "issuer/report.h"

#include <stdio.h>

#include "base/date.h"
#include "base/log.h"
#include "issuer/output.h"
#include "issuer/publish.h"
#include "passport/serial.h"

#define KEY_ENDS_SOON 30 /* days */

const char *
report_kind(const struct issue_result *r)
{
	return r->outcome == ISSUE_EXISTING || r->outcome == ISSUE_REPLACED
		   ? "existing"
	       : r->outcome == ISSUE_ENDED ? "ended"
					   : card_kind_name(r->card.kind);
}

static enum err
say(const struct issue_result *r)
{
	char serial[SERIAL_TEXT];
	char day[DATE_WORDS];

	serial_text(serial, (uint64_t)r->card.serial);
	date_words(day, output_valid_to(&r->card));
	if (r->outcome == ISSUE_EXISTING)
		printf("%s has a passport already: %s, valid to %s. Nothing "
		       "was issued.\n",
		    r->text.name, serial, day);
	else if (r->outcome == ISSUE_REPLACED)
		printf("That card was followed by %s already, valid to %s. "
		       "Nothing was issued.\n",
		    serial, day);
	else if (r->outcome == ISSUE_ENDED)
		printf("%s had a passport, %s, that has ended. Nothing was "
		       "issued.\nFor a new one: carerpass renew %s\n",
		    r->text.name, serial, serial);
	else
		printf("Passport %s issued to %s, valid to %s.\n", serial,
		    r->text.name, day);
	if (fflush(stdout) == 0)
		return ERR_OK;
	log_error("standard output could not be written");
	return ERR_IO;
}

void
report_second(const struct issue_result *r)
{
	char one[SERIAL_TEXT];
	char other[SERIAL_TEXT];

	if (r->also == 0)
		return;
	serial_text(one, (uint64_t)r->card.serial);
	serial_text(other, (uint64_t)r->also);
	log_warn("the NHS number shows that the cards %s and %s belong to one "
		 "person, who counts once: withdraw the one that is not used, "
		 "with --reason error",
	    one, other);
}

enum err
report_due(struct app *app, const struct card *card)
{
	enum publish_known known;
	struct key key;
	char day[DATE_WORDS];
	enum err e = publish_knows(app, card->kid, &known);

	if (e == ERR_OK)
		e = key_get(app->db, card->kid, &key);
	if (e != ERR_OK)
		return e;
	if (known == PUBLISH_NOTHING)
		log_note("no lists were published yet: run carerpass publish "
			 "so that wards can check this card");
	else if (known == PUBLISH_UNKNOWN)
		log_note("the published lists do not name this signing key "
			 "yet: run carerpass publish so that wards can check "
			 "this card");
	if (key.not_after - app_now() <
	    (int64_t)KEY_ENDS_SOON * DATE_DAY_SECONDS) {
		date_words(day, date_of(date_day_of(key.not_after)));
		log_note("the signing key of %s ends on %s: run carerpass org "
			 "rotate %s before then",
		    key.ods, day, key.ods);
	}
	return ERR_OK;
}

enum err
report_result(struct app *app, const struct issue_result *r)
{
	return app->args->json
		   ? output_card(app, &r->card, &r->text, report_kind(r))
		   : say(r);
}
