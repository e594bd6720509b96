#ifndef KEYS_POLICY_H
#define KEYS_POLICY_H

#include "keys/journal.h"
#include "keys/keyfile.h"
#include "passport/trust.h"

/*
 * What the signer will sign, decided by the signer itself from the bytes that
 * it is asked to sign, the key's own record and its journal; never from what
 * the asking process says of them.
 */
#define POLICY_CLOCK_SLACK                                                     \
	300 /* seconds ahead of our clock, or back in time                     \
	     */
#define POLICY_LATE_DAYS                                                       \
	7 /* after a key's period, to finish what was reserved in it */
#define POLICY_TRUST_DAYS 366 /* longest life of a trust list */

struct policy {
	struct journal *journal;
	uint32_t *at; /* room for TRUST_KEYS_MAX, for reading trust lists */
	int64_t now;
};

/*
 * policy_admit(p, key, kind, payload, why): checks one payload and adds it to
 *     the journal's batch unless that very payload was signed before. Returns
 *     ERR_OK, ERR_POLICY with the reason in ${*why}, or ERR_TOOBIG/ERR_IO.
 */
enum err policy_admit(struct policy *p, const struct key_record *key, int kind,
    struct span payload, const char **why) MUST_CHECK;

/*
 * policy_head(p, head, why): adds the registry's newest event, which may only
 *     move on. Returns as policy_admit.
 */
enum err policy_head(
    struct policy *p, struct journal_entry *head, const char **why) MUST_CHECK;

/*
 * policy_note(p, e, why): adds that a card has ended, a holder was erased or a
 *     key revoked (JOURNAL_WITHDRAWN, ERASED, TOMBSTONE), unless that is known
 *     of the card or the key. Returns as policy_admit.
 */
enum err policy_note(
    struct policy *p, struct journal_entry *e, const char **why) MUST_CHECK;

/*
 * policy_reset(p, head, why): adds that the registry is an older one again and
 *     was reconciled: from now on ${head} is what may only move on. Only that
 *     is forgotten; nothing that was signed, withdrawn or revoked is. Returns
 * as policy_admit.
 */
enum err policy_reset(
    struct policy *p, struct journal_entry *head, const char **why) MUST_CHECK;

/* policy_key(k): Returns why such a key is not made, or NULL. */
const char *policy_key(const struct key_record *k);

#endif
