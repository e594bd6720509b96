#include "http/server.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "http/accept.h"
#include "http/cover.h"
#include "http/door.h"
#include "http/guard.h"
#include "http/reaper.h"
#include "http/secure.h"

/* Milliseconds that a client has, none of which a single byte extends. */
#define TIME_FIRST 10000 /* from connecting to a request line */
#define TIME_IDLE                                                              \
	15000               /* from an answer to the end of the next line; who \
			     * is silent has SILENT_SECS */
#define TIME_ASK    10000   /* from the request line to the body's end */
#define TIME_TAKE   20000   /* for an answer, and: */
#define TAKE_RATE   16      /* bytes a millisecond that anybody takes */
#define SILENT_SECS 10U     /* seconds without a byte */
#define MEMORY      16384U  /* bytes a connection, its head included */
#define DISCARD     1048576 /* bytes of a body too long that are still read */
#define DESCRIPTORS 64      /* kept for files */
#define THREAD_FDS  2       /* that the library needs a thread */
#define THREADS_MAX 64
#define QUERIES_MAX 64 /* parts of a query, which nobody asks for */

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

/* One request. */
struct exchange {
	struct reaped *conn;
	bool seen; /* its head was looked at */
	bool sound;
	char *target; /* as received: the library rewrites its own in place */
	const struct route *route;
	size_t nroute;
	struct req q;
	struct resp a;
	struct buf body;
	uint64_t got; /* bytes of the body so far */
	bool too_long;
};

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

static struct reaped *
conn_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return i == NULL ? NULL : i->socket_context;
}

/*
 * The library takes queries apart into memory of the connection, and when that
 * is full it is silent until the client's time is up.
 */
static bool
is_endless(const char *target)
{
	size_t n = 0;

	for (const char *p = target; (p = strchr(p, '&')) != NULL; p++)
		if (++n > QUERIES_MAX)
			return true;
	return false;
}

/* The first that is heard of a request: its line. */
static void *
request_line(void *cls, const char *target, struct MHD_Connection *c)
{
	struct exchange *x = calloc(1, sizeof(*x));

	(void)cls;
	if (x == NULL)
		return NULL;
	x->conn = conn_of(c);
	x->target = strndup(target, GUARD_TARGET_MAX + 1);
	x->a.own = (struct buf)BUF_INIT(RESP_OWN_MAX);
	if (x->conn != NULL)
		reaper_by(x->conn, is_endless(target) ? 0 : TIME_ASK, false);
	return x;
}

static void
completed(void *cls, struct MHD_Connection *c, void **ctx,
    enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *ctx;
	struct server *s = cls;

	(void)c;
	(void)why;
	if (x == NULL)
		return;
	if (s->site->done != NULL && x->a.status != 0)
		s->site->done(s->site->ctx, x->nroute, x->a.status);
	if (x->conn != NULL)
		reaper_by(x->conn, TIME_IDLE, true);
	buf_free(&x->body);
	buf_free(&x->a.own);
	free(x->target);
	free(x);
	*ctx = NULL;
}

/* --- answers --- */

static bool
add_field(void *to, const char *name, const char *value)
{
	return MHD_add_response_header(to, name, value) == MHD_YES;
}

static struct MHD_Response *
response_of(struct resp *a)
{
	/* What is not written to, although the library's types say so. */
	union {
		const uint8_t *in;
		void *out;
	} p = {a->body.p};

	if (a->release != NULL)
		return MHD_create_response_from_buffer_with_free_callback_cls(
		    a->body.n, p.out, a->release, a->held);
	return MHD_create_response_from_buffer(a->body.n, p.out,
	    a->own.p != NULL && a->body.p == a->own.p ? MHD_RESPMEM_MUST_COPY
						      : MHD_RESPMEM_PERSISTENT);
}

static void
let_go(struct resp *a)
{
	if (a->release != NULL)
		a->release(a->held);
	a->release = NULL;
}

static enum MHD_Result
send_answer(struct server *s, struct MHD_Connection *c, struct exchange *x)
{
	struct resp *a = &x->a;
	struct MHD_Response *r;
	enum MHD_Result done = MHD_NO;

	if (s->stopping)
		a->close = true;
	r = response_of(a);
	if (r == NULL) {
		let_go(a);
		return MHD_NO;
	}
	reaper_by(x->conn, TIME_TAKE + (int64_t)(a->body.n / TAKE_RATE), false);
	if (secure_fields(a, add_field, r))
		done = MHD_queue_response(c, a->status, r);
	MHD_destroy_response(r); /* its count; the queue holds it */
	return done;
}

/* Refuses before the body is there: nothing after it can be told apart. */
static enum MHD_Result
refuse(struct server *s, struct MHD_Connection *c, struct exchange *x,
    unsigned status, const char *detail)
{
	let_go(&x->a);
	resp_problem(&x->a, status, detail);
	x->a.close = true;
	return send_answer(s, c, x);
}

/* What the client has already (RFC 9110, 15.4.5). The body stays, and with it
 * what the tag is kept in: its length is told, and the library sends no body.
 */
static void
not_modified(struct resp *a)
{
	a->status = MHD_HTTP_NOT_MODIFIED;
	a->type = NULL;
	a->encoding = NULL;
}

static enum MHD_Result
answer(struct server *s, struct MHD_Connection *c, struct exchange *x)
{
	if (buf_err(&x->body) == ERR_MEM)
		return refuse(s, c, x, MHD_HTTP_SERVICE_UNAVAILABLE,
		    "There is no memory for this now. Try again.");
	if (x->too_long)
		return refuse(s, c, x, MHD_HTTP_CONTENT_TOO_LARGE,
		    "The body is longer than this takes.");
	x->q.body = buf_span(&x->body);
	x->q.ctx = s->site->ctx;
	x->route->answer(&x->q, &x->a);
	if (buf_err(&x->a.own) != ERR_OK)
		return refuse(s, c, x, MHD_HTTP_INTERNAL_SERVER_ERROR,
		    "The answer could not be made.");
	if (x->a.status == MHD_HTTP_OK &&
	    accept_match(x->q.if_none_match, x->a.etag))
		not_modified(&x->a);
	return send_answer(s, c, x);
}

/* --- requests --- */

/* What is known of a head while it is looked at. */
struct head {
	struct guard guard;
	struct cover cover;
};

static enum MHD_Result
field(void *cls, enum MHD_ValueKind kind, const char *name, size_t nname,
    const char *value, size_t nvalue)
{
	struct head *h = cls;
	struct span n = span_of(name, nname);
	struct span v = span_of(value, value == NULL ? 0 : nvalue);

	(void)kind;
	guard_field(&h->guard, n, v);
	cover_field(&h->cover, n, v);
	return MHD_YES;
}

static const char *
header(struct MHD_Connection *c, const char *name)
{
	return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static void
fill(struct req *q, struct MHD_Connection *c)
{
	q->content_type = header(c, "Content-Type");
	q->accept_language = header(c, "Accept-Language");
	q->accept_encoding = header(c, "Accept-Encoding");
	q->if_none_match = header(c, "If-None-Match");
}

/* Is the head sound, and no byte of it passed over? */
static bool
head_ok(struct MHD_Connection *c, const struct exchange *x, const char *url,
    const char *method, const char *version, uint64_t *length)
{
	const union MHD_ConnectionInfo *size =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	struct head h;

	if (x->target == NULL || size == NULL)
		return false;
	guard_line(&h.guard, method, x->target, version);
	cover_line(&h.cover, method, url, strlen(x->target), version);
	(void)MHD_get_connection_values_n(c, MHD_HEADER_KIND, field, &h);
	*length = h.guard.length;
	return guard_passes(&h.guard) &&
	       cover_is_whole(&h.cover, size->header_size);
}

/* Looks at the head. Leaves ${*done} MHD_YES with an answer queued, or the
 * request to go on. */
static bool
begin(struct server *s, struct MHD_Connection *c, struct exchange *x,
    const char *url, const char *method, const char *version,
    enum MHD_Result *done)
{
	char allow[ROUTE_ALLOW];
	struct span path;
	uint64_t length;

	x->nroute = s->site->n;
	if (!head_ok(c, x, url, method, version, &length)) {
		*done = refuse(s, c, x, MHD_HTTP_BAD_REQUEST,
		    "The head of the request is not sound HTTP/1.1.");
		return false;
	}
	path = span_of(x->target, strcspn(x->target, "?"));
	fill(&x->q, c);
	x->q.path = path;
	x->route =
	    route_find(s->site->routes, s->site->n, method, path, &x->q.rest);
	if (x->route == NULL &&
	    route_allow(allow, s->site->routes, s->site->n, path)) {
		x->a.allow = allow;
		*done = refuse(s, c, x, MHD_HTTP_METHOD_NOT_ALLOWED,
		    "This address does not take that method.");
		return false;
	}
	if (x->route == NULL) {
		*done = refuse(s, c, x, MHD_HTTP_NOT_FOUND,
		    "There is nothing at this address.");
		return false;
	}
	x->nroute = (size_t)(x->route - s->site->routes);
	x->body = (struct buf)BUF_INIT(x->route->body_max);
	x->too_long = length > x->route->body_max;
	/* Who asks first whether to send a body is told at once. */
	if (!x->too_long || (length <= DISCARD && header(c, "Expect") == NULL))
		return true;
	*done = refuse(s, c, x, MHD_HTTP_CONTENT_TOO_LARGE,
	    "The body is longer than this takes.");
	return false;
}

static enum MHD_Result
request(void *cls, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *n,
    void **ctx)
{
	struct server *s = cls;
	struct exchange *x = *ctx;
	enum MHD_Result done = MHD_YES;

	if (x == NULL || x->conn == NULL)
		return MHD_NO; /* no memory: the connection ends */
	if (!x->seen) {
		x->seen = true;
		x->sound = begin(s, c, x, url, method, version, &done);
		return done;
	}
	if (!x->sound)
		return MHD_NO;
	if (*n > 0) {
		x->got += *n;
		if (x->got > DISCARD)
			return MHD_NO;
		if (!x->too_long && buf_add(&x->body, data, *n) != ERR_OK)
			x->too_long = true;
		*n = 0;
		return MHD_YES;
	}
	return answer(s, c, x);
}

/* --- */

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
	    0, NULL, NULL, request, s, MHD_OPTION_THREAD_POOL_SIZE, threads(),
	    MHD_OPTION_CONNECTION_LIMIT, s->fds * threads(),
	    MHD_OPTION_CONNECTION_TIMEOUT, SILENT_SECS,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
	    MHD_OPTION_NOTIFY_CONNECTION, connection, s,
	    MHD_OPTION_NOTIFY_COMPLETED, completed, s,
	    MHD_OPTION_URI_LOG_CALLBACK, request_line, s, MHD_OPTION_END);
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
