#include "http/server_private.h"

#include <stdlib.h>

#include "http/accept.h"
#include "http/cover.h"
#include "http/guard.h"
#include "http/secure.h"

#define DISCARD     1048576 /* bytes of a body too long that are still read */
#define QUERIES_MAX 64      /* parts of a query, which nobody asks for */

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
void *
exchange_open(void *server, const char *target, struct MHD_Connection *c)
{
	struct exchange *x = calloc(1, sizeof(*x));

	(void)server;
	if (x == NULL)
		return NULL;
	x->conn = conn_of(c);
	x->target = strndup(target, GUARD_TARGET_MAX + 1);
	x->a.own = (struct buf)BUF_INIT(RESP_OWN_MAX);
	if (x->conn != NULL)
		reaper_by(x->conn, is_endless(target) ? 0 : TIME_ASK, false);
	return x;
}

void
exchange_close(void *server, struct MHD_Connection *c, void **exchange,
    enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *exchange;
	struct server *s = server;

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
	*exchange = NULL;
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

enum MHD_Result
exchange_go(void *server, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *n,
    void **exchange)
{
	struct server *s = server;
	struct exchange *x = *exchange;
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
