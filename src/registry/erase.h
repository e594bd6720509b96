#ifndef REGISTRY_ERASE_H
#define REGISTRY_ERASE_H

#include "registry/card.h"

/*
 * Erasing a holder: everything personal is overwritten and the holder's key and
 * salt are destroyed, so that no copy of the sealed texts can be read again and
 * no hash recomputed. What counts stays: the cards without their texts, the
 * events, the figures. The person's hash becomes random as soon as no other
 * organisation knows them; whoever registers again is a new person.
 */
struct erase_result {
	bool was_erased; /* before: nothing was changed */
	int64_t cards;   /* of the holder, all without texts now */
	int64_t ended;   /* of them were in force and are withdrawn */
};

/*
 * erase_holder(db, holder, reason, at, out): inside db_write(): withdraws the
 * holder's cards that are in force, then erases; so too every other record that
 * the same organisation has of the same person.  Once committed, the caller
 * has the old bytes wiped from the file (db_scrub()).  Returns ERR_OK,
 * ERR_NOINPUT (no such holder, not logged) or the store's error.
 */
enum err erase_holder(struct db *db, int64_t holder, enum card_reason reason,
    int64_t at, struct erase_result *out) MUST_CHECK;

#endif
