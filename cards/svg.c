#include "cards/svg.h"

#include <stdlib.h>

#define SVG_CAP    (4u << 20)
#define SVG_SHAPES 1024
#define PLACES     4

struct svg {
	struct canvas canvas;
	struct buf body;
	const char *title, *lang;
	char fill[sizeof("#rrggbb")];
	bool paged, in_path;
	size_t nshapes;
	uint32_t shape[SVG_SHAPES];
};

static struct svg *
self(struct canvas *c)
{
	return (struct svg *)c;
}

/* put(s, words...): appends to the body; a failure stays in it (buf.h). */
static void
put(struct svg *s, const char *text)
{
	(void)buf_puts(&s->body, text);
}

static void
put_number(struct svg *s, double v)
{
	char text[CANVAS_NUMBER];

	put(s, canvas_number(text, v, PLACES));
	put(s, " ");
}

/* put_text(s, text): as XML text; names may hold & and quotation marks. */
static void
put_text(struct svg *s, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			put(s, "&amp;");
			break;
		case '<':
			put(s, "&lt;");
			break;
		case '>':
			put(s, "&gt;");
			break;
		default:
			(void)buf_add(&s->body, text, 1);
		}
	}
}

static void
svg_page(struct canvas *c, double w, double h, const char *alt)
{
	struct svg *s = self(c);
	char tw[CANVAS_NUMBER], th[CANVAS_NUMBER];

	if (s->paged) {
		s->body.bad = true;
		return;
	}
	s->paged = true;
	canvas_number(tw, w, PLACES);
	canvas_number(th, h, PLACES);
	(void)buf_printf(&s->body,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%smm\" "
	    "height=\"%smm\" viewBox=\"0 0 %s %s\" role=\"img\" "
	    "xml:lang=\"%s\">\n<title>",
	    tw, th, tw, th, s->lang);
	put_text(s, s->title);
	put(s, "</title>\n<desc>");
	put_text(s, alt == NULL ? "" : alt);
	put(s, "</desc>\n<path fill=\"#fff\" d=\"M0 0H");
	put_number(s, w);
	put(s, "V");
	put_number(s, h);
	put(s, "H0z\"/>\n");
}

/* The description of the page says all. */
static void
svg_tag(struct canvas *c, enum tag tag, const char *text)
{
	(void)c, (void)tag, (void)text;
}

static void
svg_colour(struct canvas *c, struct colour colour)
{
	static const char hex[] = "0123456789abcdef";
	const double part[3] = {colour.r, colour.g, colour.b};
	struct svg *s = self(c);
	size_t n = 0;

	s->fill[n++] = '#';
	for (int i = 0; i < 3; i++) {
		double v = part[i] > 0 ? part[i] < 1 ? part[i] : 1 : 0;
		unsigned byte = (unsigned)(v * 255 + 0.5);

		s->fill[n++] = hex[byte >> 4];
		s->fill[n++] = hex[byte & 15];
	}
	s->fill[n] = '\0';
}

/* step(c, letter, v, n): one path command; opens the path if there is none. */
static void
step(struct canvas *c, const char *letter, const double *v, int n)
{
	struct svg *s = self(c);

	if (!s->in_path)
		(void)buf_printf(&s->body, "<path fill=\"%s\" d=\"", s->fill);
	s->in_path = true;
	put(s, letter);
	for (int i = 0; i < n; i++)
		put_number(s, v[i]);
}

static void
svg_move(struct canvas *c, double x, double y)
{
	step(c, "M", (const double[]){x, y}, 2);
}

static void
svg_line(struct canvas *c, double x, double y)
{
	step(c, "L", (const double[]){x, y}, 2);
}

static void
svg_curve(struct canvas *c, const double v[static 6])
{
	step(c, "C", v, 6);
}

static void
svg_close(struct canvas *c)
{
	step(c, "z", NULL, 0);
}

static void
svg_rect(struct canvas *c, double x, double y, double w, double h)
{
	step(c, "M", (const double[]){x, y}, 2);
	step(c, "h", &w, 1);
	step(c, "v", &h, 1);
	step(c, "h", (const double[]){-w}, 1);
	step(c, "z", NULL, 0);
}

static void
svg_fill(struct canvas *c)
{
	if (self(c)->in_path)
		put(self(c), "\"/>\n");
	self(c)->in_path = false;
}

static bool
svg_has(const struct canvas *c, uint32_t id)
{
	const struct svg *s = (const struct svg *)c;

	for (size_t i = 0; i < s->nshapes; i++)
		if (s->shape[i] == id)
			return true;
	return false;
}

static void
svg_define(struct canvas *c, uint32_t id, const struct path *path)
{
	static const char *const letter[] = {"M", "L", "C", "z"};
	static const int count[] = {2, 2, 6, 0};
	struct svg *s = self(c);

	if (s->nshapes == SVG_SHAPES) {
		s->body.bad = true;
		return;
	}
	s->shape[s->nshapes++] = id;
	(void)buf_printf(&s->body, "<defs><path id=\"g%x\" d=\"", (unsigned)id);
	for (size_t i = 0; i < path->n; i++) {
		const struct path_step *p = &path->step[i];

		put(s, letter[p->kind]);
		for (int j = 0; j < count[p->kind]; j++)
			(void)buf_printf(&s->body, "%d ", p->v[j]);
	}
	put(s, "\"/></defs>\n");
}

static void
svg_stamp(struct canvas *c, uint32_t id, double x, double y, double scale)
{
	char tx[CANVAS_NUMBER], ty[CANVAS_NUMBER], ts[CANVAS_NUMBER];

	(void)buf_printf(&self(c)->body,
	    "<use href=\"#g%x\" fill=\"%s\" "
	    "transform=\"matrix(%s 0 0 -%s %s %s)\"/>\n",
	    (unsigned)id, self(c)->fill, canvas_number(ts, scale, 6), ts,
	    canvas_number(tx, x, PLACES), canvas_number(ty, y, PLACES));
}

static enum err
svg_finish(struct canvas *c, struct buf *out)
{
	struct svg *s = self(c);

	put(s, "</svg>\n");
	if (buf_err(&s->body) != ERR_OK)
		return buf_err(&s->body);
	return buf_add(out, s->body.p, s->body.n);
}

static void
svg_free(struct canvas *c)
{
	buf_free(&self(c)->body);
	free(c);
}

static const struct canvas_ops ops = {svg_page, svg_tag, svg_colour, svg_move,
    svg_line, svg_curve, svg_close, svg_rect, svg_fill, canvas_bars, svg_has,
    svg_define, svg_stamp, svg_finish, svg_free};

enum err
svg_new(struct canvas **out, const char *title, const char *lang)
{
	struct svg *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (s == NULL)
		return ERR_MEM;
	s->canvas = (struct canvas){&ops, CANVAS_DOT};
	s->body = (struct buf)BUF_INIT(SVG_CAP);
	s->title = title;
	s->lang = lang;
	svg_colour(&s->canvas, (struct colour){0});
	*out = &s->canvas;
	return ERR_OK;
}
