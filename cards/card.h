#ifndef CARDS_CARD_H
#define CARDS_CARD_H

#include "base/buf.h"

/*
 * A carer passport on paper: strings in, a document out. Knows no keys, no
 * database and no clock; the same strings give the same bytes.
 */

/*
 * What is printed.  UTF-8, NFC, NUL-terminated, the caller's memory.  Unknown
 * is NULL or "": phone and address are then left out with their sentence, all
 * the others must be known.
 */
struct card_face {
	const char *name;       /* 1..64 bytes, the signed display name */
	const char *issuer;     /* 1..100 bytes */
	const char *phone;      /* as people write it: "01632 960123" */
	const char *address;    /* lines separated by "\n", at most 6 */
	const char *valid_to;   /* in words: "21 November 2028" */
	const char *serial;     /* "7K3M-9QPR-K" */
	const char *host;       /* of the verifier, printed for people */
	const char *url_prefix; /* of the code: "https://HOST/#" */
	const char *digits;     /* of the code: the token (FORMAT.md 5.1) */
	bool young;             /* says "Young carer"; no birth date anywhere */
};

enum card_side { CARD_FRONT, CARD_BACK };
#define CARD_SIDES 2

/* Sizes, places, colours, words and fonts, as data: layout.h. */
struct card_layout;

/*
 *   cr80    a bank card (ISO/IEC 7810 ID-1, 85.60 x 53.98 mm): two pages each
 *   a4x10   ten of them on A4, to cut or break out: fronts, then backs, which
 *           meet when the paper is turned on its long edge
 *   letter  A4 in large print with a card to cut out and fold
 */
extern const struct card_layout card_layout_cr80, card_layout_a4x10,
    card_layout_letter;

/* card_layout_by_name(name): Returns NULL if there is none. */
#define CARD_LAYOUTS 3
const struct card_layout *card_layout_by_name(const char *name);
extern const char *const card_layout_names[CARD_LAYOUTS + 1]; /* NULL ends */

/* How far a printer's own error moves the cards of a sheet, in mm, as seen when
 * looking at that side. */
struct card_shift {
	double right[CARD_SIDES];
	double down[CARD_SIDES];
};

/*
 * A PDF that is made card by card, in the order of adding.
 *
 * card_doc_new(out, layout, shift): an empty document; ${shift} NULL is none.
 * card_doc_add(d, card): adds ${card}, whose strings are copied.
 * card_doc_finish(d, out): appends the PDF to ${out}.
 * card_doc_free(d): also after a failure; NULL does nothing.
 *
 * Each returns ERR_OK, ERR_DATA (a part is missing, not UTF-8, or has a letter
 * that the font has not; logged; also: no card at all), ERR_TOOBIG (code or
 * text does not fit, logged with what to shorten; or the cap of ${out}),
 * ERR_NOINPUT (fonts not installed, logged), ERR_MEM or ERR_INTERNAL. After an
 * error of card_doc_add() the document is good for card_doc_free() only.
 */
struct card_doc;
enum err card_doc_new(struct card_doc **out, const struct card_layout *layout,
    const struct card_shift *shift) MUST_CHECK;
enum err card_doc_add(
    struct card_doc *d, const struct card_face *card) MUST_CHECK;
enum err card_doc_finish(struct card_doc *d, struct buf *out) MUST_CHECK;
void card_doc_free(struct card_doc *d);

/*
 * card_pdf(out, cards, n, layout): the same for ${n} (1 or more) cards at once,
 * without a shift; a card takes about 6 KB, a document about 40 KB more. After
 * an error nothing was appended.
 */
enum err card_pdf(struct buf *out, const struct card_face *cards, size_t n,
    const struct card_layout *layout) MUST_CHECK;

/* card_svg(out, card, side, layout): one side as an SVG picture. Errors as
 * above; nothing is appended after one. */
enum err card_svg(struct buf *out, const struct card_face *card,
    enum card_side side, const struct card_layout *layout) MUST_CHECK;

/* card_png(out, card, side, layout): one side as a PNG picture of 1,213 x 765
 * dots, 6 to a module of the code. */
enum err card_png(struct buf *out, const struct card_face *card,
    enum card_side side, const struct card_layout *layout) MUST_CHECK;

/*
 * card_alignment_pdf(out, layout, shift): a test page for the sheet ${layout}
 * (front and back): its cards' outlines, rulers in mm, and words on how to
 * correct ${shift} (NULL: none). ERR_DATA for a layout without a sheet.
 */
enum err card_alignment_pdf(struct buf *out, const struct card_layout *layout,
    const struct card_shift *shift) MUST_CHECK;

#endif
