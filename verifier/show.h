#ifndef VERIFIER_SHOW_H
#define VERIFIER_SHOW_H

#include "base/buf.h"
#include "passport/words.h"

/* A verdict for people and programs, in the words of ${w}; each appends to
 * ${out}. */

/* show_block(out, v, w, colour): some lines for a person: headline, what to do,
 * what the card says, and what always has to be said. With ${colour} the
 * headline is also set in colour; the words never depend on it. */
void show_block(struct buf *out, const struct verdict *v, const struct words *w,
    bool colour);

/* show_line(out, v, w): the same in one line, "KIND  sentences". */
void show_line(struct buf *out, const struct verdict *v, const struct words *w);

/* show_json(out, v, w): the object of design.md 5 and LF. */
void show_json(struct buf *out, const struct verdict *v, const struct words *w);

#endif
