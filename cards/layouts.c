#include <string.h>

#include "cards/layout.h"

const struct colour card_ink = {0, 0, 0};
const struct colour card_white = {1, 1, 1};
const struct colour card_teal = {0.031, 0.278, 0.329};
const struct colour card_mist = {0.647, 0.851, 0.824};

/* A page of a card printer is the card. */
const struct card_layout card_layout_cr80 = {
    .name = "cr80",
    .fonts = TEXT_FOLDER,
    .words = &card_words_en,
    .card = &card_design_cr80,
    .sheet = {.w = 85.60, .h = 53.98, .columns = 1, .rows = 1},
};

/*
 * Centred on ten fields of 85 x 54 mm, 10 mm between the columns and nothing
 * between the rows, as cards to break out of A4 paper have; for plain card,
 * marks show where to cut.
 */
const struct card_layout card_layout_a4x10 = {
    .name = "a4x10",
    .fonts = TEXT_FOLDER,
    .words = &card_words_en,
    .card = &card_design_cr80,
    .sheet = {.w = 210,
	.h = 297,
	.columns = 2,
	.rows = 5,
	.left = 14.7,
	.top = 13.51,
	.across = 95,
	.below = 54,
	.marks = true},
};

const struct card_layout card_layout_letter = {
    .name = "letter",
    .fonts = TEXT_FOLDER,
    .words = &card_words_en,
    .card = &card_design_cr80,
    .letter = &card_letter_a4,
};

static const struct card_layout *const layouts[CARD_LAYOUTS] = {
    &card_layout_cr80, &card_layout_a4x10, &card_layout_letter};

const char *const card_layout_names[CARD_LAYOUTS + 1] = {
    "cr80", "a4x10", "letter", NULL};

const struct card_layout *
card_layout_by_name(const char *name)
{
	for (size_t i = 0; i < CARD_LAYOUTS; i++)
		if (strcmp(layouts[i]->name, name) == 0)
			return layouts[i];
	return NULL;
}

bool
card_wanted(const struct card_face *card, enum card_when when)
{
	return when == CARD_ALWAYS || card->young == (when == CARD_YOUNG);
}
