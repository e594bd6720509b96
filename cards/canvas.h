#ifndef CARDS_CANVAS_H
#define CARDS_CANVAS_H

#include "base/buf.h"

/*
 * Paper to draw on, so that one layout gives PDF, SVG and PNG.  Lengths are
 * millimetres, the origin is the top left corner, y grows downwards.  Shapes
 * are filled by the non-zero rule; nothing is stroked.
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

/* What a piece of a page is, for people who cannot see it. */
enum tag { TAG_FIGURE, TAG_TITLE, TAG_HEADING, TAG_PARAGRAPH, TAG_DECORATION };
#define TAGS 5

/* An upright rectangle of a row: where it begins and how wide it is. */
struct bar {
	double x, w;
};

struct canvas;

struct canvas_ops {
	void (*page)(struct canvas *c, double w, double h, const char *alt);
	void (*tag)(struct canvas *c, enum tag tag, const char *text);
	void (*colour)(struct canvas *c, struct colour colour);
	void (*move)(struct canvas *c, double x, double y);
	void (*line)(struct canvas *c, double x, double y);
	void (*curve)(struct canvas *c, const double v[static 6]);
	void (*close)(struct canvas *c);
	void (*rect)(struct canvas *c, double x, double y, double w, double h);
	void (*fill)(struct canvas *c);
	void (*bars)(struct canvas *c, double x, double y, double h,
	    const struct bar *bar, size_t n);
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
	double dot; /* mm: codes are aligned to whole dots of the device */
};

/*
 * page(w, h, alt): starts a page of ${w} x ${h} mm; ${alt} says in words what
 *   is on it, for people who cannot see it (UTF-8). NULL: tag() says it.
 * tag(tag, text): what follows on the page, up to the next tag(), is such a
 *   thing and reads ${text} (UTF-8; NULL for decoration).
 * colour(colour): fills with it from now on.
 * move, line, curve, close, rect: add to the path; fill() paints and ends it.
 * bars(x, y, h, bar, n): fills ${n} rectangles of height ${h} at ${y}; their x
 *   counts from ${x}. A row of a code; no path is open.
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

/* canvas_bars(c, x, y, h, bar, n): bars() for a canvas that has no shorter way.
 */
void canvas_bars(struct canvas *c, double x, double y, double h,
    const struct bar *bar, size_t n);

/* canvas_number(out, v, places): writes ${v} with at most ${places} (0..6)
 * decimals and a dot, whatever the locale; NaN is 0, size is clamped to a
 * million. */
#define CANVAS_NUMBER 24
const char *canvas_number(char out[static CANVAS_NUMBER], double v, int places);

#endif
