#include "cards/pdf.h"

#include <hpdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cards/pdf_tags.h"

/*
 * libharu 2.3.0.  It keeps its first error and refuses every later call, so
 * the error is asked for once, at the end.  Its API has no form XObjects (a
 * letter's outline, drawn many times) and no tags, and writes numbers as
 * floats that miss whole dots: those are made with its object layer and
 * streams, whose headers are installed, here and in pdf_tags.c only.
 */

#define PDF_SHAPES 1024
#define OP_MAX     64

/* Coordinates outside are our own bug, and some libharu versions print them
 * badly: clamped. */
#define COORD_MIN 0.01
#define COORD_MAX 2000.0
#define PLACES    6 /* decimals written, trailing noughts left out */

struct pdf {
	struct canvas canvas;
	HPDF_Doc doc;
	HPDF_Page page;
	double height; /* of the page, mm */
	struct pdf_tags tags;
	enum err err; /* our own first error */
	size_t nshapes;
	struct {
		uint32_t id;
		HPDF_XObject form;
	} shape[PDF_SHAPES];
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

/* emit(p, op, v, n): writes ${n} (0..6) numbers and the operator (at most
 * OP_MAX bytes) to the page. */
static void
emit(struct pdf *p, const char *op, const double *v, int n)
{
	char line[6 * CANVAS_NUMBER + OP_MAX + 2];
	size_t len = 0, oplen = strnlen(op, OP_MAX);

	if (!drawable(p))
		return;
	for (int i = 0; i < n; i++) {
		len += strlen(canvas_number(line + len, v[i], PLACES));
		line[len++] = ' ';
	}
	memcpy(line + len, op, oplen);
	line[len + oplen] = '\n';
	line[len + oplen + 1] = '\0';
	HPDF_Stream_WriteStr(((HPDF_PageAttr)p->page->attr)->stream, line);
}

static void
pdf_page(struct canvas *c, double w, double h, const char *alt)
{
	struct pdf *p = self(c);

	if (HPDF_GetError(p->doc) != HPDF_OK)
		return;
	pdf_tags_end(&p->tags);
	p->page = HPDF_AddPage(p->doc);
	p->height = h;
	if (!drawable(p))
		return;
	HPDF_Page_SetWidth(p->page, (HPDF_REAL)points(w));
	HPDF_Page_SetHeight(p->page, (HPDF_REAL)points(h));
	pdf_tags_begin(&p->tags, p->doc, p->page, alt);
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

static HPDF_XObject
find(const struct pdf *p, uint32_t id)
{
	for (size_t i = 0; i < p->nshapes; i++)
		if (p->shape[i].id == id)
			return p->shape[i].form;
	return NULL;
}

static bool
pdf_has(const struct canvas *c, uint32_t id)
{
	return find((const struct pdf *)c, id) != NULL;
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
	p->shape[p->nshapes].id = id;
	p->shape[p->nshapes++].form = form;
}

static void
pdf_stamp(struct canvas *c, uint32_t id, double x, double y, double scale)
{
	struct pdf *p = self(c);
	HPDF_XObject form = find(p, id);
	const char *name = NULL;
	char draw[OP_MAX];
	double s = scale / CANVAS_PT;
	const double matrix[6] = {s, 0, 0, s, points(x), down(p, y)};

	if (!drawable(p))
		return;
	if (form == NULL) {
		fail(p, ERR_INTERNAL);
		return;
	}
	name = HPDF_Page_GetXObjectName(p->page, form);
	if (name == NULL) {
		fail(p, ERR_MEM);
		return;
	}
	emit(p, "q", NULL, 0);
	emit(p, "cm", matrix, 6);
	snprintf(draw, sizeof(draw), "/%s Do Q", name);
	emit(p, draw, NULL, 0);
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
	enum err err = p->err;
	HPDF_STATUS status;

	pdf_tags_end(&p->tags);
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
	HPDF_Free(self(c)->doc);
	free(c);
}

static const struct canvas_ops ops = {pdf_page, pdf_colour, pdf_move, pdf_line,
    pdf_curve, pdf_close, pdf_rect, pdf_fill, pdf_has, pdf_define, pdf_stamp,
    pdf_finish, pdf_free};

enum err
pdf_new(struct canvas **out, const char *title, const char *lang)
{
	struct pdf *p = calloc(1, sizeof(*p));

	*out = NULL;
	if (p == NULL)
		return ERR_MEM;
	p->canvas.ops = &ops;
	p->doc = HPDF_New(NULL, NULL);
	if (p->doc == NULL) {
		free(p);
		return ERR_MEM;
	}
	HPDF_SetCompressionMode(p->doc, HPDF_COMP_ALL);
	HPDF_SetInfoAttr(p->doc, HPDF_INFO_TITLE, title);
	pdf_tags_open(&p->tags, p->doc, lang);
	if (HPDF_GetError(p->doc) != HPDF_OK) {
		pdf_free(&p->canvas);
		return ERR_MEM;
	}
	*out = &p->canvas;
	return ERR_OK;
}
