#include "tests/kit/fake_sealer.h"

#include <sodium.h>
#include <stdio.h>

#define NONCE  crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG    crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SECRET crypto_aead_xchacha20poly1305_ietf_KEYBYTES

_Static_assert(NONCE + TAG == SEALER_OVERHEAD, "what sealing adds");
_Static_assert(NONCE + TAG + SECRET == SEALER_KEY, "a wrapped key");

static const uint8_t master[SECRET] = "a fixed key for tests only.....";

static void
seal_one(uint8_t *out, struct span in, const char *ad, const uint8_t *key)
{
	unsigned long long n;

	randombytes_buf(out, NONCE);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, &n, in.p,
	    in.n, (const uint8_t *)ad, strlen(ad), NULL, out, key);
}

static bool
open_one(uint8_t *out, size_t *size, struct span in, const char *ad,
    const uint8_t *key)
{
	unsigned long long n;

	if (in.n < SEALER_OVERHEAD ||
	    crypto_aead_xchacha20poly1305_ietf_decrypt(out, &n, NULL,
		in.p + NONCE, in.n - NONCE, (const uint8_t *)ad, strlen(ad),
		in.p, key) != 0)
		return false;
	*size = (size_t)n;
	return true;
}

static void
column_ad(char ad[static 128], const struct seal_column *c)
{
	snprintf(ad, 128, "%s|%s|%lld", c->table, c->column, (long long)c->row);
}

static bool
unwrap(uint8_t secret[static SECRET], const uint8_t *key, int64_t holder)
{
	char ad[64];
	size_t n;

	snprintf(ad, sizeof(ad), "key|%lld", (long long)holder);
	return open_one(secret, &n, span_of(key, SEALER_KEY), ad, master);
}

static enum err
seal_holder(struct seal_holder *h)
{
	uint8_t secret[SECRET];
	char ad[128];

	if (h->fresh) {
		snprintf(ad, sizeof(ad), "key|%lld", (long long)h->row);
		randombytes_buf(secret, sizeof(secret));
		seal_one(h->key, span_of(secret, SECRET), ad, master);
	} else if (!unwrap(secret, h->key, h->row)) {
		return ERR_DATA;
	}
	for (size_t i = 0; i < h->n; i++) {
		column_ad(ad, &h->col[i]);
		seal_one(h->col[i].out, h->col[i].in, ad, secret);
		h->col[i].n = h->col[i].in.n + SEALER_OVERHEAD;
	}
	return ERR_OK;
}

static enum err
fake_seal(void *ctx, struct seal_holder *h, size_t n)
{
	struct fake_sealer *f = ctx;
	enum err e = ERR_OK;

	if (++f->seals == f->fail_at || n > SEALER_HOLDERS)
		return ERR_UNAVAILABLE;
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = h[i].n > SEALER_COLUMNS ? ERR_UNAVAILABLE
					    : seal_holder(&h[i]);
	return e;
}

static enum err
fake_unseal(void *ctx, const uint8_t key[static SEALER_KEY], int64_t holder,
    struct seal_column *col, size_t n)
{
	struct fake_sealer *f = ctx;
	uint8_t secret[SECRET];
	char ad[128];

	f->unseals++;
	if (!unwrap(secret, key, holder))
		return ERR_DATA;
	for (size_t i = 0; i < n; i++) {
		column_ad(ad, &col[i]);
		if (!open_one(col[i].out, &col[i].n, col[i].in, ad, secret))
			return ERR_DATA;
	}
	return ERR_OK;
}

static enum err
fake_blind(void *ctx, struct seal_blind *b, size_t n)
{
	crypto_generichash_state st;

	(void)ctx;
	if (n > SEALER_BLINDS)
		return ERR_UNAVAILABLE;
	for (size_t i = 0; i < n; i++) {
		crypto_generichash_init(
		    &st, master, sizeof(master), SEALER_BLIND);
		crypto_generichash_update(
		    &st, (const uint8_t *)b[i].domain, strlen(b[i].domain) + 1);
		crypto_generichash_update(&st, b[i].text.p, b[i].text.n);
		crypto_generichash_final(&st, b[i].out, SEALER_BLIND);
	}
	return ERR_OK;
}

void
fake_sealer_init(struct fake_sealer *f)
{
	*f = (struct fake_sealer){
	    .sealer = {f, fake_seal, fake_unseal, fake_blind}};
}
