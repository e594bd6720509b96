#ifndef CARDS_PNGFILE_H
#define CARDS_PNGFILE_H

#include "base/buf.h"

/*
 * pngfile_write(out, dot, w, h, mm, title): appends ${w} x ${h} dots (red,
 * green, blue; row by row) as a PNG file that says that a dot is ${mm} wide,
 * and the title (ASCII). Returns ERR_OK, ERR_MEM or ERR_TOOBIG; then nothing
 * was appended.
 */
enum err pngfile_write(struct buf *out, const uint8_t *dot, int w, int h,
    double mm, const char *title) MUST_CHECK;

#endif
