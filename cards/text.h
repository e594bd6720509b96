#ifndef CARDS_TEXT_H
#define CARDS_TEXT_H

#include "base/span.h"
#include "cards/canvas.h"

/*
 * Text as outlines: HarfBuzz shapes it, the canvas fills the letters' shapes.
 * No font goes into the document, so no font bug can change a name (DESIGN.md
 * section 8).  Left to right, Latin; sizes in points, places in mm.
 */

/* Where Debian's fonts-liberation2 puts Liberation Sans 2. */
#define TEXT_FOLDER "/usr/share/fonts/truetype/liberation2"
#define TEXT_MAX    1024  /* bytes of one text */
#define TEXT_CAP    0.729 /* height of its capitals in em */

enum text_face { TEXT_REGULAR, TEXT_BOLD };
#define TEXT_FACES 2

/*
 * Where a line may end, the best places first: after a sentence and its space;
 * after a space; after '-', '/' or
 * a space that follows a digit ("2 Quay Street", "01632 960123" and "EX1 2AB"
 * are better kept whole); after any letter.
 */
enum text_break {
	BREAK_SENTENCE = 1,
	BREAK_SPACE,
	BREAK_HYPHEN,
	BREAK_ANYWHERE
};

/* One letter with its marks: the smallest piece that is drawn. */
struct text_cluster {
	size_t at; /* first byte in the text */
	double em; /* advance */
	bool space;
	enum text_break after; /* what kind of place follows it */
};

/* A measured text; ${s} is the caller's memory. */
struct text_run {
	struct span s;
	enum text_face face;
	size_t n;
	struct text_cluster cluster[TEXT_MAX];
};

struct text; /* the fonts, loaded */

/*
 * text_open(out, folder): loads LiberationSans-{Regular,Bold}.ttf of ${folder}
 * (TEXT_FOLDER in programs). Returns ERR_OK, ERR_NOINPUT (logged) or ERR_MEM;
 * the caller frees with text_free().
 */
enum err text_open(struct text **out, const char *folder) MUST_CHECK;

/* text_free(t): frees ${t}; NULL does nothing. */
void text_free(struct text *t);

/*
 * text_measure(t, face, s, out): splits ${s} into clusters. Returns ERR_OK;
 * ERR_DATA when a code point has no letter in the font, is a control character
 * or the bytes are no UTF-8 (logged with the code point); ERR_TOOBIG over
 * TEXT_MAX; ERR_MEM.
 */
enum err text_measure(struct text *t, enum text_face face, struct span s,
    struct text_run *out) MUST_CHECK;

/*
 * text_draw(t, c, face, s, pt, x, y): fills ${s} with ${c}'s colour, its first
 * letter at ${x}, its base line at ${y} mm. Errors as text_measure(), and
 * ERR_INTERNAL when a visible letter came without an outline.
 */
enum err text_draw(struct text *t, struct canvas *c, enum text_face face,
    struct span s, double pt, double x, double y) MUST_CHECK;

#endif
