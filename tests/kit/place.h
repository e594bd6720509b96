#ifndef KIT_PLACE_H
#define KIT_PLACE_H

#include "tests/kit/scheme.h"
#include "verifier/lists.h"

/* A published folder of the kit, a state folder, and a card. */
struct place {
	char top[64];
	char lists[128];
	char state[128];
	char other_root[128];
	struct kit kit;
	struct lists_from from;
	uint8_t bits[STATUS_BYTES];
};

/* place_setup(state), place_teardown(state): for cmocka: a place with the kit's
 * scheme and status list 0, an hour old; and its removal. */
int place_setup(void **state);
int place_teardown(void **state);

/* place_put_file(dir, name, bytes): writes a file. */
void place_put_file(const char *dir, const char *name, struct span bytes);

/* place_put_root(dir, name, a, b): writes a root.pub of one or two keys. */
void place_put_root(const char *dir, const char *name, const struct kit_key *a,
    const struct kit_key *b);

/* place_put_trust(p): signs and writes the trust list as the kit is now. */
void place_put_trust(struct place *p);

/* place_put_status(p, n, iat): signs and writes status list ${n}: ${p->bits}.
 */
void place_put_status(struct place *p, uint32_t n, int64_t iat);

#endif
