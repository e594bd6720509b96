#ifndef VERIFIER_SHOW_H
#define VERIFIER_SHOW_H

#include "base/buf.h"
#include "verifier/labels.h"

/* A verdict for people and programs; each appends to ${out}. */

/* show_block(out, v, l, colour): some lines for a person: headline, what to do,
 * what the card says, and what always has to be said. With ${colour} the
 * headline is also set in colour; the words never depend on it. */
void show_block(struct buf *out, const struct verdict *v,
    const struct labels *l, bool colour);

/* show_line(out, v, l): the same in one line, "KIND  sentences". */
void show_line(
    struct buf *out, const struct verdict *v, const struct labels *l);

/* show_json(out, v, l): the object of design.md 5 and LF. */
void show_json(
    struct buf *out, const struct verdict *v, const struct labels *l);

#endif
