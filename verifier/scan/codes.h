#ifndef VERIFIER_SCAN_CODES_H
#define VERIFIER_SCAN_CODES_H

#include <iconv.h>

#include "base/buf.h"
#include "verifier/scan/grey.h"

/*
 * codes_find(out, g): looks for QR codes and appends the text of each distinct
 *     one, a line each; what is no printable byte becomes '?'. A picture in
 *     which none is seen at once is looked at again larger, smaller and
 *     inverted. Returns ERR_OK, ERR_DATA (none found) or ERR_MEM.
 */
enum err codes_find(struct buf *out, const struct grey *g) MUST_CHECK;

/*
 * The character sets that the decoder guesses among. They are loaded from
 * files, so they must be open before no file can be opened any more.
 */
#define CODES_SETS 5

struct codes_sets {
	iconv_t open[CODES_SETS];
};

/* codes_sets_open(s): loads them; one that is missing only makes some foreign
 * codes unreadable. */
void codes_sets_open(struct codes_sets *s);

/* codes_sets_close(s): lets them go. */
void codes_sets_close(struct codes_sets *s);

#endif
