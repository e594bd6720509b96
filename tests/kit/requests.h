#ifndef KIT_REQUESTS_H
#define KIT_REQUESTS_H

#include "keys/keyfile.h"
#include "keys/wire.h"
#include "passport/passport.h"

/*
 * Requests to the signer as they go over its socket (keys/wire.h), for tests
 * that speak to it without the library's own side.
 */

/* request_make(o, k): asks for a key of ${k}'s use, code and period. */
void request_make(struct cbor_out *o, const struct key_record *k);

/* request_sign(o, kind, k, payloads, n): asks for ${n} signatures. */
void request_sign(struct cbor_out *o, uint64_t kind, const struct key_record *k,
    const struct span *payloads, size_t n);

/* request_made(k, answer): takes the key out of the answer. Returns false if it
 * is none. */
bool request_made(struct key_record *k, struct span answer);

/* request_code(answer): Returns the error number of an answer, -1 if it is not
 * one. */
int request_code(struct span answer);

/* request_signature(answer, i, n): Returns signature ${i} of ${n}, NULL if the
 * answer is another. */
const uint8_t *request_signature(struct span answer, size_t i, size_t n);

/* request_passport(p, now): fills in claims that the signer admits at ${now}.
 */
void request_passport(struct passport *p, int64_t now);

#endif
