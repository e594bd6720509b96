#include "issuer/newest.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "issuer/root.h"

void
newest_free(struct newest *w)
{
	buf_free(&w->bytes);
	free(w->at);
	free(w->work);
}

enum err
newest_read(struct newest *w, struct app *app, const char *path)
{
	struct root roots[16];
	size_t n = 16;
	char pub[APP_PATH];
	enum err e;

	memset(w, 0, sizeof(*w));
	w->bytes.cap = TRUST_MAX;
	app_path(pub, app, "root.pub");
	if (access(path, F_OK) != 0)
		return ERR_OK;
	e = file_read(&w->bytes, path);
	if (e != ERR_OK)
		return e;
	e = root_read(roots, &n, pub);
	if (e != ERR_OK)
		return e;
	w->at = calloc(TRUST_KEYS_MAX, sizeof(*w->at));
	w->work = malloc(w->bytes.n + COSE_OVERHEAD);
	if (w->at == NULL || w->work == NULL)
		return ERR_MEM;
	w->good = trust_read(&w->trust, buf_span(&w->bytes), roots, n, w->work,
		      w->bytes.n + COSE_OVERHEAD, w->at, TRUST_KEYS_MAX) &&
		  cose_read(&w->cose, COSE_TRUST, buf_span(&w->bytes));
	if (!w->good)
		log_warn("%s is not a list that this scheme's roots signed: "
			 "it is not used",
		    path);
	return ERR_OK;
}

enum err
newest_read_own(struct newest *w, struct app *app)
{
	char path[APP_PATH];

	app_path(path, app, "trust.cwt");
	return newest_read(w, app, path);
}
