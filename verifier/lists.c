#include "verifier/lists.h"

#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "verifier/inflate.h"
#include "verifier/state.h"

#define CACHED 64 /* status lists held in memory: 1 MiB of bits */

/* A status list that was asked for, good or not. */
struct cached {
	bool used;
	bool good;
	uint64_t service;
	uint32_t n;
	struct status status; /* its spans are dropped */
	uint8_t bits[STATUS_BYTES];
};

struct lists {
	struct lists_from from;
	struct state state;
	struct roots roots;
	struct buf bytes; /* of the trust list */
	uint8_t *work;    /* scratch for Sig_structures */
	size_t nwork;
	uint32_t *at; /* where each key of the trust list begins */
	struct trust trust;
	struct verify_lists view;
	struct cached *cache[CACHED];
	size_t next; /* of the cache to be given away */
};

static enum err
check_folder(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
		return ERR_OK;
	log_error("%s: is not a folder of published lists", dir);
	return ERR_NOINPUT;
}

static enum err
path_in(char out[static PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);

	if (n > 0 && n < PATH_MAX)
		return ERR_OK;
	log_error("the path of the lists is too long");
	return ERR_NOINPUT;
}

/* Refuses a pipe or device in a file's place, which could keep us waiting. A
 * missing file is for whoever reads it to report. */
static enum err
check_regular(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
		return ERR_OK;
	log_error("%s: is not a regular file", path);
	return ERR_NOINPUT;
}

/* Roots for a person: what is there, what is pinned, how to go on. */
static enum err
other_roots(
    const struct lists *l, const struct roots *found, const struct pin *pin)
{
	char a[ROOTS_TEXT];
	char b[ROOTS_TEXT];

	roots_text(a, found);
	roots_text(b, &pin->roots);
	log_error("%s/root.pub: other root keys than this verifier knows. "
		  "There: %s. Pinned: %s. Ask the scheme's operator which is "
		  "right, then go on with --root FILE",
	    l->from.dir, a, b);
	return ERR_CONFIG;
}

/* Settles which roots sign. Fills ${pin} if ${*pinned}. */
static enum err
find_roots(struct lists *l, struct pin *pin, bool *pinned)
{
	char path[PATH_MAX];
	struct roots found;
	enum err e;

	*pinned = false;
	if (l->from.root != NULL)
		return roots_read(&l->roots, l->from.root);
	e = path_in(path, l->from.dir, "root.pub");
	if (e == ERR_OK)
		e = check_regular(path);
	if (e == ERR_OK)
		e = roots_read(&found, path);
	if (e == ERR_NOINPUT || e == ERR_PERM) {
		log_error("without a root key nothing can be checked: give "
			  "--root FILE");
		return ERR_CONFIG;
	}
	if (e == ERR_OK)
		e = state_pin(&l->state, pin, pinned);
	if (e != ERR_OK)
		return e;
	if (*pinned && !roots_within(&found, &pin->roots))
		return other_roots(l, &found, pin);
	l->roots = *pinned ? pin->roots : found;
	return ERR_OK;
}

static enum err
no_memory(void)
{
	log_error("no memory for the lists");
	return ERR_MEM;
}

static void
warn_trust(const struct lists *l, const char *path)
{
	char known[ROOTS_TEXT];

	roots_text(known, &l->roots);
	log_warn("%s: is damaged or not signed by a root key that this "
		 "verifier goes by (%s)",
	    path, known);
}

/* Reads trust.cwt. ${*good} is false where row 3 will say so. */
static enum err
read_trust(struct lists *l, bool *good)
{
	char path[PATH_MAX];
	size_t nat;

	*good = false;
	if (path_in(path, l->from.dir, "trust.cwt") != ERR_OK ||
	    check_regular(path) != ERR_OK ||
	    file_read(&l->bytes, path) != ERR_OK)
		return ERR_OK;
	nat = l->bytes.n / TRUST_KEY_MIN + 1;
	l->nwork =
	    COSE_OVERHEAD + (l->bytes.n > STATUS_MAX ? l->bytes.n : STATUS_MAX);
	l->work = malloc(l->nwork);
	l->at = malloc(nat * sizeof(*l->at));
	if (l->work == NULL || l->at == NULL)
		return no_memory();
	*good = trust_read(&l->trust, buf_span(&l->bytes), l->roots.v,
	    l->roots.n, l->work, l->nwork, l->at, nat);
	if (!*good)
		warn_trust(l, path);
	return ERR_OK;
}

static enum err
other_scheme(const struct lists *l, const struct pin *pin)
{
	char keys[ROOTS_TEXT];

	roots_text(keys, &pin->roots);
	log_error("%s: the list is for the scheme \"%.*s\", but this verifier "
		  "is pinned to \"%.*s\" (root keys %s). Ask the scheme's "
		  "operator which is right, then go on with --root FILE",
	    l->from.dir, (int)l->trust.scheme.n, l->trust.scheme.p,
	    (int)pin->nscheme, pin->scheme, keys);
	return ERR_CONFIG;
}

/* Remembers a good trust list, and on first use (or --root) pins. */
static enum err
remember_trust(struct lists *l, const struct pin *pin, bool pinned)
{
	struct floor_trust seen = {l->trust.seq, l->trust.iat, {0}};
	struct pin now;
	enum err e;

	pinned = pinned && pin->nscheme > 0;
	if (pinned && !span_eq(pin_scheme(pin), l->trust.scheme))
		return other_scheme(l, pin);
	crypto_hash_sha256(seen.sha256, l->bytes.p, l->bytes.n);
	e = state_trust(
	    &l->state, l->trust.scheme, &seen, &l->view.trust_rolled_back);
	if (e != ERR_OK || pinned)
		return e;
	pin_set(&now, &l->roots, l->trust.scheme);
	state_pin_write(&l->state, &now);
	return ERR_OK;
}

/*
 * --root with lists that it did not sign: it replaces what was pinned all the
 * same, or the next check without it would go by root.pub again.
 */
static void
remember_roots(struct lists *l)
{
	struct pin now;
	struct pin pin;
	bool pinned = false;

	if (state_pin(&l->state, &pin, &pinned) == ERR_OK && pinned &&
	    roots_within(&pin.roots, &l->roots) &&
	    roots_within(&l->roots, &pin.roots))
		return;
	pin_set(&now, &l->roots, span_of(NULL, 0));
	state_pin_write(&l->state, &now);
}

/* --- status lists --- */

static void
remember_status(struct lists *l, struct cached *c)
{
	struct floor_status seen = {.n = c->n, .iat = c->status.iat};

	/* Row 12: a list from the future is bad and never remembered. */
	if (c->status.iat > l->view.now + VERIFY_CLOCK_SLACK ||
	    c->status.iat > l->trust.exp)
		return;
	memcpy(seen.kid, c->status.kid, KID_SIZE);
	if (state_status(&l->state, l->trust.scheme, &seen,
		&c->status.rolled_back) != ERR_OK)
		c->good = false;
}

static void
load_status(struct lists *l, struct cached *c)
{
	struct buf bytes = BUF_INIT(STATUS_MAX);
	char name[32];
	char path[PATH_MAX];

	(void)snprintf(name, sizeof(name), "status/%" PRIu32 ".cwt", c->n);
	if (path_in(path, l->from.dir, name) != ERR_OK ||
	    check_regular(path) != ERR_OK || file_read(&bytes, path) != ERR_OK)
		goto out;
	c->good = status_read(&c->status, buf_span(&bytes), &l->trust,
		      c->service, c->n, l->work, l->nwork) &&
		  inflate_status(c->bits, c->status.lst);
	if (!c->good) {
		log_warn("%s: is damaged or not signed by the status key that "
			 "the trust list names",
		    path);
		goto out;
	}
	/* The file's bytes go; what points into them must not stay. */
	c->status.sub = span_of(NULL, 0);
	c->status.lst = span_of(NULL, 0);
	c->status.bits = c->bits;
	remember_status(l, c);
out:
	buf_free(&bytes);
}

/* The place of list ${n}, or one that is free, or the next in turn. */
static struct cached *
cache_find(struct lists *l, uint64_t service, uint32_t n)
{
	struct cached **c = NULL;

	for (size_t i = 0; i < CACHED && c == NULL; i++)
		if (l->cache[i] == NULL || !l->cache[i]->used ||
		    (l->cache[i]->service == service && l->cache[i]->n == n))
			c = &l->cache[i];
	if (c == NULL) {
		c = &l->cache[l->next++ % CACHED];
		(*c)->used = false;
	}
	if (*c == NULL)
		*c = calloc(1, sizeof(**c));
	return *c;
}

static const struct status *
get_status(void *ctx, uint64_t service, uint32_t n)
{
	struct lists *l = ctx;
	struct cached *c = cache_find(l, service, n);

	if (c == NULL)
		return NULL;
	if (!c->used) {
		memset(c, 0, sizeof(*c));
		c->used = true;
		c->service = service;
		c->n = n;
		load_status(l, c);
	}
	return c->good ? &c->status : NULL;
}

/* --- */

enum err
lists_new(struct lists **out, const struct lists_from *from)
{
	struct lists *l = calloc(1, sizeof(*l));
	struct pin pin;
	bool pinned;
	bool good = false;
	enum err e;

	if (l == NULL)
		return no_memory();
	l->from = *from;
	l->bytes = (struct buf)BUF_INIT(TRUST_MAX);
	l->view.status = get_status;
	l->view.ctx = l;
	state_open(&l->state, from->state);
	e = check_folder(from->dir);
	if (e == ERR_OK)
		e = find_roots(l, &pin, &pinned);
	if (e == ERR_OK)
		e = read_trust(l, &good);
	if (e == ERR_OK && good)
		e = remember_trust(l, &pin, pinned);
	else if (e == ERR_OK && from->root != NULL)
		remember_roots(l);
	if (e != ERR_OK) {
		lists_free(l);
		return e;
	}
	l->view.trust = good ? &l->trust : NULL;
	*out = l;
	return ERR_OK;
}

void
lists_free(struct lists *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < CACHED; i++)
		free(l->cache[i]);
	buf_free(&l->bytes);
	free(l->work);
	free(l->at);
	free(l);
}

const struct verify_lists *
lists_at(struct lists *l, int64_t now)
{
	l->view.now = now;
	return &l->view;
}
