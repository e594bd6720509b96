#include "http/accept.h"
#include "verifier/service.h"

void
lists_answer(const struct req *q, struct resp *a)
{
	struct service *s = q->ctx;
	struct reading *r = shelf_take(s->shelf);
	const struct published_file *f = published_find(r->published, q->rest);
	bool packed;

	a->everyone = true;
	if (f == NULL) {
		shelf_return(r);
		resp_problem(a, 404, "There is no such list here.");
		return;
	}
	packed = f->gzip.n > 0 && accept_weight(q->accept_encoding, "gzip") > 0;
	a->status = 200;
	a->type = f->type;
	a->body = packed ? buf_span(&f->gzip) : f->bytes;
	a->encoding = packed ? "gzip" : NULL;
	a->etag = packed ? f->gzip_etag : f->etag;
	a->vary = f->gzip.n > 0 ? "Accept-Encoding" : NULL;
	a->cache = "no-cache";
	a->release = shelf_return;
	a->held = r;
}
