#ifndef CARDS_PDF_PAGE_H
#define CARDS_PDF_PAGE_H

#include <hpdf.h>
#include <zlib.h>

#include "base/buf.h"
#include "cards/canvas.h"

/*
 * The drawing of one page as PDF operators.  It is packed when the page ends,
 * not when the document is written, so that a batch holds packed pages only.
 */
struct pdf_page {
	struct buf text; /* of the open page */
	struct buf pack;
	z_stream zip;
	bool zipping; /* ${zip} is to be ended */
};

/* pdf_page_open(p): Returns ERR_OK or ERR_MEM; closed in either case. */
enum err pdf_page_open(struct pdf_page *p) MUST_CHECK;
void pdf_page_close(struct pdf_page *p);

/* pdf_page_put(p, op, v, n, places): ${n} numbers (0..6) with at most ${places}
 * decimals, and the operator, which is shorter than PDF_OP; a failure stays in
 * ${p}->text (buf.h). */
#define PDF_OP 64
void pdf_page_put(
    struct pdf_page *p, const char *op, const double *v, int n, int places);

/* pdf_page_end(p, page): packs the operators into ${page}. Returns ERR_OK, why
 * drawing failed, or ERR_MEM; an error of libharu stays in its document. */
enum err pdf_page_end(struct pdf_page *p, HPDF_Page page) MUST_CHECK;

#endif
