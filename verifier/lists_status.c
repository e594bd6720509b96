#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "verifier/inflate.h"
#include "verifier/lists_private.h"
#include "verifier/record.h"

#define CACHED 64 /* status lists held by a check: 1 MiB of bits */

void
lists_status_name(char out[static LISTS_NAME], uint32_t n)
{
	(void)snprintf(out, LISTS_NAME, "status/%" PRIu32 ".cwt", n);
}

/* Takes ${c->bytes} for list n of its service, if they are that. */
static bool
read_bytes(struct lists *l, struct cached *c)
{
	if (!status_read(&c->status, buf_span(&c->bytes), &l->trust, c->service,
		c->n, l->work, l->nwork) ||
	    !inflate_status(c->bits, c->status.lst))
		return false;
	/* What points into the bytes must not outlive them. */
	c->status.sub = span_of(NULL, 0);
	c->status.lst = span_of(NULL, 0);
	c->status.bits = c->bits;
	return true;
}

/* Row 12: a list from the future is bad and never remembered. */
static bool
from_future(const struct lists *l, const struct cached *c)
{
	return c->status.iat > l->view.now + VERIFY_CLOCK_SLACK ||
	       c->status.iat > l->trust.exp;
}

static void
remember(struct lists *l, struct cached *c)
{
	struct floor_status seen = {.n = c->n, .iat = c->status.iat};

	if (from_future(l, c))
		return;
	memcpy(seen.kid, c->status.kid, KID_SIZE);
	if (state_status(&l->state, l->trust.scheme, &seen, 1,
		&c->status.rolled_back) != ERR_OK)
		c->good = false;
}

static void
warn_bad(const struct lists *l, const char *name)
{
	log_warn("%s/%s: is damaged or not signed by the status key that the "
		 "trust list names",
	    l->from.dir, name);
}

static struct cached *
new_cached(uint64_t service, uint32_t n)
{
	struct cached *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->service = service;
	c->n = n;
	c->bytes = (struct buf)BUF_INIT(STATUS_MAX);
	return c;
}

static void
free_cached(struct cached *c)
{
	if (c == NULL)
		return;
	buf_free(&c->bytes);
	free(c);
}

static struct cached *
find(const struct lists *l, uint64_t service, uint32_t n)
{
	for (size_t i = 0; i < l->ncache; i++)
		if (l->cache[i]->n == n &&
		    (l->cache[i]->service == service ||
			trust_service_eq(
			    &l->trust, l->cache[i]->service, service)))
			return l->cache[i];
	return NULL;
}

/* --- one at a time, as cards ask for them --- */

static void
load(struct lists *l, struct cached *c)
{
	char name[LISTS_NAME];

	lists_status_name(name, c->n);
	if (!lists_file(&c->bytes, l, name))
		return;
	c->good = read_bytes(l, c);
	if (c->good)
		remember(l, c);
	else
		warn_bad(l, name);
	buf_free(&c->bytes);
}

/* Puts ${c} into a free place, or that of another in turn. */
static bool
keep(struct lists *l, struct cached *c)
{
	if (l->cache == NULL)
		l->cache = calloc(CACHED, sizeof(struct cached *));
	if (l->cache == NULL)
		return false;
	if (l->ncache < CACHED) {
		l->cache[l->ncache++] = c;
		return true;
	}
	free_cached(l->cache[l->next % CACHED]);
	l->cache[l->next++ % CACHED] = c;
	return true;
}

const struct status *
lists_status(void *ctx, uint64_t service, uint32_t n)
{
	struct lists *l = ctx;
	struct cached *c = find(l, service, n);

	if (c == NULL && !l->whole) {
		c = new_cached(service, n);
		if (c == NULL || !keep(l, c)) {
			free_cached(c);
			return NULL;
		}
		load(l, c);
	}
	return c != NULL && c->good ? &c->status : NULL;
}

/* --- all of a folder --- */

struct numbers {
	uint32_t v[FLOORS_STATUS];
	size_t n;
};

static bool
add_number(struct numbers *all, uint32_t n)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i] == n)
			return true;
	if (all->n == FLOORS_STATUS)
		return false;
	all->v[all->n++] = n;
	return true;
}

/* "12.cwt" as 12. */
static bool
number_of(const char *name, uint32_t *n)
{
	size_t len = strlen(name);
	struct span digits;
	uint64_t v;

	if (len < 5 || strcmp(name + len - 4, ".cwt") != 0)
		return false;
	digits = span_of(name, len - 4);
	if (!record_uint(&digits, UINT32_MAX >> PASSPORT_LIST_BITS, &v))
		return false;
	*n = (uint32_t)v;
	return digits.n == 0;
}

/* Which lists there are: those of the folder and those of before. */
static void
collect(struct numbers *all, const struct lists *l, const struct lists *before)
{
	char path[PATH_MAX];
	DIR *d = NULL;
	struct dirent *e;
	bool fits = true;
	uint32_t n;

	all->n = 0;
	for (size_t i = 0; before != NULL && i < before->ncache; i++)
		fits = add_number(all, before->cache[i]->n) && fits;
	if (lists_path(path, l->from.dir, "status") == ERR_OK)
		d = opendir(path);
	if (d == NULL)
		log_warn("%s/status: cannot be read: %s", l->from.dir,
		    strerror(errno));
	while (d != NULL && (e = readdir(d)) != NULL)
		if (number_of(e->d_name, &n))
			fits = add_number(all, n) && fits;
	if (d != NULL)
		(void)closedir(d);
	if (!fits)
		log_warn("%s/status: more than %d lists: the others are left "
			 "out",
		    l->from.dir, FLOORS_STATUS);
}

/* List ${n} in ${bytes}, under the first service of the trust list of now that
 * it is of; NULL if there is none. */
static struct cached *
list_of(struct lists *l, struct span bytes, uint32_t n)
{
	struct cached *c = new_cached(0, n);

	if (c == NULL || buf_add(&c->bytes, bytes.p, bytes.n) != ERR_OK)
		goto none;
	for (; c->service < l->trust.nservices; c->service++)
		if (read_bytes(l, c)) {
			c->good = true;
			return c;
		}
none:
	free_cached(c);
	return NULL;
}

static struct cached *
from_folder(struct lists *l, uint32_t n)
{
	struct buf bytes = BUF_INIT(STATUS_MAX);
	struct cached *c = NULL;
	char name[LISTS_NAME];

	lists_status_name(name, n);
	if (lists_file(&bytes, l, name)) {
		c = list_of(l, buf_span(&bytes), n);
		if (c != NULL && from_future(l, c)) {
			free_cached(c);
			c = NULL;
		}
		if (c == NULL)
			warn_bad(l, name);
	}
	buf_free(&bytes);
	return c;
}

/* The list as it was before, if the trust list of now still stands for it. */
static struct cached *
from_before(struct lists *l, const struct lists *before, uint32_t n)
{
	for (size_t i = 0; before != NULL && i < before->ncache; i++)
		if (before->cache[i]->n == n && before->cache[i]->good)
			return list_of(
			    l, buf_span(&before->cache[i]->bytes), n);
	return NULL;
}

static bool
is_newer(const struct cached *a, const struct cached *b)
{
	return memcmp(a->status.kid, b->status.kid, KID_SIZE) == 0 &&
	       a->status.iat > b->status.iat;
}

/* Is a file of that name there, good or not? */
static bool
is_there(const struct lists *l, uint32_t n)
{
	char name[LISTS_NAME];
	char path[PATH_MAX];

	lists_status_name(name, n);
	return lists_path(path, l->from.dir, name) == ERR_OK &&
	       access(path, F_OK) == 0;
}

/* A list that the folder has no more is kept for as long as it lives. */
static struct cached *
best(struct lists *l, const struct lists *before, uint32_t n)
{
	bool there = is_there(l, n);
	struct cached *now = there ? from_folder(l, n) : NULL;
	struct cached *old = from_before(l, before, n);

	if (old == NULL)
		return now;
	if ((now != NULL && !is_newer(old, now)) ||
	    (!there && old->status.exp <= l->view.now)) {
		free_cached(old);
		return now;
	}
	log_warn("%s/status/%" PRIu32 ".cwt: going on with the list that was "
		 "read before",
	    l->from.dir, n);
	free_cached(now);
	return old;
}

/* Holds all lists against the state, and it against them. */
static enum err
remember_all(struct lists *l)
{
	struct floor_status *seen = calloc(l->ncache + 1, sizeof(*seen));
	bool *older = calloc(l->ncache + 1, sizeof(*older));
	enum err e = ERR_MEM;

	if (seen == NULL || older == NULL)
		goto out;
	for (size_t i = 0; i < l->ncache; i++) {
		const struct cached *c = l->cache[i];

		if (c == NULL)
			continue; /* cannot be: the analyser asks */
		seen[i].n = c->n;
		seen[i].iat = c->status.iat;
		memcpy(seen[i].kid, c->status.kid, KID_SIZE);
	}
	e = state_status(&l->state, l->trust.scheme, seen, l->ncache, older);
	for (size_t i = 0; e == ERR_OK && i < l->ncache; i++)
		l->cache[i]->status.rolled_back = older[i];
out:
	free(seen);
	free(older);
	return e;
}

enum err
lists_status_all(struct lists *l, const struct lists *before)
{
	struct numbers *all = malloc(sizeof(*all));
	enum err e = ERR_MEM;

	l->whole = true;
	if (all == NULL)
		return ERR_MEM;
	collect(all, l, before);
	l->cache = calloc(all->n + 1, sizeof(struct cached *));
	for (size_t i = 0; l->cache != NULL && i < all->n; i++) {
		struct cached *c = best(l, before, all->v[i]);

		if (c != NULL)
			l->cache[l->ncache++] = c;
	}
	if (l->cache != NULL)
		e = remember_all(l);
	free(all);
	return e;
}

void
lists_status_free(struct lists *l)
{
	for (size_t i = 0; i < l->ncache; i++)
		free_cached(l->cache[i]);
	free(l->cache);
}
