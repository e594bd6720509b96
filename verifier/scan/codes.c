#include "verifier/scan/codes.h"

#include <zbar.h>

#define CODES_MAX 64      /* distinct codes of a picture */
#define SMALL     4000000 /* pixels: only up to here is it enlarged */
#define LARGE     250000  /* pixels: only from here on is it made smaller */

/* How a picture is looked at, in this order until something is seen. */
static const struct {
	size_t up;
	size_t down;
	bool invert;
} looks[] = {
    {1, 1, false},
    {2, 1, false},
    {1, 2, false},
    {1, 3, false},
    {1, 1, true},
    {2, 1, true},
    {1, 2, true},
    {3, 1, false},
    {1, 4, false},
};

void
codes_sets_open(struct codes_sets *s)
{
	static const char *const names[CODES_SETS] = {
	    "ISO8859-1", "SJIS", "BIG5", "CP437", "UTF-8"};

	for (size_t i = 0; i < CODES_SETS; i++)
		s->open[i] = iconv_open("UTF-8", names[i]);
}

void
codes_sets_close(struct codes_sets *s)
{
	for (size_t i = 0; i < CODES_SETS; i++)
		if (s->open[i] != (iconv_t)-1)
			iconv_close(s->open[i]);
}

static bool
worth_it(const struct grey *g, size_t up, size_t down)
{
	size_t pixels = g->width * g->height;

	return up > 1 ? pixels <= SMALL : down == 1 || pixels >= LARGE;
}

/* Is the line ${s} among those of ${out}? */
static bool
has_line(const struct buf *out, struct span s)
{
	size_t at = 0;

	while (at < out->n) {
		const uint8_t *end = memchr(out->p + at, '\n', out->n - at);
		size_t n = (size_t)(end - (out->p + at));

		if (span_eq(span_of(out->p + at, n), s))
			return true;
		at += n + 1;
	}
	return false;
}

static void
add_code(struct buf *out, const char *data, size_t n)
{
	uint8_t line[8192];

	if (n > sizeof(line))
		return; /* no QR code holds that much */
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)data[i];
		uint8_t next = i + 1 < n ? (uint8_t)data[i + 1] : 0;

		/* C2 80 to C2 9F are control characters, too. */
		line[i] = c < 0x20 || c == 0x7f || (c == 0xc2 && next < 0xa0)
			      ? '?'
			      : c;
	}
	if (has_line(out, span_of(line, n)))
		return;
	buf_add(out, line, n);
	buf_puts(out, "\n");
}

/* Takes the codes that the scanner sees in one picture. */
static void
scan(struct buf *out, zbar_image_scanner_t *scanner, const struct grey *g)
{
	zbar_image_t *image = zbar_image_create();
	int left = CODES_MAX;

	if (image == NULL)
		return;
	zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
	zbar_image_set_size(image, (unsigned)g->width, (unsigned)g->height);
	zbar_image_set_data(image, g->p, g->width * g->height, NULL);
	if (zbar_scan_image(scanner, image) > 0)
		for (const zbar_symbol_t *s = zbar_image_first_symbol(image);
		     s != NULL && left-- > 0; s = zbar_symbol_next(s))
			if (zbar_symbol_get_type(s) == ZBAR_QRCODE)
				add_code(out, zbar_symbol_get_data(s),
				    zbar_symbol_get_data_length(s));
	zbar_image_destroy(image);
}

enum err
codes_find(struct buf *out, const struct grey *g)
{
	zbar_image_scanner_t *scanner = zbar_image_scanner_create();
	enum err e = ERR_OK;

	if (scanner == NULL)
		return ERR_MEM;
	zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	for (size_t i = 0;
	     i < sizeof(looks) / sizeof(*looks) && out->n == 0 && e == ERR_OK;
	     i++) {
		struct grey seen = {0};

		if (!worth_it(g, looks[i].up, looks[i].down))
			continue;
		e = grey_scaled(
		    &seen, g, looks[i].up, looks[i].down, looks[i].invert);
		if (e == ERR_OK)
			scan(out, scanner, &seen);
		grey_free(&seen);
	}
	zbar_image_scanner_destroy(scanner);
	if (e == ERR_OK)
		e = buf_err(out);
	return e == ERR_OK && out->n == 0 ? ERR_DATA : e;
}
