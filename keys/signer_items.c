#include <sodium.h>

#include "keys/signer_private.h"

#define TEXT_MAX 4096 /* bytes of one column */

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

/* The texts of one holder. */
struct holder_items {
	int64_t row;
	struct span wrapped;
	uint64_t n; /* two members an item */
	struct cbor first;
};

/* Reads past one holder's items; false if they are not well formed. */
static bool
read_items(struct cbor *c, struct holder_items *h)
{
	h->row = cbor_int(c);
	h->wrapped = cbor_bytes(c);
	h->n = cbor_array(c);
	h->first = *c;
	if (h->n % 2 != 0 || h->n > 2 * SIGNER_ITEMS)
		cbor_fail(c);
	for (uint64_t i = 0; i < h->n && !c->bad; i++)
		(void)cbor_bytes(c);
	return !c->bad;
}

/* Seals (${open} false) or opens them. */
static enum err
do_items(struct signer_self *s, struct holder_items *h, bool open,
    struct cbor_out *a)
{
	cbor_put_array(a, h->n / 2);
	for (uint64_t i = 0; i < h->n; i += 2) {
		struct span ad = cbor_bytes(&h->first);
		struct span in = cbor_bytes(&h->first);
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

static enum err
do_holder(struct signer_self *s, struct holder_items *h, bool open,
    struct cbor_out *a)
{
	uint8_t fresh[SECRET_WRAPPED];
	enum err e = ERR_DATA;

	if (holder_key(s->secret, h->row, &h->wrapped, fresh)) {
		if (!open)
			cbor_put_bytes(a, h->wrapped);
		e = do_items(s, h, open, a);
	}
	sodium_memzero(s->secret->work, SECRET_KEY);
	return e;
}

static bool
answered(struct cbor_out *a, enum err e)
{
	if (e != ERR_OK)
		signer_refuse(a, e,
		    "a sealed value was changed or stands in the wrong place");
	return true;
}

bool
signer_op_seal(struct signer_self *s, struct cbor *c, struct cbor_out *a)
{
	uint64_t n = cbor_array(c);
	struct cbor first = *c;
	struct holder_items h;
	enum err e = ERR_OK;

	if (n % 3 != 0 || n > 3 * SIGNER_HOLDERS)
		return false;
	for (uint64_t i = 0; i < n; i += 3)
		if (!read_items(c, &h))
			return false;
	if (!cbor_done(c))
		return false;
	cbor_put_array(a, 2);
	cbor_put_int(a, ERR_OK);
	cbor_put_array(a, n / 3 * 2);
	for (uint64_t i = 0; i < n && e == ERR_OK; i += 3) {
		(void)read_items(&first, &h);
		e = do_holder(s, &h, false, a);
	}
	return answered(a, e);
}

bool
signer_op_unseal(struct signer_self *s, struct cbor *c, struct cbor_out *a)
{
	struct holder_items h;

	if (!read_items(c, &h) || !cbor_done(c) || h.wrapped.n == 0)
		return false;
	cbor_put_array(a, 2);
	cbor_put_int(a, ERR_OK);
	return answered(a, do_holder(s, &h, true, a));
}

static void
blind_one(const struct signer_self *s, struct span domain, struct span text,
    uint8_t hash[static SECRET_BLIND])
{
	crypto_generichash_state st;
	uint8_t n = (uint8_t)domain.n;

	crypto_generichash_init(
	    &st, s->secret->blind, SECRET_KEY, SECRET_BLIND);
	crypto_generichash_update(&st, &n, 1);
	crypto_generichash_update(&st, domain.p, domain.n);
	crypto_generichash_update(&st, text.p, text.n);
	crypto_generichash_final(&st, hash, SECRET_BLIND);
}

bool
signer_op_blind(struct signer_self *s, struct cbor *c, struct cbor_out *a)
{
	uint64_t n = cbor_array(c);

	if (n % 2 != 0 || n > 2 * SIGNER_BLINDS)
		return false;
	cbor_put_array(a, 2);
	cbor_put_int(a, ERR_OK);
	cbor_put_array(a, n / 2);
	for (uint64_t i = 0; i < n; i += 2) {
		struct span domain = cbor_text(c);
		struct span text = cbor_bytes(c);
		uint8_t hash[SECRET_BLIND];

		if (c->bad || domain.n > 32 || text.n > TEXT_MAX)
			return false;
		blind_one(s, domain, text, hash);
		cbor_put_bytes(a, span_of(hash, sizeof(hash)));
	}
	return cbor_done(c);
}
