#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include "base/err.h"

/* Where a service listens, and how it tells whoever started it. */
#define LISTEN_TEXT 128

/*
 * listen_open(fd, address, said): a listening socket. Given one by systemd
 *     (LISTEN_FDS), it is that; else ${address}: "HOST:PORT" with a numeric
 *     host, "[::1]:PORT", "localhost:PORT" or "unix:/path". Port 0 is any free
 *     one. ${said} is where it is, for people. Returns ERR_OK, ERR_USAGE (no
 *     such address), ERR_UNAVAILABLE (in use) or ERR_PERM or ERR_IO, logged.
 */
enum err listen_open(
    int *fd, const char *address, char said[static LISTEN_TEXT]) MUST_CHECK;

/* listen_tell(state): tells systemd ("READY=1"), if it asked (NOTIFY_SOCKET).
 */
void listen_tell(const char *state);

#endif
