#include "verifier/service.h"

void
healthz_answer(const struct req *q, struct resp *a)
{
	(void)q;
	buf_puts(&a->own, "{\"status\":\"pass\"}\n");
	resp_text(a, 200, "application/json");
}

/* What keeps the service from telling anybody "valid"; NULL if nothing. */
static const char *
missing(const struct lists_state *l, int64_t now)
{
	if (!l->trust)
		return "There is no trust list that a pinned root signed.";
	if (l->rolled_back)
		return "The lists are older than lists that were seen before.";
	if (now < l->trust_iat - VERIFY_TRUST_EARLY)
		return "The clock of this machine is before the trust list.";
	if (now >= l->trust_exp)
		return "The trust list has ended.";
	if (l->status == 0)
		return "There is no status list.";
	if (now >= l->status_exp)
		return "A status list has ended.";
	return NULL;
}

void
readyz_answer(const struct req *q, struct resp *a)
{
	struct service *s = q->ctx;
	struct reading *r = shelf_take(s->shelf);
	struct lists_state l = lists_state(r->lists);
	const char *why = missing(&l, service_now());

	shelf_return(r);
	if (why == NULL)
		healthz_answer(q, a);
	else
		resp_problem(a, 503, why);
}
