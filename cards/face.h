#ifndef CARDS_FACE_H
#define CARDS_FACE_H

#include "cards/layout.h"

/*
 * face_draw(c, t, card, side, layout): draws that side of ${card} as a new page
 * of ${c}. Errors as card_pdf(), logged where a text or the code is at fault.
 */
enum err face_draw(struct canvas *c, struct text *t,
    const struct card_face *card, enum card_side side,
    const struct card_layout *layout) MUST_CHECK;

#endif
