#ifndef ISSUER_PILE_H
#define ISSUER_PILE_H

#include "issuer/app.h"

/*
 * Cards that are to be drawn into one PDF, in the order in which they were
 * put down; only their numbers are kept. {0} is an empty pile.
 */
struct pile {
	int64_t *serial;
	size_t n;
	size_t size;
};

/* pile_add(p, serial): Returns ERR_OK or ERR_MEM (logged). */
enum err pile_add(struct pile *p, int64_t serial) MUST_CHECK;

/* pile_add_once(p, serial): the same, unless it lies there already. */
enum err pile_add_once(struct pile *p, int64_t serial) MUST_CHECK;

/*
 * pile_draw(app, p, layout, path): draws them to the PDF ${path}, or a single
 *     one to the picture (render.h), and says where they are. Nothing for an
 * empty pile or a ${path} of NULL. Returns ERR_OK, or why not (logged): the
 * passports are issued all the same, and the message says so.
 */
enum err pile_draw(struct app *app, const struct pile *p, const char *layout,
    const char *path) MUST_CHECK;

void pile_free(struct pile *p);

#endif
