#include "cards/text.h"

#include <harfbuzz/hb.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "cards/utf8.h"

/*
 * The font of a face, and a spare one for nine rare Latin letters that
 * Liberation Sans has not (U+1E9C to U+1E9F, U+1EFA to U+1EFF) but that a name
 * may have.  The spare one (package fonts-sil-andika) is opened when it is
 * needed; without it such a letter is refused as any other without a sign.
 */
#define FONTS        (2 * TEXT_FACES)
#define SPARE_FOLDER "/usr/share/fonts/truetype/andika"
#define SPARE_FIRST  0x1e00u
#define SPARE_LAST   0x1effu

static const char *const file[FONTS] = {
    [TEXT_REGULAR] = "LiberationSans-Regular.ttf",
    [TEXT_BOLD] = "LiberationSans-Bold.ttf",
    [TEXT_FACES + TEXT_REGULAR] = "Andika-Regular.ttf",
    [TEXT_FACES + TEXT_BOLD] = "Andika-Bold.ttf",
};

struct text {
	hb_font_t *font[FONTS];
	double em[FONTS]; /* font units to one em */
	hb_buffer_t *buf;
	hb_draw_funcs_t *pen;
	struct path path; /* the outline being fetched */
	bool full;        /* it has more steps than a path holds */
};

/* --- outlines: HarfBuzz calls back, a struct path is filled -------------- */

static void
step(struct text *t, enum path_kind kind, const double v[static 6])
{
	struct path *p = &t->path;

	if (p->n == PATH_STEPS) {
		t->full = true;
		return;
	}
	p->step[p->n].kind = kind;
	for (int i = 0; i < 6; i++)
		p->step[p->n].v[i] = (int)lround(fmax(-2e4, fmin(v[i], 2e4)));
	p->n++;
}

static void
on_move(hb_draw_funcs_t *f, void *t, hb_draw_state_t *st, float x, float y,
    void *user)
{
	(void)f, (void)st, (void)user;
	step(t, PATH_MOVE, (const double[6]){(double)x, (double)y});
}

static void
on_line(hb_draw_funcs_t *f, void *t, hb_draw_state_t *st, float x, float y,
    void *user)
{
	(void)f, (void)st, (void)user;
	step(t, PATH_LINE, (const double[6]){(double)x, (double)y});
}

/* PDF has no quadratic curve: the same curve, raised to a cubic. */
static void
on_quad(hb_draw_funcs_t *f, void *t, hb_draw_state_t *st, float cx, float cy,
    float x, float y, void *user)
{
	double x0 = (double)st->current_x, y0 = (double)st->current_y;
	double dx = (double)cx, dy = (double)cy;
	double x1 = (double)x, y1 = (double)y;

	(void)f, (void)user;
	step(t, PATH_CURVE,
	    (const double[6]){x0 + (dx - x0) * 2 / 3, y0 + (dy - y0) * 2 / 3,
		x1 + (dx - x1) * 2 / 3, y1 + (dy - y1) * 2 / 3, x1, y1});
}

static void
on_cubic(hb_draw_funcs_t *f, void *t, hb_draw_state_t *st, float ax, float ay,
    float bx, float by, float x, float y, void *user)
{
	(void)f, (void)st, (void)user;
	step(t, PATH_CURVE,
	    (const double[6]){(double)ax, (double)ay, (double)bx, (double)by,
		(double)x, (double)y});
}

static void
on_close(hb_draw_funcs_t *f, void *t, hb_draw_state_t *st, void *user)
{
	(void)f, (void)st, (void)user;
	step(t, PATH_CLOSE, (const double[6]){0});
}

static enum err
outline(struct text *t, int font, uint32_t glyph)
{
	t->path.n = 0;
	t->full = false;
	hb_font_get_glyph_shape(t->font[font], glyph, t->pen, t);
	return t->full ? ERR_TOOBIG : ERR_OK;
}

/* --- shaping ------------------------------------------------------------- */

/* no_sign(t, s): Returns true, and logs which, if a letter of the shaped text
 * is not in the font. */
static bool
no_sign(struct text *t, struct span s)
{
	unsigned n = 0;
	const hb_glyph_info_t *g = hb_buffer_get_glyph_infos(t->buf, &n);

	for (unsigned i = 0; i < n; i++) {
		size_t at = g[i].cluster;

		if (g[i].codepoint != 0)
			continue;
		log_error("the card's font has no letter for U+%04X: spell it "
			  "in Latin letters",
		    (unsigned)utf8_next(s, &at));
		return true;
	}
	return false;
}

/* shape(t, font, s, from, to): shapes that part of ${s} into ${t}->buf. */
static enum err
shape(struct text *t, int font, struct span s, size_t from, size_t to)
{
	hb_buffer_t *b = t->buf;

	hb_buffer_reset(b);
	hb_buffer_set_flags(b, HB_BUFFER_FLAG_PRESERVE_DEFAULT_IGNORABLES);
	hb_buffer_add_utf8(
	    b, (const char *)s.p, (int)s.n, (unsigned)from, (int)(to - from));
	/* Said here, not guessed: a guess looks at the machine's locale. */
	hb_buffer_set_direction(b, HB_DIRECTION_LTR);
	hb_buffer_set_script(b, HB_SCRIPT_LATIN);
	hb_buffer_set_language(b, hb_language_from_string("en", -1));
	hb_shape(t->font[font], b, NULL, 0);
	if (!hb_buffer_allocation_successful(b))
		return ERR_MEM;
	return no_sign(t, s) ? ERR_DATA : ERR_OK;
}

/* --- open and free ------------------------------------------------------- */

static double
advance(const struct text *t, int font, char letter)
{
	hb_codepoint_t glyph = 0;

	if (!hb_font_get_nominal_glyph(
		t->font[font], (hb_codepoint_t)letter, &glyph))
		return 0;
	return hb_font_get_glyph_h_advance(t->font[font], glyph);
}

/*
 * usable(t, font): HarfBuzz loads a font's tables when they are first used and
 * goes on with empty ones when memory is short: no outlines, all letters of one
 * width, no kerning. So use each here, once, and look.
 */
static bool
usable(struct text *t, int font)
{
	static const char probe[] = "AV";
	hb_codepoint_t glyph = 0;
	double pair = 0;
	unsigned n = 0;
	const hb_glyph_position_t *at;

	if (!hb_font_get_nominal_glyph(t->font[font], 'H', &glyph) ||
	    outline(t, font, glyph) != ERR_OK || t->path.n < 4 ||
	    advance(t, font, 'i') >= advance(t, font, 'W') ||
	    shape(t, font, span_str(probe), 0, 2) != ERR_OK)
		return false;
	at = hb_buffer_get_glyph_positions(t->buf, &n);
	for (unsigned i = 0; i < n; i++)
		pair += at[i].x_advance;
	/* The spare fonts have no kerning to look for. */
	return font >= TEXT_FACES ||
	       pair < advance(t, font, 'A') + advance(t, font, 'V');
}

/* font_open(t, font, folder): Returns ERR_OK or ERR_NOINPUT. */
static enum err
font_open(struct text *t, int font, const char *folder)
{
	char path[1024];
	int n = snprintf(path, sizeof(path), "%s/%s", folder, file[font]);
	hb_blob_t *blob;
	hb_face_t *face;
	int em;

	if (n < 0 || (size_t)n >= sizeof(path))
		return ERR_NOINPUT;
	blob = hb_blob_create_from_file_or_fail(path);
	if (blob == NULL)
		return ERR_NOINPUT;
	face = hb_face_create(blob, 0);
	t->font[font] = hb_font_create(face);
	em = (int)hb_face_get_upem(face);
	hb_font_set_scale(t->font[font], em, em);
	t->em[font] = em;
	hb_face_destroy(face);
	hb_blob_destroy(blob);
	if (usable(t, font))
		return ERR_OK;
	hb_font_destroy(t->font[font]);
	t->font[font] = NULL;
	return ERR_NOINPUT;
}

static enum err
pen_open(struct text *t)
{
	t->buf = hb_buffer_create();
	t->pen = hb_draw_funcs_create();
	/* Without memory both are HarfBuzz's own empty, immutable ones. */
	if (!hb_buffer_allocation_successful(t->buf) ||
	    hb_draw_funcs_is_immutable(t->pen))
		return ERR_MEM;
	hb_draw_funcs_set_move_to_func(t->pen, on_move, NULL, NULL);
	hb_draw_funcs_set_line_to_func(t->pen, on_line, NULL, NULL);
	hb_draw_funcs_set_quadratic_to_func(t->pen, on_quad, NULL, NULL);
	hb_draw_funcs_set_cubic_to_func(t->pen, on_cubic, NULL, NULL);
	hb_draw_funcs_set_close_path_func(t->pen, on_close, NULL, NULL);
	hb_draw_funcs_make_immutable(t->pen);
	return ERR_OK;
}

enum err
text_open(struct text **out, const char *folder)
{
	struct text *t = calloc(1, sizeof(*t));
	enum err err;

	*out = NULL;
	if (t == NULL)
		return ERR_MEM;
	err = pen_open(t);
	for (int f = 0; f < TEXT_FACES && err == ERR_OK; f++) {
		err = font_open(t, f, folder);
		if (err != ERR_OK)
			log_error("cannot use the font %s/%s: install the "
				  "package fonts-liberation2",
			    folder, file[f]);
	}
	if (err != ERR_OK) {
		text_free(t);
		return err;
	}
	*out = t;
	return ERR_OK;
}

void
text_free(struct text *t)
{
	if (t == NULL)
		return;
	for (int f = 0; f < FONTS; f++)
		hb_font_destroy(t->font[f]);
	hb_draw_funcs_destroy(t->pen);
	hb_buffer_destroy(t->buf);
	free(t);
}

/* --- measuring ----------------------------------------------------------- */

/* font_of(t, face, v): Returns which font has the letter ${v}, or the face's
 * own if none has. */
static int
font_of(struct text *t, enum text_face face, uint32_t v)
{
	int spare = TEXT_FACES + (int)face;
	hb_codepoint_t glyph;

	if (v < SPARE_FIRST || v > SPARE_LAST ||
	    hb_font_get_nominal_glyph(t->font[face], v, &glyph))
		return (int)face;
	if (t->font[spare] == NULL &&
	    font_open(t, spare, SPARE_FOLDER) != ERR_OK)
		return (int)face;
	return spare;
}

/* is_mark(v): a combining mark is drawn with the letter before it. */
static bool
is_mark(uint32_t v)
{
	return v >= 0x300 && v < 0x370;
}

/* segment(t, face, s, from, font): Returns where the text that starts at
 * ${from} and is in one ${font} ends. */
static size_t
segment(
    struct text *t, enum text_face face, struct span s, size_t from, int *font)
{
	size_t at = from, next = from;

	while (at < s.n) {
		uint32_t v = (uint32_t)utf8_next(s, &next);
		int f = at > from && is_mark(v) ? *font : font_of(t, face, v);

		if (at > from && f != *font)
			break;
		*font = f;
		at = next;
	}
	return at;
}

static enum text_break
break_after(struct span s, size_t at, size_t end)
{
	uint8_t before = at > 0 ? s.p[at - 1] : 0;

	if (s.p[at] == ' ')
		return before >= '0' && before <= '9' ? BREAK_HYPHEN
		       : before == '.'                ? BREAK_SENTENCE
						      : BREAK_SPACE;
	if (s.p[end - 1] == '-' || s.p[end - 1] == '/')
		return BREAK_HYPHEN;
	return BREAK_ANYWHERE;
}

/* classify(out): says of every cluster whether it is a space, and how well a
 * line ends after it. */
static void
classify(struct text_run *out)
{
	for (size_t i = 0; i < out->n; i++) {
		struct text_cluster *k = &out->cluster[i];
		size_t end = i + 1 < out->n ? k[1].at : out->s.n;

		k->space = out->s.p[k->at] == ' ';
		k->after = break_after(out->s, k->at, end);
	}
}

/* add_clusters(t, font, out): appends those of the shaped part. */
static enum err
add_clusters(const struct text *t, int font, struct text_run *out)
{
	unsigned n = 0;
	const hb_glyph_info_t *g = hb_buffer_get_glyph_infos(t->buf, &n);
	const hb_glyph_position_t *at =
	    hb_buffer_get_glyph_positions(t->buf, &n);

	for (unsigned i = 0; i < n; i++) {
		if (i == 0 || g[i].cluster != g[i - 1].cluster) {
			if (out->n == TEXT_MAX)
				return ERR_TOOBIG;
			out->cluster[out->n++] =
			    (struct text_cluster){.at = g[i].cluster};
		}
		out->cluster[out->n - 1].em += at[i].x_advance / t->em[font];
	}
	return ERR_OK;
}

enum err
text_measure(
    struct text *t, enum text_face face, struct span s, struct text_run *out)
{
	enum err err = utf8_line(s);
	int font = (int)face;
	size_t end;

	out->s = s;
	out->face = face;
	out->n = 0;
	if (s.n > TEXT_MAX)
		return ERR_TOOBIG;
	for (size_t at = 0; at < s.n && err == ERR_OK; at = end) {
		end = segment(t, face, s, at, &font);
		err = shape(t, font, s, at, end);
		if (err == ERR_OK)
			err = add_clusters(t, font, out);
	}
	classify(out);
	return err;
}

/* --- drawing ------------------------------------------------------------- */

/* define(t, c, font, glyph): gives the letter's shape to the canvas, once. */
static enum err
define(struct text *t, struct canvas *c, int font, uint32_t glyph)
{
	uint32_t id = (uint32_t)font << 16 | glyph;
	enum err err;

	if (c->ops->has(c, id))
		return ERR_OK;
	err = outline(t, font, glyph);
	if (err != ERR_OK)
		return err;
	if (t->path.n == 0) {
		log_error(
		    "the font gave no outline for glyph %u", (unsigned)glyph);
		return ERR_INTERNAL;
	}
	c->ops->define(c, id, &t->path);
	return ERR_OK;
}

/* draw_part(t, c, font, s, pt, x, y): draws the shaped part; ${x} moves to its
 * end. */
static enum err
draw_part(struct text *t, struct canvas *c, int font, struct span s, double pt,
    double *x, double y)
{
	double mm = pt * CANVAS_PT / t->em[font]; /* one font unit */
	enum err err = ERR_OK;
	unsigned n = 0;
	const hb_glyph_info_t *g = hb_buffer_get_glyph_infos(t->buf, &n);
	const hb_glyph_position_t *at =
	    hb_buffer_get_glyph_positions(t->buf, &n);

	for (unsigned i = 0; i < n && err == ERR_OK; i++) {
		if (s.p[g[i].cluster] != ' ') {
			err = define(t, c, font, g[i].codepoint);
			c->ops->stamp(c, (uint32_t)font << 16 | g[i].codepoint,
			    *x + at[i].x_offset * mm, y - at[i].y_offset * mm,
			    mm);
		}
		*x += at[i].x_advance * mm;
	}
	return err;
}

enum err
text_draw(struct text *t, struct canvas *c, enum text_face face, struct span s,
    double pt, double x, double y)
{
	enum err err = utf8_line(s);
	int font = (int)face;
	size_t end;

	if (s.n > TEXT_MAX)
		return ERR_TOOBIG;
	for (size_t at = 0; at < s.n && err == ERR_OK; at = end) {
		end = segment(t, face, s, at, &font);
		err = shape(t, font, s, at, end);
		if (err == ERR_OK)
			err = draw_part(t, c, font, s, pt, &x, y);
	}
	return err;
}
