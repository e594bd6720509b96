#ifndef CARDS_SHEET_H
#define CARDS_SHEET_H

#include "cards/layout.h"

/*
 * sheet_draw(c, t, cards, n, layout, shift): draws ${n} (1 to columns x rows)
 * cards as two pages, fronts and backs, row by row from the left; backs are
 * mirrored. ${shift} moves them. Errors as card_pdf().
 */
enum err sheet_draw(struct canvas *c, struct text *t,
    const struct card_face *cards, size_t n, const struct card_layout *layout,
    const struct card_shift *shift) MUST_CHECK;

/* sheet_place(layout, side, shift, i, at): the corner of the ${i}th card on
 * that page, mm. */
void sheet_place(const struct card_layout *layout, enum card_side side,
    const struct card_shift *shift, size_t i, double at[static 2]);

/* sheet_marks(c, layout, side, shift): draws where to cut, outside the cards.
 */
void sheet_marks(struct canvas *c, const struct card_layout *layout,
    enum card_side side, const struct card_shift *shift);

#endif
