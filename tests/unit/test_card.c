#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cards/face.h"
#include "cards/layout.h"

#define DIGITS                                                                 \
	"5917310829400274300981726450192837456102938475610293847561029384756"  \
	"1029384756102938475610293847561029384756102938475610293847561029384"

static const struct card_face margaret = {"Margaret Thompson",
    "Harbour View Surgery", "01632 960123", "2 Quay Street\nExampleton",
    "21 November 2028", "7K3M-9QPR-K", "passport.example",
    "https://passport.example/#", DIGITS, false};

#define LINES_MAX 64

/* A canvas that draws nothing and remembers what would have been outside. */
struct record {
	struct canvas canvas;
	const struct card_layout *layout;
	double w, h;
	size_t pages, stamps, rects;
	double least_pt;    /* of all letters */
	bool outside;       /* a letter's origin or a square off the page */
	bool on_code;       /* a letter in the code's box */
	bool black;         /* the colour at hand */
	size_t off_grid;    /* black squares not on whole dots */
	char alt[TEXT_MAX]; /* of the last page */
	size_t nlines;      /* of the front's left column and of the back */
	struct {
		double top, base; /* of its capitals, its base line */
	} line[LINES_MAX];
};

static struct record *
self(struct canvas *c)
{
	return (struct record *)c;
}

static void
rec_page(struct canvas *c, double w, double h, const char *alt)
{
	self(c)->pages++;
	self(c)->w = w;
	self(c)->h = h;
	snprintf(self(c)->alt, sizeof(self(c)->alt), "%s", alt);
}

static void
rec_colour(struct canvas *c, struct colour k)
{
	self(c)->black = k.r <= 0 && k.g <= 0 && k.b <= 0;
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

static bool
whole(double mm)
{
	double dots = mm / CANVAS_DOT;

	return fabs(dots - round(dots)) < 0.01;
}

static void
rec_rect(struct canvas *c, double x, double y, double w, double h)
{
	struct record *r = self(c);

	r->rects++;
	if (x < 0 || y < 0 || x + w > r->w + 1e-6 || y + h > r->h + 1e-6)
		r->outside = true;
	if (r->black && !(whole(x) && whole(y) && whole(w) && whole(h)))
		r->off_grid++;
}

static bool
rec_has(const struct canvas *c, uint32_t id)
{
	(void)c, (void)id;
	return false;
}

static void
rec_define(struct canvas *c, uint32_t id, const struct path *path)
{
	(void)c, (void)id;
	assert_true(path->n > 3);
}

/* rec_line(r, y, pt): remembers the line that a letter stands on. */
static void
rec_line(struct record *r, double y, double pt)
{
	size_t n = r->nlines;

	/* Heads and texts of the back share their lines. */
	for (size_t i = 0; i < n; i++)
		if (fabs(r->line[i].base - y) < 0.01)
			return;
	assert_true(n < LINES_MAX);
	r->line[n].base = y;
	r->line[n].top = y - TEXT_CAP * pt * CANVAS_PT;
	r->nlines++;
}

/* lines_apart(r): Returns true if no line's capitals reach the line above. */
static bool
lines_apart(const struct record *r)
{
	for (size_t i = 0; i < r->nlines; i++)
		for (size_t j = 0; j < r->nlines; j++)
			if (r->line[j].base < r->line[i].base &&
			    r->line[i].top < r->line[j].base + 0.2)
				return false;
	return true;
}

static void
rec_stamp(struct canvas *c, uint32_t id, double x, double y, double scale)
{
	struct record *r = self(c);
	const struct box *qr = &r->layout->card->side[CARD_FRONT].qr;
	double pt = scale * 2048 / CANVAS_PT;

	(void)id;
	r->stamps++;
	r->least_pt = fmin(r->least_pt, pt);
	if (r->pages == 1 && x < qr->x - 5 && y > 11 && y < 46)
		rec_line(r, y, pt);
	else if (r->pages == 2 && y > 7)
		rec_line(r, y + 100, pt);
	if (x < 3 || y < 2 || x > r->w - 3 || y > r->h - 1)
		r->outside = true;
	if (r->pages == 1 && x > qr->x && y > qr->y && y < qr->y + qr->h)
		r->on_code = true;
}

static void
rec_tag(struct canvas *c, enum tag tag, const char *text)
{
	(void)c, (void)tag, (void)text;
}

static const struct canvas_ops record_ops = {rec_page, rec_tag, rec_colour,
    rec_point, rec_point, rec_curve, rec_none, rec_rect, rec_none, canvas_bars,
    rec_has, rec_define, rec_stamp, NULL, NULL};

/* draw(r, card): both sides of ${card} on a recording canvas. */
static enum err
draw(struct record *r, const struct card_face *card)
{
	const struct card_layout *layout = &card_layout_cr80;
	struct text *t = NULL;
	enum err err;

	*r = (struct record){.canvas = {&record_ops, CANVAS_DOT},
	    .layout = layout,
	    .least_pt = 99};
	assert_int_equal(text_open(&t, TEXT_FOLDER), ERR_OK);
	err = face_draw(&r->canvas, t, card, CARD_FRONT, layout);
	if (err == ERR_OK)
		err = face_draw(&r->canvas, t, card, CARD_BACK, layout);
	text_free(t);
	return err;
}

static void
assert_readable(const struct record *r)
{
	assert_int_equal(r->pages, 2);
	assert_true(r->stamps > 100);
	assert_true(r->least_pt > 5.99);
	assert_false(r->outside);
	assert_false(r->on_code);
	assert_true(lines_apart(r));
	assert_int_equal(r->off_grid, 0);
}

static void
usual_card_has_nothing_below_7_points(void **state)
{
	struct record r;

	(void)state;
	assert_int_equal(draw(&r, &margaret), ERR_OK);
	assert_readable(&r);
	assert_true(r.least_pt > 6.99);
	assert_true(r.w > 85.59 && r.w < 85.61 && r.h > 53.97 && r.h < 53.99);
}

/* Every combination of the longest name, issuer, address and host of real use.
 */
static void
longest_texts_stay_on_the_card(void **state)
{
	static const char *const names[] = {"XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
					    "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
	    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"
	    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
	    "Maximiliana Wilhelmina Llewelyn-"
	    "Featherstonehaugh Montgomery-Mc",
	    "W", "Siân Llewelyn-Rhŵs"};
	static const char *const issuers[] = {"Quay",
	    "THE EXAMPLETON AND UPPER QUAY GROUP PRACTICE INCORPORATING ST "
	    "BRENDANS & THE HARBOUR VIEW HEALTH CTR",
	    "YARNSPINNERS-EXAMPLE PRIMARY HEALTH CENTRE LANCASHIRE"};
	static const char *const addresses[] = {"",
	    "THE CONFERENCE CENTRE\nWITHYEXAMPLE GENERAL HOSPITA\n"
	    "FISHEXAMPLE ROAD, HAVERTON\nEXAMPLESHIRE\nSOUTH\nEX61 2PZ"};
	static const char *const hosts[] = {
	    "cp.test", "passport.long-example-host.nhs.uk.test"};
	struct card_face card = margaret;
	struct record r;

	(void)state;
	for (int i = 0; i < 5 * 3 * 2 * 2 * 2; i++) {
		card.name = names[i % 5];
		card.issuer = issuers[i / 5 % 3];
		card.address = addresses[i / 15 % 2];
		card.host = hosts[i / 30 % 2];
		card.young = i / 60 % 2;
		assert_int_equal(draw(&r, &card), ERR_OK);
		assert_readable(&r);
	}
}

static enum err
say(struct buf *out, enum word word, const struct card_face *card, bool brief)
{
	out->n = 0;
	return words_fill(out, &card_words_en, word, card, brief);
}

static void
unknown_parts_leave_out_their_sentence(void **state)
{
	struct buf b = BUF_INIT(TEXT_MAX);
	struct card_face card = margaret;

	(void)state;
	assert_int_equal(say(&b, WORD_RING, &card, false), ERR_OK);
	assert_true(span_is(buf_span(&b), "Ring 01632 960123."));
	assert_int_equal(say(&b, WORD_FOUND, &card, false), ERR_OK);
	assert_true(span_is(buf_span(&b),
	    "Please return it to Harbour View Surgery, 2 Quay Street, "
	    "Exampleton."));
	assert_int_equal(say(&b, WORD_FOUND, &card, true), ERR_OK);
	assert_true(
	    span_is(buf_span(&b), "Please return it to Harbour View Surgery."));
	card.phone = NULL;
	card.address = "";
	assert_int_equal(say(&b, WORD_RING, &card, false), ERR_OK);
	assert_int_equal(b.n, 0);
	assert_int_equal(say(&b, WORD_FOUND, &card, false), ERR_OK);
	assert_true(
	    span_is(buf_span(&b), "Please return it to Harbour View Surgery."));
	buf_free(&b);
}

static void
every_text_names_only_known_parts(void **state)
{
	struct buf b = BUF_INIT(TEXT_MAX);

	(void)state;
	for (int w = 0; w < WORDS; w++) {
		assert_non_null(card_words_en.text[w]);
		assert_int_equal(
		    say(&b, (enum word)w, &margaret, false), ERR_OK);
		assert_true(b.n > 0);
		assert_null(memchr(b.p, '{', b.n));
	}
	buf_free(&b);
}

static void
young_carer_is_said_and_nothing_else_changes(void **state)
{
	struct card_face young = margaret;
	struct record adult_r, young_r;

	(void)state;
	young.young = true;
	assert_int_equal(draw(&adult_r, &margaret), ERR_OK);
	assert_int_equal(draw(&young_r, &young), ERR_OK);
	assert_readable(&young_r);
	assert_true(young_r.stamps > adult_r.stamps + strlen("Youngcarer"));
	assert_memory_equal(young_r.alt, "Young carer. ", 13);
	assert_string_equal(young_r.alt + 13, adult_r.alt);
}

static void
same_card_gives_the_same_bytes(void **state)
{
	const struct card_face two[2] = {margaret, margaret};
	struct buf a = BUF_INIT(1u << 20), b = BUF_INIT(1u << 20);

	(void)state;
	assert_int_equal(card_pdf(&a, two, 2, &card_layout_cr80), ERR_OK);
	assert_int_equal(card_pdf(&b, two, 2, &card_layout_cr80), ERR_OK);
	assert_true(a.n > 10000 && memcmp(a.p, "%PDF-1.4\n", 9) == 0);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	buf_free(&a);
	buf_free(&b);
}

static void
incomplete_card_is_refused_and_appends_nothing(void **state)
{
	struct card_face bad[6];
	struct buf out = BUF_INIT(1u << 20);

	(void)state;
	for (size_t i = 0; i < 6; i++)
		bad[i] = margaret;
	bad[0].name = "";
	bad[1].issuer = NULL;
	bad[2].digits = "12x";
	bad[3].name = "\u674e\u96f7";
	bad[4].valid_to = "2\xc3";
	bad[5].address = "a\tb";
	assert_int_equal(buf_puts(&out, "kept"), ERR_OK);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(
		    card_pdf(&out, &bad[i], 1, &card_layout_cr80), ERR_DATA);
	assert_int_equal(card_pdf(&out, bad, 0, &card_layout_cr80), ERR_DATA);
	assert_true(span_is(buf_span(&out), "kept"));
	buf_free(&out);
}

static void
code_that_is_too_large_is_refused(void **state)
{
	struct card_face card = margaret;
	struct buf out = BUF_INIT(1u << 20);
	char digits[1000];

	(void)state;
	memset(digits, '7', sizeof(digits));
	digits[999] = '\0';
	card.digits = digits;
	assert_int_equal(
	    card_pdf(&out, &card, 1, &card_layout_cr80), ERR_TOOBIG);
	assert_int_equal(out.n, 0);
	buf_free(&out);
}

static void
output_never_passes_its_cap(void **state)
{
	struct buf out = BUF_INIT(1000);

	(void)state;
	assert_int_equal(
	    card_pdf(&out, &margaret, 1, &card_layout_cr80), ERR_TOOBIG);
	buf_free(&out);
}

static void
svg_describes_the_card_and_escapes_it(void **state)
{
	struct card_face card = margaret;
	struct buf out = BUF_INIT(1u << 20);

	(void)state;
	card.issuer = "Smith & Sons";
	assert_int_equal(
	    card_svg(&out, &card, CARD_FRONT, &card_layout_cr80), ERR_OK);
	assert_non_null(strstr((char *)out.p, "width=\"85.6mm\""));
	assert_non_null(strstr((char *)out.p, "<title>Carer passport</title>"));
	assert_non_null(strstr((char *)out.p,
	    "Margaret Thompson, issued by Smith &amp; Sons, valid to 21 "
	    "November 2028, number 7K3M-9QPR-K."));
	assert_null(strstr((char *)out.p, "& "));
	buf_free(&out);
}

static void
numbers_are_written_with_a_dot_and_bounded(void **state)
{
	char s[CANVAS_NUMBER];

	(void)state;
	assert_string_equal(canvas_number(s, 1.25, 4), "1.25");
	assert_string_equal(canvas_number(s, -0.00005, 4), "-0.0001");
	assert_string_equal(canvas_number(s, 1e-20, 6), "0");
	assert_string_equal(canvas_number(s, 1e30, 6), "1000000");
	assert_string_equal(canvas_number(s, (double)NAN, 3), "0");
	assert_string_equal(canvas_number(s, 100, 0), "100");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(usual_card_has_nothing_below_7_points),
	    cmocka_unit_test(longest_texts_stay_on_the_card),
	    cmocka_unit_test(unknown_parts_leave_out_their_sentence),
	    cmocka_unit_test(every_text_names_only_known_parts),
	    cmocka_unit_test(young_carer_is_said_and_nothing_else_changes),
	    cmocka_unit_test(same_card_gives_the_same_bytes),
	    cmocka_unit_test(incomplete_card_is_refused_and_appends_nothing),
	    cmocka_unit_test(code_that_is_too_large_is_refused),
	    cmocka_unit_test(output_never_passes_its_cap),
	    cmocka_unit_test(svg_describes_the_card_and_escapes_it),
	    cmocka_unit_test(numbers_are_written_with_a_dot_and_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
