#ifndef HTTP_SERVER_PRIVATE_H
#define HTTP_SERVER_PRIVATE_H

#include <microhttpd.h>

#include "http/door.h"
#include "http/reaper.h"
#include "http/server.h"

/* Milliseconds that a client has, none of which a single byte extends. */
#define TIME_FIRST 10000 /* from connecting to a request line */
#define TIME_IDLE                                                              \
	15000 /* from an answer to the end of the next line; who is silent     \
	       * has SILENT_SECS */
#define TIME_ASK    10000 /* from the request line to the body's end */
#define TIME_TAKE   20000 /* for an answer, and: */
#define TAKE_RATE   16    /* bytes a millisecond that anybody takes */
#define SILENT_SECS 10U   /* seconds without a byte */

struct server {
	struct MHD_Daemon *daemon;
	struct reaper *reaper;
	struct door *door;
	const struct site *site;
	int fd;
	size_t most;  /* connections */
	unsigned fds; /* descriptors with a number below that are taken in */
	_Atomic bool stopping;
};

/*
 * The life of a request, as the library calls: exchange_open() with its line,
 * exchange_go() with its head, each piece of its body and its end,
 * exchange_close() when it was answered or the connection is gone.  ${server}
 * is a struct server, ${*exchange} what exchange_open() gave.
 */
void *exchange_open(void *server, const char *target, struct MHD_Connection *c);
enum MHD_Result exchange_go(void *server, struct MHD_Connection *c,
    const char *url, const char *method, const char *version, const char *data,
    size_t *n, void **exchange);
void exchange_close(void *server, struct MHD_Connection *c, void **exchange,
    enum MHD_RequestTerminationCode why);

#endif
