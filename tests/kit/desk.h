#ifndef KIT_DESK_H
#define KIT_DESK_H

#include "keys/policy.h"
#include "passport/passport.h"
#include "tests/kit/folder.h"
#include "tests/kit/scheme.h"

/*
 * A policy with a journal of its own, the keys of kit_init() and a clock that
 * stands at KIT_NOW: what is asked of the signer, without the signer.
 */
#define DESK_MIDNIGHT (KIT_NOW - 43200)
#define DESK_LIST(n)  KIT_BASE #n ".cwt"

struct desk {
	struct folder folder;
	char journal[FOLDER_PATH];
	struct kit kit;
	struct policy policy;
	struct key_record issuer;
	struct key_record status;
	struct key_record root;
	struct passport passport; /* good */
};

/* desk_open(state), desk_close(state): set-up and tear-down for cmocka. */
int desk_open(void **state);
int desk_close(void **state);

/* desk_record(k, use, ods): Returns the record of a key, good around KIT_NOW.
 */
struct key_record desk_record(
    const struct kit_key *k, enum key_use use, const char *ods);

/* desk_ask(d, key, kind, payload): Returns NULL if the policy admits it, else
 * why not. */
const char *desk_ask(struct desk *d, const struct key_record *key,
    enum cose_kind kind, struct span payload);

/* The same for a passport, a trust list, a status list named ${sub}. */
const char *desk_passport(
    struct desk *d, const struct key_record *key, const struct passport *p);
const char *desk_trust(struct desk *d, const struct key_record *key,
    const struct trust_draft *draft);
const char *desk_status(struct desk *d, const struct key_record *key,
    const char *sub, int64_t iat, int64_t exp);

/* desk_settle(d): what was admitted goes to the journal. */
void desk_settle(struct desk *d);

#endif
