#include "cards/pdf.h"

#include <hpdf.h>
#include <math.h>
#include <stdlib.h>

#include "base/log.h"
#include "cards/pdf_tags.h"

/*
 * libharu 2.3.0.  It keeps its first error and refuses every later call, so
 * the error is asked for once, at the end.  Its API has no form XObjects (a
 * letter's outline, drawn many times) and no tags; those are made with its
 * object layer, whose headers are installed: here and in pdf_tags.c only.
 */

#define PDF_SHAPES 1024

/* Letters are defined in font units; this much of their scale is in the form,
 * because libharu writes five decimals. */
#define FORM_SCALE 0.001F

/* Coordinates outside are our own bug, and some libharu versions print them
 * badly: clamped. */
#define COORD_MIN 0.01
#define COORD_MAX 2000.0

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

/* thousandths(mm): ${mm} in whole thousandths of a point; a dot of 300 dpi is
 * 240. */
static double
thousandths(double mm)
{
	return round(mm / CANVAS_PT * 1000);
}

/* clamped(n): Returns ${n} thousandths as points; NaN is clamped too. */
static HPDF_REAL
clamped(double n)
{
	double pt = n / 1000;

	if (!(pt > COORD_MIN))
		pt = COORD_MIN;
	return (HPDF_REAL)(pt > COORD_MAX ? COORD_MAX : pt);
}

static HPDF_REAL
points(double mm)
{
	return clamped(thousandths(mm));
}

/* down(p, y): Returns ${y} counted from the page's foot; both whole, so that
 * dots stay whole. */
static HPDF_REAL
down(const struct pdf *p, double y)
{
	return clamped(thousandths(p->height) - thousandths(y));
}

static void
pdf_page(struct canvas *c, double w, double h, const char *alt)
{
	struct pdf *p = self(c);

	pdf_tags_end(&p->tags);
	p->page = HPDF_AddPage(p->doc);
	p->height = h;
	HPDF_Page_SetWidth(p->page, points(w));
	HPDF_Page_SetHeight(p->page, points(h));
	if (p->page == NULL)
		fail(p, ERR_MEM);
	else
		pdf_tags_begin(&p->tags, p->doc, p->page, alt);
}

static void
pdf_colour(struct canvas *c, struct colour k)
{
	HPDF_REAL r = (HPDF_REAL)k.r, g = (HPDF_REAL)k.g, b = (HPDF_REAL)k.b;

	/* Grey, so that a colour printer uses black ink alone. */
	if (k.r <= k.g && k.g <= k.b && k.b <= k.r)
		HPDF_Page_SetGrayFill(self(c)->page, r);
	else
		HPDF_Page_SetRGBFill(self(c)->page, r, g, b);
}

static void
pdf_move(struct canvas *c, double x, double y)
{
	HPDF_Page_MoveTo(self(c)->page, points(x), down(self(c), y));
}

static void
pdf_line(struct canvas *c, double x, double y)
{
	HPDF_Page_LineTo(self(c)->page, points(x), down(self(c), y));
}

static void
pdf_curve(struct canvas *c, const double v[static 6])
{
	const struct pdf *p = self(c);

	HPDF_Page_CurveTo(p->page, points(v[0]), down(p, v[1]), points(v[2]),
	    down(p, v[3]), points(v[4]), down(p, v[5]));
}

static void
pdf_close(struct canvas *c)
{
	HPDF_Page_ClosePath(self(c)->page);
}

static void
pdf_rect(struct canvas *c, double x, double y, double w, double h)
{
	HPDF_Page_Rectangle(self(c)->page, points(x), down(self(c), y + h),
	    points(w), points(h));
}

static void
pdf_fill(struct canvas *c)
{
	HPDF_Page_Fill(self(c)->page);
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
	static const char *const name[] = {"m\012", "l\012", "c\012", "h\012"};
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
			HPDF_Stream_WriteStr(form->stream, " l\012");
		}
	}
	HPDF_Stream_WriteStr(form->stream, "f\012");
}

static void
pdf_define(struct canvas *c, uint32_t id, const struct path *path)
{
	static const HPDF_REAL matrix[] = {FORM_SCALE, 0, 0, FORM_SCALE, 0, 0};
	HPDF_REAL box[4] = {0};
	struct pdf *p = self(c);
	HPDF_Dict form;

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
	add_numbers(form, "Matrix", matrix, 6);
	p->shape[p->nshapes].id = id;
	p->shape[p->nshapes++].form = form;
}

static void
pdf_stamp(struct canvas *c, uint32_t id, double x, double y, double scale)
{
	struct pdf *p = self(c);
	HPDF_REAL s = (HPDF_REAL)(scale / CANVAS_PT) / FORM_SCALE;
	HPDF_XObject form = find(p, id);

	if (form == NULL) {
		fail(p, ERR_INTERNAL);
		return;
	}
	HPDF_Page_GSave(p->page);
	HPDF_Page_Concat(p->page, s, 0, 0, s, points(x), down(p, y));
	HPDF_Page_ExecuteXObject(p->page, form);
	HPDF_Page_GRestore(p->page);
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
