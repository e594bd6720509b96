#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "http/route.h"

/*
 * An HTTP/1.1 server on libmicrohttpd: a pool of threads on epoll, each request
 * held against the guard, its time against the reaper, its body against the
 * route's limit, before a handler sees it.  Handlers run on any of the threads.
 */
struct server;

struct site {
	const struct route *routes;
	size_t n;
	void *ctx; /* for the handlers */
	/* Called when a request is answered: route (n: none), its status. */
	void (*done)(void *ctx, size_t route, unsigned status);
};

#define SERVER_CONNECTIONS 2000
#define SERVER_DRAIN_SECS  10

/*
 * server_new(out, fd, site): serves ${site} on the listening socket ${fd},
 * which is then the server's. Both ${site} and its table stay the caller's.
 *     Returns ERR_OK, ERR_MEM or ERR_INTERNAL, logged.
 */
enum err server_new(
    struct server **out, int fd, const struct site *site) MUST_CHECK;

/*
 * server_free(s): takes no new connections, lets requests under way end for at
 *     most SERVER_DRAIN_SECS, and stops. NULL does nothing.
 */
void server_free(struct server *s);

/* server_count(s, open, ended): as reaper_count(). */
void server_count(struct server *s, size_t *open, uint64_t *ended);

#endif
