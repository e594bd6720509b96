#include <stdlib.h>

#include "http/accept.h"
#include "http/guard.h"
#include "http/route.h"
#include "verifier/service.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define LINE_MAX 4096

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Takes the line before the next LF off the front, as a C string. */
static bool
next(struct span *left, char line[static LINE_MAX])
{
	const uint8_t *end;
	size_t n;

	if (left->n == 0)
		return false;
	end = memchr(left->p, '\n', left->n);
	n = end == NULL ? left->n : (size_t)(end - left->p);
	memcpy(line, left->p, n < LINE_MAX ? n : LINE_MAX - 1);
	line[n < LINE_MAX ? n : LINE_MAX - 1] = '\0';
	*left =
	    end == NULL ? span_of(NULL, 0) : span_of(end + 1, left->n - n - 1);
	return true;
}

static void
check_path(const char *target)
{
	struct span path = span_of(target, strcspn(target, "?"));
	struct span rest;
	char allow[ROUTE_ALLOW];
	const struct route *r =
	    route_find(service_routes, service_nroutes, "GET", path, &rest);

	must(rest.n <= path.n);
	must(r == NULL ||
	     route_allow(allow, service_routes, service_nroutes, path));
}

/* A request's head: its line, then fields. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span left = span_of(data, len);
	char line[LINE_MAX];
	struct guard g;

	if (!next(&left, line))
		return 0;
	guard_line(&g, "POST", line, "HTTP/1.1");
	if (guard_is_method(line))
		must(strlen(line) >= 1 && strlen(line) <= 16);
	check_path(line);
	while (next(&left, line)) {
		char *colon = strchr(line, ':');
		const char *value = colon == NULL ? line : colon + 1;
		int w = accept_weight(value, "gzip");

		must(w >= -1 && w <= 1000);
		w = accept_language(value, "cy");
		must(w >= -1 && w <= 1000);
		(void)accept_media(value, "text/plain");
		(void)accept_match(value, "\"tag\"");
		if (colon != NULL)
			guard_field(&g, span_of(line, (size_t)(colon - line)),
			    span_str(value));
	}
	if (guard_passes(&g))
		must(g.hosts == 1 && g.lengths <= 1);
	return 0;
}
