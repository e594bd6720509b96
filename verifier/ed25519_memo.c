#include <sodium.h>

#include "passport/ed25519.h"

/*
 * The core's cryptography for a verifier that judges many cards: as
 * ed25519_sodium.c, but a key whose point was good once is not tested again.
 * That test costs as much as a signature's, and the keys of a trust list are
 * few beside the cards.  The memo holds whole keys of a pure function, one set
 * a thread, so it can neither be wrong nor be shared.
 */
#define SLOTS                                                                  \
	32768 /* a power of two; 1 MiB, of which a page is touched a key */

static _Thread_local uint8_t good[SLOTS][ED25519_KEY];

bool
ed25519_verify(const uint8_t sig[static ED25519_SIG], const uint8_t *msg,
    size_t len, const uint8_t key[static ED25519_KEY])
{
	return crypto_sign_verify_detached(sig, msg, len, key) == 0;
}

bool
ed25519_point_ok(const uint8_t key[static ED25519_KEY])
{
	/* An empty slot is the zero key, which is no good point. */
	uint8_t *slot = good[(key[0] | key[1] << 8) & (SLOTS - 1)];
	const uint8_t zero[ED25519_KEY] = {0};

	if (memcmp(slot, key, ED25519_KEY) == 0 &&
	    memcmp(key, zero, ED25519_KEY) != 0)
		return true;
	if (crypto_core_ed25519_is_valid_point(key) != 1)
		return false;
	memcpy(slot, key, ED25519_KEY);
	return true;
}

void
ed25519_kid(uint8_t kid[static KID_SIZE], const uint8_t key[static ED25519_KEY])
{
	/* RFC 9679 section 5.2: {1: 1 (OKP), -1: 6 (Ed25519), -2: x}. */
	uint8_t cose_key[8 + ED25519_KEY] = {
	    0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20};
	uint8_t hash[crypto_hash_sha256_BYTES];

	memcpy(cose_key + 8, key, ED25519_KEY);
	crypto_hash_sha256(hash, cose_key, sizeof(cose_key));
	memcpy(kid, hash, KID_SIZE);
}
