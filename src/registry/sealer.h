#ifndef REGISTRY_SEALER_H
#define REGISTRY_SEALER_H

#include "base/err.h"
#include "base/span.h"

/*
 * How the registry hides what is personal without ever holding a key: the
 * signer process does it behind these calls.  Each holder has a key of its
 * own, known here only wrapped; destroying the wrapped key destroys the text.
 */
#define SEALER_KEY      72   /* bytes of a wrapped key */
#define SEALER_OVERHEAD 40   /* bytes that sealing adds */
#define SEALER_BLIND    32   /* bytes of a blind index */
#define SEALER_TEXT_MAX 1024 /* bytes of one column */
#define SEALER_COLUMNS  8    /* columns in one call */

/* One column: ${in} goes in, ${n} bytes come out at ${out}, which has room for
 * in.n + SEALER_OVERHEAD. */
struct seal_column {
	const char *table; /* table, column and row are bound to the text */
	const char *column;
	int64_t row;
	struct span in;
	uint8_t *out;
	size_t n;
};

struct sealer {
	void *ctx;
	/*
	 * Seals ${n} columns under the key wrapped in ${key}; ${fresh} makes a
	 * new key first and writes it there. ${holder} is the key's row.
	 */
	enum err (*seal)(void *ctx, uint8_t key[static SEALER_KEY],
	    int64_t holder, bool fresh, struct seal_column *col, size_t n);
	/* Opens them; ERR_DATA if a byte, the row or the column is another. */
	enum err (*unseal)(void *ctx, const uint8_t key[static SEALER_KEY],
	    int64_t holder, struct seal_column *col, size_t n);
	/* The keyed BLAKE2b of ${text} in ${domain}: equal texts, equal index.
	 */
	enum err (*blind)(void *ctx, const char *domain, struct span text,
	    uint8_t out[static SEALER_BLIND]);
};

#endif
