#include "cards/pngfile.h"

#include <math.h>
#include <png.h>

/* libpng leaves by longjmp: what is used after that stands here, and what it
 * reports is known to be memory or the buffer, for we read nothing. */
struct writing {
	png_structp png;
	png_infop info;
	struct buf *out;
};

static void
on_bytes(png_structp png, png_bytep p, size_t n)
{
	struct writing *w = png_get_io_ptr(png);

	if (buf_add(w->out, p, n) != ERR_OK)
		png_error(png, "no room");
}

static void
on_flush(png_structp png)
{
	(void)png;
}

static void
on_error(png_structp png, png_const_charp why)
{
	(void)why;
	png_longjmp(png, 1);
}

static void
on_warning(png_structp png, png_const_charp why)
{
	(void)png, (void)why;
}

static void
write_head(struct writing *w, png_uint_32 across, png_uint_32 down, double mm)
{
	png_uint_32 metre = (png_uint_32)lround(1000 / mm);

	png_set_write_fn(w->png, w, on_bytes, on_flush);
	png_set_compression_level(w->png, 9);
	png_set_filter(w->png, 0, PNG_FILTER_NONE | PNG_FILTER_UP);
	png_set_IHDR(w->png, w->info, across, down, 8, PNG_COLOR_TYPE_RGB,
	    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
	    PNG_FILTER_TYPE_DEFAULT);
	png_set_sRGB(w->png, w->info, PNG_sRGB_INTENT_RELATIVE);
	png_set_pHYs(w->png, w->info, metre, metre, PNG_RESOLUTION_METER);
}

static void
write_title(struct writing *w, const char *title)
{
	char key[] = "Title", text[80];
	png_text t = {
	    .compression = PNG_TEXT_COMPRESSION_NONE, .key = key, .text = text};
	size_t n = 0;

	for (; n + 1 < sizeof(text) && title[n] != '\0'; n++)
		text[n] = title[n];
	text[n] = '\0';
	png_set_text(w->png, w->info, &t, 1);
}

static void
write_all(struct writing *w, const uint8_t *dot, int across, int down,
    double mm, const char *title)
{
	write_head(w, (png_uint_32)across, (png_uint_32)down, mm);
	write_title(w, title);
	png_write_info(w->png, w->info);
	for (int y = 0; y < down; y++)
		png_write_row(w->png, dot + (size_t)y * (size_t)across * 3);
	png_write_end(w->png, w->info);
}

enum err
pngfile_write(struct buf *out, const uint8_t *dot, int w, int h, double mm,
    const char *title)
{
	struct writing writing = {.out = out};
	const size_t before = out->n;
	volatile enum err err = ERR_MEM;

	writing.png = png_create_write_struct(
	    PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
	if (writing.png == NULL)
		return ERR_MEM;
	writing.info = png_create_info_struct(writing.png);
	if (writing.info == NULL)
		goto out;
	if (setjmp(png_jmpbuf(writing.png)) == 0) {
		write_all(&writing, dot, w, h, mm, title);
		err = ERR_OK;
	} else {
		err = buf_err(out) != ERR_OK ? buf_err(out) : ERR_MEM;
		out->n = before;
	}
out:
	png_destroy_write_struct(&writing.png, &writing.info);
	return err;
}
