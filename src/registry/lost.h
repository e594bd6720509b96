#ifndef REGISTRY_LOST_H
#define REGISTRY_LOST_H

#include "registry/card.h"

/*
 * Cards and keys of which this registry knows no more than that they are: it
 * was put back to an older copy, and the signer's journal remembers them.
 */
struct lost_card {
	int64_t serial;
	uint32_t status_index;
	bool has_kid;
	uint8_t kid[CARD_KID]; /* that signed it; zeros unless has_kid */
	int64_t at;            /* time: when it was signed, else withdrawn */
};

/*
 * lost_card_put(db, c, at, added): inside db_write(): notes a lost card, with
 * its event, unless it is noted already. Returns ERR_OK, ERR_CONFIG (another
 * card has its number or place, not logged) or the store's error.
 */
enum err lost_card_put(struct db *db, const struct lost_card *c, int64_t at,
    bool *added) MUST_CHECK;

/* lost_card_get(db, serial, out): ERR_NOINPUT (not logged): none has that
 * number. */
enum err lost_card_get(
    struct db *db, int64_t serial, struct lost_card *out) MUST_CHECK;

/* lost_card_each(db, after, fn, ctx): calls fn(ctx, card) for each that was
 * noted by an event after number ${after}, in the order in which they were
 * signed, until it returns other than ERR_OK, which is then returned. */
enum err lost_card_each(struct db *db, int64_t after,
    enum err (*fn)(void *ctx, const struct lost_card *c), void *ctx) MUST_CHECK;

/* lost_key_put(db, kid, at, added): inside db_write(): notes a lost key, with
 * its event, unless it is in the registry or noted already. */
enum err lost_key_put(struct db *db, const uint8_t kid[static CARD_KID],
    int64_t at, bool *added) MUST_CHECK;

/* lost_key_each(db, fn, ctx): calls fn(ctx, kid) for each, by kid. */
enum err lost_key_each(struct db *db,
    enum err (*fn)(void *ctx, const uint8_t *kid), void *ctx) MUST_CHECK;

#endif
