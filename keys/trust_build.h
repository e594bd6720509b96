#ifndef KEYS_TRUST_BUILD_H
#define KEYS_TRUST_BUILD_H

#include "base/buf.h"
#include "passport/trust.h"

/*
 * trust_build(out, draft): writes the payload of a trust list to ${out} (cap
 *     TRUST_MAX), after sorting ${draft->keys} and ${draft->tombstones} in
 *     place by kid, and reads it back as a verifier would. Returns ERR_OK,
 *     ERR_TOOBIG, ERR_MEM, or ERR_DATA if a verifier would refuse it (logged).
 */
enum err trust_build(struct buf *out, struct trust_draft *draft) MUST_CHECK;

/* signed_object(out, kind, kid, payload, sig): appends the whole COSE_Sign1 of
 * any kind. */
enum err signed_object(struct buf *out, enum cose_kind kind,
    const uint8_t kid[static KID_SIZE], struct span payload,
    const uint8_t sig[static ED25519_SIG]) MUST_CHECK;

#endif
