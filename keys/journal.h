#ifndef KEYS_JOURNAL_H
#define KEYS_JOURNAL_H

#include "keys/journal_record.h"

/*
 * The signer's own record of what it signed: append-only, one fixed record a
 * signature, chained by a key that only the signer has, on the disk before a
 * signature leaves.  From it the signer knows which status index belongs to
 * which payload, the highest trust list and the newest event of the registry,
 * whatever the database says.
 *
 * A part of a record, or zeros, at the end were never acknowledged and are cut
 * off.
 */
#define JOURNAL_LISTS 1024 /* status lists that one scheme can have */

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
 * batch is full, or there are as many tombstones as a journal holds. */
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

/*
 * journal_hash(j, kid, payload, out): what the journal keeps of a payload:
 *     keyed, so that nobody who has the file can try which name was signed.
 */
void journal_hash(const struct journal *j, const uint8_t kid[static KID_SIZE],
    struct span payload, uint8_t out[static JOURNAL_HASH]);

/* journal_is_withdrawn(j, index): Returns true if the card with that index has
 * ended, also in the batch under way. */
bool journal_is_withdrawn(const struct journal *j, uint32_t index);

/*
 * journal_read(j, from, out, n): reads up to ${*n} records on the disk again,
 *     the first of them number ${from} (from 0), and sets ${*n} to how many.
 *     ${*n} is at most JOURNAL_BATCH, and no batch may be under way. Returns
 *     ERR_OK or ERR_IO: a record is not the one that was written, or cannot be
 *     read; the journal then refuses all.
 */
enum err journal_read(struct journal *j, uint64_t from,
    struct journal_entry *out, size_t *n) MUST_CHECK;

/* The newest of a type, also of the batch under way; {0} if none. The last head
 * is a JOURNAL_HEAD or a JOURNAL_RESET. */
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
