#ifndef HTTP_DOOR_H
#define HTTP_DOOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

/*
 * Takes connections in, on a thread of its own, and gives each away.  The
 * library below could do that, too, but taking its listening socket away from
 * it while it works is a race that ends the process.
 */
struct door;

struct door_owner {
	void *ctx;
	/* Is there room for one more? */
	bool (*has_room)(void *ctx);
	/* Takes over ${fd}, in any case. */
	void (*take)(void *ctx, int fd, const struct sockaddr *a, socklen_t n);
};

/* door_new(out, fd, owner): opens the listening socket ${fd}, which stays the
 * caller's. Returns ERR_OK, ERR_MEM or ERR_INTERNAL (no thread), logged. */
enum err door_new(
    struct door **out, int fd, const struct door_owner *owner) MUST_CHECK;

/* door_free(d): shuts it: who has not been taken in waits at the socket. NULL
 * does nothing. */
void door_free(struct door *d);

#endif
