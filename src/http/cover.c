#include "http/cover.h"

/* Addresses are compared as numbers: a part may lie in other memory. */
static bool
is_at(const char *p, const char *place)
{
	return (uintptr_t)p == (uintptr_t)place;
}

void
cover_line(struct cover *c, const char *method, const char *target, size_t n,
    const char *version)
{
	const char *after = method + strlen(method) + 1;

	c->first = method;
	c->gap = !is_at(target, after) || !is_at(version, after + n + 1);
	c->next = after + n + 1 + strlen(version) + 2;
}

/* Between name and value: the colon, which the library overwrites, blanks. */
static bool
is_colon(const char *p, const char *value)
{
	size_t n = (size_t)((uintptr_t)value - (uintptr_t)p);

	for (size_t i = 1; i < n; i++)
		if (p[i] != ' ' && p[i] != '\t')
			return false;
	return n >= 1;
}

void
cover_field(struct cover *c, struct span name, struct span value)
{
	const char *v = (const char *)value.p;

	if (c->gap)
		return;
	c->gap = name.n == 0 || !is_at((const char *)name.p, c->next) ||
		 (uintptr_t)v <= (uintptr_t)c->next + name.n ||
		 !is_colon(c->next + name.n, v);
	if (!c->gap)
		c->next = v + value.n + 2;
}

bool
cover_is_whole(const struct cover *c, size_t size)
{
	return !c->gap && is_at(c->next + 2, c->first + size);
}
