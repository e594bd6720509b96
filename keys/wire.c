#include "keys/wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static enum err
send_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return ERR_UNAVAILABLE;
		p += put;
		n -= (size_t)put;
	}
	return ERR_OK;
}

/* ERR_NOINPUT only when nothing at all came before the end. */
static enum err
recv_all(int fd, uint8_t *p, size_t n)
{
	size_t had = 0;

	while (had < n) {
		ssize_t got = read(fd, p + had, n - had);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0 && had == 0 ? ERR_NOINPUT
						    : ERR_UNAVAILABLE;
		had += (size_t)got;
	}
	return ERR_OK;
}

enum err
wire_send(int fd, struct span body)
{
	uint8_t head[4] = {(uint8_t)(body.n >> 24), (uint8_t)(body.n >> 16),
	    (uint8_t)(body.n >> 8), (uint8_t)body.n};
	enum err e;

	if (body.n > WIRE_MAX)
		return ERR_TOOBIG;
	e = send_all(fd, head, sizeof(head));
	return e == ERR_OK ? send_all(fd, body.p, body.n) : e;
}

enum err
wire_recv(int fd, uint8_t *p, size_t *n)
{
	uint8_t head[4];
	enum err e = recv_all(fd, head, sizeof(head));

	if (e != ERR_OK)
		return e;
	*n = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
	     (size_t)head[2] << 8 | head[3];
	if (*n > WIRE_MAX)
		return ERR_TOOBIG;
	e = recv_all(fd, p, *n);
	return e == ERR_NOINPUT ? ERR_UNAVAILABLE : e;
}
