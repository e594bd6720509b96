#include "cards/text.h"

#include <harfbuzz/hb.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

static const char *const file[TEXT_FACES] = {
    [TEXT_REGULAR] = "LiberationSans-Regular.ttf",
    [TEXT_BOLD] = "LiberationSans-Bold.ttf",
};

struct text {
	hb_font_t *font[TEXT_FACES];
	double em[TEXT_FACES]; /* font units to one em */
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
outline(struct text *t, enum text_face face, uint32_t glyph)
{
	t->path.n = 0;
	t->full = false;
	hb_font_get_glyph_shape(t->font[face], glyph, t->pen, t);
	return t->full ? ERR_TOOBIG : ERR_OK;
}

/* --- open and free ------------------------------------------------------- */

/*
 * usable(t, face): HarfBuzz loads a font's tables when they are first used and
 * goes on with empty ones when memory is short. So use them here, once.
 */
static bool
usable(struct text *t, enum text_face face)
{
	hb_codepoint_t glyph = 0;

	return hb_font_get_nominal_glyph(t->font[face], 'H', &glyph) &&
	       glyph != 0 &&
	       hb_font_get_glyph_h_advance(t->font[face], glyph) > 0 &&
	       outline(t, face, glyph) == ERR_OK && t->path.n > 4;
}

static enum err
font_open(struct text *t, enum text_face face, const char *folder)
{
	char path[1024];
	int n = snprintf(path, sizeof(path), "%s/%s", folder, file[face]);
	hb_blob_t *blob = NULL;
	hb_face_t *hbface = NULL;
	enum err err = ERR_NOINPUT;
	int em;

	if (n < 0 || (size_t)n >= sizeof(path))
		goto out;
	blob = hb_blob_create_from_file_or_fail(path);
	if (blob == NULL)
		goto out;
	hbface = hb_face_create(blob, 0);
	t->font[face] = hb_font_create(hbface);
	em = (int)hb_face_get_upem(hbface);
	hb_font_set_scale(t->font[face], em, em);
	t->em[face] = em;
	err = usable(t, face) ? ERR_OK : ERR_NOINPUT;
out:
	hb_face_destroy(hbface);
	hb_blob_destroy(blob);
	if (err != ERR_OK)
		log_error("cannot use the font %s/%s: install the package "
			  "fonts-liberation2",
		    folder, file[face]);
	return err;
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
	for (int f = 0; f < TEXT_FACES && err == ERR_OK; f++)
		err = font_open(t, (enum text_face)f, folder);
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
	for (int f = 0; f < TEXT_FACES; f++)
		hb_font_destroy(t->font[f]);
	hb_draw_funcs_destroy(t->pen);
	hb_buffer_destroy(t->buf);
	free(t);
}

/* --- shaping ------------------------------------------------------------- */

/*
 * code_point(s, at, next): reads the one at byte ${at}. Returns it, and where
 * the next one starts; UINT32_MAX if the bytes are not UTF-8 (RFC 3629).
 */
static uint32_t
code_point(struct span s, size_t at, size_t *next)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	uint8_t b = s.p[at];
	size_t more = b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : b >= 0xc0 ? 1 : 0;
	uint32_t v = more == 0 ? b : b & (0x3fu >> more);

	*next = at + more + 1;
	if (b >= 0xf8 || (b >= 0x80 && b < 0xc0) || more >= s.n - at)
		return UINT32_MAX;
	for (size_t i = at + 1; i < *next; i++) {
		if ((s.p[i] & 0xc0) != 0x80)
			return UINT32_MAX;
		v = v << 6 | (s.p[i] & 0x3fu);
	}
	return v < least[more] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000)
		   ? UINT32_MAX
		   : v;
}

/* unprintable(s): Returns true, and logs why, if ${s} is no line of text. */
static bool
unprintable(struct span s)
{
	for (size_t at = 0; at < s.n;) {
		size_t next;
		uint32_t v = code_point(s, at, &next);

		if (v == UINT32_MAX) {
			log_error("a text for the card is not UTF-8 at its "
				  "byte %zu: save it as UTF-8",
			    at + 1);
			return true;
		}
		if (v < 0x20 || v == 0x7f) {
			log_error("a control character (U+%04X) cannot be "
				  "printed on a card: remove it",
			    (unsigned)v);
			return true;
		}
		at = next;
	}
	return false;
}

/* no_sign(t, s): Returns true, and logs which, if a letter of the shaped text
 * is not in the font. */
static bool
no_sign(struct text *t, struct span s)
{
	unsigned n = 0;
	const hb_glyph_info_t *g = hb_buffer_get_glyph_infos(t->buf, &n);

	for (unsigned i = 0; i < n; i++) {
		size_t next;

		if (g[i].codepoint != 0)
			continue;
		log_error("the card's font has no letter for U+%04X: spell it "
			  "in Latin letters",
		    (unsigned)code_point(s, g[i].cluster, &next));
		return true;
	}
	return false;
}

static enum err
shape(struct text *t, enum text_face face, struct span s)
{
	hb_buffer_t *b = t->buf;

	if (s.n > TEXT_MAX)
		return ERR_TOOBIG;
	if (unprintable(s))
		return ERR_DATA;
	hb_buffer_reset(b);
	hb_buffer_set_flags(b, HB_BUFFER_FLAG_PRESERVE_DEFAULT_IGNORABLES);
	hb_buffer_add_utf8(b, (const char *)s.p, (int)s.n, 0, (int)s.n);
	/* Said here, not guessed: a guess looks at the machine's locale. */
	hb_buffer_set_direction(b, HB_DIRECTION_LTR);
	hb_buffer_set_script(b, HB_SCRIPT_LATIN);
	hb_buffer_set_language(b, hb_language_from_string("en", -1));
	hb_shape(t->font[face], b, NULL, 0);
	if (!hb_buffer_allocation_successful(b))
		return ERR_MEM;
	return no_sign(t, s) ? ERR_DATA : ERR_OK;
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

enum err
text_measure(
    struct text *t, enum text_face face, struct span s, struct text_run *out)
{
	enum err err = shape(t, face, s);
	unsigned n = 0;
	const hb_glyph_info_t *g;
	const hb_glyph_position_t *at;

	out->s = s;
	out->face = face;
	out->n = 0;
	if (err != ERR_OK)
		return err;
	g = hb_buffer_get_glyph_infos(t->buf, &n);
	at = hb_buffer_get_glyph_positions(t->buf, &n);
	for (unsigned i = 0; i < n; i++) {
		if (i == 0 || g[i].cluster != g[i - 1].cluster) {
			if (out->n == TEXT_MAX)
				return ERR_TOOBIG;
			out->cluster[out->n++] =
			    (struct text_cluster){.at = g[i].cluster};
		}
		out->cluster[out->n - 1].em += at[i].x_advance / t->em[face];
	}
	classify(out);
	return ERR_OK;
}

/* --- drawing ------------------------------------------------------------- */

/* define(t, c, face, glyph): gives the letter's shape to the canvas, once. */
static enum err
define(struct text *t, struct canvas *c, enum text_face face, uint32_t glyph)
{
	uint32_t id = (uint32_t)face << 16 | glyph;
	enum err err;

	if (c->ops->has(c, id))
		return ERR_OK;
	err = outline(t, face, glyph);
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

enum err
text_draw(struct text *t, struct canvas *c, enum text_face face, struct span s,
    double pt, double x, double y)
{
	double mm = pt * CANVAS_PT / t->em[face]; /* one font unit */
	enum err err = shape(t, face, s);
	unsigned n = 0;
	const hb_glyph_info_t *g = hb_buffer_get_glyph_infos(t->buf, &n);
	const hb_glyph_position_t *at =
	    hb_buffer_get_glyph_positions(t->buf, &n);

	for (unsigned i = 0; i < n && err == ERR_OK; i++) {
		if (s.p[g[i].cluster] != ' ') {
			err = define(t, c, face, g[i].codepoint);
			c->ops->stamp(c, (uint32_t)face << 16 | g[i].codepoint,
			    x + at[i].x_offset * mm, y - at[i].y_offset * mm,
			    mm);
		}
		x += at[i].x_advance * mm;
	}
	return err;
}
