#ifndef HTTP_REAPER_H
#define HTTP_REAPER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Ends connections whose time is up.  The time-out of the library below starts
 * anew with each byte, so that a client which drips one a second holds a
 * connection for ever; a deadline here does not move.
 */
struct reaper;

/* A connection under a deadline. It is the caller's, who keeps it in place
 * between reaper_add() and reaper_drop(). */
struct reaped {
	int fd;
	_Atomic int64_t deadline; /* reaper_now() milliseconds */
	_Atomic bool idle;        /* between two requests */
	struct reaped *next;
	struct reaped **self;
};

/* reaper_new(out): starts the thread that looks every half second. Returns
 * ERR_OK, ERR_MEM or ERR_INTERNAL (no thread). */
enum err reaper_new(struct reaper **out) MUST_CHECK;

/* reaper_free(r): stops it; NULL does nothing. */
void reaper_free(struct reaper *r);

/* reaper_now(): Returns milliseconds of the monotonic clock. */
int64_t reaper_now(void);

/* reaper_add(r, c, fd, ms): puts ${c} under a deadline ${ms} from now. */
void reaper_add(struct reaper *r, struct reaped *c, int fd, int64_t ms);

/* reaper_drop(r, c): lets go of it; its descriptor is not touched after. */
void reaper_drop(struct reaper *r, struct reaped *c);

/* reaper_by(c, ms, idle): moves the deadline to ${ms} from now. */
void reaper_by(struct reaped *c, int64_t ms, bool idle);

/* reaper_close_idle(r): shuts those that are between two requests. Returns how
 * many connections there are, theirs included. */
size_t reaper_close_idle(struct reaper *r);

/* reaper_count(r, open, ended): how many connections are open, how many were
 * ended for their time. */
void reaper_count(struct reaper *r, size_t *open, uint64_t *ended);

#endif
