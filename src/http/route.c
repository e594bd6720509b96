#include "http/route.h"

#include <stdio.h>

static bool
fits(const struct route *r, struct span path, struct span *rest)
{
	size_t n = strlen(r->path) - 1;

	*rest = span_of(NULL, 0);
	if (r->path[n] != '*')
		return span_is(path, r->path);
	if (path.n < n || memcmp(path.p, r->path, n) != 0)
		return false;
	*rest = span_of(path.p + n, path.n - n);
	return true;
}

/* The first row that fits the path; rows of the same text are its methods.
 * Returns ${n} if there is none. */
static size_t
first(const struct route *v, size_t n, struct span path, struct span *rest)
{
	size_t i = 0;

	while (i < n && !fits(&v[i], path, rest))
		i++;
	return i;
}

const struct route *
route_find(const struct route *v, size_t n, const char *method,
    struct span path, struct span *rest)
{
	size_t at = first(v, n, path, rest);

	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	for (size_t i = at; i < n; i++)
		if (strcmp(v[i].path, v[at].path) == 0 &&
		    strcmp(v[i].method, method) == 0)
			return &v[i];
	return NULL;
}

bool
route_allow(char out[static ROUTE_ALLOW], const struct route *v, size_t n,
    struct span path)
{
	struct span rest;
	size_t first_row = first(v, n, path, &rest);
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = first_row; i < n; i++) {
		bool get = strcmp(v[i].method, "GET") == 0;

		if (strcmp(v[i].path, v[first_row].path) != 0 ||
		    at + 12 >= ROUTE_ALLOW)
			continue;
		at += (size_t)snprintf(out + at, ROUTE_ALLOW - at, "%s%s",
		    at > 0 ? ", " : "", get ? "GET, HEAD" : v[i].method);
	}
	return at > 0;
}
