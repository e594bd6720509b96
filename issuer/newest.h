#ifndef ISSUER_NEWEST_H
#define ISSUER_NEWEST_H

#include "base/buf.h"
#include "issuer/app.h"

/* A signed trust list in a file, if there is one that this scheme's roots
 * signed. */
struct newest {
	struct buf bytes;
	struct trust trust;
	struct cose cose;
	uint32_t *at;
	uint8_t *work;
	bool good;
};

/*
 * newest_read(w, app, path): reads the list at ${path}. ${w->good} is false if
 *     there is no file, or not one that the keys of DATA/root.pub signed (then
 *     with a warning). newest_free is called in any case.
 */
enum err newest_read(
    struct newest *w, struct app *app, const char *path) MUST_CHECK;

/* newest_read_own(w, app): reads DATA/trust.cwt. */
enum err newest_read_own(struct newest *w, struct app *app) MUST_CHECK;

void newest_free(struct newest *w);

#endif
