#ifndef CARDS_PDF_H
#define CARDS_PDF_H

#include "cards/canvas.h"

/*
 * pdf_new(out, title, lang): a canvas that makes a PDF 1.4 with that title
 * (ASCII) and language ("en-GB"), shown as the window's title. The same
 * drawing gives the same bytes: no date, no random number. Returns ERR_OK or
 * ERR_MEM; freed with ops->free().
 */
enum err pdf_new(
    struct canvas **out, const char *title, const char *lang) MUST_CHECK;

#endif
