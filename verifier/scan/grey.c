#include "verifier/scan/grey.h"

#include <png.h>
#include <stdlib.h>

#include "base/log.h"

#define BORDER 16 /* pixels of white around: codes need a quiet zone */

/* A picture of at most ${max} pixels, not filled in. */
static enum err
make(struct grey *g, size_t width, size_t height, size_t max)
{
	if (width > max || height > max || width * height > max)
		return ERR_TOOBIG;
	g->p = malloc(width * height);
	g->width = width;
	g->height = height;
	return g->p == NULL ? ERR_MEM : ERR_OK;
}

enum err
grey_read_png(struct grey *g, struct span png)
{
	const png_color white = {255, 255, 255};
	png_image image = {.version = PNG_IMAGE_VERSION};
	enum err e;

	g->p = NULL;
	if (png_image_begin_read_from_memory(&image, png.p, png.n) == 0) {
		log_error("this is not a PNG picture: %s", image.message);
		return ERR_DATA;
	}
	image.format = PNG_FORMAT_GRAY;
	e = make(g, image.width, image.height, GREY_PIXELS_MAX);
	if (e != ERR_OK) {
		log_error("a picture of %u by %u pixels is too big",
		    (unsigned)image.width, (unsigned)image.height);
		e = ERR_DATA;
	} else if (png_image_finish_read(&image, &white, g->p, 0, NULL) == 0) {
		log_error("the picture is damaged: %s", image.message);
		e = ERR_DATA;
	}
	png_image_free(&image);
	return e;
}

/* The shade of the pixel ${x}, ${y} of the picture when it is scaled. */
static uint8_t
shade(const struct grey *g, size_t up, size_t down, size_t x, size_t y)
{
	size_t sum = 0;

	if (down == 1)
		return g->p[y / up * g->width + x / up];
	for (size_t i = 0; i < down; i++)
		for (size_t k = 0; k < down; k++)
			sum += g->p[(y * down + i) * g->width + x * down + k];
	return (uint8_t)(sum / (down * down));
}

enum err
grey_scaled(struct grey *to, const struct grey *from, size_t up, size_t down,
    bool invert)
{
	const uint8_t flip = invert ? 0xff : 0;
	size_t width = from->width * up / down;
	size_t height = from->height * up / down;
	enum err e = make(
	    to, width + 2 * BORDER, height + 2 * BORDER, 2 * GREY_PIXELS_MAX);

	if (e != ERR_OK)
		return e;
	memset(to->p, 0xff, to->width * to->height);
	for (size_t y = 0; y < height; y++) {
		uint8_t *row = to->p + (y + BORDER) * to->width + BORDER;

		for (size_t x = 0; x < width; x++)
			row[x] = shade(from, up, down, x, y) ^ flip;
	}
	return ERR_OK;
}

void
grey_free(struct grey *g)
{
	free(g->p);
	g->p = NULL;
}
