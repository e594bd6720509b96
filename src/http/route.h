#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/resp.h"

/* A request whose head is sound and whose body is whole. Strings are the
 * connection's, NULL where a field is absent. */
struct req {
	void *ctx;        /* the site's */
	struct span path; /* as received, without the query */
	struct span rest; /* what a "*" of the route stands for */
	struct span body;
	const char *content_type;
	const char *accept_language;
	const char *accept_encoding;
	const char *if_none_match;
};

/*
 * The routes of a program: one table, from which requests are answered, the
 * Allow field is made and the tests compare docs/openapi.yaml.  A path may end
 * in "*"; the first row that fits decides which path it is.  GET stands for
 * HEAD, too.
 */
struct route {
	const char *method;
	const char *path;
	size_t body_max; /* bytes; more is 413 */
	void (*answer)(const struct req *q, struct resp *a);
};

/* route_find(v, n, method, path, rest): Returns the route, or NULL; ${rest} is
 * what its "*" stands for. */
const struct route *route_find(const struct route *v, size_t n,
    const char *method, struct span path, struct span *rest);

#define ROUTE_ALLOW 32

/* route_allow(out, v, n, path): writes the methods of ${path} as an Allow field
 * has them. Returns false if there are none: no such path. */
bool route_allow(char out[static ROUTE_ALLOW], const struct route *v, size_t n,
    struct span path);

#endif
