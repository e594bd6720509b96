#include "issuer/render.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "issuer/output.h"
#include "passport/passport.h"
#include "passport/serial.h"
#include "registry/enrol.h"

#define FILE_MAX  ((size_t)1 << 30)
#define SHIFT_MAX 20 /* mm: more is no printer's error */

/* The words on a card, which must outlive the drawing. */
struct face_text {
	struct org org; /* of the card before, if any: most are the same */
	struct enrolment enrolment;
	char address[ENROL_ADDRESS_MAX + 1];
	char valid_to[DATE_WORDS];
	char serial[SERIAL_TEXT];
	char prefix[300];
	struct buf link;
};

/* Found out before anything is issued: a second try would issue again. */
static enum err
folder_ok(const char *path)
{
	const char *slash = strrchr(path, '/');
	int n = slash == NULL || slash == path ? 1 : (int)(slash - path);
	char dir[APP_PATH];

	if (n >= APP_PATH) {
		log_error("the name of the card's file is too long");
		return ERR_USAGE;
	}
	(void)snprintf(dir, sizeof(dir), "%.*s", n, slash == NULL ? "." : path);
	if (access(dir, W_OK | X_OK) == 0)
		return ERR_OK;
	log_error("%s: no card can be written into the folder %s: %s", path,
	    dir, strerror(errno));
	return errno == ENOENT || errno == ENOTDIR ? ERR_NOINPUT : ERR_PERM;
}

static bool
ends(const char *path, const char *tail)
{
	size_t n = strlen(path), m = strlen(tail);

	return n > m && strcasecmp(path + n - m, tail) == 0;
}

enum err
render_path_ok(const char *path)
{
	if (ends(path, ".pdf"))
		return folder_ok(path);
	log_error("%s: name a file that ends in .pdf", path);
	return ERR_USAGE;
}

static const struct card_layout *
layout_of(const char *name)
{
	const struct card_layout *l =
	    card_layout_by_name(name == NULL ? "cr80" : name);

	if (l == NULL)
		log_error("there is no layout '%s': take cr80 (a bank card), "
			  "a4x10 (ten on A4) or letter (large print, A4)",
		    name);
	return l;
}

bool
render_is_picture(const char *path)
{
	return ends(path, ".svg") || ends(path, ".png");
}

enum err
render_pdf_ok(const char *path, const char *layout)
{
	return layout_of(layout) == NULL ? ERR_USAGE : render_path_ok(path);
}

enum err
render_form_ok(const char *path, const char *layout)
{
	if (layout_of(layout) == NULL)
		return ERR_USAGE;
	if (ends(path, ".pdf"))
		return folder_ok(path);
	if (!render_is_picture(path)) {
		log_error("%s: name a file that ends in .pdf to print, or in "
			  ".png or .svg for a picture",
		    path);
		return ERR_USAGE;
	}
	if (layout == NULL || strcmp(layout, "cr80") == 0)
		return folder_ok(path);
	log_error("%s: a picture is the front of one card: name a file that "
		  "ends in .pdf for the layout %s",
	    path, layout);
	return ERR_USAGE;
}

/* issuer_of(app, c, t): what is printed of the card's issuer. */
static enum err
issuer_of(struct app *app, const struct card *c, struct face_text *t)
{
	struct span ods = span_str(c->org);
	enum err e;

	if (strcmp(t->org.ods, c->org) == 0)
		return ERR_OK;
	e = org_get(app->db, ods, &t->org);
	if (e == ERR_OK)
		e = enrol_get(app->db, ods, &t->enrolment);
	if (e != ERR_OK) {
		t->org.ods[0] = '\0';
		return e;
	}
	enrol_address(&t->enrolment, &t->org, t->address);
	return ERR_OK;
}

static enum err
face_of(struct app *app, const struct card *c, const struct card_text *text,
    struct face_text *t, struct card_face *f)
{
	enum err e = issuer_of(app, c, t);

	t->link.n = 0;
	if (e == ERR_OK)
		e = output_link(app, &t->link, c, text);
	if (e != ERR_OK)
		return e;
	date_words(t->valid_to, output_valid_to(c));
	serial_text(t->serial, (uint64_t)c->serial);
	(void)snprintf(
	    t->prefix, sizeof(t->prefix), "https://%s/#", app->conf.host);
	*f = (struct card_face){.name = text->name,
	    .issuer = t->org.name,
	    .phone = enrol_phone(&t->enrolment, &t->org),
	    .address = t->address,
	    .valid_to = t->valid_to,
	    .serial = t->serial,
	    .host = app->conf.host,
	    .url_prefix = t->prefix,
	    .digits = (const char *)t->link.p + strlen(t->prefix),
	    .young = c->class == CLASS_YOUNG};
	return ERR_OK;
}

/* --- where a printer's error moves a sheet ------------------------------- */

/* number(v, s): reads one number of mm; ${s} moves behind it. */
static bool
number(double *v, const char **s)
{
	char *end;

	/* The program never sets a locale: the point is a dot. */
	*v = strtod(*s, &end);
	if (end == *s || !(*v >= -SHIFT_MAX && *v <= SHIFT_MAX))
		return false;
	*s = end;
	return true;
}

static enum err
side_shift(struct card_shift *shift, enum card_side side, const char *key,
    const char *s)
{
	const char *at = s;

	if (s[0] == '\0')
		return ERR_OK;
	if (number(&shift->right[side], &at) &&
	    number(&shift->down[side], &at) && at[strspn(at, " \t")] == '\0')
		return ERR_OK;
	log_error("carerpass.conf: [sheet] %s = %s: write two numbers of mm, "
		  "right and down, like 1.5 -0.5 (at most %d)",
	    key, s, SHIFT_MAX);
	return ERR_CONFIG;
}

static enum err
shift_of(struct card_shift *shift, const struct app *app)
{
	enum err e;

	*shift = (struct card_shift){0};
	e = side_shift(shift, CARD_FRONT, "front", app->conf.front);
	return e == ERR_OK
		   ? side_shift(shift, CARD_BACK, "back", app->conf.back)
		   : e;
}

/* --- files --------------------------------------------------------------- */

enum err
render_batch(struct app *app, render_next *next, void *arg, const char *layout,
    const char *path, size_t *drawn)
{
	const struct card_layout *l = layout_of(layout);
	struct face_text t = {.link = BUF_INIT(2048)};
	struct buf out = BUF_INIT(FILE_MAX);
	struct card_text text = {0};
	struct card_doc *doc = NULL;
	struct card_shift shift;
	struct card_face face;
	struct card card;
	bool more = true;
	enum err e = l == NULL ? ERR_USAGE : shift_of(&shift, app);

	*drawn = 0;
	if (e == ERR_OK)
		e = card_doc_new(&doc, l, &shift);
	while (e == ERR_OK) {
		e = next(arg, &card, &text, &more);
		if (e != ERR_OK || !more)
			break;
		e = face_of(app, &card, &text, &t, &face);
		if (e == ERR_OK)
			e = card_doc_add(doc, &face);
		*drawn += e == ERR_OK;
	}
	if (e == ERR_OK && *drawn > 0)
		e = card_doc_finish(doc, &out);
	if (e == ERR_OK && *drawn > 0)
		e = file_write(path, buf_span(&out), 0600);
	card_doc_free(doc);
	buf_free(&t.link);
	buf_free(&out);
	explicit_bzero(&text, sizeof(text));
	return e;
}

/* One card as the batch that it is. */
struct single {
	const struct card *card;
	const struct card_text *text;
	bool given;
};

static enum err
next_single(void *arg, struct card *c, struct card_text *text, bool *more)
{
	struct single *s = arg;

	*more = !s->given;
	if (s->given)
		return ERR_OK;
	*c = *s->card;
	*text = *s->text;
	s->given = true;
	return ERR_OK;
}

static enum err
render_document(struct app *app, const struct card *c,
    const struct card_text *text, const char *path, const char *layout)
{
	struct single one = {c, text, false};
	size_t drawn;

	return render_batch(app, next_single, &one, layout, path, &drawn);
}

static enum err
render_picture(struct app *app, const struct card *c,
    const struct card_text *text, const char *path)
{
	struct face_text t = {.link = BUF_INIT(2048)};
	struct buf out = BUF_INIT(FILE_MAX);
	struct card_face face;
	enum err e = face_of(app, c, text, &t, &face);

	if (e == ERR_OK)
		e = (ends(path, ".svg") ? card_svg : card_png)(
		    &out, &face, CARD_FRONT, &card_layout_cr80);
	if (e == ERR_OK)
		e = file_write(path, buf_span(&out), 0600);
	buf_free(&t.link);
	buf_free(&out);
	return e;
}

enum err
render_card(struct app *app, const struct card *c, const struct card_text *text,
    const char *path, const char *layout)
{
	return ends(path, ".pdf") ? render_document(app, c, text, path, layout)
				  : render_picture(app, c, text, path);
}

enum err
render_alignment(struct app *app, const char *path, const char *layout)
{
	const struct card_layout *l =
	    layout_of(layout == NULL ? "a4x10" : layout);
	struct buf out = BUF_INIT(FILE_MAX);
	struct card_shift shift;
	enum err e = l == NULL ? ERR_USAGE : ERR_OK;

	if (e == ERR_OK && l != &card_layout_a4x10) {
		log_error(
		    "the layout %s has no alignment page: take a4x10", layout);
		e = ERR_USAGE;
	}
	if (e == ERR_OK)
		e = shift_of(&shift, app);
	if (e == ERR_OK)
		e = card_alignment_pdf(&out, l, &shift);
	if (e == ERR_OK)
		e = file_write(path, buf_span(&out), 0644);
	buf_free(&out);
	return e;
}
