#include "issuer/serials.h"

#include "base/log.h"
#include "passport/serial.h"
#include "registry/lost.h"

enum err
serials_read(int64_t *out, const char *text)
{
	uint64_t v = 0;

	if (!serial_read(&v, span_str(text))) {
		log_error("'%.40s' is not a card's number: it has eight "
			  "letters and digits and a check symbol, like "
			  "7K3M-9QPR-K",
		    text);
		return ERR_DATA;
	}
	*out = (int64_t)v;
	return ERR_OK;
}

enum err
serials_card(struct app *app, int64_t serial, struct card *out)
{
	struct lost_card lost;
	enum err e = card_get(app->db, serial, out);

	if (e == ERR_NOINPUT && lost_card_get(app->db, serial, &lost) == ERR_OK)
		log_error("the record of this card was lost when an older "
			  "registry was put back; it is withdrawn: issue the "
			  "carer another with carerpass issue");
	else if (e == ERR_NOINPUT)
		log_error("no card has this number: look at the card again, or "
			  "search with carerpass find");
	return e;
}
