#include <sodium.h>

#include "passport/ed25519.h"

/*
 * For a verifier that judges many cards, in place of ed25519_point.c: a key
 * whose point was good once is not tested again. That test costs as much as a
 * signature's, and the keys of a trust list are few beside the cards.  The memo
 * holds whole keys of a pure function, so it cannot be wrong. It is one
 * thread's: check has no other. (Not _Thread_local: its pages would all be
 * written at each start, where a plain array costs only those that are used.)
 */
#define SLOTS                                                                  \
	32768 /* a power of two; 1 MiB, of which a page is touched a key */

static uint8_t good[SLOTS][ED25519_KEY];

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
