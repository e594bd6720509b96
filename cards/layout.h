#ifndef CARDS_LAYOUT_H
#define CARDS_LAYOUT_H

#include "cards/card.h"
#include "cards/words.h"
#include "cards/wrap.h"

/*
 * Where everything stands on a card: tables, so that another layout is another
 * table.  Lengths in mm from the top left corner of the side.
 */
struct box {
	double x, y, w, h;
};

/* When a thing is drawn. */
enum card_when { CARD_ALWAYS, CARD_YOUNG, CARD_ADULT };

/* A filled shape without words, drawn first, in the order of the table. */
enum shape_kind { SHAPE_RECT, SHAPE_CAPSULE };

struct card_shape {
	enum shape_kind kind;
	enum card_when when;
	struct colour colour;
	double v[4]; /* RECT: x y w h.  CAPSULE: x1 y1 x2 y2 */
	double r;    /* CAPSULE: radius */
};

/*
 * Where a text stands.  The height of a text goes from the top of its first
 * line's capitals to its last base line.
 *   TOP     that top is at box.y
 *   BOTTOM  that base line is at box.y + box.h
 *   BELOW   its top is box.y below the base line of the text before it
 *   ABOVE   its base line is box.y above the top of the text before it
 * box.h is the most that it may take.
 */
enum card_anchor { ANCHOR_TOP, ANCHOR_BOTTOM, ANCHOR_BELOW, ANCHOR_ABOVE };
enum card_align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };

struct card_item {
	enum word word;
	enum card_when when;
	enum text_face face;
	struct colour colour;
	enum card_anchor anchor;
	enum card_align align;
	struct box box;
	bool gives;  /* is made smaller where two texts would meet */
	double lead; /* from line to line, in sizes */
	const struct wrap_rule *rules;
	size_t nrules;
};

/* Rows of a head and its sentences, all in one size, the largest that fits. */
#define ROW_WORDS 3

struct card_row {
	enum card_when when;
	enum word head;
	enum word text[ROW_WORDS];
	size_t n;
};

struct card_rows {
	struct box box;
	double head_em; /* width of the heads' column and its gap, in sizes */
	double size, min, lead;
	double gap; /* between two rows, at least, in sizes */
	struct colour head_colour, colour;
	const struct card_row *row;
	size_t n;
};

struct card_page {
	const struct card_shape *shape;
	size_t nshapes;
	const struct card_item *item;
	size_t nitems;
	struct box qr;                /* w = 0: no code on this side */
	const struct card_rows *rows; /* or NULL */
	enum word alt;
};

/* The two sides of a card. */
struct card_design {
	double w, h;
	double gap; /* least space between texts that grow towards each other */
	struct card_page side[CARD_SIDES];
};

/*
 * Cards on paper: ${columns} x ${rows} of them, the first one's corner ${left}
 * and ${top} from the paper's, the next ones ${across} and ${below} further.
 * All fronts make a page, all backs the next, mirrored, as the paper is turned
 * like a book's page.
 */
struct card_sheet {
	double w, h;
	int columns, rows;
	double left, top, across, below;
	bool marks; /* where to cut */
};

/* A letter's text: a word of the language file, and how it is set. */
enum letter_style { LETTER_TITLE, LETTER_HEADING, LETTER_TEXT };
#define LETTER_STYLES 3

struct letter_block {
	enum card_when when;
	enum letter_style style;
	enum word word;
};

struct letter_type {
	enum text_face face;
	enum tag tag;
	double pt, lead;
	double before, after; /* mm above its first line and below its last */
	struct colour colour;
};

/*
 * A letter with a card to cut out: the front, and to its right the back, so
 * that it is folded between them.  The same place stays empty on other pages:
 * cutting takes no words away.
 */
struct card_letter {
	double w, h;
	struct box body;  /* of each page */
	struct box head;  /* of the first page: the coloured band */
	double fold, top; /* where the card's sides meet, and their top */
	double hint_pt;
	struct letter_type type[LETTER_STYLES];
	const struct letter_block *block;
	size_t n;
};

struct card_layout {
	const char *name;
	const char *fonts; /* folder of Liberation Sans 2 */
	const struct card_words *words;
	const struct card_design *card;
	struct card_sheet sheet;
	const struct card_letter *letter; /* NULL: a sheet */
};

/* Colours: deep teal, dark enough for white words on it (contrast 10 to 1) and
 * to print as nearly black on a black-and-white printer. */
extern const struct colour card_ink, card_white, card_teal, card_mist;

/* card_wanted(card, when): Returns true if such a thing is drawn for ${card}.
 */
bool card_wanted(const struct card_face *card, enum card_when when);

extern const struct card_design card_design_cr80;
extern const struct card_letter card_letter_a4;

#endif
