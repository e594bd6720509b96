#include "issuer/publish.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/log.h"
#include "issuer/records.h"
#include "keys/status_build.h"
#include "keys/trust_build.h"
#include "registry/publication.h"
#include "registry/status_pool.h"

static enum err
store_key(struct db *db, void *ctx)
{
	return record_key(db, ctx, app_now());
}

/* Makes the next status key in good time, so that no list is ever without one.
 */
static enum err
status_key(struct app *app, struct key *out)
{
	int64_t now = app_now();
	enum err e = key_active(app->db, KEY_STATUS, span_str(""), now, out);

	if (e == ERR_OK &&
	    now < out->not_after -
		      (int64_t)PUBLISH_STATUS_AHEAD * DATE_DAY_SECONDS)
		return ERR_OK;
	if (e != ERR_OK && e != ERR_NOINPUT)
		return e;
	e = app_make_key(app, USE_STATUS, "", now - now % DATE_DAY_SECONDS,
	    TRUST_KEY_DAYS - 1, out);
	return e == ERR_OK ? db_write(app->db, store_key, out) : e;
}

/* Decoys, and the note of what is about to be published, in one transaction. */
struct status_step {
	uint32_t n;
	int64_t now;
	struct span base;
	uint8_t bits[STATUS_BYTES];
	struct buf payload;
};

static enum err
prepare_status(struct db *db, void *ctx)
{
	struct status_step *s = ctx;
	struct publication p;
	bool found = false;
	enum err e = status_pool_more_decoys(db, s->n, s->now);

	if (e == ERR_OK)
		e = status_pool_bits(db, s->n, s->bits);
	if (e == ERR_OK)
		e = status_build(&s->payload, s->base, s->n, s->now, s->bits);
	if (e == ERR_OK)
		e = publication_get(db, s->n, &p, &found);
	if (e != ERR_OK)
		return e;
	p.seq++;
	p.iat = p.at = s->now;
	p.exp = s->now + STATUS_LIFE_MAX;
	crypto_hash_sha256(p.sha256, s->payload.p, s->payload.n);
	return publication_put(db, s->n, &p);
}

static enum err
publish_status(struct app *app, const struct key_record *key, uint32_t n,
    struct publish_list *out)
{
	char base[320];
	struct status_step s = {
	    .n = n, .now = app_now(), .payload = BUF_INIT(STATUS_MAX)};
	struct signer_head head;
	uint8_t sig[1][ED25519_SIG];
	struct span payload;
	enum err e;

	app_service(base, app);
	s.base = span_str(base);
	out->bytes.cap = STATUS_MAX;
	out->number = n;
	out->iat = s.now;
	out->exp = s.now + STATUS_LIFE_MAX;
	e = db_write(app->db, prepare_status, &s);
	if (e == ERR_OK)
		e = app_head(app, &head);
	payload = buf_span(&s.payload);
	if (e == ERR_OK)
		e = signer_sign(
		    app->signer, COSE_STATUS, key, &head, &payload, 1, sig);
	if (e == ERR_OK)
		e = signed_object(
		    &out->bytes, COSE_STATUS, key->kid, payload, sig[0]);
	buf_free(&s.payload);
	return e;
}

static enum err
retire(struct db *db, void *ctx)
{
	(void)ctx;
	return record_retirements(db, app_now());
}

enum err
publish_make(struct app *app, int64_t days, struct publication_set *set)
{
	struct key_record record;
	struct key key;
	uint32_t lists = 0;
	enum err e = status_key(app, &key);

	memset(set, 0, sizeof(*set));
	if (e == ERR_OK)
		e = db_write(app->db, retire, NULL);
	if (e == ERR_OK)
		e = publish_trust(app, days, set);
	if (e == ERR_OK)
		e = status_pool_count(app->db, &lists);
	if (e != ERR_OK)
		return e;
	record = app_key_record(&key);
	set->status = calloc(lists + 1, sizeof(*set->status));
	if (set->status == NULL)
		return ERR_MEM;
	for (uint32_t n = 0; n < lists && e == ERR_OK; n++) {
		set->nstatus = n + 1;
		e = publish_status(app, &record, n, &set->status[n]);
	}
	return e;
}

void
publish_free(struct publication_set *set)
{
	buf_free(&set->trust.bytes);
	for (size_t i = 0; i < set->nstatus; i++)
		buf_free(&set->status[i].bytes);
	free(set->status);
}
