#ifndef HTTP_RESP_H
#define HTTP_RESP_H

#include "base/buf.h"
#include "base/span.h"

/*
 * An answer under way.  The body is either copied from ${own} or stays where it
 * is until release(held) is called: so a list of a megabyte is not copied a
 * request.
 */
#define RESP_OWN_MAX 65536

struct resp {
	unsigned status;
	const char *type; /* Content-Type; NULL: no body */
	struct span body;
	void (*release)(void *held); /* NULL: ${body} is constant or own */
	void *held;
	const char *etag;     /* with its quotes; kept until answered */
	const char *cache;    /* Cache-Control; NULL: no-store */
	const char *encoding; /* Content-Encoding */
	const char *language; /* Content-Language */
	const char *vary;
	const char *policy; /* Content-Security-Policy; NULL: nothing at all */
	const char *allow;  /* of a 405 */
	bool everyone;      /* may be read by other origins' pages */
	bool close;         /* the connection ends with it */
	struct buf own;     /* what was written for this answer alone */
};

/* resp_text(a, status, type): makes ${a->own} the body. */
void resp_text(struct resp *a, unsigned status, const char *type);

/* resp_problem(a, status, detail): makes it problem+json (RFC 9457); ${detail}
 * says what to do, in plain ASCII without quotes. */
void resp_problem(struct resp *a, unsigned status, const char *detail);

/* resp_title(status): Returns what a status is called, never NULL. */
const char *resp_title(unsigned status);

#endif
