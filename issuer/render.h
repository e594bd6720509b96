#ifndef ISSUER_RENDER_H
#define ISSUER_RENDER_H

#include "cards/card.h"
#include "issuer/app.h"
#include "registry/card.h"

/*
 * Cards to files. The end of a file's name says what it is: .pdf every layout,
 * .svg and .png the front of one card, for a phone. Files are for the owner's
 * eyes only (mode 0600): a card is as private as the name on it. Sheets are
 * moved by what the configuration says:
 *
 *   [sheet]
 *   front = 1.5 -0.5     mm to the right, mm down
 *   back = 0 0
 */

/*
 * render_form_ok(path, layout): the same for a command that takes every form;
 * ${layout} is the name that was given, or NULL. A picture has no layout but
 * cr80, and there must be such a layout.
 */
enum err render_form_ok(const char *path, const char *layout) MUST_CHECK;

/* render_path_ok(path): Returns ERR_USAGE unless ${path} ends in .pdf, and
 * ERR_NOINPUT or ERR_PERM unless its folder can be written to; all logged. */
enum err render_path_ok(const char *path) MUST_CHECK;

/* render_is_picture(path): Returns true for a path that ends in .svg or .png.
 */
bool render_is_picture(const char *path);

/* render_pdf_ok(path, layout): render_path_ok(), and there must be such a
 * layout; NULL is cr80. */
enum err render_pdf_ok(const char *path, const char *layout) MUST_CHECK;

/* render_card(app, c, text, path, layout): draws the card to ${path} in the
 * form that its end says; ${layout} NULL is cr80. */
enum err render_card(struct app *app, const struct card *c,
    const struct card_text *text, const char *path,
    const char *layout) MUST_CHECK;

/*
 * render_batch(app, next, arg, layout, path): draws the cards that ${next}
 * gives to the PDF ${path}, in that order; ${layout} is a name, NULL: cr80. One
 * card is in memory at a time, and its drawing, 6 KB or so. ${path} is written
 * when all are drawn, or not at all. ${drawn} says how many there were; for
 * none no file is written.
 *
 * next(arg, c, text, more): sets ${more} to false after the last card, else
 *     ${c} and ${text}; the caller wipes ${text} when render_batch() is back.
 */
typedef enum err render_next(
    void *arg, struct card *c, struct card_text *text, bool *more);

enum err render_batch(struct app *app, render_next *next, void *arg,
    const char *layout, const char *path, size_t *drawn) MUST_CHECK;

/* render_alignment(app, path, layout): the test page of a sheet to the PDF
 * ${path}; ${layout} NULL is a4x10. */
enum err render_alignment(
    struct app *app, const char *path, const char *layout) MUST_CHECK;

#endif
