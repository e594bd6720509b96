#include "issuer/output.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "keys/trust_build.h"
#include "passport/link.h"
#include "passport/passport.h"
#include "passport/serial.h"

enum err
output_json(json_t *o)
{
	char *s = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
	enum err e = ERR_MEM;

	if (s != NULL)
		e = puts(s) >= 0 && fflush(stdout) == 0 ? ERR_OK : ERR_IO;
	if (e == ERR_IO)
		log_error("standard output could not be written");
	free(s);
	json_decref(o);
	return e;
}

struct date
output_valid_to(const struct card *c)
{
	return date_of(date_day_of(c->exp - 1));
}

enum err
output_link(struct app *app, struct buf *out, const struct card *c,
    const struct card_text *text)
{
	struct buf token = BUF_INIT(PASSPORT_MAX);
	char digits[LINK_DIGITS_MAX + 1];
	enum err e;

	if (!c->is_signed) {
		log_error("this card was reserved and never signed, so there "
			  "is nothing to print: withdraw it and issue another");
		return ERR_DATA;
	}
	/* buf_room is asked for the largest; a passport is far below it. */
	token.cap = PASSPORT_MAX + COSE_OVERHEAD + CARD_TEXT_MAX;
	e = signed_object(&token, COSE_PASSPORT, c->kid,
	    span_of(text->payload, text->payload_n), c->signature);
	if (e == ERR_OK && link_digits(digits, buf_span(&token)) == 0)
		e = ERR_TOOBIG;
	if (e == ERR_OK)
		e = buf_printf(out, "https://%s/#%s", app->conf.host, digits);
	buf_free(&token);
	return e;
}

enum err
output_card(struct app *app, const struct card *c, const struct card_text *text,
    const char *kind)
{
	struct buf url = BUF_INIT(2048);
	char serial[SERIAL_TEXT];
	char day[DATE_TEXT];
	json_t *o = NULL;
	enum err e = ERR_OK;

	serial_text(serial, (uint64_t)c->serial);
	date_text(day, output_valid_to(c));
	/* A card that was reserved and never signed has no address. */
	if (text != NULL && c->is_signed)
		e = output_link(app, &url, c, text);
	if (e == ERR_OK && text != NULL)
		o = json_pack("{s:s,s:s,s:s,s:s*,s:I,s:s}", "serial", serial,
		    "name", text->name, "valid_to", day, "url",
		    (const char *)url.p, "status_index",
		    (json_int_t)c->status_index, "kind", kind);
	else if (e == ERR_OK)
		o = json_pack("{s:s,s:s,s:I,s:s}", "serial", serial, "valid_to",
		    day, "status_index", (json_int_t)c->status_index, "kind",
		    kind);
	if (e == ERR_OK)
		e = output_json(o);
	buf_free(&url);
	return e;
}
