#include <sodium.h>

#include "passport/ed25519.h"

bool
ed25519_verify(const uint8_t sig[static ED25519_SIG], const uint8_t *msg,
    size_t len, const uint8_t key[static ED25519_KEY])
{
	return crypto_sign_verify_detached(sig, msg, len, key) == 0;
}

void
ed25519_kid(uint8_t kid[static KID_SIZE], const uint8_t key[static ED25519_KEY])
{
	/* RFC 9679 section 5.2: {1: 1 (OKP), -1: 6 (Ed25519), -2: x}. */
	uint8_t cose_key[8 + ED25519_KEY] = {
	    0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20};
	uint8_t hash[crypto_hash_sha256_BYTES];

	memcpy(cose_key + 8, key, ED25519_KEY);
	crypto_hash_sha256(hash, cose_key, 8 + ED25519_KEY);
	memcpy(kid, hash, KID_SIZE);
}
