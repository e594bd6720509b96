#ifndef MIRROR_FETCH_H
#define MIRROR_FETCH_H

#include "base/buf.h"
#include "verifier/mirror/etags.h"
#include "verifier/mirror/url.h"

/*
 * Files from one address, over one connection (libcurl): https with TLS 1.2 or
 * later, no redirections, each file in bounded time and size.  What went wrong
 * is logged here, with the address.
 */
struct fetch;

struct fetch_from {
	struct url url;
	const char
	    *cacert;  /* the CA certificates to go by; NULL: the system's */
	long seconds; /* that a file may take */
};

enum fetched {
	FETCHED_NEW = 0,  /* bytes, and perhaps a tag */
	FETCHED_SAME = 1, /* those of the tag that was sent */
	FETCHED_NONE = 2, /* the server has no such file */
};

/* fetch_new(out, from): makes ready to ask. ${from} is kept, not copied.
 * Returns ERR_OK, ERR_MEM or ERR_INTERNAL. */
enum err fetch_new(
    struct fetch **out, const struct fetch_from *from) MUST_CHECK;

/* fetch_free(f): ends the connection; NULL does nothing. */
void fetch_free(struct fetch *f);

/*
 * fetch_get(f, name, tag, out, got): asks for a file, unless it is still the
 *     one of ${tag} (NULL: in any case). Its bytes replace those of ${out},
 *     whose cap is the limit. Returns ERR_OK; ERR_TOOBIG; ERR_UNAVAILABLE (not
 *     reached, not trusted, too slow, cut short, any other answer); ERR_MEM.
 */
enum err fetch_get(struct fetch *f, const char *name, const char *tag,
    struct buf *out, enum fetched *got) MUST_CHECK;

/* fetch_tag(f): the tag of the file that was fetched last, "" for none. */
const char *fetch_tag(const struct fetch *f);

#endif
