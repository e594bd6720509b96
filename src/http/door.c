#include "http/door.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define FULL                                                                   \
	10000000 /* nanoseconds until it is asked again whether there is       \
		  * room, or a descriptor */

struct door {
	struct door_owner owner;
	pthread_t thread;
	int fd;
	int shut; /* an eventfd */
};

static void
wait_a_moment(void)
{
	const struct timespec t = {0, FULL};

	(void)nanosleep(&t, NULL);
}

static void
take_one(struct door *d)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof(a);
	int fd;

	if (!d->owner.has_room(d->owner.ctx)) {
		wait_a_moment();
		return;
	}
	fd = accept4(
	    d->fd, (struct sockaddr *)&a, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0)
		d->owner.take(d->owner.ctx, fd, (struct sockaddr *)&a, n);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		 errno == ENOMEM)
		wait_a_moment();
}

static void *
run(void *arg)
{
	struct door *d = arg;
	struct pollfd p[2] = {
	    {.fd = d->fd, .events = POLLIN}, {.fd = d->shut, .events = POLLIN}};

	for (;;) {
		int n = poll(p, 2, -1);

		if (n < 0 && errno != EINTR)
			wait_a_moment();
		else if (n > 0 && p[1].revents != 0)
			return NULL;
		else if (n > 0)
			take_one(d);
	}
}

enum err
door_new(struct door **out, int fd, const struct door_owner *owner)
{
	struct door *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		log_error("no memory for the server");
		return ERR_MEM;
	}
	d->owner = *owner;
	d->fd = fd;
	d->shut = eventfd(0, EFD_CLOEXEC);
	if (d->shut >= 0 && pthread_create(&d->thread, NULL, run, d) == 0) {
		*out = d;
		return ERR_OK;
	}
	log_error("the system gives no thread");
	if (d->shut >= 0)
		close(d->shut);
	free(d);
	return ERR_INTERNAL;
}

void
door_free(struct door *d)
{
	const uint64_t one = 1;

	if (d == NULL)
		return;
	while (write(d->shut, &one, sizeof(one)) < 0 && errno == EINTR)
		continue;
	pthread_join(d->thread, NULL);
	close(d->shut);
	free(d);
}
