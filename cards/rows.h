#ifndef CARDS_ROWS_H
#define CARDS_ROWS_H

#include "cards/layout.h"

/*
 * rows_draw(c, t, card, words, table): draws the rows of a side in the largest
 * size at which all of them fit, spread over the box. Errors as card_pdf().
 */
enum err rows_draw(struct canvas *c, struct text *t,
    const struct card_face *card, const struct card_words *words,
    const struct card_rows *table) MUST_CHECK;

#endif
