#include "cards/ink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum err
ink_open(struct ink *k, int w, int h)
{
	size_t dots = (size_t)w * (size_t)h;

	*k = (struct ink){.w = w, .h = h, .top = h, .bottom = -1};
	k->dot = malloc(dots * 3);
	k->part = calloc((size_t)h * ((size_t)w + 2), sizeof(*k->part));
	if (k->dot == NULL || k->part == NULL) {
		ink_close(k);
		return ERR_MEM;
	}
	memset(k->dot, 0xff, dots * 3);
	return ERR_OK;
}

void
ink_close(struct ink *k)
{
	free(k->dot);
	free(k->part);
	*k = (struct ink){0};
}

/*
 * add(row, x0, x1, dy): an edge within one row of dots, from ${x0} to ${x1},
 * both 0 to the width, that goes ${dy} down. Dot by dot: the piece over a dot
 * covers all dots to its right by its height, and the dot itself by the part
 * to the right of the piece's middle.
 */
static void
add(float *row, double x0, double x1, double dy)
{
	double left = fmin(x0, x1), right = fmax(x0, x1);
	double slope = right > left ? dy / (right - left) : 0;
	int last = (int)right;

	for (int i = (int)left; i <= last; i++) {
		double a = fmax(left, i), b = fmin(right, i + 1);
		double h = slope != 0 ? slope * (b - a) : dy;
		double middle = (a + b) / 2 - i;

		row[i] += (float)(h * (1 - middle));
		row[i + 1] += (float)(h * middle);
		if (slope == 0)
			break;
	}
}

static double
within(double x, int w)
{
	return fmax(0, fmin(x, w));
}

void
ink_edge(struct ink *k, const double v[static 4])
{
	bool down = v[3] > v[1];
	double x0 = down ? v[0] : v[2], y0 = down ? v[1] : v[3];
	double x1 = down ? v[2] : v[0], y1 = down ? v[3] : v[1];
	double lean = y1 > y0 ? (x1 - x0) / (y1 - y0) : 0;
	double from = fmax(y0, 0), to = fmin(y1, k->h);

	for (int y = (int)from; y < k->h && y < to; y++) {
		double a = fmax(from, y), b = fmin(to, y + 1);

		add(k->part + (size_t)y * ((size_t)k->w + 2),
		    within(x0 + (a - y0) * lean, k->w),
		    within(x0 + (b - y0) * lean, k->w), down ? b - a : a - b);
		if (y < k->top)
			k->top = y;
		if (y > k->bottom)
			k->bottom = y;
	}
}

/* paint(k, dot, cover): mixes the colour in. */
static void
paint(const struct ink *k, uint8_t dot[static 3], double cover)
{
	for (int i = 0; i < 3; i++)
		dot[i] =
		    (uint8_t)(dot[i] + (k->colour[i] - dot[i]) * cover + 0.5);
}

void
ink_fill(struct ink *k)
{
	for (int y = k->top; y <= k->bottom; y++) {
		float *row = k->part + (size_t)y * ((size_t)k->w + 2);
		uint8_t *dot = k->dot + (size_t)y * (size_t)k->w * 3;
		double sum = 0;

		for (int x = 0; x < k->w; x++) {
			double cover;

			sum += (double)row[x];
			cover = fmin(fabs(sum), 1);
			if (cover > 1.0 / 512)
				paint(k, dot + 3 * (size_t)x, cover);
		}
		memset(row, 0, ((size_t)k->w + 2) * sizeof(*row));
	}
	k->top = k->h;
	k->bottom = -1;
}
