#ifndef CARDS_SVG_H
#define CARDS_SVG_H

#include "cards/canvas.h"

/*
 * svg_new(out, title, lang): a canvas that makes one SVG page in mm, with title
 * and description for screen readers. A second page() is ERR_INTERNAL. Returns
 * ERR_OK or ERR_MEM; freed with ops->free().
 */
enum err svg_new(
    struct canvas **out, const char *title, const char *lang) MUST_CHECK;

#endif
