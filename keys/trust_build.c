#include "keys/trust_build.h"

#include <stdlib.h>

#include "base/log.h"

static int
by_kid(const void *a, const void *b)
{
	/* A key begins with its kid, and a tombstone is one. */
	return memcmp(a, b, KID_SIZE);
}

/* Reads it back as a verifier will, before anybody signs it. */
static enum err
proof_read(struct span payload)
{
	uint32_t *at = calloc(TRUST_KEYS_MAX, sizeof(*at));
	struct trust t;
	enum err e;

	if (at == NULL)
		return ERR_MEM;
	e = trust_payload_read(&t, payload, at, TRUST_KEYS_MAX) ? ERR_OK
								: ERR_DATA;
	if (e != ERR_OK)
		log_error("the trust list would not be read by a verifier: a "
			  "name, telephone, host or period is outside "
			  "FORMAT.md 3");
	free(at);
	return e;
}

enum err
trust_build(struct buf *out, struct trust_draft *d)
{
	struct cbor_out o = {.cap = TRUST_MAX - COSE_OVERHEAD};
	enum err e;

	/* Both arrays are the caller's own, only lent as const. */
	if (d->nkeys > 0)
		qsort((void *)(uintptr_t)d->keys, d->nkeys, sizeof(*d->keys),
		    by_kid);
	if (d->ntombstones > 0)
		qsort((void *)(uintptr_t)d->tombstones, d->ntombstones,
		    KID_SIZE, by_kid);
	o.p = malloc(o.cap);
	if (o.p == NULL)
		return ERR_MEM;
	trust_put(&o, d);
	if (o.full)
		log_error("the trust list is larger than 4 MiB: retire keys "
			  "that no card needs");
	e = o.full ? ERR_TOOBIG : proof_read(cbor_written(&o));
	if (e == ERR_OK)
		e = buf_add(out, o.p, o.n);
	free(o.p);
	return e;
}

enum err
signed_object(struct buf *out, enum cose_kind kind,
    const uint8_t kid[static KID_SIZE], struct span payload,
    const uint8_t sig[static ED25519_SIG])
{
	uint8_t protected[COSE_PROTECTED_MAX];
	struct cbor_out p = {.p = protected, .cap = sizeof(protected)};
	struct cbor_out o = {.cap = payload.n + COSE_OVERHEAD};

	cose_put_protected(&p, kind, kid);
	o.p = buf_room(out, o.cap);
	if (o.p == NULL)
		return ERR_TOOBIG;
	cose_put(&o, cbor_written(&p), payload, sig);
	out->n += o.n;
	return o.full ? ERR_INTERNAL : ERR_OK;
}
