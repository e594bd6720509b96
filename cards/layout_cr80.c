#include "cards/layout.h"

#define N(table)     (sizeof(table) / sizeof((table)[0]))
#define RULES(table) (table), N(table)

#define INK                                                                    \
	{                                                                      \
		0, 0, 0                                                        \
	}
#define WHITE                                                                  \
	{                                                                      \
		1, 1, 1                                                        \
	}
#define TEAL                                                                   \
	{                                                                      \
		0.031, 0.278, 0.329                                            \
	}
#define MIST                                                                   \
	{                                                                      \
		0.647, 0.851, 0.824                                            \
	}
#define PALE                                                                   \
	{                                                                      \
		0.898, 0.945, 0.945                                            \
	}

/* --- sizes in points, best first ----------------------------------------- */

static const struct wrap_rule name_rules[] = {
    {17, 13, 2, BREAK_SPACE},
    {15, 11, 2, BREAK_HYPHEN},
    {11, 9, 3, BREAK_HYPHEN},
    {10, 6, 4, BREAK_ANYWHERE},
};
static const struct wrap_rule issuer_rules[] = {
    {9, 8, 2, BREAK_SPACE},
    {8, 6.5, 3, BREAK_SPACE},
    {6.5, 6, 4, BREAK_SPACE},
    {6.5, 6, 5, BREAK_ANYWHERE},
};
static const struct wrap_rule statement_rules[] = {
    {9.5, 7, 2, BREAK_SENTENCE},
    {6.75, 6, 1, BREAK_SENTENCE},
};
static const struct wrap_rule host_rules[] = {{8.25, 6, 1, BREAK_SPACE}};
static const struct wrap_rule heading_rules[] = {{14, 10, 1, BREAK_SPACE}};
static const struct wrap_rule back_heading_rules[] = {{8, 6, 1, BREAK_SPACE}};
static const struct wrap_rule badge_rules[] = {{8.25, 7, 1, BREAK_SPACE}};
static const struct wrap_rule label_rules[] = {{7, 6, 1, BREAK_SPACE}};
static const struct wrap_rule value_rules[] = {{8.25, 7, 1, BREAK_SPACE}};

/* --- front --------------------------------------------------------------- */

/* The heart is two people: one leans on the other. */
static const struct card_shape front_shapes[] = {
    {SHAPE_RECT, CARD_ALWAYS, TEAL, {0, 0, 85.6, 10.4}, 0},
    {SHAPE_CAPSULE, CARD_ALWAYS, MIST, {5.75, 4.2, 7.3, 5.75}, 1.35},
    {SHAPE_CAPSULE, CARD_ALWAYS, WHITE, {8.85, 4.2, 7.3, 5.75}, 1.35},
    {SHAPE_CAPSULE, CARD_YOUNG, WHITE, {64.1, 5.2, 78.8, 5.2}, 2.6},
    {SHAPE_RECT, CARD_ALWAYS, PALE, {0, 46.4, 85.6, 7.58}, 0},
};

static const struct card_item front_items[] = {
    {WORD_HEADING, CARD_ALWAYS, TEXT_BOLD, WHITE, ANCHOR_TOP, ALIGN_LEFT,
	{12.2, 3.4, 49, 6}, false, 1, RULES(heading_rules)},
    {WORD_YOUNG, CARD_YOUNG, TEXT_BOLD, TEAL, ANCHOR_TOP, ALIGN_CENTRE,
	{61.5, 4.14, 19.9, 4}, false, 1, RULES(badge_rules)},
    {WORD_NAME, CARD_ALWAYS, TEXT_BOLD, INK, ANCHOR_TOP, ALIGN_LEFT,
	{4.2, 14, 45, 12.4}, true, 1.16, RULES(name_rules)},
    {WORD_STATEMENT, CARD_ALWAYS, TEXT_REGULAR, INK, ANCHOR_BELOW, ALIGN_LEFT,
	{4.2, 3.4, 45, 6.7}, true, 1.25, RULES(statement_rules)},
    {WORD_ISSUER, CARD_ALWAYS, TEXT_BOLD, INK, ANCHOR_BOTTOM, ALIGN_LEFT,
	{4.2, 32.2, 45, 12}, false, 1.18, RULES(issuer_rules)},
    {WORD_ISSUED_BY, CARD_ALWAYS, TEXT_REGULAR, INK, ANCHOR_ABOVE, ALIGN_LEFT,
	{4.2, 1.3, 45, 3}, false, 1, RULES(label_rules)},
    {WORD_VALID_TO, CARD_ALWAYS, TEXT_REGULAR, INK, ANCHOR_BOTTOM, ALIGN_LEFT,
	{4.2, 46.8, 10.5, 2.9}, false, 1, RULES(label_rules)},
    {WORD_DATE, CARD_ALWAYS, TEXT_BOLD, INK, ANCHOR_BOTTOM, ALIGN_LEFT,
	{14.8, 46.8, 28, 2.9}, false, 1, RULES(value_rules)},
    {WORD_NUMBER, CARD_ALWAYS, TEXT_REGULAR, INK, ANCHOR_BOTTOM, ALIGN_LEFT,
	{4.2, 50, 10.5, 2.8}, false, 1, RULES(label_rules)},
    {WORD_SERIAL, CARD_ALWAYS, TEXT_BOLD, INK, ANCHOR_BOTTOM, ALIGN_LEFT,
	{14.8, 50, 28, 2.8}, false, 1, RULES(value_rules)},
    {WORD_SCAN, CARD_ALWAYS, TEXT_REGULAR, INK, ANCHOR_BOTTOM, ALIGN_RIGHT,
	{43, 46.8, 38.4, 2.9}, false, 1, RULES(label_rules)},
    {WORD_HOST, CARD_ALWAYS, TEXT_BOLD, INK, ANCHOR_BOTTOM, ALIGN_RIGHT,
	{38.6, 50, 42.8, 2.8}, false, 1, RULES(host_rules)},
};

/* --- back ---------------------------------------------------------------- */

static const struct card_shape back_shapes[] = {
    {SHAPE_RECT, CARD_ALWAYS, TEAL, {0, 0, 85.6, 6}, 0},
    {SHAPE_CAPSULE, CARD_ALWAYS, MIST, {5.1, 2.4, 6, 3.3}, 0.8},
    {SHAPE_CAPSULE, CARD_ALWAYS, WHITE, {6.9, 2.4, 6, 3.3}, 0.8},
};

static const struct card_item back_items[] = {
    {WORD_HEADING, CARD_ALWAYS, TEXT_BOLD, WHITE, ANCHOR_TOP, ALIGN_LEFT,
	{8.9, 1.97, 40, 3}, false, 1, RULES(back_heading_rules)},
    {WORD_SERIAL_BACK, CARD_ALWAYS, TEXT_BOLD, WHITE, ANCHOR_TOP, ALIGN_RIGHT,
	{53, 1.97, 28.4, 3}, false, 1, RULES(back_heading_rules)},
};

static const struct card_row back_row[] = {
    {CARD_ALWAYS, WORD_WHAT_HEAD, {WORD_WHAT, WORD_NO_CONSENT}, 2},
    {CARD_YOUNG, WORD_YOUNG_HEAD, {WORD_YOUNG_ASK}, 1},
    {CARD_ALWAYS, WORD_CHECK_HEAD, {WORD_CHECK, WORD_ADDRESS_BAR}, 2},
    {CARD_ALWAYS, WORD_RING_HEAD, {WORD_RING, WORD_NOT_AWAY}, 2},
    {CARD_ALWAYS, WORD_FOUND_HEAD, {WORD_FOUND}, 1},
};

static const struct card_rows back_rows = {
    .box = {4.2, 9.4, 77.2, 42.8},
    .head_em = 7,
    .size = 8,
    .min = 6,
    .lead = 1.22,
    .gap = 0.5,
    .head_colour = TEAL,
    .colour = INK,
    .row = back_row,
    .n = N(back_row),
};

const struct card_design card_design_cr80 = {
    .w = 85.60,
    .h = 53.98,
    .gap = 2.4,
    .side = {[CARD_FRONT] = {front_shapes, N(front_shapes), front_items,
		 N(front_items), {50.4, 11.2, 34.4, 34.4}, NULL,
		 WORD_ALT_FRONT},
	[CARD_BACK] = {back_shapes, N(back_shapes), back_items, N(back_items),
	    {0, 0, 0, 0}, &back_rows, WORD_ALT_BACK}},
};
