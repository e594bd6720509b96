#ifndef REGISTRY_RESERVATION_H
#define REGISTRY_RESERVATION_H

#include "registry/holder.h"
#include "registry/sealed.h"
#include "registry/who.h"

/*
 * Cards on their way into the registry, for issue.c.  A card has its numbers
 * and its payload first; then it waits, so that the sealer is asked for many
 * holders at once; then all that wait are stored, in their order.  What waits
 * is not in the registry yet: whoever looks for somebody there sees to it that
 * they do not wait (issue.c).
 */
#define RESERVATION_TEXTS                                                      \
	5 /* payload, name, birth date, reference, NHS number */

struct reservation {
	const struct issue_request *req;
	const struct who_index *who;
	struct issue_result *out;
	struct holder holder; /* new, if is_new */
	bool is_new;
	bool person_made;
	bool end_old; /* the card that it replaces is still in force */
	/* The rest is filled in on the way. */
	int64_t serial;
	uint32_t index;
	struct sealed_out sealed[RESERVATION_TEXTS];
};

struct reserving {
	struct db *db;
	const struct sealer *sealer;
	issue_payload_fn *fn;
	void *ctx;
	struct reservation *v; /* SEALER_HOLDERS: those that wait */
	size_t n;
};

/* reservation_next_holder(r, id): the row of the next new holder. */
enum err reservation_next_holder(
    const struct reserving *r, int64_t *id) MUST_CHECK;

/* reservation_add(r, it, name): makes a card of ${it}, for which there is room,
 * with ${name} on it; it waits. */
enum err reservation_add(struct reserving *r, const struct reservation *it,
    struct span name) MUST_CHECK;

/* reservation_store(r): seals and stores all that wait; none does after that,
 * whatever came of it. */
enum err reservation_store(struct reserving *r) MUST_CHECK;

#endif
