#ifndef KEYS_JOURNAL_RECORD_H
#define KEYS_JOURNAL_RECORD_H

#include "keys/secret.h"

/*
 * One record of the signer's journal (FORMAT.md 9), 104 bytes: type, reason, 6
 * zero bytes, kid(8), time, a, b (big-endian 64-bit), hash(32) and mac(32) =
 * keyed BLAKE2b-256 over the previous mac and the 72 bytes before.
 */
#define JOURNAL_RECORD 104
#define JOURNAL_BODY   72 /* bytes before the mac */
#define JOURNAL_HASH   32

enum journal_type {
	JOURNAL_PASSPORT =
	    1, /* a = status index, b = serial, hash of kid and payload */
	JOURNAL_STATUS =
	    2, /* a = list number, b = iat, hash of kid and payload */
	JOURNAL_TRUST = 3,     /* a = seq, b = iat, hash of kid and payload */
	JOURNAL_HEAD = 4,      /* a = event number, hash = the event's hash */
	JOURNAL_TOMBSTONE = 5, /* kid = a key that a signed list revoked */
	JOURNAL_WITHDRAWN = 6, /* a = status index, b = serial, reason */
	JOURNAL_ERASED = 7,    /* a = holder, b = serial of one of the cards */
	JOURNAL_RESET = 8,     /* as HEAD: the registry went back to there */
};

struct journal_entry {
	enum journal_type type;
	uint8_t reason; /* the registry's enum card_reason; else 0 */
	uint8_t kid[KID_SIZE];
	int64_t time;
	uint64_t a;
	uint64_t b;
	uint8_t hash[JOURNAL_HASH];
};

/* journal_record_put(p, e): writes all but the mac. */
void journal_record_put(
    uint8_t p[static JOURNAL_RECORD], const struct journal_entry *e);

/* journal_record_get(p): Returns what a record says. */
struct journal_entry journal_record_get(const uint8_t *p);

/* journal_record_a(p): Returns its a alone. */
uint64_t journal_record_a(const uint8_t *p);

/* journal_record_mac(out, before, record, key): the mac of a record after the
 * one whose mac is ${before}. */
void journal_record_mac(uint8_t out[static 32], const uint8_t before[static 32],
    const uint8_t *record, const uint8_t *key);

#endif
