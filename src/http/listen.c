#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

#define BACKLOG  512
#define GIVEN_FD 3 /* the first that systemd passes */
#define HOST_MAX 64
#define UNSENT   65536 /* bytes of an answer that the kernel holds */

union where {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un path;
};

static enum err
bad_address(const char *address)
{
	log_error("'%s' is not an address to listen on: give 127.0.0.1:8080, "
		  "[::1]:8080 or unix:/run/NAME.socket",
	    address);
	return ERR_USAGE;
}

static bool
read_port(const char *s, in_port_t *port)
{
	char *end;
	unsigned long v;

	if (s[0] < '0' || s[0] > '9')
		return false;
	errno = 0;
	v = strtoul(s, &end, 10);
	*port = htons((uint16_t)v);
	return errno == 0 && *end == '\0' && v <= UINT16_MAX;
}

static bool
read_path(union where *w, socklen_t *n, const char *path)
{
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof(w->path.sun_path))
		return false;
	w->path.sun_family = AF_UNIX;
	memcpy(w->path.sun_path, path, len + 1);
	*n = sizeof(w->path);
	return true;
}

static bool
read_address(union where *w, socklen_t *n, const char *address)
{
	const char *colon = strrchr(address, ':');
	char host[HOST_MAX];
	in_port_t port;
	size_t len;

	memset(w, 0, sizeof(*w));
	if (strncmp(address, "unix:", 5) == 0)
		return read_path(w, n, address + 5);
	if (colon == NULL || !read_port(colon + 1, &port))
		return false;
	len = (size_t)(colon - address);
	if (len >= 2 && address[0] == '[' && colon[-1] == ']') {
		address++;
		len -= 2;
	}
	if (len >= sizeof(host))
		return false;
	memcpy(host, address, len);
	host[len] = '\0';
	if (strcmp(host, "localhost") == 0)
		(void)snprintf(host, sizeof(host), "127.0.0.1");
	if (inet_pton(AF_INET, host, &w->v4.sin_addr) == 1) {
		w->v4.sin_family = AF_INET;
		w->v4.sin_port = port;
		*n = sizeof(w->v4);
		return true;
	}
	if (inet_pton(AF_INET6, host, &w->v6.sin6_addr) != 1)
		return false;
	w->v6.sin6_family = AF_INET6;
	w->v6.sin6_port = port;
	*n = sizeof(w->v6);
	return true;
}

/* "http://127.0.0.1:8080", as it may be opened. */
static void
say(char said[static LISTEN_TEXT], int fd)
{
	union where w;
	socklen_t n = sizeof(w);
	char host[INET6_ADDRSTRLEN] = "";

	memset(&w, 0, sizeof(w));
	(void)getsockname(fd, &w.any, &n);
	if (w.any.sa_family == AF_UNIX) {
		(void)snprintf(
		    said, LISTEN_TEXT, "unix:%.100s", w.path.sun_path);
	} else if (w.any.sa_family == AF_INET6) {
		(void)inet_ntop(AF_INET6, &w.v6.sin6_addr, host, sizeof(host));
		(void)snprintf(said, LISTEN_TEXT, "http://[%s]:%u", host,
		    ntohs(w.v6.sin6_port));
	} else {
		(void)inet_ntop(AF_INET, &w.v4.sin_addr, host, sizeof(host));
		(void)snprintf(said, LISTEN_TEXT, "http://%s:%u", host,
		    ntohs(w.v4.sin_port));
	}
}

static enum err
cannot(const char *address)
{
	enum err e = errno == EADDRINUSE                 ? ERR_UNAVAILABLE
		     : errno == EACCES || errno == EPERM ? ERR_PERM
							 : ERR_IO;

	log_error("cannot listen on %s: %s", address, strerror(errno));
	return e;
}

/* A socket file that a dead service left is in the way; a live one is not
 * taken away from. */
static void
drop_dead(const union where *w, socklen_t n)
{
	struct stat st;
	int fd;

	if (lstat(w->path.sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	if (connect(fd, &w->any, n) != 0 && errno == ECONNREFUSED)
		(void)unlink(w->path.sun_path);
	close(fd);
}

/* Who may come to a socket file is for its folder to say, not for our umask. */
static int
open_to_all(const union where *w)
{
	return w->any.sa_family == AF_UNIX ? chmod(w->path.sun_path, 0666) : 0;
}

static enum err
open_new(int *out, const char *address)
{
	const int on = 1;
	union where w;
	socklen_t n;
	int fd;
	enum err e;

	if (!read_address(&w, &n, address))
		return bad_address(address);
	fd = socket(
	    w.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return cannot(address);
	if (w.any.sa_family == AF_UNIX)
		drop_dead(&w, n);
	else
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &w.any, n) == 0 && open_to_all(&w) == 0 &&
	    listen(fd, BACKLOG) == 0) {
		*out = fd;
		return ERR_OK;
	}
	e = cannot(address);
	close(fd);
	return e;
}

/* Did systemd open sockets for this very process? */
static bool
is_given(void)
{
	const char *pid = getenv("LISTEN_PID");
	char self[24];

	(void)snprintf(self, sizeof(self), "%ld", (long)getpid());
	return pid != NULL && strcmp(pid, self) == 0;
}

static enum err
take_given(int *out)
{
	const char *many = getenv("LISTEN_FDS");
	int listens = 0;
	socklen_t n = sizeof(listens);

	if (many == NULL || strcmp(many, "1") != 0) {
		log_error("%s sockets were passed, and not one: give the unit "
			  "one ListenStream=",
		    many == NULL ? "no" : many);
		return ERR_USAGE;
	}
	if (getsockopt(GIVEN_FD, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) !=
		0 ||
	    listens == 0) {
		log_error("what was passed is no socket that listens: give "
			  "the unit one ListenStream=, with Accept=no");
		return ERR_USAGE;
	}
	if (fcntl(GIVEN_FD, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(GIVEN_FD, F_SETFL, O_NONBLOCK) != 0)
		return cannot("the socket that was passed");
	*out = GIVEN_FD;
	return ERR_OK;
}

/*
 * Left to itself the kernel takes megabytes for somebody who reads an answer
 * slowly: a thousand of them, and it is busy with nothing but their copies.
 * What is accepted has it from the socket that listens.
 */
static void
hold_little(int fd)
{
	const int n = UNSENT;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &n, sizeof(n));
}

enum err
listen_open(int *fd, const char *address, char said[static LISTEN_TEXT])
{
	enum err e = is_given() ? take_given(fd) : open_new(fd, address);

	if (e == ERR_OK) {
		hold_little(*fd);
		say(said, *fd);
	}
	return e;
}

void
listen_tell(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	union where w;
	socklen_t n;
	int fd;

	memset(&w, 0, sizeof(w));
	if (path == NULL || !read_path(&w, &n, path))
		return;
	n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	if (path[0] == '@')
		w.path.sun_path[0] = '\0'; /* an abstract name */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, &w.any, n);
	close(fd);
}
