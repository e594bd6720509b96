#include "cards/canvas.h"

#include <math.h>
#include <string.h>

/* How far a cubic's control points stand off for a quarter circle. */
#define QUARTER 0.5522847498

/*
 * quarter(c, m, u, v, r): from the current point m + u*r to m + v*r, where
 * ${u} and ${v} are unit vectors at right angles.
 */
static void
quarter(struct canvas *c, const double m[static 2], const double u[static 2],
    const double v[static 2], double r)
{
	const double curve[6] = {
	    m[0] + r * (u[0] + QUARTER * v[0]),
	    m[1] + r * (u[1] + QUARTER * v[1]),
	    m[0] + r * (v[0] + QUARTER * u[0]),
	    m[1] + r * (v[1] + QUARTER * u[1]),
	    m[0] + r * v[0],
	    m[1] + r * v[1],
	};

	c->ops->curve(c, curve);
}

void
canvas_capsule(struct canvas *c, const double a[static 4], double r)
{
	double dx = a[2] - a[0], dy = a[3] - a[1];
	double len = sqrt(dx * dx + dy * dy);
	const double along[2] = {
	    len > 0 ? dx / len : 1, len > 0 ? dy / len : 0};
	const double back[2] = {-along[0], -along[1]};
	const double left[2] = {along[1], -along[0]};
	const double right[2] = {-left[0], -left[1]};

	c->ops->move(c, a[0] + left[0] * r, a[1] + left[1] * r);
	c->ops->line(c, a[2] + left[0] * r, a[3] + left[1] * r);
	quarter(c, a + 2, left, along, r);
	quarter(c, a + 2, along, right, r);
	c->ops->line(c, a[0] + right[0] * r, a[1] + right[1] * r);
	quarter(c, a, right, back, r);
	quarter(c, a, back, left, r);
	c->ops->close(c);
}

void
canvas_bars(struct canvas *c, double x, double y, double h,
    const struct bar *bar, size_t n)
{
	for (size_t i = 0; i < n; i++)
		c->ops->rect(c, x + bar[i].x, y, bar[i].w, h);
	c->ops->fill(c);
}

const char *
canvas_number(char out[static CANVAS_NUMBER], double v, int places)
{
	static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
	int left = places < 0 ? 0 : places > 6 ? 6 : places;
	double limited = isnan(v) ? 0 : fmax(-1e6, fmin(v, 1e6));
	long long n = llround(limited * tens[left]);
	unsigned long long mag = (unsigned long long)(n < 0 ? -n : n);
	size_t at = CANVAS_NUMBER - 1;

	/* From the end: no number here needs more than 7 + 1 + 6 + 1 bytes. */
	out[at] = '\0';
	if (mag == 0)
		left = 0;
	for (; left > 0 && mag % 10 == 0; left--)
		mag /= 10;
	for (int i = 0; i < left; i++, mag /= 10)
		out[--at] = (char)('0' + mag % 10);
	if (left > 0)
		out[--at] = '.';
	do
		out[--at] = (char)('0' + mag % 10);
	while ((mag /= 10) > 0);
	if (n < 0)
		out[--at] = '-';
	return memmove(out, out + at, CANVAS_NUMBER - at);
}
