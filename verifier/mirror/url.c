#include "verifier/mirror/url.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NAME_ROOM 64 /* for "status/N.cwt" behind it */

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

/* Takes what stands in front of ${text} off it, if it does. */
static bool
skip(const char **text, const char *front)
{
	size_t n = strlen(front);

	if (strncmp(*text, front, n) != 0)
		return false;
	*text += n;
	return true;
}

static bool
is_loopback(const char *host, size_t n)
{
	char name[INET_ADDRSTRLEN];
	struct in_addr a;

	if (n == 5 && memcmp(host, "[::1]", 5) == 0)
		return true;
	if (n >= sizeof(name))
		return false;
	memcpy(name, host, n);
	name[n] = '\0';
	return inet_pton(AF_INET, name, &a) == 1 &&
	       (ntohl(a.s_addr) >> 24) == 127;
}

/* The length of a host, 0 if there is none that we take. */
static size_t
host_length(const char *s)
{
	size_t n;

	if (*s != '[')
		return strspn(s, LETTERS DIGITS ".-");
	n = strspn(s + 1, "abcdefABCDEF" DIGITS ":.");
	return n > 0 && s[1 + n] == ']' ? n + 2 : 0;
}

static bool
skip_port(const char **s)
{
	uint32_t port = 0;
	size_t n;

	if (**s != ':')
		return true;
	++*s;
	n = strspn(*s, DIGITS);
	if (n == 0 || n > 5)
		return false;
	for (size_t i = 0; i < n; i++)
		port = port * 10 + (uint32_t)((*s)[i] - '0');
	*s += n;
	return port >= 1 && port <= 65535;
}

/* Is a part of the path one that leads somewhere else? */
static bool
has_dots(const char *path)
{
	bool dots = false;

	while (*path != '\0' && !dots) {
		size_t n = strcspn(path, "/");

		dots = (n == 1 && path[0] == '.') ||
		       (n == 2 && path[0] == '.' && path[1] == '.');
		path += n;
		path += *path == '/' ? 1 : 0;
	}
	return dots;
}

const char *
url_parse(struct url *u, const char *text)
{
	const char *s = text;
	size_t n;

	u->plain = skip(&s, "http://");
	if (!u->plain && !skip(&s, "https://"))
		return "it must begin with https://";
	n = host_length(s);
	if (n == 0 || n > 255)
		return "there is no host in it that can be asked";
	if (u->plain && !is_loopback(s, n))
		return "http is for a server on this machine (127.0.0.1), "
		       "all others are asked by https://";
	s += n;
	if (!skip_port(&s) || (*s != '\0' && *s != '/'))
		return "behind the host stands a port of 1 to 65535, or the "
		       "path, and no user, query or fragment";
	n = strspn(s, LETTERS DIGITS "/._~-%");
	if (s[n] != '\0' || has_dots(s))
		return "its path may have letters, digits and . _ ~ - % only, "
		       "no query or fragment, and no part '.' or '..'";
	n = strlen(text);
	if (n + NAME_ROOM > sizeof(u->text))
		return "it is too long";
	memcpy(u->text, text, n + 1);
	if (text[n - 1] != '/')
		memcpy(u->text + n, "/", 2);
	return NULL;
}
