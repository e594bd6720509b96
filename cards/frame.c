#include "cards/frame.h"

#include <math.h>

static const struct frame *
self(const struct canvas *c)
{
	return (const struct frame *)c;
}

static void
frame_page(struct canvas *c, double w, double h, const char *alt)
{
	struct canvas *on = self(c)->on;

	(void)w, (void)h;
	on->ops->tag(on, TAG_FIGURE, alt);
}

static void
frame_tag(struct canvas *c, enum tag tag, const char *text)
{
	self(c)->on->ops->tag(self(c)->on, tag, text);
}

static void
frame_colour(struct canvas *c, struct colour colour)
{
	self(c)->on->ops->colour(self(c)->on, colour);
}

static void
frame_move(struct canvas *c, double x, double y)
{
	const struct frame *f = self(c);

	f->on->ops->move(f->on, f->x + x, f->y + y);
}

static void
frame_line(struct canvas *c, double x, double y)
{
	const struct frame *f = self(c);

	f->on->ops->line(f->on, f->x + x, f->y + y);
}

static void
frame_curve(struct canvas *c, const double v[static 6])
{
	const struct frame *f = self(c);
	const double at[6] = {f->x + v[0], f->y + v[1], f->x + v[2],
	    f->y + v[3], f->x + v[4], f->y + v[5]};

	f->on->ops->curve(f->on, at);
}

static void
frame_close(struct canvas *c)
{
	self(c)->on->ops->close(self(c)->on);
}

static void
frame_rect(struct canvas *c, double x, double y, double w, double h)
{
	const struct frame *f = self(c);

	f->on->ops->rect(f->on, f->x + x, f->y + y, w, h);
}

static void
frame_fill(struct canvas *c)
{
	self(c)->on->ops->fill(self(c)->on);
}

static void
frame_bars(struct canvas *c, double x, double y, double h,
    const struct bar *bar, size_t n)
{
	const struct frame *f = self(c);

	f->on->ops->bars(f->on, f->x + x, f->y + y, h, bar, n);
}

static bool
frame_has(const struct canvas *c, uint32_t id)
{
	return self(c)->on->ops->has(self(c)->on, id);
}

static void
frame_define(struct canvas *c, uint32_t id, const struct path *path)
{
	self(c)->on->ops->define(self(c)->on, id, path);
}

static void
frame_stamp(struct canvas *c, uint32_t id, double x, double y, double scale)
{
	const struct frame *f = self(c);

	f->on->ops->stamp(f->on, id, f->x + x, f->y + y, scale);
}

static enum err
frame_finish(struct canvas *c, struct buf *out)
{
	(void)c, (void)out;
	return ERR_INTERNAL;
}

static void
frame_free(struct canvas *c)
{
	(void)c;
}

static const struct canvas_ops ops = {frame_page, frame_tag, frame_colour,
    frame_move, frame_line, frame_curve, frame_close, frame_rect, frame_fill,
    frame_bars, frame_has, frame_define, frame_stamp, frame_finish, frame_free};

void
frame_init(struct frame *f, struct canvas *on, double x, double y)
{
	*f = (struct frame){{&ops, on->dot}, on, round(x / on->dot) * on->dot,
	    round(y / on->dot) * on->dot};
}
