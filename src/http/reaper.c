#include "http/reaper.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/log.h"

#define PERIOD 500 /* milliseconds between two looks */

struct reaper {
	pthread_t thread;
	pthread_mutex_t lock; /* over the list */
	pthread_cond_t wake;
	struct reaped *first;
	size_t open;
	uint64_t ended;
	bool stop;
};

int64_t
reaper_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Shuts and no more: the library sees the end and closes its descriptor. */
static void
end(struct reaper *r, struct reaped *c)
{
	(void)shutdown(c->fd, SHUT_RDWR);
	c->deadline = INT64_MAX;
	r->ended++;
}

static void *
run(void *arg)
{
	struct reaper *r = arg;

	pthread_mutex_lock(&r->lock);
	while (!r->stop) {
		int64_t now = reaper_now();
		int64_t next = now + PERIOD;
		struct timespec until = {next / 1000, next % 1000 * 1000000};

		for (struct reaped *c = r->first; c != NULL; c = c->next)
			if (c->deadline <= now)
				end(r, c);
		(void)pthread_cond_timedwait(&r->wake, &r->lock, &until);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

enum err
reaper_new(struct reaper **out)
{
	struct reaper *r = calloc(1, sizeof(*r));
	pthread_condattr_t monotonic;

	if (r == NULL) {
		log_error("no memory");
		return ERR_MEM;
	}
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&r->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&r->thread, NULL, run, r) == 0) {
		*out = r;
		return ERR_OK;
	}
	log_error("the system gives no thread");
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->lock);
	free(r);
	return ERR_INTERNAL;
}

void
reaper_free(struct reaper *r)
{
	if (r == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

void
reaper_add(struct reaper *r, struct reaped *c, int fd, int64_t ms)
{
	c->fd = fd;
	reaper_by(c, ms, true);
	pthread_mutex_lock(&r->lock);
	c->next = r->first;
	c->self = &r->first;
	if (c->next != NULL)
		c->next->self = &c->next;
	r->first = c;
	r->open++;
	pthread_mutex_unlock(&r->lock);
}

void
reaper_drop(struct reaper *r, struct reaped *c)
{
	pthread_mutex_lock(&r->lock);
	*c->self = c->next;
	if (c->next != NULL)
		c->next->self = c->self;
	r->open--;
	pthread_mutex_unlock(&r->lock);
}

void
reaper_by(struct reaped *c, int64_t ms, bool idle)
{
	c->idle = idle;
	c->deadline = reaper_now() + ms;
}

size_t
reaper_close_idle(struct reaper *r)
{
	size_t open;

	pthread_mutex_lock(&r->lock);
	for (struct reaped *c = r->first; c != NULL; c = c->next)
		if (c->idle)
			(void)shutdown(c->fd, SHUT_RDWR);
	open = r->open;
	pthread_mutex_unlock(&r->lock);
	return open;
}

void
reaper_count(struct reaper *r, size_t *open, uint64_t *ended)
{
	pthread_mutex_lock(&r->lock);
	*open = r->open;
	*ended = r->ended;
	pthread_mutex_unlock(&r->lock);
}
