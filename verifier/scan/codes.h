#ifndef VERIFIER_SCAN_CODES_H
#define VERIFIER_SCAN_CODES_H

#include "base/buf.h"
#include "verifier/scan/grey.h"

/*
 * codes_find(out, g): looks for QR codes and appends the text of each distinct
 *     one, a line each; what is no printable byte becomes '?'. A picture in
 *     which none is seen at once is looked at again larger, smaller and
 *     inverted. Returns ERR_OK, ERR_DATA (none found) or ERR_MEM.
 */
enum err codes_find(struct buf *out, const struct grey *g) MUST_CHECK;

/* codes_prepare(): loads what the decoder would else load later, when no file
 * can be opened any more. */
void codes_prepare(void);

#endif
