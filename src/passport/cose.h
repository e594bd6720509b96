#ifndef PASSPORT_COSE_H
#define PASSPORT_COSE_H

#include "passport/cbor.h"
#include "passport/ed25519.h"

/*
 * COSE_Sign1 (RFC 9052 section 4.2) in our profile: tag 18, one exact protected
 * header, an empty unprotected header, Ed25519 (alg -19, RFC 9864).  The three
 * signed kinds differ by a row of a table: media type, external_aad and size.
 */
enum cose_kind {
	COSE_PASSPORT = 0, /* FORMAT.md 2: external_aad "carer-passport-1" */
	COSE_TRUST = 1,    /* FORMAT.md 3: external_aad "carer-trust-1" */
	COSE_STATUS =
	    2, /* FORMAT.md 4: empty, typ application/statuslist+cwt */
};

#define COSE_KINDS         3
#define COSE_PROTECTED_MAX 64 /* bytes of the longest protected header */
#define COSE_OVERHEAD                                                          \
	176 /* bytes around a payload, signed form or Sig_structure */

/* The parts of a signed object, as received. */
struct cose {
	uint8_t kid[KID_SIZE];
	struct span protected; /* the encoded header, without its bstr head */
	struct span payload;
	const uint8_t *signature; /* ED25519_SIG bytes */
};

/* cose_max(kind): Returns the most bytes that an object of this kind may have.
 */
size_t cose_max(enum cose_kind kind);

/*
 * cose_read(c, kind, bytes): takes the object apart and checks tag, shape and
 *     that the headers are exactly those of ${kind}; not the signature. The
 *     spans point into ${bytes}. Returns false at any deviation.
 */
bool cose_read(struct cose *c, enum cose_kind kind, struct span bytes);

/*
 * cose_verify(c, kind, key, work, size): checks the signature over the received
 *     bytes (RFC 9052 section 4.4). ${work} holds the Sig_structure meanwhile:
 *     at least ${c->payload.n} + COSE_OVERHEAD bytes. Returns true if it holds.
 */
bool cose_verify(const struct cose *c, enum cose_kind kind,
    const uint8_t key[static ED25519_KEY], uint8_t *work, size_t size);

/* cose_put_protected(o, kind, kid): writes the protected header (not wrapped).
 */
void cose_put_protected(struct cbor_out *o, enum cose_kind kind,
    const uint8_t kid[static KID_SIZE]);

/* cose_put_tbs(o, kind, protected, payload): writes the Sig_structure. */
void cose_put_tbs(struct cbor_out *o, enum cose_kind kind,
    struct span protected, struct span payload);

/* cose_put(o, protected, payload, sig): writes the whole signed object. */
void cose_put(struct cbor_out *o, struct span protected, struct span payload,
    const uint8_t sig[static ED25519_SIG]);

#endif
