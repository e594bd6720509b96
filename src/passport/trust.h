#ifndef PASSPORT_TRUST_H
#define PASSPORT_TRUST_H

#include "passport/cose.h"

/*
 * The trust list (FORMAT.md 3): which organisation may sign with which key,
 * signed by a root key.  A struct trust is a view of the caller's bytes: they
 * must stay as long as it is used.
 */
#define TRUST_MAX      4194304 /* bytes of a trust list */
#define TRUST_KEY_MIN  64      /* bytes of its shortest key entry */
#define TRUST_KEYS_MAX (TRUST_MAX / TRUST_KEY_MIN)
#define TRUST_KEY_DAYS 366 /* longest period in which a key may sign */

enum trust_purpose {
	PURPOSE_PASSPORT = 0,
	PURPOSE_STATUS = 1,
};

enum setting {
	SETTING_GENERAL_PRACTICE = 0,
	SETTING_HOSPITAL = 1,
	SETTING_COMMUNITY = 2,
	SETTING_EMPLOYER = 3,
	SETTING_EDUCATION = 4,
};

#define SETTINGS 5

/* A pinned root key, as the caller knows it. */
struct root {
	uint8_t kid[KID_SIZE];
	uint8_t key[ED25519_KEY];
};

struct trust {
	struct span bytes;  /* the whole signed object */
	struct span scheme; /* claim 1 */
	int64_t iat;
	int64_t exp;
	uint64_t seq;
	struct span hosts; /* encoded arrays, to be walked */
	struct span keys;
	struct span tombstones;
	struct span services;
	const uint32_t *at; /* where each key begins in ${keys} */
	size_t nkeys;
	size_t ntombstones;
	uint64_t nservices;
};

struct trust_key {
	uint8_t kid[KID_SIZE];
	uint8_t key[ED25519_KEY];
	enum trust_purpose purpose;
	int64_t not_before;
	int64_t not_after;
	/* For PURPOSE_PASSPORT only: */
	struct span codes; /* encoded array of ODS codes */
	struct span name;
	enum setting setting;
	uint64_t service;  /* index into the list's services */
	struct span phone; /* empty if absent */
};

struct trust_service {
	struct span base; /* "https://HOST/lists/status/" */
	uint8_t kid[KID_SIZE];
};

/*
 * trust_read(t, bytes, roots, n, work, size, at, nat): checks the signature by
 *     one of the ${n} ${roots} and then every member of the list (order,
 *     uniqueness, ranges, names). ${work} of ${bytes.n} + COSE_OVERHEAD bytes
 * is scratch; ${at} receives the place of each key and must hold ${nat} of them
 * (bytes.n / TRUST_KEY_MIN is always enough). Both are the caller's;
 *     ${at} must stay as long as ${t}. Returns false if anything is off.
 */
bool trust_read(struct trust *t, struct span bytes, const struct root *roots,
    size_t n, uint8_t *work, size_t size, uint32_t *at, size_t nat);

/*
 * trust_payload_read(t, payload, at, nat): the same for a payload without
 *     signature, as the signer checks what it is asked to sign.
 */
bool trust_payload_read(
    struct trust *t, struct span payload, uint32_t *at, size_t nat);

/* trust_key_at(t, i, k): reads key ${i} of ${t->nkeys} of a list that
 * trust_read accepted. */
void trust_key_at(const struct trust *t, size_t i, struct trust_key *k);

/* trust_find(t, kid, k): looks a key up. Returns false if the list has none. */
bool trust_find(const struct trust *t, const uint8_t kid[static KID_SIZE],
    struct trust_key *k);

/* trust_is_tombstone(t, kid): Returns true if the key was revoked. */
bool trust_is_tombstone(
    const struct trust *t, const uint8_t kid[static KID_SIZE]);

/* trust_tombstone_at(t, i, kid): copies tombstone ${i} of ${t->ntombstones}. */
void trust_tombstone_at(
    const struct trust *t, size_t i, uint8_t kid[static KID_SIZE]);

/* trust_has_host(t, host): Returns true if cards of this scheme may point
 * there. */
bool trust_has_host(const struct trust *t, struct span host);

/* trust_service_at(t, i, s): reads service ${i}. Returns false if there is
 * none. */
bool trust_service_at(
    const struct trust *t, uint64_t i, struct trust_service *s);

/* trust_service_eq(t, a, b): Returns true if services ${a} and ${b} have one
 * address and one key: lists of the one are lists of the other. */
bool trust_service_eq(const struct trust *t, uint64_t a, uint64_t b);

/* trust_key_has(k, ods): Returns true if the key may sign for the code ${ods}.
 */
bool trust_key_has(const struct trust_key *k, struct span ods);

/* What a writer puts in; arrays sorted as FORMAT.md 3 says by the caller. */
struct trust_draft {
	struct span scheme;
	int64_t iat;
	int64_t exp;
	uint64_t seq;
	const struct span *hosts;
	size_t nhosts;
	const struct trust_key *keys; /* ${codes} is the encoded array */
	size_t nkeys;
	const uint8_t (*tombstones)[KID_SIZE];
	size_t ntombstones;
	const struct trust_service *services;
	size_t nservices;
};

/* trust_put(o, d): writes the payload of a trust list. */
void trust_put(struct cbor_out *o, const struct trust_draft *d);

#endif
