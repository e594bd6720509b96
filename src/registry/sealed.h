#ifndef REGISTRY_SEALED_H
#define REGISTRY_SEALED_H

#include "registry/card.h"

/* Sealing and opening several columns of one holder in one call. */
struct sealed_in {
	const char *table;
	const char *column;
	int64_t row;
	struct span in; /* empty: skipped, the result is empty too */
};

struct sealed_out {
	uint8_t b[CARD_TEXT_MAX + 2 * SEALER_OVERHEAD + 1]; /* a NUL follows */
	size_t n;
};

/* The texts of one holder. */
struct sealed_holder {
	uint8_t *key; /* SEALER_KEY bytes: the holder's wrapped key */
	int64_t row;
	bool fresh; /* the key is made first */
	const struct sealed_in *in;
	struct sealed_out *out;
	size_t n; /* at most SEALER_COLUMNS */
};

/*
 * sealed_write(sealer, h, n): seals the texts of ${n} holders, at most
 * SEALER_HOLDERS; no text may have more than CARD_TEXT_MAX bytes. Returns
 * ERR_TOOBIG, logged, or the sealer's error.
 */
enum err sealed_write(const struct sealer *sealer,
    const struct sealed_holder *h, size_t n) MUST_CHECK;

/* sealed_read(sealer, key, holder, in, out, n): the way back. Wipe ${out}. */
enum err sealed_read(const struct sealer *sealer,
    const uint8_t key[static SEALER_KEY], int64_t holder,
    const struct sealed_in *in, struct sealed_out *out, size_t n) MUST_CHECK;

/* sealed_bind(st, name, t): binds a sealed text to the parameter ${name}, NULL
 * where there is none. */
void sealed_bind(struct stmt *st, const char *name, const struct sealed_out *t);

#endif
