#include <stdatomic.h>

#include "http/accept.h"
#include "passport/verify.h"
#include "passport/words.h"
#include "verifier/service.h"

/* Welsh for whoever would rather have it than English. */
static const struct words *
words_of(const char *field)
{
	int welsh = accept_language(field, "cy");
	int english = accept_language(field, "en");

	return welsh > 0 && welsh > english ? &words_cy : &words_en;
}

void
verify_answer(const struct req *q, struct resp *a)
{
	struct service *s = q->ctx;
	bool text = accept_media(q->content_type, "text/plain");
	const struct words *w = words_of(q->accept_language);
	struct reading *r;
	struct verify_lists in;
	struct verdict v;
	uint8_t *json = buf_room(&a->own, VERDICT_JSON_MAX);

	if (!text && !accept_media(q->content_type, "application/cwt")) {
		resp_problem(a, 415,
		    "Send the code as text/plain in UTF-8, or its bytes as "
		    "application/cwt.");
		return;
	}
	if (json == NULL)
		return; /* the server sees that it is bad */
	r = shelf_take(s->shelf);
	in = lists_at(r->lists, service_now());
	if (text)
		verify_text(&v, &in, q->body);
	else
		verify_token(&v, &in, q->body);
	a->own.n += verdict_json((char *)json, &v, w);
	atomic_fetch_add_explicit(
	    &s->verdicts[v.reason], 1, memory_order_relaxed);
	shelf_return(r);
	resp_text(a, 200, "application/json");
	a->language = w->language;
	a->vary = "Accept-Language";
}
