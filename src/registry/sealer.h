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
#define SEALER_COLUMNS  8    /* columns of one holder */
#define SEALER_HOLDERS  128  /* holders in one call */
#define SEALER_BLINDS   256  /* blind indexes in one call */

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

/* Columns of one holder, under the key wrapped in ${key}; ${fresh} makes a new
 * key first and writes it there. ${row} is the holder's, which is bound to it.
 */
struct seal_holder {
	uint8_t *key; /* SEALER_KEY bytes */
	int64_t row;
	bool fresh;
	struct seal_column *col;
	size_t n;
};

/* A text in a domain, and its index. */
struct seal_blind {
	const char *domain;
	struct span text;
	uint8_t out[SEALER_BLIND];
};

struct sealer {
	void *ctx;
	/* Seals the columns of ${n} holders. */
	enum err (*seal)(void *ctx, struct seal_holder *h, size_t n);
	/*
	 * Opens ${n} columns of one holder; ERR_DATA if a byte, the row or the
	 * column is another.
	 */
	enum err (*unseal)(void *ctx, const uint8_t key[static SEALER_KEY],
	    int64_t holder, struct seal_column *col, size_t n);
	/* The keyed BLAKE2b of ${n} texts, each in its domain: equal texts,
	 * equal index. */
	enum err (*blind)(void *ctx, struct seal_blind *b, size_t n);
};

#endif
