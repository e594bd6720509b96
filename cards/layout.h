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
enum card_when { CARD_ALWAYS, CARD_YOUNG };

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

struct card_layout {
	double w, h;
	double gap; /* least space between texts that grow towards each other */
	const char *fonts; /* folder of Liberation Sans 2 */
	const struct card_words *words;
	struct card_page side[CARD_SIDES];
};

#endif
