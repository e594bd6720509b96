#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "keys/signer_private.h"

#define PAYLOADS_MAX 1024 /* of one request */

enum err
signer_self_lock(
    struct signer_self **out, const char *dir, enum signer_mode mode)
{
	struct signer_self *s = calloc(1, sizeof(*s));
	char path[4096];
	enum err e = ERR_MEM;

	*out = NULL;
	if (s == NULL)
		return ERR_MEM;
	(void)snprintf(path, sizeof(path), "%s/journal", dir);
	s->secret = secret_new();
	s->tbs = malloc(WIRE_MAX);
	s->page = calloc(WIRE_PAGE, sizeof(*s->page));
	s->policy.at = calloc(TRUST_KEYS_MAX, sizeof(*s->policy.at));
	if (s->secret != NULL && s->tbs != NULL && s->page != NULL &&
	    s->policy.at != NULL)
		e = file_private_check(dir);
	if (e == ERR_OK)
		e = journal_lock(
		    &s->policy.journal, path, mode == SIGNER_CREATE);
	if (e != ERR_OK) {
		signer_self_close(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

enum err
signer_self_unlock(struct signer_self *s, const char *dir, struct span pass,
    enum signer_mode mode)
{
	struct master_file master;
	bool create = mode == SIGNER_CREATE;
	enum err e = create ? master_file_make(&master, s->secret, pass)
			    : master_file_read(&master, dir);

	if (e == ERR_OK)
		e = create ? master_file_write(dir, &master)
			   : master_file_open(s->secret, &master, pass);
	if (e == ERR_OK)
		e = journal_load(s->policy.journal, s->secret->journal);
	return e;
}

void
signer_self_close(struct signer_self *s)
{
	if (s == NULL)
		return;
	journal_close(s->policy.journal);
	secret_free(s->secret);
	free(s->policy.at);
	free(s->page);
	free(s->tbs);
	free(s);
}

/* ${why} is the policy's; all else that fails a signature is the journal. */
void
signer_refuse(struct cbor_out *a, enum err e, const char *why)
{
	if (why == NULL || (e != ERR_POLICY && e != ERR_DATA))
		why = "the signer could not keep its journal: look at the disk "
		      "that holds the key folder, then run the command again";
	a->n = 0;
	cbor_put_array(a, 2);
	cbor_put_int(a, e);
	cbor_put_text(a, span_str(why));
}

/* --- keys --- */

static void
read_spec(struct cbor *c, struct key_record *k)
{
	uint64_t use = cbor_uint(c);
	struct span ods = cbor_text(c);

	if (use >= USES || ods.n > KEY_ODS_MAX ||
	    (ods.n > 0 && memchr(ods.p, '\0', ods.n) != NULL)) {
		cbor_fail(c);
		return;
	}
	k->use = (enum key_use)use;
	if (ods.n > 0)
		memcpy(k->ods, ods.p, ods.n);
	k->not_before = cbor_int(c);
	k->not_after = cbor_int(c);
}

static bool
make(struct signer_self *s, struct cbor *c, struct cbor_out *a)
{
	struct key_record k = {0};
	struct secret *x = s->secret;
	uint8_t ad[128];
	const char *why;

	read_spec(c, &k);
	if (!cbor_done(c))
		return false;
	why = policy_key(&k);
	if (why != NULL) {
		signer_refuse(a, ERR_POLICY, why);
		return true;
	}
	randombytes_buf(x->seed, sizeof(x->seed));
	x->has_sk = false;
	crypto_sign_seed_keypair(k.public, x->sk, x->seed);
	ed25519_kid(k.kid, k.public);
	secret_box(k.sealed, x->seal, span_of(ad, key_record_ad(ad, &k)),
	    span_of(x->seed, sizeof(x->seed)));
	sodium_memzero(x->seed, sizeof(x->seed));
	cbor_put_array(a, 4);
	cbor_put_int(a, ERR_OK);
	cbor_put_bytes(a, span_of(k.kid, KID_SIZE));
	cbor_put_bytes(a, span_of(k.public, ED25519_KEY));
	cbor_put_bytes(a, span_of(k.sealed, sizeof(k.sealed)));
	return true;
}

static void
read_record(struct cbor *c, struct key_record *k)
{
	if (cbor_array(c) != 7)
		cbor_fail(c);
	cbor_fixed(c, k->kid, KID_SIZE);
	cbor_fixed(c, k->public, ED25519_KEY);
	read_spec(c, k);
	cbor_fixed(c, k->sealed, sizeof(k->sealed));
}

/* Opens the key's seed unless it is the one last used. */
static bool
unlock(struct secret *x, const struct key_record *k)
{
	uint8_t ad[128];
	uint8_t public[ED25519_KEY];
	bool ok;

	/*
	 * Always opened anew: the seal binds what the record says of the key,
	 * and the record comes from outside each time.
	 */
	ok = secret_open(x->seed, x->seal, span_of(ad, key_record_ad(ad, k)),
	    span_of(k->sealed, sizeof(k->sealed)));
	if (ok && !(x->has_sk && memcmp(x->sk_kid, k->kid, KID_SIZE) == 0)) {
		crypto_sign_seed_keypair(public, x->sk, x->seed);
		memcpy(x->sk_kid, k->kid, KID_SIZE);
		x->has_sk = memcmp(public, k->public, ED25519_KEY) == 0;
		ok = x->has_sk;
	}
	sodium_memzero(x->seed, sizeof(x->seed));
	return ok;
}

/* --- signing --- */

struct sign_request {
	enum cose_kind kind;
	struct key_record key;
	struct journal_entry head;
	bool has_head;
	struct cbor payloads; /* at the first */
	uint64_t n;
};

bool
signer_read_head(struct cbor *c, struct journal_entry *e)
{
	struct span hash;

	memset(e, 0, sizeof(*e));
	e->a = cbor_uint(c);
	hash = cbor_bytes(c);
	if (e->a == 0 && hash.n == 0)
		return false;
	if (e->a == 0 || hash.n != JOURNAL_HASH)
		cbor_fail(c);
	else
		memcpy(e->hash, hash.p, JOURNAL_HASH);
	return !c->bad;
}

static bool
read_sign(struct cbor *c, struct sign_request *r)
{
	uint64_t kind = cbor_uint(c);

	memset(r, 0, sizeof(*r));
	if (kind >= COSE_KINDS)
		cbor_fail(c);
	r->kind = (enum cose_kind)kind;
	read_record(c, &r->key);
	r->has_head = signer_read_head(c, &r->head);
	r->n = cbor_array(c);
	r->payloads = *c;
	/* One trust list a request: each is judged by the journal before it. */
	if (r->n > (r->kind == COSE_TRUST ? 1 : PAYLOADS_MAX))
		cbor_fail(c);
	for (uint64_t i = 0; i < r->n && !c->bad; i++)
		(void)cbor_bytes(c);
	return cbor_done(c);
}

static enum err
admit_all(struct signer_self *s, struct sign_request *r, const char **why)
{
	struct cbor c = r->payloads;
	enum err e = ERR_OK;

	if (r->has_head)
		e = policy_head(&s->policy, &r->head, why);
	for (uint64_t i = 0; i < r->n && e == ERR_OK; i++)
		e = policy_admit(
		    &s->policy, &r->key, (int)r->kind, cbor_bytes(&c), why);
	if (e == ERR_OK)
		e = journal_commit(s->policy.journal);
	if (e != ERR_OK)
		journal_drop(s->policy.journal);
	return e;
}

static void
sign_all(struct signer_self *s, struct sign_request *r, struct cbor_out *a)
{
	uint8_t protected[COSE_PROTECTED_MAX];
	struct cbor_out p = {.p = protected, .cap = sizeof(protected)};
	struct cbor c = r->payloads;

	cose_put_protected(&p, r->kind, r->key.kid);
	cbor_put_array(a, 2);
	cbor_put_int(a, ERR_OK);
	cbor_put_array(a, r->n);
	for (uint64_t i = 0; i < r->n; i++) {
		struct cbor_out t = {.p = s->tbs, .cap = WIRE_MAX};
		uint8_t sig[ED25519_SIG];

		cose_put_tbs(&t, r->kind, cbor_written(&p), cbor_bytes(&c));
		if (t.full) { /* cannot be; but never sign a part */
			a->full = true;
			return;
		}
		crypto_sign_detached(sig, NULL, t.p, t.n, s->secret->sk);
		cbor_put_bytes(a, span_of(sig, sizeof(sig)));
		sodium_memzero(t.p, t.n);
	}
}

static bool
sign(struct signer_self *s, struct cbor *c, struct cbor_out *a)
{
	struct sign_request r;
	const char *why = NULL;
	enum err e;

	if (!read_sign(c, &r))
		return false;
	s->policy.now = (int64_t)time(NULL);
	if (!unlock(s->secret, &r.key)) {
		signer_refuse(a, ERR_POLICY,
		    "the key file was changed or belongs to other keys");
		return true;
	}
	e = admit_all(s, &r, &why);
	if (e != ERR_OK)
		signer_refuse(a, e, why);
	else
		sign_all(s, &r, a);
	return true;
}

bool
signer_answer(struct signer_self *s, struct span request, struct cbor_out *a)
{
	/* Each with the number of members after the operation's own. */
	static const struct {
		uint64_t members;
		bool (*run)(
		    struct signer_self *, struct cbor *, struct cbor_out *);
	} ops[] = {
	    [WIRE_MAKE] = {4, make},
	    [WIRE_SIGN] = {5, sign},
	    [WIRE_NOTE] = {3, signer_op_note},
	    [WIRE_HEAD] = {0, signer_op_head},
	    [WIRE_SEAL] = {1, signer_op_seal},
	    [WIRE_UNSEAL] = {3, signer_op_unseal},
	    [WIRE_BLIND] = {1, signer_op_blind},
	    [WIRE_JOURNAL] = {1, signer_op_journal},
	    [WIRE_RESET] = {2, signer_op_reset},
	};
	struct cbor c = cbor_of(request);
	uint64_t n = cbor_array(&c);
	uint64_t op = cbor_uint(&c);

	a->n = 0;
	return !c.bad && op < sizeof(ops) / sizeof(*ops) &&
	       ops[op].run != NULL && n == ops[op].members + 1 &&
	       ops[op].run(s, &c, a) && !a->full;
}
