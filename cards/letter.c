#include "cards/letter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cards/face.h"
#include "cards/frame.h"

#define BLOCKS_MAX 40
#define PAGES_MAX  6
#define LINE_WIDE  0.25 /* mm, where to cut */
#define DASH       2.0  /* mm, where to fold */

static const struct colour line_grey = {0.45, 0.45, 0.45};

/* A text of the letter, broken into lines and placed. */
struct block {
	const struct letter_type *type;
	struct buf text;
	struct wrap wrap;
	bool heads; /* stays with the one after it */
	int page;
	double top; /* of its first capitals, mm */
};

struct letter {
	struct canvas *c;
	struct text *t;
	const struct card_face *card;
	const struct card_layout *layout;
	const struct card_letter *form;
	struct text_run run; /* the text being broken */
	size_t n;
	struct block block[BLOCKS_MAX];
	int pages;
};

/* height(b): from the first line's capitals to the last base line. */
static double
height(const struct block *b)
{
	return (TEXT_CAP + (b->wrap.n - 1) * b->type->lead) * b->type->pt *
	       CANVAS_PT;
}

/* break_text(l, b): into lines of the body's width. */
static enum err
break_text(struct letter *l, struct block *b)
{
	double em = l->form->body.w / (b->type->pt * CANVAS_PT);
	enum err err =
	    text_measure(l->t, b->type->face, buf_span(&b->text), &l->run);

	b->wrap.pt = b->type->pt;
	for (int at = BREAK_SPACE; at <= BREAK_ANYWHERE && err == ERR_OK; at++)
		if (wrap_lines(
			&b->wrap, &l->run, em, (enum text_break)at, WRAP_LINES))
			return ERR_OK;
	return err == ERR_OK ? ERR_TOOBIG : err;
}

static enum err
load(struct letter *l)
{
	const struct card_words *words = l->layout->words;
	enum err err = ERR_OK;

	for (size_t i = 0; i < l->form->n && err == ERR_OK; i++) {
		const struct letter_block *from = &l->form->block[i];
		struct block *b = &l->block[l->n];

		if (!card_wanted(l->card, from->when))
			continue;
		if (l->n == BLOCKS_MAX)
			return ERR_INTERNAL;
		*b = (struct block){.type = &l->form->type[from->style],
		    .text = BUF_INIT(TEXT_MAX),
		    .heads = from->style == LETTER_HEADING};
		l->n++;
		err = words_fill(&b->text, words, from->word, l->card, false);
		if (err == ERR_OK)
			err = break_text(l, b);
	}
	return err;
}

/* needs(l, i): the height of block ${i}, and of what must be on its page. */
static double
needs(const struct letter *l, size_t i)
{
	const struct block *b = &l->block[i];

	return height(b) +
	       (b->heads && i + 1 < l->n
		       ? b->type->after + b[1].type->before + height(b + 1)
		       : 0);
}

/* place(l): gives every block its page and place; a block is not parted. */
static enum err
place(struct letter *l)
{
	const struct box *body = &l->form->body;
	double y = l->form->head.h + body->y / 2, foot = body->y + body->h;
	double gap = 0;

	l->pages = 1;
	for (size_t i = 0; i < l->n; i++) {
		struct block *b = &l->block[i];

		y += fmax(gap, b->type->before);
		if (y + needs(l, i) > foot) {
			y = body->y;
			l->pages++;
		}
		b->page = l->pages;
		b->top = y;
		y += height(b);
		gap = b->type->after;
	}
	if (l->pages <= PAGES_MAX && y <= foot)
		return ERR_OK;
	log_error("the letter would be too long: give a shorter address of "
		  "the issuer");
	return ERR_TOOBIG;
}

/* write(l, b, x): draws a block's lines from ${x} mm. */
static enum err
write_block(struct letter *l, const struct block *b, double x)
{
	double mm = b->type->pt * CANVAS_PT;
	double y = b->top + TEXT_CAP * mm;
	enum err err = ERR_OK;

	if (b->text.n == 0)
		return ERR_OK;
	l->c->ops->tag(l->c, b->type->tag, (const char *)b->text.p);
	l->c->ops->colour(l->c, b->type->colour);
	for (int i = 0; i < b->wrap.n && err == ERR_OK; i++)
		err = text_draw(l->t, l->c, b->type->face, b->wrap.line[i].s,
		    b->type->pt, x, y + i * b->type->lead * mm);
	return err;
}

/* say(l, word, type, x, top): one line that is not part of the flow. */
static enum err
say(struct letter *l, enum word word, const struct letter_type *type, double x,
    double top)
{
	struct block b = {.type = type, .text = BUF_INIT(TEXT_MAX), .top = top};
	enum err err =
	    words_fill(&b.text, l->layout->words, word, l->card, false);

	if (err == ERR_OK)
		err = break_text(l, &b);
	if (err == ERR_OK)
		err = write_block(l, &b, x);
	buf_free(&b.text);
	return err;
}

/* The band with the two people and the title. */
static enum err
draw_head(struct letter *l)
{
	const struct box *head = &l->form->head;
	const struct letter_type *type = &l->form->type[LETTER_TITLE];
	struct canvas *c = l->c;
	double x = l->form->body.x, middle = head->y + head->h / 2;
	double cap = TEXT_CAP * type->pt * CANVAS_PT;

	c->ops->tag(c, TAG_DECORATION, NULL);
	c->ops->colour(c, card_teal);
	c->ops->rect(c, head->x, head->y, head->w, head->h);
	c->ops->fill(c);
	c->ops->colour(c, card_mist);
	canvas_capsule(c,
	    (const double[]){x + 2.4, middle - 1.6, x + 5.2, middle + 1.4},
	    2.45);
	c->ops->fill(c);
	c->ops->colour(c, card_white);
	canvas_capsule(c,
	    (const double[]){x + 8, middle - 1.6, x + 5.2, middle + 1.4}, 2.45);
	c->ops->fill(c);
	return say(l, WORD_LETTER, type, x + 15, middle - cap / 2);
}

/* draw_lines(l): where to cut, and where to fold. */
static void
draw_lines(const struct letter *l)
{
	const struct card_design *card = l->layout->card;
	struct canvas *c = l->c;
	double x = l->form->fold - card->w, y = l->form->top;
	double w = 2 * card->w, h = card->h, wide = LINE_WIDE;

	c->ops->tag(c, TAG_DECORATION, NULL);
	c->ops->colour(c, line_grey);
	c->ops->rect(c, x - wide, y - wide, w + 2 * wide, wide);
	c->ops->rect(c, x - wide, y + h, w + 2 * wide, wide);
	c->ops->rect(c, x - wide, y - wide, wide, h + 2 * wide);
	c->ops->rect(c, x + w, y - wide, wide, h + 2 * wide);
	for (double at = y - DASH; at < y + h + DASH; at += 2 * DASH)
		c->ops->rect(c, l->form->fold - wide / 2, at, wide, DASH);
	c->ops->fill(c);
}

static enum err
draw_card(struct letter *l)
{
	const struct card_design *card = l->layout->card;
	double mm = l->form->hint_pt * CANVAS_PT;
	struct frame f;
	struct letter_type hint = l->form->type[LETTER_HEADING];
	enum err err;

	hint.tag = TAG_PARAGRAPH;
	hint.pt = l->form->hint_pt;
	err = say(l, WORD_HINT, &hint, l->form->fold - card->w,
	    l->form->top - 4.5 - TEXT_CAP * mm);

	draw_lines(l);
	for (int s = CARD_FRONT; s <= CARD_BACK && err == ERR_OK; s++) {
		frame_init(&f, l->c,
		    l->form->fold - (s == CARD_FRONT ? card->w : 0),
		    l->form->top);
		err = face_draw(
		    &f.canvas, l->t, l->card, (enum card_side)s, l->layout);
	}
	return err;
}

static enum err
draw_page(struct letter *l, int page)
{
	const struct card_letter *form = l->form;
	double end = form->body.y;
	enum err err = ERR_OK;

	l->c->ops->page(l->c, form->w, form->h, NULL);
	if (page == 1)
		err = draw_head(l);
	for (size_t i = 0; i < l->n && err == ERR_OK; i++) {
		const struct block *b = &l->block[i];

		if (b->page != page)
			continue;
		err = write_block(l, b, form->body.x);
		end = b->top + height(b) + b->type->after;
	}
	if (err == ERR_OK && page < l->pages)
		err = say(
		    l, WORD_MORE, &form->type[LETTER_TEXT], form->body.x, end);
	return err == ERR_OK && page == 1 ? draw_card(l) : err;
}

enum err
letter_draw(struct canvas *c, struct text *t, const struct card_face *card,
    const struct card_layout *layout)
{
	struct letter *l = malloc(sizeof(*l)); /* large: not zeroed */
	enum err err = ERR_OK;

	if (l == NULL)
		return ERR_MEM;
	l->c = c;
	l->t = t;
	l->card = card;
	l->layout = layout;
	l->form = layout->letter;
	l->n = 0;
	err = load(l);
	if (err == ERR_OK)
		err = place(l);
	for (int page = 1; err == ERR_OK && page <= l->pages; page++)
		err = draw_page(l, page);
	for (size_t i = 0; i < l->n; i++)
		buf_free(&l->block[i].text);
	free(l);
	return err;
}
