#ifndef VERIFIER_LISTS_PRIVATE_H
#define VERIFIER_LISTS_PRIVATE_H

#include <limits.h>

#include "base/buf.h"
#include "verifier/lists.h"
#include "verifier/state.h"

/* A status list that was asked for, good or not. */
struct cached {
	bool good;
	uint64_t service;
	uint32_t n;
	struct status status; /* its spans are dropped */
	struct buf bytes;     /* as published; kept by lists_whole() only */
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
	bool whole; /* all status lists are there: nothing is loaded later */
	struct cached **cache;
	size_t ncache;
	size_t next;         /* of the cache to be given away */
	struct buf root_pub; /* as published, of lists_whole() */
	struct buf index;
};

/* lists_path(out, dir, name): the path of a file of the folder. Returns ERR_OK
 * or ERR_NOINPUT (too long). */
enum err lists_path(
    char out[static PATH_MAX], const char *dir, const char *name) MUST_CHECK;

/* lists_file(out, l, name): reads a regular file of the folder; a pipe or a
 * device in its place could keep us waiting. Returns false if it is not there
 * or cannot be read (logged, but for not being there). */
bool lists_file(struct buf *out, const struct lists *l, const char *name);

/* lists_status(ctx, service, n): as verify_lists.status; loads it if it may. */
const struct status *lists_status(void *ctx, uint64_t service, uint32_t n);

/* lists_status_all(l, before): loads every status list of the folder; one that
 * is damaged, older or gone stays as it was in ${before} (NULL: none). */
enum err lists_status_all(
    struct lists *l, const struct lists *before) MUST_CHECK;

/* lists_status_name(out, n): writes the name of list ${n} in the folder. */
void lists_status_name(char out[static LISTS_NAME], uint32_t n);

/* lists_status_free(l): frees what was loaded. */
void lists_status_free(struct lists *l);

#endif
