#ifndef REGISTRY_HOLDER_PRIVATE_H
#define REGISTRY_HOLDER_PRIVATE_H

#include "registry/holder.h"

/* Shared by holder.c, who.c and issue.c. */

/* What the index of a reference is made from: it means something only together
 * with its organisation. */
#define HOLDER_REF_MAX (CARD_ORG + 1 + CARD_TEXT_MAX)

/*
 * holder_ref_text(out, org, ref): writes it to ${out} and its length to ${n}.
 * ERR_TOOBIG, logged, for a reference over CARD_TEXT_MAX bytes.
 */
enum err holder_ref_text(uint8_t out[static HOLDER_REF_MAX], size_t *n,
    const char *org, struct span ref) MUST_CHECK;

/* holder_by_ref(db, index, id, found): the holder with that index. */
enum err holder_by_ref(struct db *db, const uint8_t index[static SEALER_BLIND],
    int64_t *id, bool *found) MUST_CHECK;

#endif
