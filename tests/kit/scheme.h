#ifndef KIT_SCHEME_H
#define KIT_SCHEME_H

#include "passport/verify.h"

/*
 * A small scheme of invented keys, for tests of whatever reads signed objects:
 * one root, one status key with one service, one issuer.  Every part may be
 * changed before it is signed.
 */
#define KIT_NOW    INT64_C(1795348800) /* 2026-11-22T12:00:00Z */
#define KIT_DAY    INT64_C(86400)
#define KIT_HOST   "verify.example"
#define KIT_BASE   "https://verify.example/lists/status/"
#define KIT_SCHEME "Riverside carers"
#define KIT_ODS    "A81001"

struct kit_key {
	uint8_t kid[KID_SIZE];
	uint8_t public[ED25519_KEY];
	uint8_t secret[64];
};

struct kit {
	struct kit_key root;
	struct kit_key status;
	struct kit_key issuer;
	struct trust_draft draft; /* of the arrays below */
	struct span hosts[1];
	struct trust_key keys[2]; /* sorted by kid */
	struct trust_key *issuer_entry;
	struct trust_key *status_entry;
	uint8_t tombstones[1][KID_SIZE]; /* draft.ntombstones = 0 */
	struct trust_service services[1];
	uint8_t codes[16]; /* the issuer's ODS codes, encoded */
	struct root roots[1];
	/* Where kit_read() works: */
	uint8_t bytes[4096];
	uint8_t work[4096];
	uint32_t at[64];
	struct trust trust;
};

/* kit_key(k, seed): makes the key of that number. */
void kit_key(struct kit_key *k, uint8_t seed);

/* kit_init(k): makes the scheme; its trust list was signed a day ago. */
void kit_init(struct kit *k);

/* kit_sign(out, cap, kind, k, payload): Returns the signed object in ${out}. */
struct span kit_sign(uint8_t *out, size_t cap, enum cose_kind kind,
    const struct kit_key *k, struct span payload);

/* kit_trust(k, out, cap): Returns the trust list, signed by the root. */
struct span kit_trust(const struct kit *k, uint8_t *out, size_t cap);

/* kit_read(k): reads that list into ${k->trust}. Returns what trust_read()
 * does. */
bool kit_read(struct kit *k);

/* kit_passport(p): fills ${p} with claims that hold on KIT_NOW. */
void kit_passport(struct passport *p);

/* kit_token(k, p, out, cap): Returns the passport, signed by the issuer. */
struct span kit_token(
    const struct kit *k, const struct passport *p, uint8_t *out, size_t cap);

/* kit_status(k, n, iat, exp, lst, out, cap): Returns status list ${n} around
 * the zlib stream ${lst}. */
struct span kit_status(const struct kit *k, uint32_t n, int64_t iat,
    int64_t exp, struct span lst, uint8_t *out, size_t cap);

/* kit_deflate(out, cap, bits, n): Returns ${n} bytes as a zlib stream. */
struct span kit_deflate(
    uint8_t *out, size_t cap, const uint8_t *bits, size_t n);

#endif
