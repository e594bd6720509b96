#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cards/letter.h"
#include "cards/sheet.h"

#define DIGITS                                                                 \
	"5917310829400274300981726450192837456102938475610293847561029384756"  \
	"1029384756102938475610293847561029384756102938475610293847561029384"

static const struct card_face margaret = {"Margaret Thompson",
    "Harbour View Surgery", "01632 960123", "2 Quay Street\nExampleton",
    "21 November 2028", "7K3M-9QPR-K", "passport.example",
    "https://passport.example/#", DIGITS, false};
static const struct card_shift none;

#define TAGS_MAX 256

/* A canvas that remembers pages, tags, sizes of letters and bars. */
struct record {
	struct canvas canvas;
	size_t pages, ntags, off_grid, outside, bars, stamps;
	int page_of[TAGS_MAX];
	enum tag tag[TAGS_MAX];
	char text[TAGS_MAX][200];
	double least_pt; /* of letters in headings and paragraphs */
	double low[8];   /* lowest base line of them, by page */
};

static struct record *
self(struct canvas *c)
{
	return (struct record *)c;
}

static void
rec_page(struct canvas *c, double w, double h, const char *alt)
{
	assert_null(alt);
	assert_true(fabs(w - 210) < 1e-9 && fabs(h - 297) < 1e-9);
	self(c)->pages++;
}

static void
rec_tag(struct canvas *c, enum tag tag, const char *text)
{
	struct record *r = self(c);

	assert_true(r->ntags < TAGS_MAX);
	r->page_of[r->ntags] = (int)r->pages;
	r->tag[r->ntags] = tag;
	snprintf(r->text[r->ntags++], sizeof(r->text[0]), "%s",
	    text == NULL ? "" : text);
}

static void
rec_colour(struct canvas *c, struct colour k)
{
	(void)c, (void)k;
}

static void
rec_point(struct canvas *c, double x, double y)
{
	(void)c, (void)x, (void)y;
}

static void
rec_curve(struct canvas *c, const double v[static 6])
{
	(void)c, (void)v;
}

static void
rec_none(struct canvas *c)
{
	(void)c;
}

static void
rec_rect(struct canvas *c, double x, double y, double w, double h)
{
	if (x < -1e-9 || y < -1e-9 || x + w > 210.001 || y + h > 297.001)
		self(c)->outside++;
}

static bool
whole(double mm)
{
	double dots = mm / CANVAS_DOT;

	return fabs(dots - round(dots)) < 0.01;
}

static void
rec_bars(struct canvas *c, double x, double y, double h, const struct bar *bar,
    size_t n)
{
	struct record *r = self(c);

	r->bars++;
	for (size_t i = 0; i < n; i++)
		if (!whole(x + bar[i].x) || !whole(bar[i].w) || !whole(y) ||
		    !whole(h))
			r->off_grid++;
}

static bool
rec_has(const struct canvas *c, uint32_t id)
{
	(void)c, (void)id;
	return true;
}

static void
rec_define(struct canvas *c, uint32_t id, const struct path *path)
{
	(void)c, (void)id, (void)path;
}

static void
rec_stamp(struct canvas *c, uint32_t id, double x, double y, double scale)
{
	struct record *r = self(c);
	double pt = scale * 2048 / CANVAS_PT;

	(void)id;
	r->stamps++;
	if (x < 4 || y < 4 || x > 206 || y > 293)
		r->outside++;
	if (r->ntags == 0 || r->tag[r->ntags - 1] == TAG_FIGURE)
		return;
	r->least_pt = fmin(r->least_pt, pt);
	r->low[r->pages % 8] = fmax(r->low[r->pages % 8], y);
}

static const struct canvas_ops ops = {rec_page, rec_tag, rec_colour, rec_point,
    rec_point, rec_curve, rec_none, rec_rect, rec_none, rec_bars, rec_has,
    rec_define, rec_stamp, NULL, NULL};

static enum err
letter(struct record *r, const struct card_face *card)
{
	struct text *t = NULL;
	enum err err;

	*r = (struct record){.canvas = {&ops, CANVAS_DOT}, .least_pt = 99};
	assert_int_equal(text_open(&t, TEXT_FOLDER), ERR_OK);
	err = letter_draw(&r->canvas, t, card, &card_layout_letter);
	text_free(t);
	return err;
}

static bool
says(const struct record *r, const char *words)
{
	for (size_t i = 0; i < r->ntags; i++)
		if (strstr(r->text[i], words) != NULL)
			return true;
	return false;
}

static void
back_lies_behind_its_front(void **state)
{
	const struct card_layout *l = &card_layout_a4x10;
	double front[2], back[2];

	(void)state;
	for (size_t i = 0; i < 10; i++) {
		sheet_place(l, CARD_FRONT, &none, i, front);
		sheet_place(l, CARD_BACK, &none, i, back);
		assert_true(
		    fabs(front[0] + l->card->w + back[0] - l->sheet.w) < 1e-9);
		assert_true(fabs(front[1] - back[1]) < 1e-9);
	}
}

static void
cards_of_a_sheet_do_not_overlap_nor_leave_the_paper(void **state)
{
	const struct card_layout *l = &card_layout_a4x10;
	double a[2], b[2];

	(void)state;
	for (size_t i = 0; i < 10; i++) {
		sheet_place(l, CARD_FRONT, &none, i, a);
		assert_true(a[0] > 5 && a[0] + l->card->w < l->sheet.w - 5);
		assert_true(a[1] > 5 && a[1] + l->card->h < l->sheet.h - 5);
		for (size_t j = 0; j < i; j++) {
			sheet_place(l, CARD_FRONT, &none, j, b);
			assert_true(fabs(a[0] - b[0]) > l->card->w ||
				    fabs(a[1] - b[1]) > l->card->h);
		}
	}
}

static void
shift_moves_each_side_by_its_own(void **state)
{
	const struct card_shift shift = {{1.5, -2}, {-0.5, 3}};
	const struct card_layout *l = &card_layout_a4x10;
	double at[2], moved[2];

	(void)state;
	for (int s = CARD_FRONT; s <= CARD_BACK; s++) {
		sheet_place(l, (enum card_side)s, &none, 3, at);
		sheet_place(l, (enum card_side)s, &shift, 3, moved);
		assert_true(fabs(moved[0] - at[0] - shift.right[s]) < 1e-9);
		assert_true(fabs(moved[1] - at[1] - shift.down[s]) < 1e-9);
	}
}

static void
every_code_of_a_sheet_is_on_whole_dots(void **state)
{
	const struct card_shift shift = {{0.33, 0}, {-0.71, 0}};
	struct card_face ten[10];
	struct text *t = NULL;
	struct record r = {.canvas = {&ops, CANVAS_DOT}};
	size_t figures = 0;

	(void)state;
	for (size_t i = 0; i < 10; i++)
		ten[i] = margaret;
	assert_int_equal(text_open(&t, TEXT_FOLDER), ERR_OK);
	assert_int_equal(
	    sheet_draw(&r.canvas, t, ten, 10, &card_layout_a4x10, &shift),
	    ERR_OK);
	text_free(t);
	for (size_t i = 0; i < r.ntags; i++)
		figures += r.tag[i] == TAG_FIGURE;
	assert_int_equal(r.pages, 2);
	assert_int_equal(figures, 20);
	assert_true(r.bars >= 10 * 45);
	assert_int_equal(r.off_grid, 0);
	assert_int_equal(r.outside, 0);
}

static void
letter_is_large_print_and_leaves_the_cards_place_free(void **state)
{
	struct card_face card = margaret;
	struct record r;

	(void)state;
	for (int i = 0; i < 8; i++) {
		card.young = i % 2;
		card.phone = i / 2 % 2 ? "01632 960123" : NULL;
		card.issuer =
		    i / 4 ? "THE EXAMPLETON AND UPPER QUAY GROUP PRACTICE "
			    "INCORPORATING ST BRENDANS & THE HARBOUR VIEW "
			    "HEALTH CTR"
			  : margaret.issuer;
		assert_int_equal(letter(&r, &card), ERR_OK);
		assert_in_range(r.pages, 2, 3);
		assert_true(r.least_pt > 15.99);
		assert_int_equal(r.outside, 0);
		assert_int_equal(r.off_grid, 0);
		for (size_t p = 1; p <= r.pages; p++)
			assert_true(
			    r.low[p] < card_layout_letter.letter->top - 1);
		assert_false(says(&r, "{"));
		assert_true(says(&r, "We are sorry if"));
		assert_true(says(&r, "Please tell us when you can"));
	}
}

static void
letter_speaks_to_a_child_in_other_words(void **state)
{
	struct card_face young = margaret;
	struct record r;

	(void)state;
	assert_int_equal(letter(&r, &margaret), ERR_OK);
	assert_true(says(&r, "Dear Margaret Thompson,"));
	assert_true(says(&r, "It is not consent to share information"));
	assert_false(says(&r, "grown-up"));
	young.young = true;
	assert_int_equal(letter(&r, &young), ERR_OK);
	assert_true(says(&r, "Hello Margaret Thompson,"));
	assert_true(says(&r, "nobody will be cross"));
	assert_false(says(&r, "Dear "));
}

static void
letter_without_a_telephone_does_not_say_ring(void **state)
{
	struct card_face card = margaret;
	struct record r;

	(void)state;
	card.phone = "";
	for (int young = 0; young < 2; young++) {
		card.young = young;
		assert_int_equal(letter(&r, &card), ERR_OK);
		assert_false(says(&r, "ring us"));
		assert_false(says(&r, "Telephone"));
	}
}

static void
batch_is_the_same_as_all_cards_at_once(void **state)
{
	static const struct card_layout *const layouts[] = {
	    &card_layout_cr80, &card_layout_a4x10, &card_layout_letter};
	struct card_face cards[12];

	(void)state;
	for (size_t i = 0; i < 12; i++) {
		cards[i] = margaret;
		cards[i].young = i % 3 == 0;
	}
	for (size_t l = 0; l < 3; l++) {
		struct buf a = BUF_INIT(1u << 22), b = BUF_INIT(1u << 22);
		struct card_doc *d = NULL;
		char name[20];

		assert_int_equal(card_pdf(&a, cards, 12, layouts[l]), ERR_OK);
		assert_int_equal(card_doc_new(&d, layouts[l], NULL), ERR_OK);
		for (size_t i = 0; i < 12; i++) {
			struct card_face one = cards[i];

			/* The document has copies: the caller's may go. */
			memcpy(name, "Margaret Thompson", 18);
			one.name = name;
			assert_int_equal(card_doc_add(d, &one), ERR_OK);
			memset(name, 'x', sizeof(name));
		}
		assert_int_equal(card_doc_finish(d, &b), ERR_OK);
		card_doc_free(d);
		assert_true(span_eq(buf_span(&a), buf_span(&b)));
		buf_free(&a);
		buf_free(&b);
	}
}

static void
document_without_a_card_is_refused(void **state)
{
	struct card_doc *d = NULL;
	struct buf out = BUF_INIT(1000);

	(void)state;
	assert_int_equal(card_doc_new(&d, &card_layout_a4x10, NULL), ERR_OK);
	assert_int_equal(card_doc_finish(d, &out), ERR_DATA);
	card_doc_free(d);
	card_doc_free(NULL);
	assert_int_equal(out.n, 0);
}

static void
layouts_have_the_names_of_the_command_line(void **state)
{
	(void)state;
	assert_ptr_equal(card_layout_by_name("cr80"), &card_layout_cr80);
	assert_ptr_equal(card_layout_by_name("a4x10"), &card_layout_a4x10);
	assert_ptr_equal(card_layout_by_name("letter"), &card_layout_letter);
	assert_null(card_layout_by_name("a4"));
	for (int i = 0; i < CARD_LAYOUTS; i++)
		assert_non_null(card_layout_by_name(card_layout_names[i]));
	assert_null(card_layout_names[CARD_LAYOUTS]);
}

static void
alignment_page_is_for_sheets_and_says_its_shift(void **state)
{
	const struct card_shift shift = {{1.5, 0}, {-0.5, 0}};
	struct buf a = BUF_INIT(1u << 20), b = BUF_INIT(1u << 20);

	(void)state;
	assert_int_equal(
	    card_alignment_pdf(&a, &card_layout_letter, NULL), ERR_DATA);
	assert_int_equal(
	    card_alignment_pdf(&a, &card_layout_a4x10, NULL), ERR_OK);
	assert_non_null(memmem(a.p, a.n, "front = 0 0", 11));
	assert_int_equal(
	    card_alignment_pdf(&b, &card_layout_a4x10, &shift), ERR_OK);
	assert_non_null(memmem(b.p, b.n, "front = 1.5 -0.5", 16));
	buf_free(&a);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(back_lies_behind_its_front),
	    cmocka_unit_test(
		cards_of_a_sheet_do_not_overlap_nor_leave_the_paper),
	    cmocka_unit_test(shift_moves_each_side_by_its_own),
	    cmocka_unit_test(every_code_of_a_sheet_is_on_whole_dots),
	    cmocka_unit_test(
		letter_is_large_print_and_leaves_the_cards_place_free),
	    cmocka_unit_test(letter_speaks_to_a_child_in_other_words),
	    cmocka_unit_test(letter_without_a_telephone_does_not_say_ring),
	    cmocka_unit_test(batch_is_the_same_as_all_cards_at_once),
	    cmocka_unit_test(document_without_a_card_is_refused),
	    cmocka_unit_test(layouts_have_the_names_of_the_command_line),
	    cmocka_unit_test(alignment_page_is_for_sheets_and_says_its_shift),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
