#ifndef VERIFIER_SERVICE_H
#define VERIFIER_SERVICE_H

#include "http/route.h"
#include "passport/verdict.h"
#include "verifier/shelf.h"

/*
 * The checking service (design.md 6): what stands behind its routes.  Handlers
 * run on many threads; what changes is atomic or behind the shelf.
 */
struct server;

extern const struct route service_routes[];
extern const size_t service_nroutes;

#define SERVICE_STATUSES 10

struct service {
	struct shelf *shelf;
	struct server *server; /* set before the first request */
	int64_t started;       /* NumericDate */
	_Atomic uint64_t verdicts[REASONS];
	/* By route (the last row: no route) and status (the last: others). */
	_Atomic uint64_t (*requests)[SERVICE_STATUSES];
};

/* service_init(s, shelf, now): Returns ERR_OK or ERR_MEM. */
enum err service_init(
    struct service *s, struct shelf *shelf, int64_t now) MUST_CHECK;

/* service_wipe(s): frees its counters; the shelf is the caller's. */
void service_wipe(struct service *s);

/* service_done(ctx, route, status): counts a request; for struct site. */
void service_done(void *ctx, size_t route, unsigned status);

/* service_now(): Returns the time of day as a NumericDate. */
int64_t service_now(void);

/* The handlers of service_routes, by file. */
void verify_answer(const struct req *q, struct resp *a);  /* route_verify.c */
void lists_answer(const struct req *q, struct resp *a);   /* route_lists.c */
void healthz_answer(const struct req *q, struct resp *a); /* route_health.c */
void readyz_answer(const struct req *q, struct resp *a);
void metrics_answer(const struct req *q, struct resp *a); /* route_metrics.c */
void page_answer(const struct req *q, struct resp *a);    /* route_page.c */

#endif
