#ifndef HTTP_SECURE_H
#define HTTP_SECURE_H

#include "http/resp.h"

/*
 * The fields of every answer, in this one place (RFC 9110; Fetch; CSP 3).
 *
 * secure_fields(a, add, to): calls add(to, name, value) for each field of the
 *     answer ${a} but its length. Returns false as soon as a call does.
 */
bool secure_fields(const struct resp *a,
    bool (*add)(void *to, const char *name, const char *value), void *to);

#endif
