#include "http/server.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "http/server_private.h"

#define MEMORY      16384U /* bytes a connection, its head included */
#define DESCRIPTORS 64     /* kept for files */
#define THREAD_FDS  2      /* that the library needs a thread */
#define THREADS_MAX 64

/* --- connections --- */

static void
connection(void *cls, struct MHD_Connection *c, void **ctx,
    enum MHD_ConnectionNotificationCode what)
{
	struct server *s = cls;
	struct reaped *conn = *ctx;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *i = MHD_get_connection_info(
		    c, MHD_CONNECTION_INFO_CONNECTION_FD);

		conn = i == NULL ? NULL : calloc(1, sizeof(*conn));
		*ctx = conn; /* without one, no request is answered */
		if (conn != NULL)
			reaper_add(s->reaper, conn, i->connect_fd, TIME_FIRST);
	} else if (conn != NULL) {
		reaper_drop(s->reaper, conn);
		free(conn);
		*ctx = NULL;
	}
}

static unsigned
threads(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return cpus < 1                 ? 4
	       : cpus > THREADS_MAX / 4 ? THREADS_MAX
					: (unsigned)cpus * 4;
}

/* Descriptors that are for something else than connections. */
static unsigned
kept(void)
{
	return DESCRIPTORS + threads() * THREAD_FDS;
}

/* More connections than descriptors would leave none for the lists. */
static unsigned
connections(void)
{
	rlim_t wanted = SERVER_CONNECTIONS + kept();
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return SERVER_CONNECTIONS;
	if (r.rlim_cur < wanted) {
		r.rlim_cur = r.rlim_max < wanted ? r.rlim_max : wanted;
		(void)setrlimit(RLIMIT_NOFILE, &r);
		(void)getrlimit(RLIMIT_NOFILE, &r);
	}
	if (r.rlim_cur >= wanted)
		return SERVER_CONNECTIONS;
	return r.rlim_cur > kept() + threads() ? (unsigned)r.rlim_cur - kept()
					       : threads();
}

/* --- at the door --- */

static bool
has_room(void *ctx)
{
	struct server *s = ctx;
	size_t open;
	uint64_t ended;

	reaper_count(s->reaper, &open, &ended);
	return open < s->most;
}

static void
take(void *ctx, int fd, const struct sockaddr *a, socklen_t n)
{
	struct server *s = ctx;

	/* The system gives the lowest number that is free. */
	if ((unsigned)fd >= s->fds)
		close(fd);
	else
		(void)MHD_add_connection(s->daemon, fd, a, n);
}

static enum err
start(struct server *s)
{
	const struct door_owner owner = {s, has_room, take};

	/*
	 * How many connections there are is our business: a thread of the
	 * library that comes to its own limit keeps a lock and stands still.
	 */
	s->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD |
					 MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET,
	    0, NULL, NULL, exchange_go, s, MHD_OPTION_THREAD_POOL_SIZE,
	    threads(), MHD_OPTION_CONNECTION_LIMIT, s->fds * threads(),
	    MHD_OPTION_CONNECTION_TIMEOUT, SILENT_SECS,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
	    MHD_OPTION_NOTIFY_CONNECTION, connection, s,
	    MHD_OPTION_NOTIFY_COMPLETED, exchange_close, s,
	    MHD_OPTION_URI_LOG_CALLBACK, exchange_open, s, MHD_OPTION_END);
	if (s->daemon == NULL) {
		log_error("the HTTP server does not start");
		return ERR_INTERNAL;
	}
	return door_new(&s->door, s->fd, &owner);
}

enum err
server_new(struct server **out, int fd, const struct site *site)
{
	struct server *s = calloc(1, sizeof(*s));
	enum err e;

	if (s == NULL) {
		log_error("no memory for the server");
		close(fd);
		return ERR_MEM;
	}
	*out = s; /* handlers may ask for it as soon as there are any */
	s->site = site;
	s->fd = fd;
	s->most = connections();
	s->fds = (unsigned)s->most + kept();
	e = reaper_new(&s->reaper);
	if (e == ERR_OK)
		e = start(s);
	if (e != ERR_OK) {
		server_free(s);
		*out = NULL;
	}
	return e;
}

/* Waits until the last request is answered, or the time is up. The pause comes
 * first: who was just taken in is not counted yet. */
static void
drain(struct server *s)
{
	const struct timespec pause = {0, 20000000};

	for (int i = 0; i < SERVER_DRAIN_SECS * 50; i++) {
		(void)nanosleep(&pause, NULL);
		if (reaper_close_idle(s->reaper) == 0)
			return;
	}
}

void
server_free(struct server *s)
{
	if (s == NULL)
		return;
	s->stopping = true;
	door_free(s->door);
	if (s->daemon != NULL) {
		drain(s);
		MHD_stop_daemon(s->daemon);
	}
	reaper_free(s->reaper);
	close(s->fd);
	free(s);
}

void
server_count(struct server *s, size_t *open, uint64_t *ended)
{
	reaper_count(s->reaper, open, ended);
}
