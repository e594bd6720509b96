#ifndef REGISTRY_HOLDER_H
#define REGISTRY_HOLDER_H

#include "registry/card.h"

/* Persons as an organisation knows them, and finding them again. */
#define HOLDER_SALT 16

/* A holder as it is stored; texts stay sealed. */
struct holder {
	int64_t id;
	int64_t person;
	char org[CARD_ORG];
	uint8_t key[SEALER_KEY];
	uint8_t salt[HOLDER_SALT];
	bool is_erased;
};

/* What is known about a holder; empty: not known. Wipe after use. */
struct holder_text {
	char name[CARD_TEXT_MAX + 1];
	char born[CARD_TEXT_MAX + 1];
	char ref[CARD_TEXT_MAX + 1];
	char nhs[CARD_TEXT_MAX + 1];
};

/* holder_get(db, id, out): Returns ERR_NOINPUT (not logged) if there is none.
 */
enum err holder_get(struct db *db, int64_t id, struct holder *out) MUST_CHECK;

/*
 * holder_open(db, sealer, h, out): opens its texts. Returns ERR_OK, ERR_NOINPUT
 * (erased, not logged), ERR_DATA (a stored byte was changed) or the store's or
 * sealer's error.
 */
enum err holder_open(struct db *db, const struct sealer *sealer,
    const struct holder *h, struct holder_text *out) MUST_CHECK;

/* One that was found: only for the duration of the call. */
struct holder_hit {
	const struct holder *holder;
	const struct holder_text *text;
	const struct card *card; /* the newest; card_is_good() tells if ended */
};
typedef enum err holder_fn(void *ctx, const struct holder_hit *hit);

/*
 * holder_find_ref(db, sealer, org, ref, fn, ctx): calls ${fn} for the holder
 * of ${org} with exactly this local reference, if there is one with a card.
 */
enum err holder_find_ref(struct db *db, const struct sealer *sealer,
    const char *org, struct span ref, holder_fn *fn, void *ctx) MUST_CHECK;

/*
 * holder_find_name(db, sealer, org, text, fn, ctx): calls ${fn} for each holder
 * of ${org} with a card whose name has ${text} in it, whatever the case and the
 * accents ("sian" finds "Siân"). Opens every name of that organisation.
 * ERR_DATA if ${text} is not UTF-8 or nothing is left of it.
 */
enum err holder_find_name(struct db *db, const struct sealer *sealer,
    const char *org, struct span text, holder_fn *fn, void *ctx) MUST_CHECK;

#endif
