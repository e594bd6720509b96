#ifndef CARDS_ALIGN_H
#define CARDS_ALIGN_H

#include "cards/layout.h"

/*
 * align_draw(c, t, layout, shift): two pages, front and back, that show where
 * the cards of ${layout}'s sheet are printed: outlines, rulers from the paper's
 * edges, a scale at card 1's corner whose reading is the correction, and how to
 * do all that in words. Errors as card_pdf().
 */
enum err align_draw(struct canvas *c, struct text *t,
    const struct card_layout *layout,
    const struct card_shift *shift) MUST_CHECK;

#endif
