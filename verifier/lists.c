#include "verifier/lists.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "verifier/lists_private.h"

static enum err
check_folder(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
		return ERR_OK;
	log_error("%s: is not a folder of published lists", dir);
	return ERR_NOINPUT;
}

enum err
lists_path(char out[static PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);

	if (n > 0 && n < PATH_MAX)
		return ERR_OK;
	log_error("the path of the lists is too long");
	return ERR_NOINPUT;
}

/* A pipe or a device in a file's place is refused. A missing file is for
 * whoever reads it to report. */
static enum err
check_regular(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
		return ERR_OK;
	log_error("%s: is not a regular file", path);
	return ERR_NOINPUT;
}

bool
lists_file(struct buf *out, const struct lists *l, const char *name)
{
	char path[PATH_MAX];

	return lists_path(path, l->from.dir, name) == ERR_OK &&
	       check_regular(path) == ERR_OK && file_read(out, path) == ERR_OK;
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

/* What is known of a running service where nothing is pinned, or no more. */
static void
pin_before(const struct lists *before, struct pin *pin, bool *pinned)
{
	if (*pinned || before == NULL)
		return;
	pin_set(pin, &before->roots,
	    before->view.trust != NULL ? before->trust.scheme
				       : span_of(NULL, 0));
	*pinned = true;
}

/* Settles which roots sign. Fills ${pin} if ${*pinned}. */
static enum err
find_roots(
    struct lists *l, const struct lists *before, struct pin *pin, bool *pinned)
{
	char path[PATH_MAX];
	struct roots found;
	enum err e;

	*pinned = false;
	if (l->from.root != NULL)
		return roots_read(&l->roots, l->from.root);
	e = lists_path(path, l->from.dir, "root.pub");
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
	pin_before(before, pin, pinned);
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
warn_trust(const struct lists *l)
{
	char known[ROOTS_TEXT];

	roots_text(known, &l->roots);
	log_warn("%s/trust.cwt: is damaged or not signed by a root key that "
		 "this verifier goes by (%s)",
	    l->from.dir, known);
}

/* Takes ${l->bytes} for the trust list. ${*good} is false where row 3 will say
 * so. */
static enum err
parse_trust(struct lists *l, bool *good)
{
	size_t nat = l->bytes.n / TRUST_KEY_MIN + 1;

	free(l->work);
	free(l->at);
	l->nwork =
	    COSE_OVERHEAD + (l->bytes.n > STATUS_MAX ? l->bytes.n : STATUS_MAX);
	l->work = malloc(l->nwork);
	l->at = malloc(nat * sizeof(*l->at));
	if (l->work == NULL || l->at == NULL)
		return no_memory();
	*good = trust_read(&l->trust, buf_span(&l->bytes), l->roots.v,
	    l->roots.n, l->work, l->nwork, l->at, nat);
	return ERR_OK;
}

static enum err
read_trust(struct lists *l, bool *good)
{
	enum err e;

	*good = false;
	if (!lists_file(&l->bytes, l, "trust.cwt"))
		return ERR_OK;
	e = parse_trust(l, good);
	if (e == ERR_OK && !*good)
		warn_trust(l);
	return e;
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

	crypto_hash_sha256(seen.sha256, l->bytes.p, l->bytes.n);
	e = state_trust(
	    &l->state, l->trust.scheme, &seen, &l->view.trust_rolled_back);
	if (e != ERR_OK || (pinned && pin->nscheme > 0))
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

/* --- */

static enum err
new_lists(struct lists **out, const struct lists_from *from)
{
	struct lists *l = calloc(1, sizeof(*l));

	*out = l;
	if (l == NULL)
		return no_memory();
	l->from = *from;
	l->bytes = (struct buf)BUF_INIT(TRUST_MAX);
	l->root_pub = (struct buf)BUF_INIT(ROOTS_FILE_MAX);
	l->index = (struct buf)BUF_INIT(LISTS_INDEX_MAX);
	l->view.status = lists_status;
	l->view.ctx = l;
	state_open(&l->state, from->state);
	return check_folder(from->dir);
}

static bool
has_trust(const struct lists *l)
{
	return l != NULL && l->view.trust != NULL;
}

/* As floors_trust() has it. */
static bool
is_older(const struct lists *a, const struct lists *b)
{
	return a->trust.seq < b->trust.seq || a->trust.iat < b->trust.iat ||
	       (a->trust.seq == b->trust.seq &&
		   !span_eq(buf_span(&a->bytes), buf_span(&b->bytes)));
}

/* Is the list of the scheme that is pinned, and that was served so far? */
static enum err
check_scheme(const struct lists *l, const struct lists *before,
    const struct pin *pin, bool pinned)
{
	struct pin served;

	if (pinned && pin->nscheme > 0 &&
	    !span_eq(pin_scheme(pin), l->trust.scheme))
		return other_scheme(l, pin);
	if (!has_trust(before) ||
	    span_eq(before->trust.scheme, l->trust.scheme))
		return ERR_OK;
	pin_set(&served, &before->roots, before->trust.scheme);
	return other_scheme(l, &served);
}

/* The trust list of ${before}, where that of the folder is bad or older. */
static enum err
keep_trust(struct lists *l, const struct lists *before, bool *good)
{
	enum err e;

	if (!has_trust(before) || (*good && !is_older(l, before)))
		return ERR_OK;
	log_warn("%s/trust.cwt: going on with the list that was read before",
	    l->from.dir);
	buf_free(&l->bytes);
	e = buf_add(&l->bytes, before->bytes.p, before->bytes.n);
	return e == ERR_OK ? parse_trust(l, good) : no_memory();
}

/* Settles roots and trust list. */
static enum err
settle(struct lists *l, const struct lists *before)
{
	struct pin pin;
	bool pinned;
	bool good = false;
	enum err e = find_roots(l, before, &pin, &pinned);

	if (e == ERR_OK)
		e = read_trust(l, &good);
	if (e == ERR_OK && good)
		e = check_scheme(l, before, &pin, pinned);
	if (e == ERR_OK)
		e = keep_trust(l, before, &good);
	if (e == ERR_OK && good)
		e = remember_trust(l, &pin, pinned);
	else if (e == ERR_OK && l->from.root != NULL)
		remember_roots(l);
	l->view.trust = good ? &l->trust : NULL;
	return e;
}

enum err
lists_new(struct lists **out, const struct lists_from *from)
{
	struct lists *l;
	enum err e = new_lists(&l, from);

	if (e == ERR_OK)
		e = settle(l, NULL);
	if (e == ERR_OK)
		*out = l;
	else
		lists_free(l);
	return e;
}

/* Whoever pins on a first visit must not be given other keys than ours. */
static bool
root_pub_ok(const struct lists *l)
{
	struct roots found;
	size_t line;

	return roots_parse(&found, buf_span(&l->root_pub), &line) &&
	       roots_within(&found, &l->roots);
}

/* What is handed on beside the lists. Nobody goes by the index. */
static void
read_published(struct lists *l)
{
	if (!lists_file(&l->root_pub, l, "root.pub"))
		buf_free(&l->root_pub);
	if (l->root_pub.n > 0 && !root_pub_ok(l)) {
		log_warn("%s/root.pub: holds other keys than those that this "
			 "verifier goes by, and is not handed on",
		    l->from.dir);
		buf_free(&l->root_pub);
	}
	if (!lists_file(&l->index, l, "index.json"))
		buf_free(&l->index);
}

enum err
lists_whole(struct lists **out, const struct lists_from *from, int64_t now,
    const struct lists *before)
{
	struct lists *l;
	enum err e = new_lists(&l, from);

	if (e == ERR_OK) {
		l->view.now = now;
		e = settle(l, before);
	}
	if (e == ERR_OK && l->view.trust != NULL)
		e = lists_status_all(l, before);
	if (e != ERR_OK) {
		lists_free(l);
		return e;
	}
	l->whole = true;
	read_published(l);
	*out = l;
	return ERR_OK;
}

void
lists_free(struct lists *l)
{
	if (l == NULL)
		return;
	lists_status_free(l);
	buf_free(&l->bytes);
	buf_free(&l->root_pub);
	buf_free(&l->index);
	free(l->work);
	free(l->at);
	free(l);
}

struct verify_lists
lists_at(struct lists *l, int64_t now)
{
	struct verify_lists view = l->view;

	view.now = now;
	if (!l->whole)
		l->view.now = now;
	return view;
}

bool
lists_file_at(const struct lists *l, size_t i, char name[static LISTS_NAME],
    struct span *bytes)
{
	const struct {
		const char *name;
		const struct buf *bytes;
	} fixed[] = {
	    {"root.pub", &l->root_pub},
	    {"trust.cwt", &l->bytes},
	    {"index.json", &l->index},
	};
	const size_t n = sizeof(fixed) / sizeof(*fixed);
	const struct cached *c;

	*bytes = span_of(NULL, 0);
	if (i < n) {
		(void)snprintf(name, LISTS_NAME, "%s", fixed[i].name);
		if (fixed[i].bytes != &l->bytes || l->view.trust != NULL)
			*bytes = buf_span(fixed[i].bytes);
		return true;
	}
	if (i - n >= l->ncache)
		return false;
	c = l->cache[i - n];
	lists_status_name(name, c->n);
	if (c->good)
		*bytes = buf_span(&c->bytes);
	return true;
}

struct lists_state
lists_state(const struct lists *l)
{
	struct lists_state s = {.trust = l->view.trust != NULL};

	if (!s.trust)
		return s;
	s.rolled_back = l->view.trust_rolled_back;
	s.trust_seq = l->trust.seq;
	s.trust_iat = l->trust.iat;
	s.trust_exp = l->trust.exp;
	s.status_exp = INT64_MAX;
	s.status_iat = INT64_MAX;
	for (size_t i = 0; i < l->ncache; i++) {
		const struct cached *c = l->cache[i];

		if (!c->good)
			continue;
		s.status++;
		s.rolled_back = s.rolled_back || c->status.rolled_back;
		if (c->status.exp < s.status_exp)
			s.status_exp = c->status.exp;
		if (c->status.iat < s.status_iat)
			s.status_iat = c->status.iat;
	}
	return s;
}
