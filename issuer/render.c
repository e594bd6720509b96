#include "issuer/render.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "cards/card.h"
#include "issuer/output.h"
#include "passport/passport.h"
#include "passport/serial.h"
#include "registry/enrol.h"

#define PDF_MAX (16 * 1024 * 1024)

/* The words on a card, which must outlive the drawing. */
struct face_text {
	struct org org;
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

enum err
render_path_ok(const char *path)
{
	size_t n = strlen(path);

	if (n <= 4 || strcasecmp(path + n - 4, ".pdf") != 0) {
		log_error("%s: name a file that ends in .pdf", path);
		return ERR_USAGE;
	}
	return folder_ok(path);
}

static enum err
face_of(struct app *app, const struct card *c, const struct card_text *text,
    struct face_text *t, struct card_face *f)
{
	struct span ods = span_str(c->org);
	enum err e = org_get(app->db, ods, &t->org);

	if (e == ERR_OK)
		e = enrol_get(app->db, ods, &t->enrolment);
	if (e == ERR_OK)
		e = output_link(app, &t->link, c, text);
	if (e != ERR_OK)
		return e;
	enrol_address(&t->enrolment, &t->org, t->address);
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

enum err
render_pdf(struct app *app, const struct card *c, const struct card_text *text,
    const char *path)
{
	struct buf pdf = BUF_INIT(PDF_MAX);
	struct face_text t = {.link = BUF_INIT(2048)};
	struct card_face face;
	enum err e = face_of(app, c, text, &t, &face);

	if (e == ERR_OK)
		e = card_pdf(&pdf, &face, 1, &card_layout_cr80);
	/* A card is as private as the person's name on it. */
	if (e == ERR_OK)
		e = file_write(path, buf_span(&pdf), 0600);
	buf_free(&t.link);
	buf_free(&pdf);
	return e;
}
