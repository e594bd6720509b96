#ifndef MIRROR_URL_H
#define MIRROR_URL_H

#include <stdbool.h>

#define URL_MAX 1024 /* bytes with NUL, room for the longest file's name */

/* The address of a published folder. */
struct url {
	char text[URL_MAX]; /* ends with a slash */
	bool plain;         /* http, on this machine */
};

/*
 * url_parse(u, text): takes "https://HOST[:PORT]/PATH/". The slash at the end
 *     may be left out. No user, no query, no fragment, no "." or ".." in the
 *     path, and http only for 127.0.0.0/8 and [::1], in digits: a name could
 *     lead elsewhere. Returns NULL, or what is wrong with it, for people.
 */
const char *url_parse(struct url *u, const char *text);

#endif
