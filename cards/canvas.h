#ifndef CARDS_CANVAS_H
#define CARDS_CANVAS_H

#include "base/buf.h"

/*
 * Paper to draw on, so that one layout gives PDF, SVG and later PNG.  Lengths
 * are millimetres, the origin is the top left corner, y grows downwards.
 * Shapes are filled by the non-zero rule; nothing is stroked.
 *
 * A failed call makes every later one do nothing; canvas_finish() tells.
 */

/* The device dot that codes are aligned to: 300 dpi (FORMAT.md 0.3). */
#define CANVAS_DOT (25.4 / 300.0)
#define CANVAS_PT  (25.4 / 72.0) /* one printer's point in mm */

struct colour {
	double r, g, b; /* 0 (none) to 1; three equal parts are a grey */
};

/* An outline in the units of its font, y upwards, as TrueType has it. */
#define PATH_STEPS 1024

enum path_kind { PATH_MOVE, PATH_LINE, PATH_CURVE, PATH_CLOSE };

struct path_step {
	enum path_kind kind;
	int v[6]; /* MOVE, LINE: x y.  CURVE: x1 y1 x2 y2 x y */
};

struct path {
	size_t n;
	struct path_step step[PATH_STEPS];
};

struct canvas;

struct canvas_ops {
	void (*page)(struct canvas *c, double w, double h, const char *alt);
	void (*colour)(struct canvas *c, struct colour colour);
	void (*move)(struct canvas *c, double x, double y);
	void (*line)(struct canvas *c, double x, double y);
	void (*curve)(struct canvas *c, const double v[static 6]);
	void (*close)(struct canvas *c);
	void (*rect)(struct canvas *c, double x, double y, double w, double h);
	void (*fill)(struct canvas *c);
	bool (*has)(const struct canvas *c, uint32_t id);
	void (*define)(struct canvas *c, uint32_t id, const struct path *path);
	void (*stamp)(
	    struct canvas *c, uint32_t id, double x, double y, double scale);
	enum err (*finish)(struct canvas *c, struct buf *out);
	void (*free)(struct canvas *c);
};

/* The first member of every implementation. */
struct canvas {
	const struct canvas_ops *ops;
};

/*
 * page(w, h, alt): starts a page of ${w} x ${h} mm; ${alt} says in words what
 *   is on it, for people who cannot see it (UTF-8).
 * colour(colour): fills with it from now on.
 * move, line, curve, close, rect: add to the path; fill() paints and ends it.
 * has(id), define(id, path), stamp(id, x, y, scale): a shape that comes often
 *   (a letter) is defined once and then stamped with its origin at ${x}, ${y},
 *   ${scale} mm to one of its units.
 * finish(out): appends the document to ${out}. Returns ERR_OK, or why drawing
 *   failed: ERR_MEM, ERR_TOOBIG, ERR_INTERNAL.
 * free(): ends the canvas; also after a failed finish().
 */

/* canvas_capsule(c, a, r): adds the path of a line from ${a}[0], ${a}[1] to
 * ${a}[2], ${a}[3] with round ends of radius ${r}. */
void canvas_capsule(struct canvas *c, const double a[static 4], double r);

/* canvas_number(out, v, places): writes ${v} with at most ${places} (0..6)
 * decimals and a dot, whatever the locale; NaN is 0, size is clamped to a
 * million. */
#define CANVAS_NUMBER 24
const char *canvas_number(char out[static CANVAS_NUMBER], double v, int places);

#endif
