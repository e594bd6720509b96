#ifndef CARDS_RASTER_H
#define CARDS_RASTER_H

#include "cards/canvas.h"

/*
 * raster_new(out, title, dot): a canvas that makes one PNG picture with dots of
 * ${dot} mm, that title (ASCII) and the size on paper. Each dot of an edge has
 * the exact part of its area that the shape covers; the same drawing gives the
 * same bytes. A second page, or one of more than RASTER_MAX dots on a side, is
 * ERR_INTERNAL. Returns ERR_OK or ERR_MEM; freed with ops->free().
 */
#define RASTER_MAX 4096
enum err raster_new(
    struct canvas **out, const char *title, double dot) MUST_CHECK;

#endif
