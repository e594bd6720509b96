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

/* Sizes, places, colours and fonts, as data: layout.h. */
struct card_layout;

/* A bank card (ISO/IEC 7810 ID-1, 85.60 x 53.98 mm): a page for each side. */
extern const struct card_layout card_layout_cr80;

/*
 * card_pdf(out, cards, n, layout): appends one PDF with the front and the back
 * of each of ${n} (1 or more) cards to ${out}; a card takes about 12 KB, a
 * document about 40 KB more. Returns ERR_OK; else nothing was appended:
 * ERR_DATA (a part is missing, not UTF-8, or has a letter that the font has
 * not; logged), ERR_TOOBIG (code or text does not fit, logged with what to
 * shorten; or the cap of ${out}), ERR_NOINPUT (fonts not installed, logged),
 * ERR_MEM, ERR_INTERNAL.
 */
enum err card_pdf(struct buf *out, const struct card_face *cards, size_t n,
    const struct card_layout *layout) MUST_CHECK;

/* card_svg(out, card, side, layout): the same for one side as an SVG picture.
 */
enum err card_svg(struct buf *out, const struct card_face *card,
    enum card_side side, const struct card_layout *layout) MUST_CHECK;

#endif
