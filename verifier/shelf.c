#include "verifier/shelf.h"

#include <dirent.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"

#define FILES_MAX 65536 /* of a folder that are looked at */
#define AGAIN     3600  /* seconds until an unchanged folder is read again */
#define RETRY     60    /* ... after a failure */

struct shelf {
	struct lists_from from;
	pthread_mutex_t lock; /* over ${now} */
	struct reading *now;
	uint64_t sum; /* of the folder when it was last read */
	int64_t read; /* when that was */
	bool failed;  /* and whether it failed */
	_Atomic uint64_t failures;
};

/* --- has the folder changed? --- */

/* FNV-1a; it only has to notice. */
static void
mix(uint64_t *sum, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		*sum = (*sum ^ b[i]) * 1099511628211u;
}

static void
mix_path(uint64_t *sum, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return;
	mix(sum, &st.st_dev, sizeof(st.st_dev));
	mix(sum, &st.st_ino, sizeof(st.st_ino));
	mix(sum, &st.st_size, sizeof(st.st_size));
	mix(sum, &st.st_mtim, sizeof(st.st_mtim));
	mix(sum, &st.st_ctim, sizeof(st.st_ctim));
}

static void
mix_file(uint64_t *sum, const char *dir, const char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= PATH_MAX)
		return;
	mix(sum, name, strlen(name));
	mix_path(sum, path);
}

static bool
is_list(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".cwt") == 0;
}

/* What tells one state of the folder from the next, without reading it. The
 * order in which readdir() gives names does not count. */
static uint64_t
sum_of(const struct lists_from *from)
{
	static const char *const fixed[] = {
	    "root.pub", "trust.cwt", "index.json", "status"};
	char path[PATH_MAX];
	uint64_t sum = 14695981039346656037u;
	uint64_t all = 0;
	struct dirent *e;
	DIR *d;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		mix_file(&sum, from->dir, fixed[i]);
	if (from->root != NULL)
		mix_path(&sum, from->root);
	if (snprintf(path, sizeof(path), "%s/status", from->dir) >= PATH_MAX)
		return sum;
	d = opendir(path);
	for (size_t i = 0; d != NULL && i < FILES_MAX && (e = readdir(d));
	     i++) {
		uint64_t one = 14695981039346656037u;

		if (!is_list(e->d_name))
			continue;
		mix_file(&one, path, e->d_name);
		all += one;
	}
	if (d != NULL)
		(void)closedir(d);
	mix(&sum, &all, sizeof(all));
	return sum;
}

/* --- */

static struct reading *
new_reading(struct lists *lists)
{
	struct reading *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->holders = 1; /* the shelf */
	r->lists = lists;
	if (published_new(&r->published, lists) == ERR_OK)
		return r;
	free(r);
	return NULL;
}

enum err
shelf_new(struct shelf **out, const struct lists_from *from, int64_t now)
{
	struct shelf *s = calloc(1, sizeof(*s));
	struct lists *l = NULL;
	enum err e = ERR_MEM;

	if (s == NULL)
		return ERR_MEM;
	s->from = *from;
	s->sum = sum_of(from);
	s->read = now;
	e = lists_whole(&l, from, now, NULL);
	if (e != ERR_OK) {
		free(s);
		return e;
	}
	s->now = new_reading(l);
	if (s->now == NULL) {
		lists_free(l);
		free(s);
		return ERR_MEM;
	}
	pthread_mutex_init(&s->lock, NULL);
	*out = s;
	return ERR_OK;
}

void
shelf_free(struct shelf *s)
{
	if (s == NULL)
		return;
	shelf_return(s->now);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

struct reading *
shelf_take(struct shelf *s)
{
	struct reading *r;

	pthread_mutex_lock(&s->lock);
	r = s->now;
	r->holders++;
	pthread_mutex_unlock(&s->lock);
	return r;
}

void
shelf_return(void *held)
{
	struct reading *r = held;

	if (atomic_fetch_sub(&r->holders, 1) > 1)
		return;
	published_free(r->published);
	lists_free(r->lists);
	free(r);
}

/* The clock may be set back: then now. */
static bool
is_due(const struct shelf *s, uint64_t sum, int64_t now)
{
	return sum != s->sum || now < s->read ||
	       now - s->read >= (s->failed ? RETRY : AGAIN);
}

bool
shelf_refresh(struct shelf *s, int64_t now)
{
	uint64_t sum = sum_of(&s->from);
	struct reading *old = s->now; /* only this thread ever changes it */
	struct reading *fresh = NULL;
	struct lists *l = NULL;
	bool changed;

	if (!is_due(s, sum, now))
		return false;
	s->sum = sum;
	s->read = now;
	if (lists_whole(&l, &s->from, now, old->lists) == ERR_OK)
		fresh = new_reading(l);
	s->failed = fresh == NULL;
	if (s->failed) {
		lists_free(l);
		s->failures++;
		log_warn("%s: going on with the lists that were read before",
		    s->from.dir);
		return false;
	}
	pthread_mutex_lock(&s->lock);
	s->now = fresh;
	pthread_mutex_unlock(&s->lock);
	changed = !published_eq(old->published, fresh->published);
	shelf_return(old);
	return changed;
}

uint64_t
shelf_failures(struct shelf *s)
{
	return s->failures;
}
