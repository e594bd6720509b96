#include "keys/secret.h"

#include <sodium.h>

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

struct secret *
secret_new(void)
{
	struct secret *s = sodium_malloc(sizeof(*s));

	if (s != NULL)
		sodium_memzero(s, sizeof(*s));
	return s;
}

void
secret_free(struct secret *s)
{
	sodium_free(s);
}

void
secret_derive(struct secret *s)
{
	static const char context[] = "carerkey";

	crypto_kdf_derive_from_key(
	    s->seal, sizeof(s->seal), 1, context, s->master);
	crypto_kdf_derive_from_key(
	    s->person, sizeof(s->person), 2, context, s->master);
	crypto_kdf_derive_from_key(
	    s->blind, sizeof(s->blind), 3, context, s->master);
	crypto_kdf_derive_from_key(
	    s->journal, sizeof(s->journal), 4, context, s->master);
}

void
secret_box(uint8_t *out, const uint8_t key[static SECRET_KEY], struct span ad,
    struct span in)
{
	randombytes_buf(out, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	    out + NONCE, NULL, in.p, in.n, ad.p, ad.n, NULL, out, key);
}

bool
secret_open(uint8_t *out, const uint8_t key[static SECRET_KEY], struct span ad,
    struct span in)
{
	return in.n >= SECRET_OVERHEAD &&
	       crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL,
		   in.p + NONCE, in.n - NONCE, ad.p, ad.n, in.p, key) == 0;
}
