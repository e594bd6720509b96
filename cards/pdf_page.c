#include "cards/pdf_page.h"

#include <string.h>

#define PAGE_CAP (16u << 20)
#define LEVEL    4 /* of zlib: a tenth more bytes than 6, a tenth less time */

enum err
pdf_page_open(struct pdf_page *p)
{
	*p = (struct pdf_page){
	    .text = BUF_INIT(PAGE_CAP), .pack = BUF_INIT(PAGE_CAP)};
	p->zipping = deflateInit(&p->zip, LEVEL) == Z_OK;
	return p->zipping ? ERR_OK : ERR_MEM;
}

void
pdf_page_close(struct pdf_page *p)
{
	if (p->zipping)
		deflateEnd(&p->zip);
	p->zipping = false;
	buf_free(&p->text);
	buf_free(&p->pack);
}

void
pdf_page_put(
    struct pdf_page *p, const char *op, const double *v, int n, int places)
{
	char line[6 * CANVAS_NUMBER + PDF_OP];
	size_t at = 0, len = strnlen(op, PDF_OP - 1);

	for (int i = 0; i < n; i++) {
		canvas_number(line + at, v[i], places);
		at += strlen(line + at);
		line[at++] = ' ';
	}
	memcpy(line + at, op, len);
	line[at + len] = '\n';
	(void)buf_add(&p->text, line, at + len + 1);
}

/* pack(p): ${p}->pack becomes ${p}->text, deflated in one call. */
static enum err
pack(struct pdf_page *p)
{
	uLong room = deflateBound(&p->zip, (uLong)p->text.n);
	uint8_t *to;

	p->pack.n = 0;
	if ((to = buf_room(&p->pack, (size_t)room)) == NULL)
		return buf_err(&p->pack);
	p->zip.next_in = p->text.p;
	p->zip.avail_in = (uInt)p->text.n;
	p->zip.next_out = to;
	p->zip.avail_out = (uInt)room;
	if (deflate(&p->zip, Z_FINISH) != Z_STREAM_END)
		return ERR_INTERNAL;
	p->pack.n = (size_t)p->zip.total_out;
	return deflateReset(&p->zip) == Z_OK ? ERR_OK : ERR_INTERNAL;
}

/* libharu names a filter only if it is to pack the stream itself. */
static HPDF_STATUS
say_packed(HPDF_Dict contents, HPDF_Stream stream)
{
	(void)contents;
	return HPDF_Stream_WriteStr(stream, "/Filter /FlateDecode\012");
}

enum err
pdf_page_end(struct pdf_page *p, HPDF_Page page)
{
	HPDF_PageAttr attr = page->attr;
	enum err err = buf_err(&p->text);

	if (err == ERR_OK)
		err = pack(p);
	p->text.n = 0;
	if (err != ERR_OK)
		return err;
	attr->contents->filter = HPDF_STREAM_FILTER_NONE;
	attr->contents->write_fn = say_packed;
	HPDF_Stream_Write(attr->stream, p->pack.p, (HPDF_UINT)p->pack.n);
	return ERR_OK;
}
