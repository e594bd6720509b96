#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "issuer/newest.h"
#include "issuer/publish.h"
#include "issuer/root.h"
#include "keys/trust_build.h"
#include "passport/name.h"
#include "passport/passport.h"
#include "registry/enrol.h"
#include "registry/lost.h"
#include "registry/publication.h"

/* Everything that the draft points to. */
struct gathering {
	struct app *app;
	struct trust_draft draft;
	struct trust_key *keys;
	size_t nkeys;
	uint8_t (*tombstones)[KID_SIZE];
	size_t ntombstones;
	struct buf words; /* names, telephones, codes */
	struct trust_service service;
	struct span host;
	char base[320];
};

#define WORDS_MAX (TRUST_MAX * 2)

static void
gathering_free(struct gathering *g)
{
	free(g->keys);
	free(g->tombstones);
	buf_free(&g->words);
}

static enum err
count(const struct key *k, void *ctx)
{
	(void)k;
	++*(size_t *)ctx;
	return ERR_OK;
}

/* Keeps text where the draft can point to it: ${words} was made large enough
 * before. */
static struct span
keep(struct gathering *g, struct span s)
{
	struct span kept = span_of(g->words.p + g->words.n, s.n);

	if (buf_add(&g->words, s.p, s.n) != ERR_OK)
		return (struct span){NULL, 0};
	return kept;
}

/*
 * A name that the NHS file changed after enrolment must not keep the lists of
 * all others from being published.
 */
static struct span
public_name(const struct org *org, char instead[static ODS_NAME_MAX + 1])
{
	if (name_is_org(span_str(org->name)))
		return span_str(org->name);
	(void)snprintf(instead, ODS_NAME_MAX + 1, "Organisation %s", org->ods);
	log_warn("%s: its name in the NHS file, \"%s\", has characters that a "
		 "passport cannot carry: wards see \"%s\"",
	    org->ods, org->name, instead);
	return span_str(instead);
}

static enum err
describe(struct gathering *g, const struct key *k, struct trust_key *t)
{
	uint8_t codes[32];
	struct cbor_out o = {.p = codes, .cap = sizeof(codes)};
	char instead[ODS_NAME_MAX + 1];
	struct enrolment en;
	struct org org;
	enum err e = org_get(g->app->db, span_str(k->ods), &org);

	if (e == ERR_OK)
		e = enrol_get(g->app->db, span_str(k->ods), &en);
	if (e != ERR_OK)
		return e;
	cbor_put_array(&o, 1);
	cbor_put_text(&o, span_str(k->ods));
	t->codes = keep(g, cbor_written(&o));
	t->name = keep(g, public_name(&org, instead));
	t->phone = keep(g, span_str(enrol_phone(&en, &org)));
	t->setting = (enum setting)en.setting;
	t->service = 0;
	return buf_err(&g->words);
}

static enum err
add(const struct key *k, void *ctx)
{
	struct gathering *g = ctx;
	struct trust_key *t = &g->keys[g->nkeys];
	/* An entry stays until the last passport that it may have signed has
	 * ended. */
	int64_t last =
	    k->not_after + (int64_t)PASSPORT_DAYS_MAX * DATE_DAY_SECONDS;

	if (k->purpose == KEY_ROOT)
		return ERR_OK;
	if (k->state == KEY_REVOKED) {
		memcpy(g->tombstones[g->ntombstones++], k->kid, KID_SIZE);
		return ERR_OK;
	}
	if (k->purpose == KEY_PASSPORT ? last < app_now()
				       : k->not_after < app_now())
		return ERR_OK;
	memset(t, 0, sizeof(*t));
	memcpy(t->kid, k->kid, KID_SIZE);
	memcpy(t->key, k->public, ED25519_KEY);
	t->purpose = (enum trust_purpose)k->purpose;
	t->not_before = k->not_before;
	t->not_after = k->not_after;
	g->nkeys++;
	return k->purpose == KEY_PASSPORT ? describe(g, k, t) : ERR_OK;
}

static enum err
count_lost(void *ctx, const uint8_t *kid)
{
	(void)kid;
	++*(size_t *)ctx;
	return ERR_OK;
}

static enum err
add_lost(void *ctx, const uint8_t *kid)
{
	struct gathering *g = ctx;

	memcpy(g->tombstones[g->ntombstones++], kid, KID_SIZE);
	return ERR_OK;
}

static int
compare_kids(const void *a, const void *b)
{
	return memcmp(a, b, KID_SIZE);
}

static enum err
gather(struct gathering *g, struct app *app)
{
	struct key_filter all = {.purpose = -1, .state = -1};
	struct key status;
	size_t n = 0;
	enum err e = key_list(app->db, &all, count, &n);

	if (e == ERR_OK)
		e = lost_key_each(app->db, count_lost, &n);
	g->app = app;
	g->words.cap = WORDS_MAX;
	g->keys = calloc(n + 1, sizeof(*g->keys));
	g->tombstones = calloc(n + 1, sizeof(*g->tombstones));
	if (e == ERR_OK && (g->keys == NULL || g->tombstones == NULL ||
			       buf_room(&g->words, (n + 1) * 256) == NULL))
		e = ERR_MEM;
	if (e == ERR_OK)
		e = key_list(app->db, &all, add, g);
	if (e == ERR_OK)
		e = lost_key_each(app->db, add_lost, g);
	if (e == ERR_OK && g->ntombstones > 0)
		qsort(g->tombstones, g->ntombstones, KID_SIZE, compare_kids);
	if (e == ERR_OK)
		e = key_active(
		    app->db, KEY_STATUS, span_str(""), app_now(), &status);
	if (e != ERR_OK)
		return e;
	app_service(g->base, app);
	g->host = span_str(app->conf.host);
	g->service.base = span_str(g->base);
	memcpy(g->service.kid, status.kid, KID_SIZE);
	g->draft = (struct trust_draft){.scheme = span_str(app->conf.scheme),
	    .hosts = &g->host,
	    .nhosts = 1,
	    .keys = g->keys,
	    .nkeys = g->nkeys,
	    .tombstones = (const uint8_t(*)[KID_SIZE])g->tombstones,
	    .ntombstones = g->ntombstones,
	    .services = &g->service,
	    .nservices = 1};
	return ERR_OK;
}

/* Does the newest list say just what we would say, and is it young enough? */
static bool
still_good(const struct newest *w, struct gathering *g, int64_t days)
{
	struct buf again = BUF_INIT(TRUST_MAX);
	int64_t life = w->trust.exp - w->trust.iat;
	bool same;

	if (!w->good || app_now() >= w->trust.iat + life / 2 ||
	    (days != 0 && days * DATE_DAY_SECONDS != life))
		return false;
	g->draft.seq = w->trust.seq;
	g->draft.iat = w->trust.iat;
	g->draft.exp = w->trust.exp;
	same = trust_build(&again, &g->draft) == ERR_OK &&
	       span_eq(buf_span(&again), w->cose.payload);
	buf_free(&again);
	return same;
}

struct promise {
	struct publication p;
};

static enum err
promise(struct db *db, void *ctx)
{
	const struct promise *x = ctx;

	return publication_put(db, PUBLICATION_TRUST, &x->p);
}

static void
use(struct publish_list *l, uint64_t seq, int64_t iat, int64_t exp)
{
	l->number = seq;
	l->iat = iat;
	l->exp = exp;
}

/* The root is elsewhere: leave the request for it, go on with the list there
 * is. */
static enum err
ask_root(struct app *app, struct span payload, const struct newest *w,
    struct publication_set *set)
{
	char path[APP_PATH];
	enum err e;

	app_path(path, app, "trust.request");
	e = file_write(path, payload, 0600);
	if (e != ERR_OK)
		return e;
	log_note("the root key is elsewhere: take %s to it, run carerpass root "
		 "sign there, bring the answer back as %s/trust.cwt and "
		 "publish again",
	    path, app->data);
	set->awaits_root = true;
	if (!w->good || app_now() >= w->trust.exp) {
		log_error("there is no signed trust list in force: nothing "
			  "was published");
		return ERR_CONFIG;
	}
	use(&set->trust, w->trust.seq, w->trust.iat, w->trust.exp);
	return buf_add(&set->trust.bytes, w->bytes.p, w->bytes.n);
}

static enum err
sign(struct app *app, const struct key_record *root, struct span payload,
    struct publish_list *out)
{
	struct signer_head head;
	uint8_t sig[1][ED25519_SIG];
	char path[APP_PATH];
	enum err e = app_head(app, &head);

	if (e == ERR_OK)
		e = signer_sign(
		    app->signer, COSE_TRUST, root, &head, &payload, 1, sig);
	if (e == ERR_OK)
		e = signed_object(
		    &out->bytes, COSE_TRUST, root->kid, payload, sig[0]);
	app_path(path, app, "trust.cwt");
	return e == ERR_OK ? file_write(path, buf_span(&out->bytes), 0644) : e;
}

/* A new list: its number is promised in the registry before anybody signs it.
 */
static enum err
renew(struct app *app, struct gathering *g, int64_t days,
    const struct newest *w, struct publication_set *set)
{
	struct buf payload = BUF_INIT(TRUST_MAX);
	struct promise x = {{0}};
	struct key_record root;
	bool found = false;
	bool here;
	enum err e = publication_get(app->db, PUBLICATION_TRUST, &x.p, &found);

	if (days == 0)
		days = found ? (x.p.exp - x.p.iat) / DATE_DAY_SECONDS
			     : PUBLISH_TRUST_DAYS;
	g->draft.seq = (uint64_t)x.p.seq + 1;
	if (w->good && g->draft.seq <= w->trust.seq)
		g->draft.seq = w->trust.seq + 1;
	g->draft.iat = app_now();
	g->draft.exp = g->draft.iat + days * DATE_DAY_SECONDS;
	if (e == ERR_OK)
		e = trust_build(&payload, &g->draft);
	if (e != ERR_OK)
		goto out;
	e = root_load(app, &root);
	here = e == ERR_OK;
	if (e != ERR_OK && e != ERR_NOINPUT)
		goto out;
	x.p = (struct publication){.seq = (int64_t)g->draft.seq,
	    .iat = g->draft.iat,
	    .exp = g->draft.exp,
	    .at = g->draft.iat};
	crypto_hash_sha256(x.p.sha256, payload.p, payload.n);
	e = db_write(app->db, promise, &x);
	if (e != ERR_OK)
		goto out;
	use(&set->trust, g->draft.seq, g->draft.iat, g->draft.exp);
	e = here ? sign(app, &root, buf_span(&payload), &set->trust)
		 : ask_root(app, buf_span(&payload), w, set);
out:
	buf_free(&payload);
	return e;
}

enum err
publish_knows(struct app *app, const uint8_t kid[static KID_SIZE],
    enum publish_known *out)
{
	struct trust_key k;
	struct newest w;
	enum err e = newest_read_own(&w, app);

	*out = !w.good                         ? PUBLISH_NOTHING
	       : trust_find(&w.trust, kid, &k) ? PUBLISH_KNOWN
					       : PUBLISH_UNKNOWN;
	newest_free(&w);
	return e;
}

enum err
publish_trust(struct app *app, int64_t days, struct publication_set *set)
{
	struct gathering g = {0};
	struct newest w;
	enum err e = newest_read_own(&w, app);

	set->trust.bytes.cap = TRUST_MAX;
	if (e == ERR_OK)
		e = gather(&g, app);
	if (e == ERR_OK && still_good(&w, &g, days)) {
		use(&set->trust, w.trust.seq, w.trust.iat, w.trust.exp);
		e = buf_add(&set->trust.bytes, w.bytes.p, w.bytes.n);
	} else if (e == ERR_OK) {
		e = renew(app, &g, days, &w, set);
	}
	gathering_free(&g);
	newest_free(&w);
	return e;
}
