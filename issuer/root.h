#ifndef ISSUER_ROOT_H
#define ISSUER_ROOT_H

#include "issuer/app.h"
#include "passport/trust.h"

/*
 * The root key, here or elsewhere.  root.pub: one public key a line, 64 lower-
 * case hex digits, '#' starts a comment (FORMAT.md 5).
 */

/* root_make(app): makes DATA/keys/root.key and DATA/root.pub. */
enum err root_make(struct app *app) MUST_CHECK;

/* root_adopt(app, file): checks the public root keys in ${file} and copies them
 * to DATA/root.pub. */
enum err root_adopt(struct app *app, const char *file) MUST_CHECK;

/* root_load(app, key): reads DATA/keys/root.key; ERR_NOINPUT (not logged) if
 * the root is elsewhere. */
enum err root_load(struct app *app, struct key_record *key) MUST_CHECK;

/* root_read(roots, n, path): reads at most ${*n} keys of a root.pub, sets
 * ${*n}. ERR_DATA names the line. */
enum err root_read(struct root *roots, size_t *n, const char *path) MUST_CHECK;

#endif
