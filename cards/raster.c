#include "cards/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cards/ink.h"
#include "cards/pngfile.h"

#define SHAPES 1024

/*
 * Places are whole 64ths of a dot: what ends a hair inside of a dot's border,
 * as the code's squares do for the sake of other renderers, ends on it.
 */
#define PARTS 64.0

/* A curve becomes this many lines: a letter's bow is then exact to a tenth of a
 * dot at any size on a card. */
#define CURVE_LINES 12

struct raster {
	struct canvas canvas;
	const char *title;
	struct ink ink;
	double x0, y0, x, y; /* begin of the outline, and the pen, in dots */
	enum err err;
	size_t nshapes;
	uint32_t id[SHAPES];
	struct path *shape[SHAPES];
};

static struct raster *
self(struct canvas *c)
{
	return (struct raster *)c;
}

static void
fail(struct raster *r, enum err err)
{
	if (r->err == ERR_OK)
		r->err = err;
}

/* dots(r, mm): NaN is 0, and nothing is further than the largest picture. */
static double
dots(const struct raster *r, double mm)
{
	double v = round(mm / r->canvas.dot * PARTS) / PARTS;

	return isnan(v) ? 0 : fmax(-RASTER_MAX, fmin(v, 2.0 * RASTER_MAX));
}

static void
raster_page(struct canvas *c, double w, double h, const char *alt)
{
	struct raster *r = self(c);
	long across = lround(dots(r, w)), down = lround(dots(r, h));

	(void)alt;
	if (r->ink.dot != NULL || across < 1 || across > RASTER_MAX ||
	    down < 1 || down > RASTER_MAX)
		fail(r, ERR_INTERNAL);
	else if (r->err == ERR_OK)
		r->err = ink_open(&r->ink, (int)across, (int)down);
}

static void
raster_tag(struct canvas *c, enum tag tag, const char *text)
{
	(void)c, (void)tag, (void)text;
}

static void
raster_colour(struct canvas *c, struct colour k)
{
	const double part[3] = {k.r, k.g, k.b};

	for (int i = 0; i < 3; i++)
		self(c)->ink.colour[i] = fmax(0, fmin(part[i], 1)) * 255;
}

/* to(r, x, y): a line from the pen, in dots. */
static void
to(struct raster *r, double x, double y)
{
	if (r->err == ERR_OK && r->ink.dot != NULL)
		ink_edge(&r->ink, (const double[]){r->x, r->y, x, y});
	r->x = x;
	r->y = y;
}

static void
raster_close(struct canvas *c)
{
	to(self(c), self(c)->x0, self(c)->y0);
}

static void
raster_move(struct canvas *c, double x, double y)
{
	struct raster *r = self(c);

	raster_close(c);
	r->x = r->x0 = dots(r, x);
	r->y = r->y0 = dots(r, y);
}

static void
raster_line(struct canvas *c, double x, double y)
{
	to(self(c), dots(self(c), x), dots(self(c), y));
}

static void
raster_curve(struct canvas *c, const double v[static 6])
{
	struct raster *r = self(c);
	const double x0 = r->x, y0 = r->y;
	double p[6];

	for (int i = 0; i < 6; i++)
		p[i] = dots(r, v[i]);
	for (int i = 1; i <= CURVE_LINES; i++) {
		double t = (double)i / CURVE_LINES, s = 1 - t;
		double b[4] = {
		    s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t};

		to(r, b[0] * x0 + b[1] * p[0] + b[2] * p[2] + b[3] * p[4],
		    b[0] * y0 + b[1] * p[1] + b[2] * p[3] + b[3] * p[5]);
	}
}

static void
raster_rect(struct canvas *c, double x, double y, double w, double h)
{
	raster_move(c, x, y);
	raster_line(c, x + w, y);
	raster_line(c, x + w, y + h);
	raster_line(c, x, y + h);
	raster_close(c);
}

static void
raster_fill(struct canvas *c)
{
	struct raster *r = self(c);

	raster_close(c);
	if (r->err == ERR_OK && r->ink.dot != NULL)
		ink_fill(&r->ink);
}

static const struct path *
find(const struct raster *r, uint32_t id)
{
	for (size_t i = 0; i < r->nshapes; i++)
		if (r->id[i] == id)
			return r->shape[i];
	return NULL;
}

static bool
raster_has(const struct canvas *c, uint32_t id)
{
	return find((const struct raster *)c, id) != NULL;
}

static void
raster_define(struct canvas *c, uint32_t id, const struct path *path)
{
	struct raster *r = self(c);
	size_t bytes =
	    offsetof(struct path, step) + path->n * sizeof(path->step[0]);
	struct path *copy;

	if (r->nshapes == SHAPES) {
		fail(r, ERR_TOOBIG);
		return;
	}
	/* Only the steps that are used. */
	copy = malloc(bytes);
	if (copy == NULL) {
		fail(r, ERR_MEM);
		return;
	}
	memcpy(copy, path, bytes);
	r->id[r->nshapes] = id;
	r->shape[r->nshapes++] = copy;
}

static void
raster_stamp(struct canvas *c, uint32_t id, double x, double y, double scale)
{
	struct raster *r = self(c);
	const struct path *p = find(r, id);

	if (p == NULL) {
		fail(r, ERR_INTERNAL);
		return;
	}
	for (size_t i = 0; i < p->n; i++) {
		const int *s = p->step[i].v;
		double v[6];

		for (int j = 0; j < 6; j += 2) {
			v[j] = x + s[j] * scale;
			v[j + 1] = y - s[j + 1] * scale;
		}
		if (p->step[i].kind == PATH_MOVE)
			raster_move(c, v[0], v[1]);
		else if (p->step[i].kind == PATH_LINE)
			raster_line(c, v[0], v[1]);
		else if (p->step[i].kind == PATH_CURVE)
			raster_curve(c, v);
		else
			raster_close(c);
	}
	raster_fill(c);
}

static enum err
raster_finish(struct canvas *c, struct buf *out)
{
	struct raster *r = self(c);

	if (r->err == ERR_OK && r->ink.dot == NULL)
		return ERR_INTERNAL;
	return r->err == ERR_OK ? pngfile_write(out, r->ink.dot, r->ink.w,
				      r->ink.h, r->canvas.dot, r->title)
				: r->err;
}

static void
raster_free(struct canvas *c)
{
	struct raster *r = self(c);

	for (size_t i = 0; i < r->nshapes; i++)
		free(r->shape[i]);
	ink_close(&r->ink);
	free(r);
}

static const struct canvas_ops ops = {raster_page, raster_tag, raster_colour,
    raster_move, raster_line, raster_curve, raster_close, raster_rect,
    raster_fill, canvas_bars, raster_has, raster_define, raster_stamp,
    raster_finish, raster_free};

enum err
raster_new(struct canvas **out, const char *title, double dot)
{
	struct raster *r = calloc(1, sizeof(*r));

	*out = NULL;
	if (r == NULL)
		return ERR_MEM;
	r->canvas = (struct canvas){&ops, dot};
	r->title = title;
	*out = &r->canvas;
	return ERR_OK;
}
