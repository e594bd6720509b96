#ifndef KEYS_SIGNER_H
#define KEYS_SIGNER_H

#include "keys/journal_record.h"
#include "keys/keyfile.h"
#include "keys/wire.h"
#include "passport/cose.h"

/*
 * The signer: a child process that alone unlocks keys.  It has no network, no
 * database and, once unlocked, no files but its journal.  This is the side of
 * the process that asks it.
 */
struct signer;

#define SIGNER_HASH 32

enum signer_mode {
	SIGNER_OPEN = 0,   /* unlock the folder's keys */
	SIGNER_CREATE = 1, /* make a master key and an empty journal first */
};

/* The newest event of the registry, which the journal remembers with every
 * signature. */
struct signer_head {
	uint64_t seq; /* 0: none */
	uint8_t hash[SIGNER_HASH];
};

struct signer_item {
	struct span ad; /* where the text belongs; bound to it */
	struct span in;
	uint8_t *out; /* in.n + SECRET_OVERHEAD bytes to seal, in.n to unseal */
	size_t n;     /* bytes written */
};

/* The texts of one holder. */
struct signer_holder {
	uint8_t *key; /* SECRET_WRAPPED bytes */
	int64_t row;
	bool fresh; /* a key is made first and written to ${key} */
	struct signer_item *item;
	size_t n; /* at most SIGNER_ITEMS */
};

/* A text to be hashed under a key, apart from those of other domains. */
struct signer_text {
	const char *domain;
	struct span text;
	uint8_t out[SECRET_BLIND];
};

#define SIGNER_ITEMS   16  /* texts of one holder */
#define SIGNER_HOLDERS 128 /* holders in one request */
#define SIGNER_BLINDS  256 /* texts in one request */

/*
 * signer_start(out, dir, passphrase_file, mode): forks the signer on the key
 *     folder ${dir}; it reads the passphrase itself (NULL: from the terminal).
 *     From now on the process ignores SIGPIPE: neither a signer that died nor a
 *     reader of our output that went away may end it half way through.
 *     Returns ERR_OK, ERR_PERM (passphrase, modes, no terminal),
 *     ERR_UNAVAILABLE (another signer is at work), ERR_NOINPUT, ERR_DATA or
 *     ERR_IO; what is wrong was logged.
 */
enum err signer_start(struct signer **out, const char *dir,
    const char *passphrase_file, enum signer_mode mode) MUST_CHECK;

/* signer_stop(s): ends the child and waits for it; NULL does nothing. */
void signer_stop(struct signer *s);

/* signer_pid(s): Returns the child's process number, for tests. */
int signer_pid(const struct signer *s);

/* signer_make_key(s, k): makes a key for ${k}'s use, ods and period and fills
 * in the rest. */
enum err signer_make_key(struct signer *s, struct key_record *k) MUST_CHECK;

/*
 * signer_sign(s, kind, key, head, payloads, n, sigs): journals and signs ${n}
 *     payloads, all or none; ${head} may be NULL. Returns ERR_OK, ERR_POLICY
 *     (why was logged) or why the signer failed.
 */
enum err signer_sign(struct signer *s, enum cose_kind kind,
    const struct key_record *key, const struct signer_head *head,
    const struct span *payloads, size_t n,
    uint8_t (*sigs)[ED25519_SIG]) MUST_CHECK;

/*
 * signer_note(s, head, notes, n): journals, without signing, up to SIGNER_NOTES
 *     cards that ended, holders that were erased and keys that were revoked
 *     (JOURNAL_WITHDRAWN, ERASED, TOMBSTONE: kid, a, b and reason) and the
 * registry's newest event, all or none.
 */
enum err signer_note(struct signer *s, const struct signer_head *head,
    const struct journal_entry *notes, size_t n) MUST_CHECK;

#define SIGNER_NOTES WIRE_NOTES

/* signer_reset(s, head): journals that the registry was put back to ${head} and
 * what it lacks was made good: from now on that is the newest event. */
enum err signer_reset(
    struct signer *s, const struct signer_head *head) MUST_CHECK;

/*
 * signer_journal(s, from, out, n): reads the journal from record ${from} (from
 *     0): up to SIGNER_PAGE records, ${*n} of them; 0 is the end. Hashes of
 *     payloads are zeros.
 */
enum err signer_journal(struct signer *s, uint64_t from,
    struct journal_entry out[static WIRE_PAGE], size_t *n) MUST_CHECK;

#define SIGNER_PAGE WIRE_PAGE

/* signer_last_head(s, head): reads the newest event that the journal knows. */
enum err signer_last_head(
    struct signer *s, struct signer_head *head) MUST_CHECK;

/*
 * signer_seal(s, h, n): seals the texts of ${n} holders, at most
 *     SIGNER_HOLDERS, each under the holder's own wrapped key. ERR_DATA if such
 *     a key was changed or is another row's.
 */
enum err signer_seal(
    struct signer *s, struct signer_holder *h, size_t n) MUST_CHECK;

/* signer_unseal(s, key, row, item, n): opens; ERR_DATA if anything was changed.
 */
enum err signer_unseal(struct signer *s,
    const uint8_t key[static SECRET_WRAPPED], int64_t row,
    struct signer_item *item, size_t n) MUST_CHECK;

/* signer_blind(s, b, n): the keyed hashes of ${n} texts, at most SIGNER_BLINDS.
 */
enum err signer_blind(
    struct signer *s, struct signer_text *b, size_t n) MUST_CHECK;

#endif
