#include <sodium.h>

#include "keys/signer_private.h"

#define ITEMS_MAX 16   /* columns in one request */
#define TEXT_MAX  4096 /* bytes of one column */

static size_t
wrap_ad(uint8_t out[static 32], int64_t row)
{
	struct cbor_out o = {.p = out, .cap = 32};

	cbor_put_array(&o, 2);
	cbor_put_text(&o, span_str("holder key"));
	cbor_put_int(&o, row);
	return o.n;
}

/* Unwraps the holder's key into ${x->work}, or makes one. */
static bool
holder_key(struct secret *x, int64_t row, struct span *wrapped,
    uint8_t fresh[static SECRET_WRAPPED])
{
	uint8_t ad[32];
	struct span bound = span_of(ad, wrap_ad(ad, row));

	if (wrapped->n > 0)
		return wrapped->n == SECRET_WRAPPED &&
		       secret_open(x->work, x->person, bound, *wrapped);
	randombytes_buf(x->work, sizeof(x->work));
	secret_box(fresh, x->person, bound, span_of(x->work, SECRET_KEY));
	*wrapped = span_of(fresh, SECRET_WRAPPED);
	return true;
}

/* Seals (${open} false) or opens the items that follow. */
static enum err
do_items(struct signer_self *s, struct cbor *c, uint64_t n, bool open,
    struct cbor_out *a)
{
	cbor_put_array(a, n / 2);
	for (uint64_t i = 0; i < n; i += 2) {
		struct span ad = cbor_bytes(c);
		struct span in = cbor_bytes(c);
		size_t size;

		if (in.n > TEXT_MAX || (open && in.n < SECRET_OVERHEAD))
			return ERR_DATA;
		size = open ? in.n - SECRET_OVERHEAD : in.n + SECRET_OVERHEAD;
		if (!open)
			secret_box(s->tbs, s->secret->work, ad, in);
		else if (!secret_open(s->tbs, s->secret->work, ad, in))
			return ERR_DATA;
		cbor_put_bytes(a, span_of(s->tbs, size));
		sodium_memzero(s->tbs, size);
	}
	return ERR_OK;
}

static bool
items(struct signer_self *s, struct cbor *c, struct cbor_out *a, bool open)
{
	uint8_t fresh[SECRET_WRAPPED];
	int64_t row = cbor_int(c);
	struct span wrapped = cbor_bytes(c);
	uint64_t n = cbor_array(c);
	struct cbor first = *c;
	enum err e = ERR_DATA;

	for (uint64_t i = 0; i < n && !c->bad; i++)
		(void)cbor_bytes(c);
	if (!cbor_done(c) || n % 2 != 0 || n > 2 * ITEMS_MAX ||
	    (open && wrapped.n == 0))
		return false;
	if (holder_key(s->secret, row, &wrapped, fresh)) {
		cbor_put_array(a, open ? 2 : 3);
		cbor_put_int(a, ERR_OK);
		if (!open)
			cbor_put_bytes(a, wrapped);
		e = do_items(s, &first, n, open, a);
	}
	sodium_memzero(s->secret->work, SECRET_KEY);
	if (e != ERR_OK)
		signer_refuse(a, e,
		    "a sealed value was changed or stands in the wrong place");
	return true;
}

bool
signer_op_seal(struct signer_self *s, struct cbor *c, struct cbor_out *a)
{
	return items(s, c, a, false);
}

bool
signer_op_unseal(struct signer_self *s, struct cbor *c, struct cbor_out *a)
{
	return items(s, c, a, true);
}

bool
signer_op_blind(struct signer_self *s, struct cbor *c, struct cbor_out *a)
{
	struct span domain = cbor_text(c);
	struct span text = cbor_bytes(c);
	crypto_generichash_state st;
	uint8_t hash[SECRET_BLIND];
	uint8_t n = (uint8_t)domain.n;

	if (!cbor_done(c) || domain.n > 32 || text.n > TEXT_MAX)
		return false;
	crypto_generichash_init(
	    &st, s->secret->blind, SECRET_KEY, sizeof(hash));
	crypto_generichash_update(&st, &n, 1);
	crypto_generichash_update(&st, domain.p, domain.n);
	crypto_generichash_update(&st, text.p, text.n);
	crypto_generichash_final(&st, hash, sizeof(hash));
	cbor_put_array(a, 2);
	cbor_put_int(a, ERR_OK);
	cbor_put_bytes(a, span_of(hash, sizeof(hash)));
	return true;
}
