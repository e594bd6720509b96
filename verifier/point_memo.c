#include <sodium.h>
#include <stdatomic.h>

#include "passport/ed25519.h"

/*
 * For a verifier that judges many cards, in place of ed25519_point.c: a key
 * whose point was good once is not tested again. That test costs as much as a
 * signature's, and the keys of a trust list are few beside the cards.  The memo
 * holds whole keys of a pure function, so it cannot be wrong.  A place is
 * written once, by the thread that claimed it, and read only after that, so any
 * number of threads may ask; a key that finds its places taken is tested anew.
 * (A plain array costs only the pages that are used.)
 */
#define SLOTS 32768 /* a power of two; 1 MiB */
#define PROBE 4     /* places where a key may stand */

enum place { EMPTY = 0, CLAIMED = 1, READY = 2 };

static uint8_t good[SLOTS][ED25519_KEY];
static _Atomic uint8_t places[SLOTS];

bool
ed25519_point_ok(const uint8_t key[static ED25519_KEY])
{
	size_t first = (size_t)(key[0] | key[1] << 8);

	for (size_t i = first; i < first + PROBE; i++)
		if (atomic_load_explicit(
			&places[i % SLOTS], memory_order_acquire) == READY &&
		    memcmp(good[i % SLOTS], key, ED25519_KEY) == 0)
			return true;
	if (crypto_core_ed25519_is_valid_point(key) != 1)
		return false;
	for (size_t i = first; i < first + PROBE; i++) {
		uint8_t expected = EMPTY;

		if (!atomic_compare_exchange_strong(
			&places[i % SLOTS], &expected, CLAIMED))
			continue;
		memcpy(good[i % SLOTS], key, ED25519_KEY);
		atomic_store_explicit(
		    &places[i % SLOTS], READY, memory_order_release);
		break;
	}
	return true;
}
