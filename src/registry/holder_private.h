#ifndef REGISTRY_HOLDER_PRIVATE_H
#define REGISTRY_HOLDER_PRIVATE_H

#include "registry/holder.h"

/* Shared by holder.c, who.c and issue.c. */

/*
 * holder_ref_index(sealer, domain, org, ref, out): the blind index of a local
 * reference, which means something only together with its organisation.
 */
enum err holder_ref_index(const struct sealer *sealer, const char *domain,
    const char *org, struct span ref,
    uint8_t out[static SEALER_BLIND]) MUST_CHECK;

/* holder_by_ref(db, index, id, found): the holder with that index. */
enum err holder_by_ref(struct db *db, const uint8_t index[static SEALER_BLIND],
    int64_t *id, bool *found) MUST_CHECK;

#endif
