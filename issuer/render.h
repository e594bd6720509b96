#ifndef ISSUER_RENDER_H
#define ISSUER_RENDER_H

#include "issuer/app.h"
#include "registry/card.h"

/* render_pdf(app, c, text, path): draws the card, front and back, to the PDF
 * ${path}. */
enum err render_pdf(struct app *app, const struct card *c,
    const struct card_text *text, const char *path) MUST_CHECK;

/* render_path_ok(path): Returns ERR_USAGE unless ${path} ends in .pdf, and
 * ERR_NOINPUT or ERR_PERM unless its folder can be written to; all logged. */
enum err render_path_ok(const char *path) MUST_CHECK;

#endif
