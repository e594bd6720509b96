#ifndef CARDS_LETTER_H
#define CARDS_LETTER_H

#include "cards/layout.h"

/* letter_draw(c, t, card, layout): draws the letter to ${card}'s holder, with
 * the card to cut out on its first page. Errors as card_pdf(). */
enum err letter_draw(struct canvas *c, struct text *t,
    const struct card_face *card, const struct card_layout *layout) MUST_CHECK;

#endif
