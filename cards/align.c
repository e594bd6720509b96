#include "cards/align.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cards/sheet.h"

#define HAIR 0.15 /* mm: a line */
#define RULER_EDGE                                                             \
	5.0           /* mm from the paper's edge: printers reach no further   \
		       */
#define SCALE     5   /* mm to each side of a card's corner */
#define INSIDE    8.0 /* mm from a card's edge to its words */
#define TEXT_PT   10.0
#define TITLE_PT  15.0
#define LEAD      1.3
#define LONG_LINE 70.0 /* mm, to measure; the words say so, too */

/* What stands in the first cards, one after the other. */
static const enum word steps[] = {WORD_ALIGN_PRINT, WORD_ALIGN_SIZE,
    WORD_ALIGN_HOLD, WORD_ALIGN_READ, WORD_ALIGN_WRITE, WORD_ALIGN_AGAIN};
#define STEPS (sizeof(steps) / sizeof(steps[0]))

struct align {
	struct canvas *c;
	struct text *t;
	const struct card_layout *layout;
	const struct card_shift *shift;
	enum card_side side;
	struct text_run run;
	struct wrap wrap;
};

static void
hair(const struct align *a, double x, double y, double w, double h)
{
	a->c->ops->rect(a->c, w > 0 ? x : x - HAIR / 2,
	    h > 0 ? y : y - HAIR / 2, w > 0 ? w : HAIR, h > 0 ? h : HAIR);
}

/* write_at(a, s, face, pt, x, y): one line, its base line at ${y}. */
static enum err
write_at(struct align *a, const char *s, enum text_face face, double pt,
    double x, double y)
{
	a->c->ops->colour(a->c, card_ink);
	return text_draw(a->t, a->c, face, span_str(s), pt, x, y);
}

/* write_box(a, s, face, pt, x, y): lines as wide as a card's words; ${y} is the
 * first base line and becomes the one after the last. */
static enum err
write_box(struct align *a, const char *s, enum text_face face, double pt,
    double x, double *y)
{
	double em = (a->layout->card->w - 2 * INSIDE) / (pt * CANVAS_PT);
	enum err err = text_measure(a->t, face, span_str(s), &a->run);

	if (err == ERR_OK &&
	    !wrap_lines(&a->wrap, &a->run, em, BREAK_SPACE, WRAP_LINES))
		err = ERR_TOOBIG;
	if (err != ERR_OK)
		return err;
	a->c->ops->colour(a->c, card_ink);
	a->c->ops->tag(a->c, TAG_PARAGRAPH, s);
	for (int i = 0; i < a->wrap.n && err == ERR_OK; i++) {
		err = text_draw(a->t, a->c, face, a->wrap.line[i].s, pt, x, *y);
		*y += LEAD * pt * CANVAS_PT;
	}
	return err;
}

/* ruler(a, length, down): mm from the paper's left or upper edge, a number each
 * 10 mm; that of the left one would stand on that of the upper one at 10. */
static enum err
ruler(struct align *a, double length, bool down)
{
	enum err err = ERR_OK;
	char number[16];

	a->c->ops->tag(a->c, TAG_DECORATION, NULL);
	a->c->ops->colour(a->c, card_ink);
	for (int mm = (int)RULER_EDGE; mm <= length - RULER_EDGE; mm++) {
		double tall = mm % 10 == 0 ? 3.2 : mm % 5 == 0 ? 2.2 : 1.2;

		if (down)
			hair(a, RULER_EDGE, mm, tall, 0);
		else
			hair(a, mm, RULER_EDGE, 0, tall);
	}
	a->c->ops->fill(a->c);
	for (int mm = down ? 20 : 10;
	     mm <= length - 2 * RULER_EDGE && err == ERR_OK; mm += 10) {
		(void)snprintf(number, sizeof(number), "%d", mm);
		err = down ? write_at(a, number, TEXT_REGULAR, 6,
				 RULER_EDGE + 3.6, mm + 0.75)
			   : write_at(a, number, TEXT_REGULAR, 6, mm - 1.2,
				 RULER_EDGE + 5.4);
	}
	return err;
}

/* scale(a, at): a cross of mm around a card's corner. */
static enum err
scale(struct align *a, const double at[static 2])
{
	enum err err = ERR_OK;
	char number[16];

	a->c->ops->colour(a->c, card_ink);
	hair(a, at[0] - SCALE, at[1], 2 * SCALE, 0);
	hair(a, at[0], at[1] - SCALE, 0, 2 * SCALE);
	for (int i = -2 * SCALE; i <= 2 * SCALE; i++) {
		double tall = i % 2 == 0 ? 2 : 1;

		hair(a, at[0] + i * 0.5, at[1] - tall / 2, 0, tall);
		hair(a, at[0] - tall / 2, at[1] + i * 0.5, tall, 0);
	}
	a->c->ops->fill(a->c);
	for (int i = -SCALE; i <= SCALE && err == ERR_OK; i += SCALE) {
		if (i == 0)
			continue;
		(void)snprintf(number, sizeof(number), "%+d", i);
		err = write_at(a, number, TEXT_REGULAR, 6,
		    at[0] + i + (i > 0 ? 0.6 : -2.9), at[1] + 0.75);
		if (err == ERR_OK)
			err = write_at(a, number, TEXT_REGULAR, 6, at[0] - 1.15,
			    at[1] + i + (i > 0 ? 2.1 : -0.6));
	}
	return err;
}

static void
outline(const struct align *a, const double at[static 2])
{
	double w = a->layout->card->w, h = a->layout->card->h;

	hair(a, at[0], at[1], w, 0);
	hair(a, at[0], at[1] + h, w, 0);
	hair(a, at[0], at[1], 0, h);
	hair(a, at[0] + w, at[1], 0, h);
}

/* setting(a, out, right, down): a line of carerpass.conf for this side. */
static enum err
setting(const struct align *a, struct buf *out, double right, double down)
{
	char x[CANVAS_NUMBER], y[CANVAS_NUMBER];

	return buf_printf(out, " %s = %s %s",
	    a->side == CARD_FRONT ? "front" : "back",
	    canvas_number(x, right, 2), canvas_number(y, down, 2));
}

/* say(a, word, x, y): a sentence, with a setting where it needs one. */
static enum err
say(struct align *a, enum word word, double x, double *y)
{
	enum card_side side = a->side;
	struct buf b = BUF_INIT(TEXT_MAX);
	enum err err = buf_puts(&b, a->layout->words->text[word]);

	if (err == ERR_OK && word == WORD_ALIGN_USED)
		err =
		    setting(a, &b, a->shift->right[side], a->shift->down[side]);
	else if (err == ERR_OK && word == WORD_ALIGN_WRITE)
		err = setting(a, &b, 1.5, -0.5);
	if (err == ERR_OK)
		err = write_box(
		    a, (const char *)b.p, TEXT_REGULAR, TEXT_PT, x, y);
	buf_free(&b);
	return err;
}

/* long_line(a, x, y): the line to measure. */
static void
long_line(struct align *a, double x, double y)
{
	hair(a, x, y + 2, LONG_LINE, 0);
	hair(a, x, y, 0, 4);
	hair(a, x + LONG_LINE, y, 0, 4);
	a->c->ops->fill(a->c);
}

/* title(a, x, y): what the first card says. */
static enum err
title(struct align *a, double x, double *y)
{
	const struct card_words *words = a->layout->words;
	enum err err = write_box(
	    a, words->text[WORD_ALIGN_TITLE], TEXT_BOLD, TITLE_PT, x, y);

	if (err == ERR_OK)
		err = say(a,
		    a->side == CARD_FRONT ? WORD_ALIGN_FRONT : WORD_ALIGN_BACK,
		    x, y);
	return err == ERR_OK ? say(a, WORD_ALIGN_USED, x, y) : err;
}

/* card(a, i): the words in one card's place. */
static enum err
card(struct align *a, size_t i)
{
	const struct card_words *words = a->layout->words;
	char number[64];
	double at[2], x, y;
	enum err err;

	sheet_place(a->layout, a->side, a->shift, i, at);
	x = at[0] + INSIDE;
	y = at[1] + INSIDE + 3;
	(void)snprintf(number, sizeof(number), "%s %zu",
	    words->text[WORD_ALIGN_CARD], i + 1);
	err = write_at(a, number, TEXT_BOLD, TEXT_PT, x,
	    at[1] + a->layout->card->h - INSIDE + 3);
	if (err == ERR_OK && i == 0)
		err = title(a, x, &y);
	else if (err == ERR_OK && i <= STEPS && a->side == CARD_FRONT)
		err = say(a, steps[i - 1], x, &y);
	if (err == ERR_OK && i > 0 && i <= STEPS && a->side == CARD_FRONT &&
	    steps[i - 1] == WORD_ALIGN_SIZE)
		long_line(a, x, y);
	return err;
}

static enum err
draw_side(struct align *a)
{
	const struct card_sheet *s = &a->layout->sheet;
	size_t n = (size_t)(s->columns * s->rows);
	double at[2] = {0, 0};
	enum err err;

	a->c->ops->page(a->c, s->w, s->h, NULL);
	err = ruler(a, s->w, false);
	if (err == ERR_OK)
		err = ruler(a, s->h, true);
	a->c->ops->colour(a->c, card_teal);
	for (size_t i = 0; i < n; i++) {
		sheet_place(a->layout, a->side, a->shift, i, at);
		outline(a, at);
	}
	a->c->ops->fill(a->c);
	/* The last card's lower right corner is far from the rulers. */
	at[0] += a->layout->card->w;
	at[1] += a->layout->card->h;
	if (err == ERR_OK)
		err = scale(a, at);
	for (size_t i = 0; i < n && err == ERR_OK; i++)
		err = card(a, i);
	return err;
}

enum err
align_draw(struct canvas *c, struct text *t, const struct card_layout *layout,
    const struct card_shift *shift)
{
	struct align *a = malloc(sizeof(*a)); /* large: not zeroed */
	enum err err = ERR_OK;

	if (a == NULL)
		return ERR_MEM;
	a->c = c;
	a->t = t;
	a->layout = layout;
	a->shift = shift;
	for (int s = CARD_FRONT; s <= CARD_BACK && err == ERR_OK; s++) {
		a->side = (enum card_side)s;
		err = draw_side(a);
	}
	free(a);
	return err;
}
