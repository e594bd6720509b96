/*
 * The baseline of bench_http.py: an epoll loop that knows just enough HTTP to
 * find the end of a request, does crypto_sign_verify_detached once (argument
 * "verify") or nothing ("constant"), and answers as many bytes as the service
 * does.   bare PORT verify|constant|loop     ("loop": no HTTP, verifications in
 * five seconds, printed)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE 130
#define BODY    600
#define FDS     4096

static unsigned char key[32];
static unsigned char sig[64];
static unsigned char message[MESSAGE];
static char answer[BODY + 256];
static size_t nanswer;

struct conn {
	char in[4096];
	size_t n;
};

static struct conn conns[FDS];

static int
verify(void)
{
	return crypto_sign_verify_detached(sig, message, MESSAGE, key);
}

static void
prepare(size_t body)
{
	unsigned char secret[64];

	crypto_sign_keypair(key, secret);
	randombytes_buf(message, MESSAGE);
	crypto_sign_detached(sig, NULL, message, MESSAGE, secret);
	nanswer = (size_t)snprintf(answer, sizeof(answer),
	    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    body);
	memset(answer + nanswer, 'x', body);
	nanswer += body;
}

/* Bytes of the first whole request in ${c}, 0 if there is none yet. */
static size_t
whole(const struct conn *c)
{
	const char *end = memmem(c->in, c->n, "\r\n\r\n", 4);
	const char *length;
	size_t head;
	size_t body = 0;

	if (end == NULL)
		return 0;
	head = (size_t)(end + 4 - c->in);
	length = memmem(c->in, head, "Content-Length: ", 16);
	if (length != NULL)
		body = strtoul(length + 16, NULL, 10);
	return c->n >= head + body ? head + body : 0;
}

static void
serve(int fd, int verifies)
{
	struct conn *c = &conns[fd];
	ssize_t got = read(fd, c->in + c->n, sizeof(c->in) - c->n);
	size_t used;

	if (got <= 0) {
		if (got == 0 || errno != EAGAIN)
			close(fd);
		return;
	}
	c->n += (size_t)got;
	while ((used = whole(c)) > 0) {
		if (verifies && verify() != 0)
			abort();
		if (write(fd, answer, nanswer) < 0)
			break;
		memmove(c->in, c->in + used, c->n - used);
		c->n -= used;
	}
}

static void
loop(int port, int verifies)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons((unsigned short)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event e = {.events = EPOLLIN};
	struct epoll_event got[256];
	int on = 1;
	int in = socket(AF_INET, SOCK_STREAM, 0);
	int poll = epoll_create1(0);

	setsockopt(in, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(in, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(in, 512) != 0)
		exit(1);
	e.data.fd = in;
	epoll_ctl(poll, EPOLL_CTL_ADD, in, &e);
	for (;;) {
		int n = epoll_wait(poll, got, 256, -1);

		for (int i = 0; i < n; i++) {
			int fd = got[i].data.fd;

			if (fd != in) {
				serve(fd, verifies);
				continue;
			}
			fd = accept4(in, NULL, NULL, SOCK_NONBLOCK);
			if (fd < 0 || fd >= FDS)
				continue;
			conns[fd].n = 0;
			e.data.fd = fd;
			epoll_ctl(poll, EPOLL_CTL_ADD, fd, &e);
		}
	}
}

static void
no_http(void)
{
	struct timespec a;
	struct timespec b;
	long n = 0;

	clock_gettime(CLOCK_MONOTONIC, &a);
	do {
		for (int i = 0; i < 100; i++, n++)
			if (verify() != 0)
				abort();
		clock_gettime(CLOCK_MONOTONIC, &b);
	} while (b.tv_sec - a.tv_sec < 2);
	printf(
	    "%.0f\n", (double)n / ((double)(b.tv_sec - a.tv_sec) +
				      (double)(b.tv_nsec - a.tv_nsec) / 1e9));
}

int
main(int argc, char **argv)
{
	if (argc < 3 || sodium_init() < 0)
		return 2;
	prepare(strcmp(argv[2], "constant") == 0 ? 18 : BODY);
	if (strcmp(argv[2], "loop") == 0)
		no_http();
	else
		loop(atoi(argv[1]), strcmp(argv[2], "verify") == 0);
	return 0;
}
