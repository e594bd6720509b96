#ifndef REGISTRY_HASH_H
#define REGISTRY_HASH_H

#include <sodium.h>

#include "registry/db.h"

/*
 * BLAKE2b-256 over columns in one canonical form (row.h says which), so that
 * two different rows never give the same bytes and NULL is not the empty text.
 */
#define HASH_SIZE 32

/* One column of a row. */
struct cell {
	char type; /* 'i' integer, 't' text, 'b' blob, '0' NULL */
	int64_t i;
	struct span s;
};

struct hash {
	crypto_generichash_state state;
};

/* hash_init(h, domain): starts; ${domain} keeps the kinds of hash apart. */
void hash_init(struct hash *h, const char *domain);

/* hash_cells(h, cells, n): adds ${n} columns. */
void hash_cells(struct hash *h, const struct cell *cells, size_t n);

/* hash_bytes(h, bytes): adds bytes as they are (a hash of known size). */
void hash_bytes(struct hash *h, struct span bytes);

/* hash_done(h, out): ends; ${h} is wiped. */
void hash_done(struct hash *h, uint8_t out[static HASH_SIZE]);

/*
 * hash_read_cells(cells, st, types): the first columns of the current row of
 * ${st}, one for each letter of ${types}; valid until the next step.
 */
void hash_read_cells(struct cell *cells, struct stmt *st, const char *types);

#endif
