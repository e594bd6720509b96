#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "cards/ink.h"
#include "cards/raster.h"

/* polygon(k, v, n): adds ${n} corners' closed outline. */
static void
polygon(struct ink *k, double v[][2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const double *a = v[i], *b = v[(i + 1) % n];

		ink_edge(k, (const double[]){a[0], a[1], b[0], b[1]});
	}
}

static int
grey(const struct ink *k, int x, int y)
{
	return k->dot[3 * (y * k->w + x)];
}

static void
half_covered_dots_are_half_dark(void **state)
{
	double box[4][2] = {{1, 1}, {3.5, 1}, {3.5, 2.25}, {1, 2.25}};
	struct ink k;

	(void)state;
	assert_int_equal(ink_open(&k, 6, 4), ERR_OK);
	polygon(&k, box, 4);
	ink_fill(&k);
	assert_int_equal(grey(&k, 1, 1), 0);
	assert_int_equal(grey(&k, 2, 1), 0);
	assert_in_range(grey(&k, 3, 1), 127, 128); /* half */
	assert_in_range(grey(&k, 2, 2), 191, 192); /* a quarter dark */
	assert_in_range(grey(&k, 3, 2), 223, 224); /* an eighth */
	assert_int_equal(grey(&k, 0, 1), 255);
	assert_int_equal(grey(&k, 4, 1), 255);
	assert_int_equal(grey(&k, 2, 0), 255);
	assert_int_equal(grey(&k, 2, 3), 255);
	ink_close(&k);
}

/* The ink on the paper is the shape's area, whichever way it is turned. */
static void
all_dots_together_have_the_area_of_the_shape(void **state)
{
	(void)state;
	for (int turn = 0; turn < 40; turn++) {
		double a = turn * 0.37, c = cos(a) * 11.3, s = sin(a) * 7.1;
		double v[3][2] = {{20 + c, 20 + s}, {20 - s, 20 + c},
		    {20 - c * 0.4, 20 - s * 1.2}};
		double area = 0, dark = 0;
		struct ink k;

		assert_int_equal(ink_open(&k, 40, 40), ERR_OK);
		for (int i = 0; i < 3; i++)
			area += v[i][0] * v[(i + 1) % 3][1] -
				v[(i + 1) % 3][0] * v[i][1];
		polygon(&k, v, 3);
		ink_fill(&k);
		for (int i = 0; i < 40 * 40; i++)
			dark += 255 - grey(&k, i % 40, i / 40);
		assert_true(fabs(fabs(area) / 2 - dark / 255) < 0.25);
		ink_close(&k);
	}
}

static void
hole_that_turns_the_other_way_stays_white(void **state)
{
	double out[4][2] = {{0, 0}, {8, 0}, {8, 8}, {0, 8}};
	double hole[4][2] = {{2, 2}, {2, 6}, {6, 6}, {6, 2}};
	struct ink k;

	(void)state;
	assert_int_equal(ink_open(&k, 8, 8), ERR_OK);
	polygon(&k, out, 4);
	polygon(&k, hole, 4);
	ink_fill(&k);
	assert_int_equal(grey(&k, 1, 1), 0);
	assert_int_equal(grey(&k, 4, 4), 255);
	assert_int_equal(grey(&k, 7, 4), 0);
	ink_close(&k);
}

static void
what_is_outside_of_the_picture_is_cut_off(void **state)
{
	double huge[4][2] = {
	    {-1e6, -1e6}, {1e6, -1e6}, {1e6, 1e6}, {-1e6, 1e6}};
	double left[4][2] = {{-9, 1}, {-3, 1}, {-3, 3}, {-9, 3}};
	double right[4][2] = {{5, 1}, {9, 1}, {9, 3}, {5, 3}};
	struct ink k;

	(void)state;
	assert_int_equal(ink_open(&k, 4, 4), ERR_OK);
	polygon(&k, left, 4);
	polygon(&k, right, 4);
	ink_fill(&k);
	for (int i = 0; i < 16; i++)
		assert_int_equal(grey(&k, i % 4, i / 4), 255);
	polygon(&k, huge, 4);
	ink_fill(&k);
	for (int i = 0; i < 16; i++)
		assert_int_equal(grey(&k, i % 4, i / 4), 0);
	ink_close(&k);
}

/* Random outlines, most of them outside: for the sanitizers. */
static void
no_outline_leaves_the_memory_of_the_picture(void **state)
{
	uint32_t r = 1;
	struct ink k;

	(void)state;
	assert_int_equal(ink_open(&k, 17, 9), ERR_OK);
	for (int i = 0; i < 20000; i++) {
		double v[4];

		for (int j = 0; j < 4; j++) {
			r = r * 1664525u + 1013904223u;
			v[j] = (double)(int32_t)r / (i % 2 ? 5e7 : 4e8) + 5;
			if (i % 7 == 0)
				v[j] = round(v[j]);
		}
		ink_edge(&k, v);
		if (i % 10 == 0)
			ink_fill(&k);
	}
	for (int i = 0; i < 9 * 19; i++)
		assert_true(isfinite((double)k.part[i]));
	ink_close(&k);
}

static void
picture_without_page_or_too_large_is_refused(void **state)
{
	static const double widths[] = {0, -1, 41, (double)NAN};
	struct buf out = BUF_INIT(1000);
	struct canvas *c;

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		assert_int_equal(raster_new(&c, "t", 0.01), ERR_OK);
		if (i > 0)
			c->ops->page(c, widths[i], 1, "");
		c->ops->rect(c, 0, 0, 1, 1);
		c->ops->fill(c);
		assert_int_equal(c->ops->finish(c, &out), ERR_INTERNAL);
		c->ops->free(c);
	}
	assert_int_equal(out.n, 0);
}

static void
picture_never_passes_its_cap(void **state)
{
	struct buf out = BUF_INIT(60);
	struct canvas *c;

	(void)state;
	assert_int_equal(raster_new(&c, "t", 0.1), ERR_OK);
	c->ops->page(c, 10, 10, "");
	assert_int_equal(c->ops->finish(c, &out), ERR_TOOBIG);
	assert_int_equal(out.n, 0);
	c->ops->free(c);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(half_covered_dots_are_half_dark),
	    cmocka_unit_test(all_dots_together_have_the_area_of_the_shape),
	    cmocka_unit_test(hole_that_turns_the_other_way_stays_white),
	    cmocka_unit_test(what_is_outside_of_the_picture_is_cut_off),
	    cmocka_unit_test(no_outline_leaves_the_memory_of_the_picture),
	    cmocka_unit_test(picture_without_page_or_too_large_is_refused),
	    cmocka_unit_test(picture_never_passes_its_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
