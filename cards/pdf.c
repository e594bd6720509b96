#include "cards/pdf.h"

#include <hpdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cards/pdf_page.h"
#include "cards/pdf_tags.h"

/*
 * libharu 2.3.0.  It keeps its first error and refuses every later call, so
 * the error is asked for once, at the end.  Its API has no form XObjects (a
 * letter's outline, drawn many times) and no tags, and writes numbers as
 * floats that miss whole dots: those are made with its object layer and
 * streams, whose headers are installed, here, in pdf_page.c and pdf_tags.c
 * only.
 */

#define PDF_SHAPES 1024
#define PDF_SLOTS  2048 /* a power of two, well over PDF_SHAPES */
#define OP_MAX     PDF_OP
#define PLACES     3 /* decimals of points; of a scale: */
#define PLACES_ALL 6

/* Coordinates outside are our own bug, and some libharu versions print them
 * badly: clamped. */
#define COORD_MIN 0.01
#define COORD_MAX 2000.0

/* Letters of a line follow one another: each is placed from the one before, in
 * units of its font, which are short whole numbers and pack well. */
struct line {
	bool open;
	double x, y, scale; /* of the letter before, mm */
};

struct pdf {
	struct canvas canvas;
	HPDF_Doc doc;
	HPDF_Page page;
	double height; /* of the page, mm */
	struct pdf_page ink;
	struct pdf_tags tags;
	bool tagged; /* a piece is open */
	struct line line;
	enum err err;     /* our own first error */
	HPDF_Dict shapes; /* the one list of forms of all pages */
	size_t nshapes;
	uint32_t slot[PDF_SLOTS]; /* a shape's id + 1 by its hash; 0: free */
	uint16_t number[PDF_SLOTS];
};

static struct pdf *
self(struct canvas *c)
{
	return (struct pdf *)c;
}

static void
fail(struct pdf *p, enum err err)
{
	if (p->err == ERR_OK)
		p->err = err;
}

/* points(mm): in whole thousandths of a point (a dot of 300 dpi is 240),
 * clamped, NaN too. */
static double
points(double mm)
{
	double pt = round(mm / CANVAS_PT * 1000) / 1000;

	if (!(pt > COORD_MIN))
		pt = COORD_MIN;
	return pt > COORD_MAX ? COORD_MAX : pt;
}

/* down(p, y): ${y} counted from the page's foot; whole thousandths stay whole.
 */
static double
down(const struct pdf *p, double y)
{
	return points(p->height) - points(y);
}

/* drawable(p): libharu follows null pointers after an error: then nothing more
 * is drawn. */
static bool
drawable(const struct pdf *p)
{
	return p->err == ERR_OK && p->page != NULL &&
	       HPDF_GetError(p->doc) == HPDF_OK;
}

static void
put(struct pdf *p, const char *op, const double *v, int n)
{
	if (drawable(p))
		pdf_page_put(&p->ink, op, v, n, PLACES);
}

static void
end_line(struct pdf *p)
{
	if (p->line.open)
		put(p, "Q", NULL, 0);
	p->line.open = false;
}

/* emit(p, op, v, n): writes ${n} numbers and the operator to the page. */
static void
emit(struct pdf *p, const char *op, const double *v, int n)
{
	end_line(p);
	put(p, op, v, n);
}

static void
end_tag(struct pdf *p)
{
	if (p->tagged)
		emit(p, "EMC", NULL, 0);
	p->tagged = false;
}

static void
end_page(struct pdf *p)
{
	enum err err = ERR_OK;

	end_line(p);
	end_tag(p);
	if (drawable(p))
		err = pdf_page_end(&p->ink, p->page);
	if (err != ERR_OK)
		fail(p, err);
	p->page = NULL;
}

/* share_shapes(p): the page uses the one list of forms. */
static void
share_shapes(struct pdf *p)
{
	HPDF_Dict own = HPDF_Page_GetInheritableItem(
	    p->page, "Resources", HPDF_OCLASS_DICT);

	if (own != NULL)
		HPDF_Dict_Add(own, "XObject", p->shapes);
}

static void
pdf_tag(struct canvas *c, enum tag tag, const char *text)
{
	struct pdf *p = self(c);
	char op[OP_MAX];
	int id = -1;

	end_line(p);
	end_tag(p);
	if (!drawable(p))
		return;
	if (tag == TAG_DECORATION) {
		emit(p, "/Artifact BMC", NULL, 0);
	} else {
		id = pdf_tags_begin(&p->tags, p->page, tag, text);
		if (id < 0)
			return;
		(void)snprintf(op, sizeof(op), "/%s <</MCID %d>> BDC",
		    pdf_tags_name(tag), id);
		emit(p, op, NULL, 0);
	}
	p->tagged = true;
}

static void
pdf_page(struct canvas *c, double w, double h, const char *alt)
{
	struct pdf *p = self(c);

	end_page(p);
	if (p->err != ERR_OK || HPDF_GetError(p->doc) != HPDF_OK)
		return;
	p->page = HPDF_AddPage(p->doc);
	p->height = h;
	if (!drawable(p))
		return;
	HPDF_Page_SetWidth(p->page, (HPDF_REAL)points(w));
	HPDF_Page_SetHeight(p->page, (HPDF_REAL)points(h));
	share_shapes(p);
	if (alt != NULL)
		pdf_tag(c, TAG_FIGURE, alt);
}

static void
pdf_colour(struct canvas *c, struct colour k)
{
	/* Grey, so that a colour printer uses black ink alone. */
	if (k.r <= k.g && k.g <= k.b && k.b <= k.r)
		emit(self(c), "g", &k.r, 1);
	else
		emit(self(c), "rg", (const double[]){k.r, k.g, k.b}, 3);
}

static void
pdf_move(struct canvas *c, double x, double y)
{
	emit(self(c), "m", (const double[]){points(x), down(self(c), y)}, 2);
}

static void
pdf_line(struct canvas *c, double x, double y)
{
	emit(self(c), "l", (const double[]){points(x), down(self(c), y)}, 2);
}

static void
pdf_curve(struct canvas *c, const double v[static 6])
{
	struct pdf *p = self(c);
	const double at[6] = {points(v[0]), down(p, v[1]), points(v[2]),
	    down(p, v[3]), points(v[4]), down(p, v[5])};

	emit(p, "c", at, 6);
}

static void
pdf_close(struct canvas *c)
{
	emit(self(c), "h", NULL, 0);
}

static void
pdf_rect(struct canvas *c, double x, double y, double w, double h)
{
	struct pdf *p = self(c);
	const double box[4] = {points(x), down(p, y), points(w), -points(h)};

	emit(p, "re", box, 4);
}

static void
pdf_fill(struct canvas *c)
{
	emit(self(c), "f", NULL, 0);
}

/* A row's numbers count from its corner: they are the same in every row, and
 * pack well. */
static void
pdf_bars(struct canvas *c, double x, double y, double h, const struct bar *bar,
    size_t n)
{
	struct pdf *p = self(c);
	const double corner[6] = {1, 0, 0, 1, points(x), down(p, y)};

	if (n == 0)
		return;
	emit(p, "q", NULL, 0);
	emit(p, "cm", corner, 6);
	for (size_t i = 0; i < n; i++)
		emit(p, "re",
		    (const double[]){points(x + bar[i].x) - points(x), 0,
			points(bar[i].w), -points(h)},
		    4);
	emit(p, "f Q", NULL, 0);
}

/* slot_of(p, id): Returns where ${id} is, or the free slot where it would be.
 */
static size_t
slot_of(const struct pdf *p, uint32_t id)
{
	size_t at = (id * 2654435761u >> 16) % PDF_SLOTS;

	while (p->slot[at] != 0 && p->slot[at] != id + 1)
		at = (at + 1) % PDF_SLOTS;
	return at;
}

static bool
pdf_has(const struct canvas *c, uint32_t id)
{
	const struct pdf *p = (const struct pdf *)c;

	return p->slot[slot_of(p, id)] != 0;
}

/* add_numbers(form, key, v, n): an array of ${n} numbers as ${form}'s ${key}.
 */
static void
add_numbers(HPDF_Dict form, const char *key, const HPDF_REAL *v, size_t n)
{
	HPDF_Array a = HPDF_Array_New(form->mmgr);

	for (size_t i = 0; i < n && a != NULL; i++)
		HPDF_Array_AddReal(a, v[i]);
	HPDF_Dict_Add(form, key, a);
}

/* write_path(form, path, box): writes the outline; ${box} becomes its bounds.
 */
static void
write_path(HPDF_Dict form, const struct path *path, HPDF_REAL box[static 4])
{
	static const char *const name[] = {"m\n", "l\n", "c\n", "h\n"};
	static const int count[] = {2, 2, 6, 0};

	for (size_t i = 0; i < path->n; i++) {
		const struct path_step *s = &path->step[i];

		for (int j = 0; j < count[s->kind]; j++) {
			HPDF_REAL v = (HPDF_REAL)s->v[j];
			HPDF_REAL *least = &box[j & 1], *most = least + 2;

			*least = fminf(*least, v);
			*most = fmaxf(*most, v);
			HPDF_Stream_WriteInt(form->stream, s->v[j]);
			HPDF_Stream_WriteStr(form->stream, " ");
		}
		HPDF_Stream_WriteStr(form->stream, name[s->kind]);
		/* poppler pulls a lone rectangle ("I", "l") to whole pixels, so
		 * that it looks thinner or bolder than its neighbours; a fifth
		 * corner stops that. */
		if (i == 0 && path->n <= 6) {
			HPDF_Stream_WriteInt(form->stream, s->v[0]);
			HPDF_Stream_WriteStr(form->stream, " ");
			HPDF_Stream_WriteInt(form->stream, s->v[1]);
			HPDF_Stream_WriteStr(form->stream, " l\n");
		}
	}
	HPDF_Stream_WriteStr(form->stream, "f\n");
}

static void
pdf_define(struct canvas *c, uint32_t id, const struct path *path)
{
	HPDF_REAL box[4] = {0};
	struct pdf *p = self(c);
	size_t at = slot_of(p, id);
	char name[OP_MAX];
	HPDF_Dict form;

	if (!drawable(p))
		return;
	if (p->nshapes == PDF_SHAPES) {
		fail(p, ERR_TOOBIG);
		return;
	}
	form = HPDF_DictStream_New(p->doc->mmgr, p->doc->xref);
	if (form == NULL) {
		fail(p, ERR_MEM);
		return;
	}
	form->header.obj_class |= HPDF_OSUBCLASS_XOBJECT;
	form->filter = HPDF_STREAM_FILTER_FLATE_DECODE;
	HPDF_Dict_AddName(form, "Type", "XObject");
	HPDF_Dict_AddName(form, "Subtype", "Form");
	write_path(form, path, box);
	add_numbers(form, "BBox", box, 4);
	(void)snprintf(name, sizeof(name), "G%zu", p->nshapes);
	HPDF_Dict_Add(p->shapes, name, form);
	p->slot[at] = id + 1;
	p->number[at] = (uint16_t)p->nshapes++;
}

/* follows(l, x, y, scale): Returns true if a letter there stands on the line of
 * the one before, in its size. */
static bool
follows(const struct line *l, double x, double y, double scale)
{
	return l->open && fabs(y - l->y) < 1e-9 &&
	       fabs(scale - l->scale) < 1e-12 && x > l->x;
}

static void
pdf_stamp(struct canvas *c, uint32_t id, double x, double y, double scale)
{
	struct pdf *p = self(c);
	size_t at = slot_of(p, id);
	double s = scale / CANVAS_PT;
	char draw[OP_MAX];

	if (!drawable(p))
		return;
	if (p->slot[at] == 0) {
		fail(p, ERR_INTERNAL);
		return;
	}
	if (follows(&p->line, x, y, scale)) {
		double units = round((x - p->line.x) / scale);

		put(p, "cm", (const double[]){1, 0, 0, 1, units, 0}, 6);
		p->line.x += units * scale;
	} else {
		end_line(p);
		put(p, "q", NULL, 0);
		pdf_page_put(&p->ink, "cm",
		    (const double[]){s, 0, 0, s, points(x), down(p, y)}, 6,
		    PLACES_ALL);
		p->line = (struct line){true, x, y, scale};
	}
	(void)snprintf(draw, sizeof(draw), "/G%u Do", (unsigned)p->number[at]);
	put(p, draw, NULL, 0);
}

/* save(doc, out): the document's bytes, appended to ${out}. */
static enum err
save(HPDF_Doc doc, struct buf *out)
{
	HPDF_UINT32 n;
	uint8_t *to;

	if (HPDF_SaveToStream(doc) != HPDF_OK)
		return ERR_INTERNAL;
	n = HPDF_GetStreamSize(doc);
	if ((to = buf_room(out, n)) == NULL)
		return buf_err(out);
	HPDF_ResetStream(doc);
	if (n == 0 || HPDF_ReadFromStream(doc, to, &n) != HPDF_OK)
		return ERR_INTERNAL;
	out->n += n;
	out->p[out->n] = 0;
	return ERR_OK;
}

static enum err
pdf_finish(struct canvas *c, struct buf *out)
{
	struct pdf *p = self(c);
	enum err err;
	HPDF_STATUS status;

	end_page(p);
	err = p->err;
	status = HPDF_GetError(p->doc);
	if (err == ERR_OK && status == HPDF_OK) {
		err = save(p->doc, out);
		status = HPDF_GetError(p->doc);
	}
	if (status == HPDF_FAILD_TO_ALLOC_MEM)
		return ERR_MEM;
	if (status != HPDF_OK) {
		log_error("libharu could not make the PDF: error 0x%04lX",
		    (unsigned long)status);
		return ERR_INTERNAL;
	}
	return err;
}

static void
pdf_free(struct canvas *c)
{
	if (self(c)->doc != NULL)
		HPDF_Free(self(c)->doc);
	pdf_page_close(&self(c)->ink);
	free(c);
}

static const struct canvas_ops ops = {pdf_page, pdf_tag, pdf_colour, pdf_move,
    pdf_line, pdf_curve, pdf_close, pdf_rect, pdf_fill, pdf_bars, pdf_has,
    pdf_define, pdf_stamp, pdf_finish, pdf_free};

/* shapes_new(doc): the list that pages refer to; the document frees it. */
static HPDF_Dict
shapes_new(HPDF_Doc doc)
{
	HPDF_Dict d = HPDF_Dict_New(doc->mmgr);

	return d == NULL || HPDF_Xref_Add(doc->xref, d) != HPDF_OK ? NULL : d;
}

enum err
pdf_new(struct canvas **out, const char *title, const char *lang)
{
	struct pdf *p = calloc(1, sizeof(*p));

	*out = NULL;
	if (p == NULL)
		return ERR_MEM;
	p->canvas = (struct canvas){&ops, CANVAS_DOT};
	if (pdf_page_open(&p->ink) != ERR_OK)
		goto fail;
	p->doc = HPDF_New(NULL, NULL);
	if (p->doc == NULL)
		goto fail;
	HPDF_SetCompressionMode(p->doc, HPDF_COMP_ALL);
	HPDF_SetInfoAttr(p->doc, HPDF_INFO_TITLE, title);
	pdf_tags_open(&p->tags, p->doc, lang);
	p->shapes = shapes_new(p->doc);
	if (p->shapes == NULL || HPDF_GetError(p->doc) != HPDF_OK)
		goto fail;
	*out = &p->canvas;
	return ERR_OK;
fail:
	pdf_free(&p->canvas);
	return ERR_MEM;
}
