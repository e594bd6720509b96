#include "issuer/sealing.h"

#include <assert.h>
#include <stdio.h>

#define AD_MAX 80

static_assert(SEALER_KEY == SECRET_WRAPPED, "one wrapped key");
static_assert(SEALER_OVERHEAD == SECRET_OVERHEAD, "one way of sealing");
static_assert(SEALER_BLIND == SECRET_BLIND, "one blind index");
static_assert(SEALER_COLUMNS <= SIGNER_ITEMS, "columns in one request");
static_assert(SEALER_HOLDERS <= SIGNER_HOLDERS, "holders in one request");
static_assert(SEALER_BLINDS <= SIGNER_BLINDS, "indexes in one request");

/* A sealed text is bound to "table|column|row". */
static void
to_items(struct signer_item *item, char (*ad)[AD_MAX],
    const struct seal_column *col, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(ad[i], AD_MAX, "%s|%s|%lld", col[i].table,
		    col[i].column, (long long)col[i].row);
		item[i].ad = span_str(ad[i]);
		item[i].in = col[i].in;
		item[i].out = col[i].out;
		item[i].n = 0;
	}
}

/* For as many holders as the registry asks for at once. */
struct asking {
	struct signer_holder holder[SEALER_HOLDERS];
	struct signer_item item[SEALER_HOLDERS][SEALER_COLUMNS];
	char ad[SEALER_HOLDERS][SEALER_COLUMNS][AD_MAX];
};

static enum err
seal(void *ctx, struct seal_holder *h, size_t n)
{
	struct asking a;
	enum err e;

	if (n > SEALER_HOLDERS)
		return ERR_TOOBIG;
	for (size_t i = 0; i < n; i++) {
		if (h[i].n > SEALER_COLUMNS)
			return ERR_TOOBIG;
		to_items(a.item[i], a.ad[i], h[i].col, h[i].n);
		a.holder[i] = (struct signer_holder){
		    h[i].key, h[i].row, h[i].fresh, a.item[i], h[i].n};
	}
	e = signer_seal(ctx, a.holder, n);
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; c < h[i].n; c++)
			h[i].col[c].n = a.item[i][c].n;
	return e;
}

static enum err
unseal(void *ctx, const uint8_t key[static SEALER_KEY], int64_t holder,
    struct seal_column *col, size_t n)
{
	struct signer_item item[SEALER_COLUMNS];
	char ad[SEALER_COLUMNS][AD_MAX];
	enum err e;

	if (n > SEALER_COLUMNS)
		return ERR_TOOBIG;
	to_items(item, ad, col, n);
	e = signer_unseal(ctx, key, holder, item, n);
	for (size_t i = 0; i < n; i++)
		col[i].n = item[i].n;
	return e;
}

static enum err
blind(void *ctx, struct seal_blind *b, size_t n)
{
	struct signer_text text[SEALER_BLINDS];
	enum err e;

	if (n > SEALER_BLINDS)
		return ERR_TOOBIG;
	for (size_t i = 0; i < n; i++) {
		text[i].domain = b[i].domain;
		text[i].text = b[i].text;
	}
	e = signer_blind(ctx, text, n);
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		memcpy(b[i].out, text[i].out, SEALER_BLIND);
	return e;
}

struct sealer
sealing_of(struct signer *signer)
{
	return (struct sealer){signer, seal, unseal, blind};
}
