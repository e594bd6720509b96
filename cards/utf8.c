#include "cards/utf8.h"

#include "base/log.h"

enum err
utf8_line(struct span s)
{
	for (size_t at = 0; at < s.n;) {
		size_t start = at;
		int32_t v = utf8_next(s, &at);

		if (v < 0) {
			log_error("a text for the card is not UTF-8 at its "
				  "byte %zu: save it as UTF-8",
			    start + 1);
			return ERR_DATA;
		}
		if (v < 0x20 || v == 0x7f) {
			log_error("a control character (U+%04X) cannot be "
				  "printed on a card: remove it",
			    (unsigned)v);
			return ERR_DATA;
		}
	}
	return ERR_OK;
}
