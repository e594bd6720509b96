/*
 * Opens and drops connections as fast as it is let:
 *
 *     flood PORT SECONDS RATE [THREADS]
 *
 * prints how many a second there were, how many failed, and the most that were
 * answered with nothing.  It connects from 127.0.0.2 to 127.0.0.250 in turn, or
 * the ports of one address would run out.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 16

static in_port_t port;
static double seconds;
static double rate; /* of one thread */
static _Atomic unsigned long done;
static _Atomic unsigned long failed;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One connection, dropped by a reset so that no port stays taken. */
static int
once(unsigned source)
{
	const struct linger hard = {1, 0};
	struct sockaddr_in from = {.sin_family = AF_INET};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = port};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int ok;

	if (fd < 0)
		return 0;
	from.sin_addr.s_addr = htonl(0x7f000002U + source % 249);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	ok = bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0 &&
	     (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ||
		 errno == EINPROGRESS);
	/* Now and then a request is begun, so that it is not all air. */
	if (ok && source % 16 == 0)
		(void)!write(fd, "GET / HT", 8);
	close(fd);
	return ok;
}

static void *
run(void *arg)
{
	unsigned source = (unsigned)(size_t)arg * 7919;
	double start = now();
	double count = 0;

	for (double t = start; t < start + seconds; t = now()) {
		while (count < (t - start) * rate) {
			if (once(source++))
				done++;
			else
				failed++;
			count++;
			if (((unsigned)count & 63) == 0)
				break;
		}
		if (count >= (now() - start) * rate)
			usleep(200);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	pthread_t t[THREADS_MAX];
	int threads = argc > 4 ? atoi(argv[4]) : 1;

	if (argc < 4 || threads < 1 || threads > THREADS_MAX) {
		fprintf(stderr, "usage: flood PORT SECONDS RATE [THREADS]\n");
		return 2;
	}
	port = htons((in_port_t)strtoul(argv[1], NULL, 10));
	seconds = strtod(argv[2], NULL);
	rate = strtod(argv[3], NULL) / threads;
	for (size_t i = 0; i < (size_t)threads; i++)
		if (pthread_create(&t[i], NULL, run, (void *)i) != 0)
			return 70;
	for (int i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
	printf("%.0f %lu\n", (double)done / seconds, (unsigned long)failed);
	return 0;
}
