#ifndef REGISTRY_STATUS_POOL_H
#define REGISTRY_STATUS_POOL_H

#include "registry/db.h"

/*
 * Positions in the status lists (FORMAT.md 4): index = n << 17 | position.
 * They are drawn at random, never used again, and 5 % of a list are decoys: set
 * from the start, never issued, so that a list does not tell how many cards
 * were withdrawn.
 */
#define STATUS_POOL_POSITIONS 131072
#define STATUS_POOL_BYTES     16384 /* of one list's bits */
#define STATUS_POOL_CARDS                                                      \
	98304 /* a list takes this many, then comes the next */
#define STATUS_POOL_DECOYS 6554 /* of a new list */
#define STATUS_POOL_MORE   7    /* at most, at each publication */
#define STATUS_POOL_LISTS  32768

/*
 * status_pool_take(db, at, held, n, index, made): inside db_write(): draws the
 * index of a new card, none of the ${n} at ${held}, whose cards are not in the
 * registry yet; makes the first or the next list where needed (then ${*made}).
 * ERR_TOOBIG when the last list is full.
 */
enum err status_pool_take(struct db *db, int64_t at, const uint32_t *held,
    size_t n, uint32_t *index, bool *made) MUST_CHECK;

/* status_pool_ensure(db, lists, at): inside db_write(): makes what is missing
 * of the first ${lists} lists (for `init`, and after a loss). */
enum err status_pool_ensure(
    struct db *db, uint32_t lists, int64_t at) MUST_CHECK;

/* status_pool_count(db, n): how many lists there are; their numbers are 0 to
 * ${*n} - 1. */
enum err status_pool_count(struct db *db, uint32_t *n) MUST_CHECK;

/*
 * status_pool_more_decoys(db, n, at): inside db_write(), before each
 * publication of list ${n}: adds 0 to 7 decoys, at random, of positions that
 * nobody has.
 */
enum err status_pool_more_decoys(
    struct db *db, uint32_t n, int64_t at) MUST_CHECK;

/*
 * status_pool_bits(db, n, bits): the list's bits: decoys and every card that
 * ended early. A bit that was set stays set. Bit i is 1 << (i % 8) of byte
 * i / 8.
 */
enum err status_pool_bits(struct db *db, uint32_t n,
    uint8_t bits[static STATUS_POOL_BYTES]) MUST_CHECK;

/*
 * status_pool_keep(db, n, bits, at, decoys, fn, ctx): inside db_write(), after
 * lost cards were noted: no bit that was set in a published list ${n} falls.
 * Where it is that of a card that has not ended, fn(ctx, serial) is to end it;
 * else its place becomes a decoy; ${*decoys} is how many did.
 */
enum err status_pool_keep(struct db *db, uint32_t n,
    const uint8_t bits[static STATUS_POOL_BYTES], int64_t at, int64_t *decoys,
    enum err (*fn)(void *ctx, int64_t serial), void *ctx) MUST_CHECK;

#endif
