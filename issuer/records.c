#include "issuer/records.h"

#include <stdlib.h>

#include "registry/event.h"

enum err
record_enrolment(struct db *db, const struct enrolment *en, int64_t at)
{
	enum err e = enrol_put(db, en);

	return e == ERR_OK ? event_append_enrolment(db, span_str(en->ods), at)
			   : e;
}

enum err
record_key(struct db *db, const struct key *k, int64_t at)
{
	enum err e = key_put(db, k);

	return e == ERR_OK ? event_append_key(
				 db, EVENT_KEY, span_of(k->kid, KEY_KID), at)
			   : e;
}

enum err
record_revocation(struct db *db, const uint8_t kid[static KEY_KID], int64_t at,
    struct span reason)
{
	enum err e = key_revoke(db, kid, at, reason);

	return e == ERR_OK ? event_append_key(db, EVENT_KEY_REVOKE,
				 span_of(kid, KEY_KID), at)
			   : e;
}

/* The keys whose period is over: counted first, then kept. */
struct over {
	int64_t at;
	uint8_t (*kid)[KEY_KID]; /* NULL: only count */
	size_t n;
};

static enum err
collect(const struct key *k, void *ctx)
{
	struct over *o = ctx;

	if (k->not_after >= o->at)
		return ERR_OK;
	if (o->kid != NULL)
		memcpy(o->kid[o->n], k->kid, KEY_KID);
	o->n++;
	return ERR_OK;
}

enum err
record_retirements(struct db *db, int64_t at)
{
	struct key_filter active = {.purpose = -1, .state = KEY_ACTIVE};
	struct over o = {.at = at};
	int64_t n = 0;
	enum err e = key_list(db, &active, collect, &o);

	if (e != ERR_OK || o.n == 0)
		return e;
	o.kid = calloc(o.n, sizeof(*o.kid));
	o.n = 0;
	e = o.kid == NULL ? ERR_MEM : key_list(db, &active, collect, &o);
	if (e == ERR_OK)
		e = key_retire(db, at, &n);
	for (size_t i = 0; i < o.n && e == ERR_OK; i++)
		e = event_append_key(
		    db, EVENT_KEY, span_of(o.kid[i], KEY_KID), at);
	free(o.kid);
	return e;
}
