#include "cards/card.h"

#include "base/log.h"
#include "cards/face.h"
#include "cards/pdf.h"
#include "cards/svg.h"

/* The parts without which there is no card. */
static const struct need {
	const char *what;
	size_t at;
} needs[] = {
    {"name", offsetof(struct card_face, name)},
    {"issuer", offsetof(struct card_face, issuer)},
    {"valid to", offsetof(struct card_face, valid_to)},
    {"number", offsetof(struct card_face, serial)},
    {"host", offsetof(struct card_face, host)},
    {"code's URL", offsetof(struct card_face, url_prefix)},
    {"code's digits", offsetof(struct card_face, digits)},
};

static enum err
complete(const struct card_face *card)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		const char *v;

		memcpy(&v, (const char *)card + needs[i].at, sizeof(v));
		if (v == NULL || v[0] == '\0') {
			log_error("a card needs its %s", needs[i].what);
			return ERR_DATA;
		}
	}
	return ERR_OK;
}

static enum err
draw_sides(struct canvas *c, struct text *t, const struct card_face *card,
    enum card_side first, enum card_side last, const struct card_layout *layout)
{
	enum err err = complete(card);

	for (int s = (int)first; s <= (int)last && err == ERR_OK; s++)
		err = face_draw(c, t, card, (enum card_side)s, layout);
	return err;
}

enum err
card_pdf(struct buf *out, const struct card_face *cards, size_t n,
    const struct card_layout *layout)
{
	const struct card_words *words = layout->words;
	struct canvas *c = NULL;
	struct text *t = NULL;
	enum err err = text_open(&t, layout->fonts);

	if (err == ERR_OK)
		err = pdf_new(&c, words->text[WORD_TITLE], words->lang);
	for (size_t i = 0; i < n && err == ERR_OK; i++)
		err =
		    draw_sides(c, t, &cards[i], CARD_FRONT, CARD_BACK, layout);
	if (err == ERR_OK)
		err = n == 0 ? ERR_DATA : c->ops->finish(c, out);
	if (c != NULL)
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
	struct text *t = NULL;
	enum err err = text_open(&t, layout->fonts);

	if (err == ERR_OK)
		err = svg_new(&c, words->text[WORD_TITLE], words->lang);
	if (err == ERR_OK)
		err = draw_sides(c, t, card, side, side, layout);
	if (err == ERR_OK)
		err = c->ops->finish(c, out);
	if (c != NULL)
		c->ops->free(c);
	text_free(t);
	return err;
}
