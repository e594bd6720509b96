#ifndef CARDS_PDF_TAGS_H
#define CARDS_PDF_TAGS_H

#include <hpdf.h>

#include "cards/canvas.h"

/*
 * Language, window title and tags of a PDF: what is on a page is figures with
 * an alternative text, headings and paragraphs with the text that their letters
 * show, because letters drawn as outlines are no text to a screen reader.
 * Errors stay in the document (HPDF_GetError).
 */
struct pdf_tags {
	HPDF_Doc doc;
	HPDF_Dict root;     /* /StructTreeRoot */
	HPDF_Dict top;      /* its one child, the Document */
	HPDF_Array kids;    /* of the Document: one for each piece */
	HPDF_Array nums;    /* of the parent tree */
	HPDF_Page page;     /* the one that has tags, or NULL */
	HPDF_Array parents; /* of that page's pieces */
	int pages;          /* that have tags */
	int pieces;         /* of the page */
};

/* pdf_tags_open(t, doc, lang): sets language and title display, starts the
 * tree. */
void pdf_tags_open(struct pdf_tags *t, HPDF_Doc doc, const char *lang);

/*
 * pdf_tags_begin(t, page, tag, text): a piece of ${page} with ${text} (UTF-8).
 * Returns its number on the page, which its marked content bears, or -1 on
 * failure.
 */
int pdf_tags_begin(
    struct pdf_tags *t, HPDF_Page page, enum tag tag, const char *text);

/* pdf_tags_name(tag): the structure type: "Figure"; "Artifact" for decoration.
 */
const char *pdf_tags_name(enum tag tag);

#endif
