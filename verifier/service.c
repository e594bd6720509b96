#include "verifier/service.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"

#define BODY_MAX 4096

const struct route service_routes[] = {
    {"POST", "/v1/verify", BODY_MAX, verify_answer},
    {"GET", "/lists/*", 0, lists_answer},
    {"GET", "/healthz", 0, healthz_answer},
    {"GET", "/readyz", 0, readyz_answer},
    {"GET", "/metrics", 0, metrics_answer},
    {"GET", "/*", 0, page_answer},
};

const size_t service_nroutes = sizeof(service_routes) / sizeof(*service_routes);

int64_t
service_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}

enum err
service_init(struct service *s, struct shelf *shelf, int64_t now)
{
	memset(s, 0, sizeof(*s));
	s->shelf = shelf;
	s->started = now;
	s->requests = calloc(service_nroutes + 1, sizeof(*s->requests));
	if (s->requests != NULL)
		return ERR_OK;
	log_error("no memory for the service");
	return ERR_MEM;
}

void
service_wipe(struct service *s)
{
	free(s->requests);
	s->requests = NULL;
}
