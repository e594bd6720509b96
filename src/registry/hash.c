#include "registry/hash.h"

static void
add(struct hash *h, const void *p, size_t n)
{
	/* Fails only for a state that hash_init() did not make. */
	(void)crypto_generichash_update(&h->state, p, n);
}

void
hash_init(struct hash *h, const char *domain)
{
	(void)crypto_generichash_init(&h->state, NULL, 0, HASH_SIZE);
	add(h, domain, strlen(domain) + 1);
}

static void
add_number(struct hash *h, uint64_t v, size_t n)
{
	uint8_t b[8];

	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
	add(h, b, n);
}

static void
add_cell(struct hash *h, const struct cell *c)
{
	static const char types[] = "0itb"; /* the place is the tag */
	uint8_t tag = (uint8_t)(strchr(types, c->type) - types);

	add(h, &tag, 1);
	if (c->type == 'i')
		add_number(h, (uint64_t)c->i, 8);
	if (c->type == 't' || c->type == 'b') {
		add_number(h, c->s.n, 4);
		add(h, c->s.p, c->s.n);
	}
}

void
hash_cells(struct hash *h, const struct cell *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_cell(h, &cells[i]);
}

void
hash_bytes(struct hash *h, struct span bytes)
{
	add(h, bytes.p, bytes.n);
}

void
hash_done(struct hash *h, uint8_t out[static HASH_SIZE])
{
	(void)crypto_generichash_final(&h->state, out, HASH_SIZE);
	sodium_memzero(h, sizeof(*h));
}

void
hash_read_cells(struct cell *cells, struct stmt *st, const char *types)
{
	for (int i = 0; types[i] != '\0'; i++) {
		struct cell *c = &cells[i];

		*c = (struct cell){.type = types[i]};
		if (db_is_null(st, i))
			c->type = '0';
		else if (c->type == 'i')
			c->i = db_int(st, i);
		else if (c->type == 't')
			c->s = db_text(st, i);
		else
			c->s = db_blob(st, i);
	}
}
