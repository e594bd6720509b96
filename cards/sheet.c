#include "cards/sheet.h"

#include "cards/face.h"
#include "cards/frame.h"

#define MARK_GAP  1.5 /* mm between a card and a mark */
#define MARK_LONG 5.0
#define MARK_WIDE 0.15

static const struct colour mark_grey = {0.35, 0.35, 0.35};

void
sheet_place(const struct card_layout *layout, enum card_side side,
    const struct card_shift *shift, size_t i, double at[static 2])
{
	const struct card_sheet *s = &layout->sheet;
	size_t column = i % (size_t)s->columns, row = i / (size_t)s->columns;

	at[0] = s->left + (double)column * s->across;
	at[1] = s->top + (double)row * s->below;
	if (side == CARD_BACK)
		at[0] = s->w - at[0] - layout->card->w;
	at[0] += shift->right[side];
	at[1] += shift->down[side];
}

/* tick(c, x, y, w, h): a mark; at 0 it would be off the paper. */
static void
tick(struct canvas *c, double x, double y, double w, double h)
{
	if (x > 0 && y > 0)
		c->ops->rect(c, x, y, w, h);
}

/* The marks of one card's four corners that have no card beside them. */
static void
mark_card(struct canvas *c, const struct card_layout *layout,
    const double at[static 2], size_t row)
{
	const struct card_sheet *s = &layout->sheet;
	double x[2] = {at[0], at[0] + layout->card->w};
	double y[2] = {at[1], at[1] + layout->card->h};
	double half = MARK_WIDE / 2;

	for (int i = 0; i < 2; i++) {
		if (row == 0)
			tick(c, x[i] - half, y[0] - MARK_GAP - MARK_LONG,
			    MARK_WIDE, MARK_LONG);
		if (row + 1 == (size_t)s->rows)
			tick(c, x[i] - half, y[1] + MARK_GAP, MARK_WIDE,
			    MARK_LONG);
		tick(c, x[0] - MARK_GAP - MARK_LONG / 2, y[i] - half,
		    MARK_LONG / 2, MARK_WIDE);
		tick(c, x[1] + MARK_GAP, y[i] - half, MARK_LONG / 2, MARK_WIDE);
	}
}

void
sheet_marks(struct canvas *c, const struct card_layout *layout,
    enum card_side side, const struct card_shift *shift)
{
	const struct card_sheet *s = &layout->sheet;
	size_t n = (size_t)s->columns * (size_t)s->rows;

	if (!s->marks)
		return;
	c->ops->tag(c, TAG_DECORATION, NULL);
	c->ops->colour(c, mark_grey);
	for (size_t i = 0; i < n; i++) {
		double at[2];

		sheet_place(layout, side, shift, i, at);
		mark_card(c, layout, at, i / (size_t)s->columns);
	}
	c->ops->fill(c);
}

static enum err
draw_side(struct canvas *c, struct text *t, const struct card_face *cards,
    size_t n, enum card_side side, const struct card_layout *layout,
    const struct card_shift *shift)
{
	enum err err = ERR_OK;

	c->ops->page(c, layout->sheet.w, layout->sheet.h, NULL);
	sheet_marks(c, layout, side, shift);
	for (size_t i = 0; i < n && err == ERR_OK; i++) {
		struct frame f;
		double at[2];

		sheet_place(layout, side, shift, i, at);
		frame_init(&f, c, at[0], at[1]);
		err = face_draw(&f.canvas, t, &cards[i], side, layout);
	}
	return err;
}

enum err
sheet_draw(struct canvas *c, struct text *t, const struct card_face *cards,
    size_t n, const struct card_layout *layout, const struct card_shift *shift)
{
	enum err err = ERR_OK;

	for (int s = CARD_FRONT; s <= CARD_BACK && err == ERR_OK; s++)
		err =
		    draw_side(c, t, cards, n, (enum card_side)s, layout, shift);
	return err;
}
