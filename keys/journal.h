#ifndef KEYS_JOURNAL_H
#define KEYS_JOURNAL_H

#include "keys/secret.h"

/*
 * The signer's own record of what it signed: append-only, one fixed record a
 * signature, chained by a key that only the signer has, on the disk before a
 * signature leaves.  From it the signer knows which status index belongs to
 * which payload, the highest trust list and the newest event of the registry,
 * whatever the database says.
 *
 * A record is 104 bytes: type, 7 zero bytes, kid(8), time, a, b (big-endian
 * 64-bit), hash(32) and mac(32) = keyed BLAKE2b-256 over the previous mac and
 * the 72 bytes before.  A part of a record, or zeros, at the end were never
 * acknowledged and are cut off.
 */
#define JOURNAL_RECORD 104
#define JOURNAL_LISTS  1024 /* status lists that one scheme can have */
#define JOURNAL_HASH   32

enum journal_type {
	JOURNAL_PASSPORT =
	    1, /* a = status index, b = serial, hash of kid and payload */
	JOURNAL_STATUS =
	    2, /* a = list number, b = iat, hash of kid and payload */
	JOURNAL_TRUST = 3,     /* a = seq, b = iat, hash of kid and payload */
	JOURNAL_TOMBSTONE = 5, /* kid = a key that a signed list revoked */
	JOURNAL_HEAD = 4,      /* a = event number, hash = the event's hash */
};

struct journal_entry {
	enum journal_type type;
	uint8_t kid[KID_SIZE];
	int64_t time;
	uint64_t a;
	uint64_t b;
	uint8_t hash[JOURNAL_HASH];
};

struct journal;

/*
 * journal_lock(out, path, create): opens the file and locks it for this process
 *     alone; nothing is read yet, so that a second signer is refused before
 *     anybody types a passphrase. Returns ERR_OK, ERR_UNAVAILABLE (a second
 *     signer), ERR_NOINPUT, ERR_PERM, ERR_MEM or ERR_IO.
 */
enum err journal_lock(
    struct journal **out, const char *path, bool create) MUST_CHECK;

/*
 * journal_load(j, key): checks the whole chain and takes in what it says.
 *     ${key} must stay as long as ${j}. Returns ERR_OK, ERR_DATA (a record was
 *     changed, logged) or ERR_IO. Afterwards the journal allocates nothing and
 *     opens nothing.
 */
enum err journal_load(
    struct journal *j, const uint8_t key[static SECRET_KEY]) MUST_CHECK;

void journal_close(struct journal *j);

/* journal_add(j, e): adds an entry to the batch under way. ERR_TOOBIG: the
 * batch is full. */
enum err journal_add(
    struct journal *j, const struct journal_entry *e) MUST_CHECK;

/* journal_commit(j): writes the batch and waits until it is on the disk. After
 * an error the journal refuses all. */
enum err journal_commit(struct journal *j) MUST_CHECK;

/* journal_drop(j): forgets the batch under way. */
void journal_drop(struct journal *j);

/* journal_passport(j, index, hash): Returns true and the payload's hash if the
 * index was used. Also sees the batch under way. If the record on the disk is
 * no longer the one that was written: true, no payload's hash, and the journal
 * refuses all from then on. */
bool journal_passport(
    struct journal *j, uint32_t index, uint8_t hash[static JOURNAL_HASH]);

/* The newest of a type, also of the batch under way; {0} if none. */
struct journal_entry journal_last_trust(const struct journal *j);
struct journal_entry journal_last_head(const struct journal *j);
struct journal_entry journal_last_status(const struct journal *j, uint64_t n);

/*
 * journal_tombstones(j, n): the kids that a signed trust list revoked, ${*n} of
 *     them, in the order of signing. No later list may lack one.
 */
const uint8_t (
    *journal_tombstones(const struct journal *j, size_t *n))[KID_SIZE];

#define JOURNAL_TOMBSTONES 65536 /* revoked keys that one scheme can have */

/* journal_last_time(j): Returns the highest time of an entry. */
int64_t journal_last_time(const struct journal *j);

#define JOURNAL_BATCH 4096 /* entries in one batch */

#endif
