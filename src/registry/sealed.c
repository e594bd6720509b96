#include "registry/sealed.h"

#include "base/log.h"
#include "registry/db.h"

/* Lists the columns that there are; ${max} bounds each. */
static enum err
gather(struct seal_column *col, size_t *count, const struct sealed_in *in,
    struct sealed_out *out, size_t n, size_t max)
{
	*count = 0;
	if (n > SEALER_COLUMNS)
		return ERR_INTERNAL;
	for (size_t i = 0; i < n; i++) {
		out[i].n = 0;
		out[i].b[0] = '\0';
		if (in[i].in.n == 0)
			continue;
		if (in[i].in.n > max) {
			log_error("registry: %s.%s of row %lld is longer than "
				  "%zu bytes",
			    in[i].table, in[i].column, (long long)in[i].row,
			    max);
			return ERR_TOOBIG;
		}
		col[(*count)++] = (struct seal_column){.table = in[i].table,
		    .column = in[i].column,
		    .row = in[i].row,
		    .in = in[i].in,
		    .out = out[i].b};
	}
	return ERR_OK;
}

/* Takes the lengths back to where the texts are. */
static enum err
scatter(const struct seal_column *col, size_t count, struct sealed_out *out,
    size_t n)
{
	size_t c = 0;

	for (size_t i = 0; i < n && c < count; i++) {
		if (col[c].out != out[i].b)
			continue;
		if (col[c].n >= sizeof(out[i].b))
			return ERR_INTERNAL;
		out[i].n = col[c].n;
		out[i].b[col[c].n] = '\0';
		c++;
	}
	return ERR_OK;
}

enum err
sealed_write(
    const struct sealer *sealer, const struct sealed_holder *h, size_t n)
{
	struct seal_column col[SEALER_HOLDERS][SEALER_COLUMNS];
	struct seal_holder to[SEALER_HOLDERS];
	enum err e = n > SEALER_HOLDERS ? ERR_INTERNAL : ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		to[i] = (struct seal_holder){
		    h[i].key, h[i].row, h[i].fresh, col[i], 0};
		e = gather(
		    col[i], &to[i].n, h[i].in, h[i].out, h[i].n, CARD_TEXT_MAX);
	}
	if (e == ERR_OK)
		e = sealer->seal(sealer->ctx, to, n);
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = scatter(col[i], to[i].n, h[i].out, h[i].n);
	return e;
}

enum err
sealed_read(const struct sealer *sealer, const uint8_t key[static SEALER_KEY],
    int64_t holder, const struct sealed_in *in, struct sealed_out *out,
    size_t n)
{
	struct seal_column col[SEALER_COLUMNS];
	size_t count;
	enum err e =
	    gather(col, &count, in, out, n, CARD_TEXT_MAX + SEALER_OVERHEAD);

	if (e == ERR_OK && count > 0)
		e = sealer->unseal(sealer->ctx, key, holder, col, count);
	if (e == ERR_DATA)
		log_error("registry: a sealed text of holder %lld was changed "
			  "or belongs elsewhere: run audit",
		    (long long)holder);
	return e == ERR_OK ? scatter(col, count, out, n) : e;
}

void
sealed_bind(struct stmt *st, const char *name, const struct sealed_out *t)
{
	if (t->n == 0)
		db_bind_null(st, name);
	else
		db_bind_blob(st, name, span_of(t->b, t->n));
}
