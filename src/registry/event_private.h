#ifndef REGISTRY_EVENT_PRIVATE_H
#define REGISTRY_EVENT_PRIVATE_H

#include "registry/event.h"
#include "registry/hash.h"

/* Shared by event.c, which writes events, and event_check.c, which reads. */
#define EVENT_CELLS 20 /* columns of an event but for its own hash */
#define EVENT_COLUMNS                                                          \
	"seq, at, kind, org, serial, holder, person, kid, other, card_kind,"   \
	" class, setting, start_day, end_day, reason, payload_hash,"           \
	" card_hash, holder_hash, person_hash, other_hash"
#define EVENT_TYPES "iiitiiibiiiiiiibbbbb"

/* event_hash(out, prev, cells): the hash of an event after that of ${prev}. */
void event_hash(uint8_t out[static EVENT_HASH],
    const uint8_t prev[static EVENT_HASH],
    const struct cell cells[static EVENT_CELLS]);

#endif
