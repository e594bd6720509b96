#ifndef CARDS_PDF_TAGS_H
#define CARDS_PDF_TAGS_H

#include <hpdf.h>

/*
 * Language, window title and tags of a PDF: each page is one figure with the
 * words on it as its alternative text, because letters drawn as outlines are
 * no text to a screen reader.  Errors stay in the document (HPDF_GetError).
 */
struct pdf_tags {
	HPDF_Doc doc;
	HPDF_Page page;  /* the open one, or NULL */
	HPDF_Dict root;  /* /StructTreeRoot */
	HPDF_Dict top;   /* its one child, the Document */
	HPDF_Array kids; /* of the Document: one Figure a page */
	HPDF_Array nums; /* of the parent tree */
	int n;           /* pages begun */
};

/* pdf_tags_open(t, doc, lang): sets language and title display, starts the
 * tree. */
void pdf_tags_open(struct pdf_tags *t, HPDF_Doc doc, const char *lang);

/* pdf_tags_begin(t, doc, page, alt): what is drawn from now on is the figure
 * with the text ${alt} (UTF-8). */
void pdf_tags_begin(
    struct pdf_tags *t, HPDF_Doc doc, HPDF_Page page, const char *alt);

/* pdf_tags_end(t): ends the figure; nothing if none is open. */
void pdf_tags_end(struct pdf_tags *t);

#endif
