#include "issuer/reconcile.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "issuer/walk.h"
#include "registry/event.h"

/* --- is it a copy of the right one? --------------------------------------- */

/*
 * The heads of the journal against the events of the registry.  A reset means
 * that the events after it were given up, and others took their numbers.
 */
struct lineage {
	struct db *db;
	uint64_t limit;   /* events of the registry that are looked at */
	uint64_t matched; /* the newest event that both know */
	uint64_t differs; /* the oldest that is another here; 0: none */
	bool stranded;    /* the registry goes on where the journal gave up */
};

static enum err
compare_head(struct lineage *l, const struct journal_entry *x)
{
	uint8_t hash[EVENT_HASH];
	enum err e;

	if (x->a == 0 || x->a > l->limit)
		return ERR_OK;
	e = event_hash_at(l->db, (int64_t)x->a, hash);
	if (e != ERR_OK)
		return e;
	if (memcmp(hash, x->hash, EVENT_HASH) == 0)
		l->matched = x->a > l->matched ? x->a : l->matched;
	else if (l->differs == 0 || x->a < l->differs)
		l->differs = x->a;
	return ERR_OK;
}

static enum err
follow(void *ctx, const struct journal_entry *x)
{
	struct lineage *l = ctx;

	if (x->type == JOURNAL_RESET) {
		l->stranded = l->stranded || l->matched > x->a;
		if (l->differs > x->a)
			l->differs = 0;
	}
	return x->type == JOURNAL_HEAD || x->type == JOURNAL_RESET
		   ? compare_head(l, x)
		   : ERR_OK;
}

static enum err
compare_up_to(struct reconcile *r, uint64_t limit, struct lineage *l)
{
	*l = (struct lineage){.db = r->app->db, .limit = limit};
	return walk_journal(r->app, follow, l);
}

static bool
is_copy(const struct lineage *l)
{
	return l->matched > 0 && l->differs == 0 && !l->stranded;
}

/*
 * The newest event that the old registry brought.  If a reconciliation was
 * stopped before the journal knew of it, its own events are the newest here.
 */
static enum err
find_base(struct reconcile *r)
{
	enum event_kind kind;
	struct lineage l;
	int64_t before;
	int64_t seq;
	enum err e = event_head(r->app->db, &seq, r->base.hash);

	r->base.seq = (uint64_t)seq;
	if (e == ERR_OK)
		e = event_last_kind(r->app->db, &kind, &before);
	if (e == ERR_OK)
		e = compare_up_to(r, r->base.seq, &l);
	if (e == ERR_OK && kind == EVENT_RECONCILED &&
	    l.matched != r->base.seq) {
		r->base.seq = (uint64_t)before;
		e = event_hash_at(r->app->db, before, r->base.hash);
		if (e == ERR_OK)
			e = compare_up_to(r, r->base.seq, &l);
	}
	if (e != ERR_OK || is_copy(&l))
		return e;
	log_error("this registry is no older copy of the one that the signer's "
		  "journal belongs to (event %llu differs): put a copy of the "
		  "right one there; nothing was changed",
	    (unsigned long long)(l.differs != 0 ? l.differs : l.matched));
	return ERR_CONFIG;
}

/* --- trust lists in files ------------------------------------------------- */

/*
 * DATA/trust.cwt is what publish goes on from.  The newest that wards may have
 * seen must be there, or none, so that an older one is not published again.
 */
static enum err
keep_newest(struct reconcile *r)
{
	const struct newest *there = &r->lists->trust;
	char path[APP_PATH];
	struct newest own;
	uint64_t seq;
	enum err e = newest_read_own(&own, r->app);

	app_path(path, r->app, "trust.cwt");
	seq = e == ERR_OK && own.good ? own.trust.seq : 0;
	if (e == ERR_OK && there->good && there->trust.seq > seq) {
		seq = there->trust.seq;
		e = file_write(
		    path, span_of(there->bytes.p, there->bytes.n), 0644);
	}
	if (e == ERR_OK && seq < r->trust_seq && unlink(path) != 0 &&
	    errno != ENOENT) {
		log_error("%s: cannot be removed: %s", path, strerror(errno));
		e = ERR_IO;
	}
	newest_free(&own);
	return e;
}

/* What wards may have seen counts, also where an offline root signed it. */
static enum err
look_at_lists(struct reconcile *r)
{
	const struct newest *there = &r->lists->trust;
	struct newest own;
	enum err e = newest_read_own(&own, r->app);

	if (e == ERR_OK && own.good) {
		r->trust_seq = own.trust.seq;
		r->trust_iat = own.trust.iat;
	}
	if (there->good && there->trust.seq > r->trust_seq)
		r->trust_seq = there->trust.seq;
	if (there->good && there->trust.iat > r->trust_iat)
		r->trust_iat = there->trust.iat;
	newest_free(&own);
	return e;
}

static enum err
scrub(struct app *app)
{
	enum err e = db_scrub(app->db);

	if (e != ERR_OK)
		log_error("old bytes of people who were erased may still be in "
			  "registry.db-wal: end what else reads the registry, "
			  "then run the same command again");
	return e;
}

enum err
reconcile_run(struct reconcile *r)
{
	struct app *app = r->app;
	enum err e = find_base(r);

	if (e == ERR_OK)
		e = look_at_lists(r);
	if (e == ERR_OK)
		e = db_write(app->db, reconcile_take, r);
	if (e == ERR_OK && r->scrub)
		e = scrub(app);
	if (e == ERR_OK)
		e = keep_newest(r);
	/* Last: until then everything else goes on being refused. */
	if (e == ERR_OK)
		e = signer_reset(app->signer, &r->base);
	return e == ERR_OK ? app_note_head(app) : e;
}

void
reconcile_free(struct reconcile *r)
{
	free(r->next_lost);
}
