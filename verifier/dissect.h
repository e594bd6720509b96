#ifndef VERIFIER_DISSECT_H
#define VERIFIER_DISSECT_H

#include "base/buf.h"

/*
 * dissect(out, text): takes a code apart and appends every field of it, one a
 *     line, escaped; nothing is checked against any list. Where decoding stops
 *     it says so, with row (FORMAT.md 7) and field, and shows the rest in hex.
 *     Returns true if all of it could be taken apart.
 */
bool dissect(struct buf *out, struct span text);

#endif
