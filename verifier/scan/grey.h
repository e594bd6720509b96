#ifndef VERIFIER_SCAN_GREY_H
#define VERIFIER_SCAN_GREY_H

#include "base/err.h"
#include "base/span.h"

/* A picture in shades of grey, one byte a pixel, rows without gaps. */
#define GREY_PIXELS_MAX 64000000
#define GREY_FILE_MAX   33554432 /* bytes of a PNG file */

struct grey {
	size_t width;
	size_t height;
	uint8_t *p; /* heap */
};

/*
 * grey_read_png(g, png): decodes a PNG; what is transparent becomes white.
 *     Returns ERR_OK, ERR_DATA (no PNG, damaged, or over GREY_PIXELS_MAX;
 *     logged) or ERR_MEM. Free with grey_free().
 */
enum err grey_read_png(struct grey *g, struct span png) MUST_CHECK;

/*
 * grey_scaled(to, from, up, down, invert): makes ${to} a copy of ${from}, each
 *     pixel ${up} times as wide and high, or each ${down} by ${down} pixels
 *     one (their mean), with a white border, and black for white if
 *     ${invert}. Returns ERR_OK, ERR_TOOBIG (over twice GREY_PIXELS_MAX) or
 *     ERR_MEM.
 */
enum err grey_scaled(struct grey *to, const struct grey *from, size_t up,
    size_t down, bool invert) MUST_CHECK;

/* grey_free(g): frees the pixels. */
void grey_free(struct grey *g);

#endif
