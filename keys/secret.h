#ifndef KEYS_SECRET_H
#define KEYS_SECRET_H

#include "base/err.h"
#include "base/span.h"
#include "passport/ed25519.h"

/*
 * What only the signer process ever holds: the master key and what is derived
 * from it, in sodium_malloc memory.  Nothing here leaves that process unsealed.
 */
#define SECRET_KEY      32
#define SECRET_OVERHEAD 40 /* 24 bytes of nonce, 16 of tag */
#define SECRET_WRAPPED  (SECRET_KEY + SECRET_OVERHEAD)
#define SECRET_BLIND    32

struct secret {
	uint8_t master[SECRET_KEY];
	uint8_t seal[SECRET_KEY];    /* seals signing keys */
	uint8_t person[SECRET_KEY];  /* wraps the holders' keys */
	uint8_t blind[SECRET_KEY];   /* blind indexes */
	uint8_t journal[SECRET_KEY]; /* chains the journal */
	uint8_t work[SECRET_KEY];    /* a holder's key, while it is used */
	uint8_t seed[SECRET_KEY]; /* a signing key's seed, while it is opened */
	uint8_t sk[64];           /* the signing key last used ... */
	uint8_t sk_kid[KID_SIZE]; /* ... and which it is */
	bool has_sk;
};

/* secret_new(): Returns locked, guarded memory, NULL if there is none; freed by
 * secret_free. */
struct secret *secret_new(void);
void secret_free(struct secret *s);

/* secret_derive(s): fills the other keys from ${s->master}. */
void secret_derive(struct secret *s);

/* secret_box(out, key, ad, in): seals ${in} into in.n + SECRET_OVERHEAD bytes,
 * bound to ${ad}. */
void secret_box(uint8_t *out, const uint8_t key[static SECRET_KEY],
    struct span ad, struct span in);

/* secret_open(out, key, ad, in): opens into in.n - SECRET_OVERHEAD bytes.
 * Returns false if anything was changed. */
bool secret_open(uint8_t *out, const uint8_t key[static SECRET_KEY],
    struct span ad, struct span in);

#endif
