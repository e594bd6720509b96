#include "cards/card.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cards/align.h"
#include "cards/face.h"
#include "cards/letter.h"
#include "cards/pdf.h"
#include "cards/qr.h"
#include "cards/raster.h"
#include "cards/sheet.h"
#include "cards/svg.h"

#define SHEET_MAX 32   /* cards on one */
#define KEPT_MAX  8192 /* bytes of a card's strings */
#define PNG_DOTS  6    /* of a picture to a module */

/* The parts of a card, and whether there is no card without. */
static const struct part {
	const char *what;
	size_t at;
	bool needed;
} parts[] = {
    {"name", offsetof(struct card_face, name), true},
    {"issuer", offsetof(struct card_face, issuer), true},
    {"telephone", offsetof(struct card_face, phone), false},
    {"address", offsetof(struct card_face, address), false},
    {"valid to", offsetof(struct card_face, valid_to), true},
    {"number", offsetof(struct card_face, serial), true},
    {"host", offsetof(struct card_face, host), true},
    {"code's URL", offsetof(struct card_face, url_prefix), true},
    {"code's digits", offsetof(struct card_face, digits), true},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

/* A card whose strings are in ${text}. */
struct kept {
	struct card_face face;
	struct buf text;
};

struct card_doc {
	const struct card_layout *layout;
	struct card_shift shift;
	struct canvas *canvas;
	struct text *text;
	size_t cards;    /* added */
	size_t n, whole; /* on the open sheet, and how many fill it */
	struct kept kept[SHEET_MAX];
};

static enum err
complete(const struct card_face *card)
{
	for (size_t i = 0; i < PARTS; i++) {
		const char *v;

		memcpy(&v, (const char *)card + parts[i].at, sizeof(v));
		if (parts[i].needed && (v == NULL || v[0] == '\0')) {
			log_error("a card needs its %s", parts[i].what);
			return ERR_DATA;
		}
	}
	return ERR_OK;
}

/* keep(k, card): copies ${card} with its strings; those of the card before in
 * ${k} are overwritten. */
static enum err
keep(struct kept *k, const struct card_face *card)
{
	size_t start[PARTS];

	k->text.n = 0;
	k->face.young = card->young;
	for (size_t i = 0; i < PARTS; i++) {
		const char *v;

		memcpy(&v, (const char *)card + parts[i].at, sizeof(v));
		start[i] = k->text.n;
		(void)buf_puts(&k->text, v == NULL ? "" : v);
		(void)buf_add(&k->text, "", 1);
	}
	if (buf_err(&k->text) != ERR_OK)
		return buf_err(&k->text);
	for (size_t i = 0; i < PARTS; i++) {
		const char *v = (const char *)k->text.p + start[i];

		memcpy((char *)&k->face + parts[i].at, &v, sizeof(v));
	}
	return ERR_OK;
}

enum err
card_doc_new(struct card_doc **out, const struct card_layout *layout,
    const struct card_shift *shift)
{
	const struct card_words *words = layout->words;
	struct card_doc *d = calloc(1, sizeof(*d));
	enum err err = ERR_MEM;

	*out = d;
	if (d == NULL)
		return ERR_MEM;
	d->layout = layout;
	if (shift != NULL)
		d->shift = *shift;
	for (size_t i = 0; i < SHEET_MAX; i++)
		d->kept[i].text = (struct buf)BUF_INIT(KEPT_MAX);
	d->whole = layout->letter != NULL
		       ? 1
		       : (size_t)(layout->sheet.columns * layout->sheet.rows);
	if (d->whole == 0 || d->whole > SHEET_MAX)
		return ERR_INTERNAL;
	err = text_open(&d->text, layout->fonts);
	if (err == ERR_OK)
		err = pdf_new(&d->canvas, words->text[WORD_TITLE], words->lang);
	return err;
}

/* draw(d): the cards that wait, as a sheet or a letter. */
static enum err
draw(struct card_doc *d)
{
	struct card_face faces[SHEET_MAX];
	size_t n = d->n;

	d->n = 0;
	for (size_t i = 0; i < n; i++)
		faces[i] = d->kept[i].face;
	if (d->layout->letter != NULL)
		return letter_draw(d->canvas, d->text, faces, d->layout);
	return sheet_draw(d->canvas, d->text, faces, n, d->layout, &d->shift);
}

enum err
card_doc_add(struct card_doc *d, const struct card_face *card)
{
	enum err err = complete(card);

	if (err == ERR_OK)
		err = keep(&d->kept[d->n], card);
	if (err != ERR_OK)
		return err;
	d->cards++;
	d->n++;
	return d->n == d->whole ? draw(d) : ERR_OK;
}

enum err
card_doc_finish(struct card_doc *d, struct buf *out)
{
	enum err err = d->cards == 0 ? ERR_DATA : ERR_OK;

	if (err == ERR_OK && d->n > 0)
		err = draw(d);
	return err == ERR_OK ? d->canvas->ops->finish(d->canvas, out) : err;
}

void
card_doc_free(struct card_doc *d)
{
	if (d == NULL)
		return;
	if (d->canvas != NULL)
		d->canvas->ops->free(d->canvas);
	text_free(d->text);
	for (size_t i = 0; i < SHEET_MAX; i++)
		buf_free(&d->kept[i].text);
	free(d);
}

enum err
card_pdf(struct buf *out, const struct card_face *cards, size_t n,
    const struct card_layout *layout)
{
	struct card_doc *d = NULL;
	enum err err = card_doc_new(&d, layout, NULL);

	for (size_t i = 0; i < n && err == ERR_OK; i++)
		err = card_doc_add(d, &cards[i]);
	if (err == ERR_OK)
		err = card_doc_finish(d, out);
	card_doc_free(d);
	return err;
}

/* picture(out, card, side, layout, c): draws one side on ${c}, which it frees.
 */
static enum err
picture(struct buf *out, const struct card_face *card, enum card_side side,
    const struct card_layout *layout, struct canvas *c)
{
	struct text *t = NULL;
	enum err err = text_open(&t, layout->fonts);

	if (err == ERR_OK)
		err = complete(card);
	if (err == ERR_OK)
		err = face_draw(c, t, card, side, layout);
	if (err == ERR_OK)
		err = c->ops->finish(c, out);
	c->ops->free(c);
	text_free(t);
	return err;
}

enum err
card_svg(struct buf *out, const struct card_face *card, enum card_side side,
    const struct card_layout *layout)
{
	const struct card_words *words = layout->words;
	struct canvas *c = NULL;
	enum err err = svg_new(&c, words->text[WORD_TITLE], words->lang);

	return err == ERR_OK ? picture(out, card, side, layout, c) : err;
}

enum err
card_png(struct buf *out, const struct card_face *card, enum card_side side,
    const struct card_layout *layout)
{
	const double module = QR_MODULE_DOTS * CANVAS_DOT;
	struct canvas *c = NULL;
	enum err err =
	    raster_new(&c, layout->words->text[WORD_TITLE], module / PNG_DOTS);

	return err == ERR_OK ? picture(out, card, side, layout, c) : err;
}

enum err
card_alignment_pdf(struct buf *out, const struct card_layout *layout,
    const struct card_shift *shift)
{
	static const struct card_shift none;
	const struct card_words *words = layout->words;
	struct canvas *c = NULL;
	struct text *t = NULL;
	enum err err =
	    layout->letter != NULL ? ERR_DATA : text_open(&t, layout->fonts);

	if (err == ERR_OK)
		err = pdf_new(&c, words->text[WORD_ALIGN_TITLE], words->lang);
	if (err == ERR_OK)
		err = align_draw(c, t, layout, shift == NULL ? &none : shift);
	if (err == ERR_OK)
		err = c->ops->finish(c, out);
	if (c != NULL)
		c->ops->free(c);
	text_free(t);
	return err;
}
