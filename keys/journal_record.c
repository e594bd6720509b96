#include "keys/journal_record.h"

#include <endian.h>
#include <sodium.h>

static void
put64(uint8_t *p, uint64_t v)
{
	uint64_t be = htobe64(v);

	memcpy(p, &be, sizeof(be));
}

static uint64_t
get64(const uint8_t *p)
{
	uint64_t be;

	memcpy(&be, p, sizeof(be));
	return be64toh(be);
}

void
journal_record_put(
    uint8_t p[static JOURNAL_RECORD], const struct journal_entry *e)
{
	memset(p, 0, JOURNAL_RECORD);
	p[0] = (uint8_t)e->type;
	p[1] = e->reason;
	memcpy(p + 8, e->kid, KID_SIZE);
	put64(p + 16, (uint64_t)e->time);
	put64(p + 24, e->a);
	put64(p + 32, e->b);
	memcpy(p + 40, e->hash, JOURNAL_HASH);
}

struct journal_entry
journal_record_get(const uint8_t *p)
{
	struct journal_entry e = {.type = (enum journal_type)p[0],
	    .reason = p[1],
	    .time = (int64_t)get64(p + 16),
	    .a = get64(p + 24),
	    .b = get64(p + 32)};

	memcpy(e.kid, p + 8, KID_SIZE);
	memcpy(e.hash, p + 40, JOURNAL_HASH);
	return e;
}

uint64_t
journal_record_a(const uint8_t *p)
{
	return get64(p + 24);
}

void
journal_record_mac(uint8_t out[static 32], const uint8_t before[static 32],
    const uint8_t *record, const uint8_t *key)
{
	crypto_generichash_state st;

	crypto_generichash_init(&st, key, SECRET_KEY, 32);
	crypto_generichash_update(&st, before, 32);
	crypto_generichash_update(&st, record, JOURNAL_BODY);
	crypto_generichash_final(&st, out, 32);
}
