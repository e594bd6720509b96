#include "issuer/sealing.h"

#include <assert.h>
#include <stdio.h>

#define AD_MAX 80

static_assert(SEALER_KEY == SECRET_WRAPPED, "one wrapped key");
static_assert(SEALER_OVERHEAD == SECRET_OVERHEAD, "one way of sealing");
static_assert(SEALER_BLIND == SECRET_BLIND, "one blind index");

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

static enum err
seal(void *ctx, uint8_t key[static SEALER_KEY], int64_t holder, bool fresh,
    struct seal_column *col, size_t n)
{
	struct signer_item item[SEALER_COLUMNS];
	char ad[SEALER_COLUMNS][AD_MAX];
	enum err e;

	if (n > SEALER_COLUMNS)
		return ERR_TOOBIG;
	to_items(item, ad, col, n);
	e = signer_seal(ctx, key, holder, fresh, item, n);
	for (size_t i = 0; i < n; i++)
		col[i].n = item[i].n;
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
blind(void *ctx, const char *domain, struct span text,
    uint8_t out[static SEALER_BLIND])
{
	return signer_blind(ctx, domain, text, out);
}

struct sealer
sealing_of(struct signer *signer)
{
	return (struct sealer){signer, seal, unseal, blind};
}
