#include "cards/face.h"

#include <math.h>
#include <stdlib.h>

#include "base/log.h"
#include "cards/qr.h"
#include "cards/rows.h"

#define ITEMS_MAX 16

/* How far the texts that give way are pressed together, and in what steps. */
#define PRESS_LEAST 0.5
#define PRESS_STEP  0.02

/*
 * Black squares end this much (a third of a micron, in mm) inside their dots:
 * a renderer blackens each dot that a shape touches, and one that ends exactly
 * on a border touches the next.
 */
#define INSET (CANVAS_PT / 1000)

/* One text of a side: measured once, then broken and placed. */
struct placed {
	const struct card_item *item;
	struct buf text;
	struct text_run run;
	struct wrap wrap;
	double top, base; /* of its capitals, and its last line; mm */
};

/* A side being drawn. */
struct face {
	struct canvas *c;
	struct text *t;
	const struct card_face *card;
	const struct card_layout *layout;
	size_t n;
	struct placed placed[ITEMS_MAX];
};

static void
draw_shape(const struct face *f, const struct card_shape *s)
{
	struct canvas *c = f->c;

	if (!card_wanted(f->card, s->when))
		return;
	c->ops->colour(c, s->colour);
	if (s->kind == SHAPE_RECT)
		c->ops->rect(c, s->v[0], s->v[1], s->v[2], s->v[3]);
	else
		canvas_capsule(c, s->v, s->r);
	c->ops->fill(c);
}

/* --- texts: load, place, draw -------------------------------------------- */

static enum err
load(struct face *f, const struct card_item *item)
{
	struct placed *p = &f->placed[f->n];
	enum err err;

	if (!card_wanted(f->card, item->when))
		return ERR_OK;
	if (f->n == ITEMS_MAX)
		return ERR_INTERNAL;
	p->item = item;
	p->text = (struct buf)BUF_INIT(TEXT_MAX);
	err =
	    words_fill(&p->text, f->layout->words, item->word, f->card, false);
	if (err == ERR_OK)
		err =
		    text_measure(f->t, item->face, buf_span(&p->text), &p->run);
	if (err != ERR_OK || p->text.n == 0)
		buf_free(&p->text);
	else
		f->n++;
	return err;
}

/* place_one(p, before): sets where the broken text ${p} stands; ${before} is
 * the text before it or NULL. */
static void
place_one(struct placed *p, const struct placed *before)
{
	const struct box *box = &p->item->box;
	double mm = p->wrap.pt * CANVAS_PT;
	double tall = (TEXT_CAP + (p->wrap.n - 1) * p->item->lead) * mm;

	p->top = box->y;
	if (p->item->anchor == ANCHOR_BOTTOM)
		p->top = box->y + box->h - tall;
	else if (p->item->anchor == ANCHOR_BELOW && before != NULL)
		p->top = before->base + box->y;
	else if (p->item->anchor == ANCHOR_ABOVE && before != NULL)
		p->top = before->top - box->y - tall;
	p->base = p->top + tall;
}

/* clash(f): Returns true if a text that grows downwards meets one that grows
 * upwards. */
static bool
clash(const struct face *f)
{
	for (const struct placed *a = f->placed; a < f->placed + f->n; a++) {
		const struct box *ab = &a->item->box;

		if (a->item->anchor != ANCHOR_TOP &&
		    a->item->anchor != ANCHOR_BELOW)
			continue;
		for (size_t i = 0; i < f->n; i++) {
			const struct placed *b = &f->placed[i];
			const struct box *bb = &b->item->box;

			if ((b->item->anchor == ANCHOR_BOTTOM ||
				b->item->anchor == ANCHOR_ABOVE) &&
			    ab->x < bb->x + bb->w && bb->x < ab->x + ab->w &&
			    a->base + f->layout->card->gap > b->top)
				return true;
		}
	}
	return false;
}

/* place_all(f, press): Returns the first text that does not fit its box, or
 * NULL. */
static const struct placed *
place_all(struct face *f, double press)
{
	for (size_t i = 0; i < f->n; i++) {
		struct placed *p = &f->placed[i];
		const struct card_item *item = p->item;

		if (wrap_fit(&p->wrap, &p->run, item->box.w,
			item->box.h * (item->gives ? press : 1), item->lead,
			item->rules, item->nrules) != ERR_OK)
			return p;
		place_one(p, i == 0 ? NULL : p - 1);
	}
	return NULL;
}

/*
 * place(f): gives every text its size and place. Where a long name and a long
 * issuer meet, the texts that give way are made smaller together.
 */
static enum err
place(struct face *f)
{
	const struct placed *tight = NULL;

	for (double press = 1; press >= PRESS_LEAST; press -= PRESS_STEP) {
		tight = place_all(f, press);
		if (tight == NULL && !clash(f))
			return ERR_OK;
	}
	log_error("the words on the card do not fit: give a shorter form of "
		  "the %s",
	    tight != NULL && tight->item->word == WORD_HOST ? "host" : "name");
	return ERR_TOOBIG;
}

static enum err
draw_text(const struct face *f, const struct placed *p)
{
	const struct card_item *item = p->item;
	double mm = p->wrap.pt * CANVAS_PT;
	double y = p->top + TEXT_CAP * mm;
	enum err err = ERR_OK;

	f->c->ops->colour(f->c, item->colour);
	for (int i = 0; i < p->wrap.n && err == ERR_OK; i++) {
		const struct wrap_line *line = &p->wrap.line[i];
		double spare = item->box.w - line->em * mm;
		double indent = item->align == ALIGN_RIGHT    ? spare
				: item->align == ALIGN_CENTRE ? spare / 2
							      : 0;

		err = text_draw(f->t, f->c, item->face, line->s, p->wrap.pt,
		    item->box.x + indent, y + i * item->lead * mm);
	}
	return err;
}

/* --- the code ------------------------------------------------------------ */

/* snap(c, mm): the nearest whole dot of the device. */
static double
snap(const struct canvas *c, double mm)
{
	return round(mm / c->dot) * c->dot;
}

/* row_bars(bar, dark, side): the dark modules of a row, neighbours joined.
 * Returns how many there are. */
static size_t
row_bars(struct bar *bar, const bool *dark, int side)
{
	const double m = QR_MODULE_DOTS * CANVAS_DOT;
	size_t n = 0;

	for (int x = 0; x < side; x++) {
		int from = x;

		while (x < side && dark[x])
			x++;
		if (x > from)
			bar[n++] = (struct bar){
			    from * m + INSET, (x - from) * m - 2 * INSET};
	}
	return n;
}

static void
draw_modules(struct canvas *c, double x0, double y0, const struct qr *qr)
{
	const double m = QR_MODULE_DOTS * CANVAS_DOT;
	struct bar bar[QR_SIDE_MAX];

	c->ops->colour(c, (struct colour){0, 0, 0});
	for (int y = 0; y < qr->side; y++)
		c->ops->bars(c, x0, y0 + y * m + INSET, m - 2 * INSET, bar,
		    row_bars(bar, qr->dark[y], qr->side));
}

static enum err
draw_code(const struct face *f, const struct box *box)
{
	const double quiet = QR_QUIET * QR_MODULE_DOTS * CANVAS_DOT;
	struct qr qr;
	enum err err;
	double side;

	err = qr_encode(&qr, f->card->url_prefix, f->card->digits);
	if (err == ERR_TOOBIG)
		log_error("the card's code would be larger than %.1f mm: give "
			  "a shorter form of the name",
		    box->w);
	else if (err == ERR_DATA)
		log_error("the card's code is not a URL and digits");
	if (err != ERR_OK)
		return err;
	side = qr.side * QR_MODULE_DOTS * CANVAS_DOT + 2 * quiet;
	draw_modules(f->c, snap(f->c, box->x + (box->w - side) / 2 + quiet),
	    snap(f->c, box->y + (box->h - side) / 2 + quiet), &qr);
	return ERR_OK;
}

/* --- a side -------------------------------------------------------------- */

static enum err
draw_texts(struct face *f, const struct card_page *page)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < page->nitems && err == ERR_OK; i++)
		err = load(f, &page->item[i]);
	if (err == ERR_OK)
		err = place(f);
	for (size_t i = 0; i < f->n && err == ERR_OK; i++)
		err = draw_text(f, &f->placed[i]);
	for (size_t i = 0; i < f->n; i++)
		buf_free(&f->placed[i].text);
	return err;
}

/* alt_text(out, f, page): what is read out to people who cannot see the side.
 */
static enum err
alt_text(struct buf *out, const struct face *f, const struct card_page *page)
{
	const struct card_words *words = f->layout->words;
	enum err err = ERR_OK;

	if (f->card->young) {
		err = words_fill(out, words, WORD_YOUNG, f->card, false);
		(void)buf_puts(out, ". ");
	}
	if (err == ERR_OK)
		err = words_fill(out, words, page->alt, f->card, false);
	return err == ERR_OK ? buf_err(out) : err;
}

enum err
face_draw(struct canvas *c, struct text *t, const struct card_face *card,
    enum card_side side, const struct card_layout *layout)
{
	const struct card_page *page = &layout->card->side[side];
	struct face *f = malloc(sizeof(*f)); /* large: not zeroed */
	struct buf alt = BUF_INIT(TEXT_MAX);
	enum err err = ERR_MEM;

	if (f == NULL)
		goto out;
	f->c = c;
	f->t = t;
	f->card = card;
	f->layout = layout;
	f->n = 0;
	err = alt_text(&alt, f, page);
	if (err != ERR_OK)
		goto out;
	c->ops->page(c, layout->card->w, layout->card->h,
	    alt.n > 0 ? (const char *)alt.p : "");
	for (size_t i = 0; i < page->nshapes; i++)
		draw_shape(f, &page->shape[i]);
	err = draw_texts(f, page);
	if (err == ERR_OK && page->qr.w > 0)
		err = draw_code(f, &page->qr);
	if (err == ERR_OK && page->rows != NULL)
		err = rows_draw(c, t, card, layout->words, page->rows);
out:
	buf_free(&alt);
	free(f);
	return err;
}
