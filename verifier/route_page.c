#include "http/accept.h"
#include "verifier/service.h"
#include "verifier/web.h"

/* All that the page needs: its own files, compiled WebAssembly, one worker.  A
 * camera's picture and a form that is never sent need no leave. */
static const char policy[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types cp";

void
page_answer(const struct req *q, struct resp *a)
{
	struct span name = q->rest.n == 0 ? span_str("index.html") : q->rest;
	bool zip = accept_weight(q->accept_encoding, "gzip") > 0;
	const struct web_file *f = web_find(name);
	bool packed;

	if (f == NULL) {
		resp_problem(a, 404, "There is nothing at this address.");
		return;
	}
	packed = zip && f->gzip.n > 0;
	a->status = 200;
	a->type = f->type;
	a->body = packed ? f->gzip : f->bytes;
	a->encoding = packed ? "gzip" : NULL;
	a->etag = packed ? f->gzip_etag : f->etag;
	a->vary = f->gzip.n > 0 ? "Accept-Encoding" : NULL;
	a->cache = "no-cache";
	a->policy = policy;
}
