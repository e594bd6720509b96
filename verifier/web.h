#ifndef VERIFIER_WEB_H
#define VERIFIER_WEB_H

#include "base/asset.h"
#include "base/err.h"
#include "base/span.h"
#include "verifier/published.h"

/* The files of the ward page, carried inside the program (verifier/web). */
extern const struct assets web_assets;

struct web_file {
	const char *name;
	const char *type;
	struct span bytes;
	struct span gzip; /* empty if there is none */
	char etag[PUBLISHED_ETAG];
	char gzip_etag[PUBLISHED_ETAG];
};

/* web_open(): looks the files over, once, before any thread asks for them.
 * Returns ERR_OK or ERR_INTERNAL (a file of a kind that web.c does not know).
 */
enum err web_open(void) MUST_CHECK;

/* web_find(name): Returns the file, NULL if there is none. */
const struct web_file *web_find(struct span name);

#endif
