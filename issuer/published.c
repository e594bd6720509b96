#include "issuer/published.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "keys/status_build.h"

enum err
published_open(struct published *p, struct app *app, const char *dir)
{
	char path[APP_PATH + 16];
	enum err e;

	memset(p, 0, sizeof(*p));
	p->list.cap = STATUS_MAX;
	if (strlen(dir) >= sizeof(p->dir)) {
		log_error("the name of the folder of lists is too long");
		return ERR_USAGE;
	}
	memcpy(p->dir, dir, strlen(dir) + 1);
	(void)snprintf(path, sizeof(path), "%s/trust.cwt", dir);
	e = newest_read(&p->trust, app, path);
	if (e == ERR_OK && !p->trust.good)
		log_warn("%s holds no lists of this scheme: bits that were set "
			 "in them for no card's sake may fall, which tells "
			 "that they were; name a copy with --lists",
		    dir);
	return e;
}

void
published_close(struct published *p)
{
	newest_free(&p->trust);
	buf_free(&p->list);
}

/* Signed by a status key of any of the trust list's services? */
static bool
is_signed(const struct published *p, uint32_t n, struct status *s)
{
	size_t size = p->list.n + COSE_OVERHEAD;
	uint8_t *work = malloc(size);
	bool good = false;

	for (uint64_t i = 0;
	     work != NULL && !good && i < p->trust.trust.nservices; i++)
		good = status_read(s, span_of(p->list.p, p->list.n),
		    &p->trust.trust, i, n, work, size);
	free(work);
	return good;
}

enum err
published_bits(struct published *p, uint32_t n,
    uint8_t bits[static STATUS_BYTES], bool *found)
{
	char path[APP_PATH + 32];
	struct status s;
	enum err e;

	*found = false;
	(void)snprintf(path, sizeof(path), "%s/status/%u.cwt", p->dir, n);
	if (!p->trust.good || access(path, F_OK) != 0)
		return ERR_OK;
	p->list.n = 0;
	e = file_read(&p->list, path);
	if (e != ERR_OK)
		return e;
	*found = is_signed(p, n, &s) && status_unpack(bits, s.lst);
	if (!*found)
		log_warn("%s: is not signed by a key of the trust list beside "
			 "it: it is not used",
		    path);
	return ERR_OK;
}
