#ifndef PASSPORT_ED25519_H
#define PASSPORT_ED25519_H

#include "base/span.h"

#define ED25519_KEY 32
#define ED25519_SIG 64
#define KID_SIZE    8

/*
 * The only cryptography that the core needs, chosen at link time: libsodium in
 * the programs (ed25519_sodium.c), libsodium-wrappers in the page.
 */

/* ed25519_verify(sig, msg, len, key): Returns true if ${sig} is ${key}'s over
 * the message. */
bool ed25519_verify(const uint8_t sig[static ED25519_SIG], const uint8_t *msg,
    size_t len, const uint8_t key[static ED25519_KEY]);

/* ed25519_point_ok(key): Returns true if ${key} is a canonical point of the
 * main subgroup (FORMAT.md R1). */
bool ed25519_point_ok(const uint8_t key[static ED25519_KEY]);

/* ed25519_kid(kid, key): writes the first 8 bytes of the key's RFC 9679
 * thumbprint (not in the page's build). */
void ed25519_kid(
    uint8_t kid[static KID_SIZE], const uint8_t key[static ED25519_KEY]);

#endif
