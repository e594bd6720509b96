#ifndef REGISTRY_KEY_H
#define REGISTRY_KEY_H

#include "registry/db.h"
#include "registry/ods.h"

/*
 * The signing keys that there are and were.  Only public halves are read here;
 * the private one is opaque bytes, sealed by the signer, which alone can open
 * them.  Changes are for use inside db_write().
 */
#define KEY_KID        8
#define KEY_PUBLIC     32
#define KEY_SEALED_MAX 256
#define KEY_REASON_MAX 200

enum key_purpose {
	KEY_PASSPORT = 0, /* of one organisation */
	KEY_STATUS = 1,
	KEY_ROOT = 2,
};

enum key_state {
	KEY_ACTIVE = 0,
	KEY_RETIRED = 1, /* its period is over, the private key destroyed */
	KEY_REVOKED = 2, /* a tombstone in the trust list, for ever */
};

struct key {
	uint8_t kid[KEY_KID];
	uint8_t public[KEY_PUBLIC];
	enum key_purpose purpose;
	char ods[ODS_CODE_MAX + 1]; /* "" but for KEY_PASSPORT */
	int64_t not_before;         /* time; the first second it may sign */
	int64_t not_after;          /* time; the last */
	enum key_state state;
	int64_t revoked_at; /* time; 0 if not revoked */
	char reason[KEY_REASON_MAX + 1];
	uint8_t sealed[KEY_SEALED_MAX];
	size_t nsealed; /* 0: destroyed, or kept elsewhere */
};

/* Which keys: each member left at its "all" value lets every key through. */
struct key_filter {
	int purpose;     /* enum key_purpose, or -1 */
	int state;       /* enum key_state, or -1 */
	struct span ods; /* empty: all */
};

/*
 * key_get(db, kid, out): copies the key ${kid} to ${out}. Returns ERR_OK,
 * ERR_NOINPUT (no such key; not logged) or why not.
 */
enum err key_get(struct db *db, const uint8_t kid[static KEY_KID],
    struct key *out) MUST_CHECK;

/*
 * key_active(db, purpose, ods, at, out): the key that signs at ${at}: active,
 * with its private half, in its period; of several the one that began last.
 * ${ods} is empty but for KEY_PASSPORT. Returns ERR_OK, ERR_NOINPUT (none; not
 * logged) or why not.
 */
enum err key_active(struct db *db, enum key_purpose purpose, struct span ods,
    int64_t at, struct key *out) MUST_CHECK;

/*
 * key_list(db, filter, fn, ctx): calls fn(key, ctx) by kid, ascending, as the
 * trust list wants them.  Anything but ERR_OK from ${fn} ends it and is
 * returned.
 */
enum err key_list(struct db *db, const struct key_filter *filter,
    enum err (*fn)(const struct key *, void *), void *ctx) MUST_CHECK;

/*
 * key_put(db, key): stores a new key. Returns ERR_OK, ERR_DATA if its kid or
 * public key is there already (logged), or why not.
 */
enum err key_put(struct db *db, const struct key *key) MUST_CHECK;

/*
 * key_revoke(db, kid, at, reason): makes a tombstone of a key, whatever its
 * state, and destroys its sealed private half.  Revoking again changes
 * nothing.  Returns ERR_OK, ERR_NOINPUT (no such key; not logged) or why not.
 */
enum err key_revoke(struct db *db, const uint8_t kid[static KEY_KID],
    int64_t at, struct span reason) MUST_CHECK;

/*
 * key_retire(db, at, n): retires every active key whose period ended before
 * ${at} and destroys its sealed private half; ${*n} is how many. Returns
 * ERR_OK or why not.
 */
enum err key_retire(struct db *db, int64_t at, int64_t *n) MUST_CHECK;

#endif
