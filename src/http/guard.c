#include "http/guard.h"

#include <strings.h>

#define METHOD_MAX    16
#define LENGTH_DIGITS 15 /* no body of ours comes near that */

bool
guard_is_method(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return n >= 1 && n <= METHOD_MAX && s[n] == '\0';
}

/* Printable ASCII from the root on; nothing that two readers could take for
 * two paths. */
static bool
target_ok(const char *s)
{
	size_t n = strnlen(s, GUARD_TARGET_MAX + 1);

	if (n > GUARD_TARGET_MAX || s[0] != '/')
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~' || s[i] == '#' || s[i] == '\\')
			return false;
	return strstr(s, "%00") == NULL && strstr(s, "/../") == NULL;
}

void
guard_line(struct guard *g, const char *method, const char *target,
    const char *version)
{
	*g = (struct guard){0};
	g->bad = !guard_is_method(method) || target == NULL ||
		 !target_ok(target) ||
		 (strcmp(version, "HTTP/1.1") != 0 &&
		     strcmp(version, "HTTP/1.0") != 0);
	g->has_body = strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
}

static bool
is_token(struct span s)
{
	static const char more[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			    (c >= 'a' && c <= 'z');

		if (!word && (c == 0 || strchr(more, c) == NULL))
			return false;
	}
	return s.n > 0;
}

/* Tabs and whatever is no control character. */
static bool
is_text(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
			return false;
	return true;
}

static bool
is_named(struct span name, const char *s)
{
	return name.n == strlen(s) &&
	       strncasecmp((const char *)name.p, s, name.n) == 0;
}

static bool
read_length(uint64_t *length, struct span s)
{
	*length = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*length = *length * 10 + (uint64_t)(s.p[i] - '0');
	}
	return s.n >= 1 && s.n <= LENGTH_DIGITS;
}

void
guard_field(struct guard *g, struct span name, struct span value)
{
	/* Who has a body says how long it is: no Transfer-Encoding. */
	if (!is_token(name) || !is_text(value) ||
	    is_named(name, "Transfer-Encoding"))
		g->bad = true;
	else if (is_named(name, "Host"))
		g->hosts++;
	else if (is_named(name, "Content-Length")) {
		g->lengths++;
		if (!read_length(&g->length, value))
			g->bad = true;
	}
}

bool
guard_passes(const struct guard *g)
{
	return !g->bad && g->hosts == 1 && g->lengths <= 1 &&
	       (g->has_body || g->length == 0);
}
