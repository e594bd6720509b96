#include <inttypes.h>
#include <stdatomic.h>

#include "http/server.h"
#include "verifier/service.h"

/* No name, card, address or organisation is ever a label here. */
static const unsigned statuses[SERVICE_STATUSES] = {
    200, 304, 400, 404, 405, 413, 415, 500, 503, 0};

void
service_done(void *ctx, size_t route, unsigned status)
{
	struct service *s = ctx;
	size_t i = 0;

	while (i + 1 < SERVICE_STATUSES && statuses[i] != status)
		i++;
	atomic_fetch_add_explicit(
	    &s->requests[route][i], 1, memory_order_relaxed);
}

/* # HELP and # TYPE of a metric, as Prometheus wants them before its values. */
static void
head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP carerpass_%s %s\n# TYPE carerpass_%s %s\n",
	    name, help, name, type);
}

static void
gauge(struct buf *out, const char *name, int64_t v, const char *help)
{
	head(out, name, "gauge", help);
	buf_printf(out, "carerpass_%s %" PRId64 "\n", name, v);
}

static void
counter(struct buf *out, const char *name, uint64_t v, const char *help)
{
	head(out, name, "counter", help);
	buf_printf(out, "carerpass_%s %" PRIu64 "\n", name, v);
}

static void
put_requests(struct buf *out, struct service *s)
{
	head(out, "http_requests_total", "counter",
	    "Requests answered, by route and status.");
	for (size_t r = 0; r <= service_nroutes; r++)
		for (size_t i = 0; i < SERVICE_STATUSES; i++) {
			uint64_t n = s->requests[r][i];
			bool none = r == service_nroutes;

			if (n == 0)
				continue;
			buf_printf(out,
			    "carerpass_http_requests_total{method=\"%s\","
			    "route=\"%s\",status=\"%u\"} %" PRIu64 "\n",
			    none ? "" : service_routes[r].method,
			    none ? "none" : service_routes[r].path, statuses[i],
			    n);
		}
}

static void
put_verdicts(struct buf *out, struct service *s)
{
	head(out, "verdicts_total", "counter", "Codes judged, by reason.");
	for (int r = 0; r < REASONS; r++)
		buf_printf(out,
		    "carerpass_verdicts_total{verdict=\"%s\",reason=\"%s\"} "
		    "%" PRIu64 "\n",
		    verdict_kind_name(verdict_kind((enum reason)r)),
		    reason_name((enum reason)r), s->verdicts[r]);
}

static void
put_lists(struct buf *out, const struct lists_state *l)
{
	gauge(out, "trust_list_good", l->trust,
	    "1 if a pinned root signed the trust list.");
	gauge(out, "lists_rolled_back", l->rolled_back,
	    "1 if the lists are older than lists seen before.");
	if (!l->trust)
		return;
	gauge(out, "trust_list_seq", (int64_t)l->trust_seq,
	    "Sequence number of the trust list.");
	gauge(out, "trust_list_issued_seconds", l->trust_iat,
	    "When the trust list was signed.");
	gauge(out, "trust_list_expires_seconds", l->trust_exp,
	    "When the trust list ends.");
	gauge(out, "status_lists", (int64_t)l->status,
	    "Good status lists at hand.");
	if (l->status == 0)
		return;
	gauge(out, "status_list_oldest_issued_seconds", l->status_iat,
	    "When the oldest status list was signed.");
	gauge(out, "status_list_first_expires_seconds", l->status_exp,
	    "When the first status list ends.");
}

void
metrics_answer(const struct req *q, struct resp *a)
{
	struct service *s = q->ctx;
	struct reading *r = shelf_take(s->shelf);
	struct lists_state l = lists_state(r->lists);
	size_t open;
	uint64_t ended;

	shelf_return(r);
	server_count(s->server, &open, &ended);
	put_requests(&a->own, s);
	put_verdicts(&a->own, s);
	put_lists(&a->own, &l);
	counter(&a->own, "lists_refresh_failures_total",
	    shelf_failures(s->shelf),
	    "Changes of the folder that could not be read.");
	gauge(&a->own, "http_connections", (int64_t)open, "Open connections.");
	counter(&a->own, "http_connections_ended_total", ended,
	    "Connections ended for being too slow.");
	gauge(&a->own, "start_time_seconds", s->started,
	    "When the service started.");
	resp_text(a, 200, "text/plain; version=0.0.4; charset=utf-8");
}
