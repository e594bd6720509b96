#include <stdlib.h>

#include "passport/words.h"
#include "tests/kit/scheme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/*
 * The judgement with a signature check that always agrees, so that what lies
 * behind it is reached. The first byte of the input says what the rest is:
 * the claims of a passport, a whole token, or a text.
 */
bool
ed25519_verify(const uint8_t sig[static ED25519_SIG], const uint8_t *msg,
    size_t len, const uint8_t key[static ED25519_KEY])
{
	(void)sig;
	(void)msg;
	(void)key;
	return len > 0;
}

bool
ed25519_point_ok(const uint8_t key[static ED25519_KEY])
{
	(void)key;
	return true;
}

void
ed25519_kid(uint8_t kid[static KID_SIZE], const uint8_t key[static ED25519_KEY])
{
	memcpy(kid, key, KID_SIZE);
}

static const struct status *
give_status(void *ctx, uint64_t service, uint32_t n)
{
	static uint8_t bits[STATUS_BYTES];
	static struct status s;

	(void)ctx;
	(void)service;
	/* Every third list is missing; of the others, odd cards are
	 * withdrawn. */
	memset(bits, 0xaa, sizeof(bits));
	s.iat = KIT_NOW - 3600;
	s.exp = n % 3 == 1 ? KIT_NOW : KIT_NOW + KIT_DAY;
	s.bits = bits;
	s.rolled_back = n % 5 == 4;
	return n % 3 == 2 ? NULL : &s;
}

static void
judge(struct verdict *v, const struct verify_lists *in, const struct kit *k,
    int kind, struct span input)
{
	static uint8_t token[8192];
	static const uint8_t sig[ED25519_SIG];
	uint8_t header[COSE_PROTECTED_MAX];
	struct cbor_out h = {.p = header, .cap = sizeof(header)};
	struct cbor_out o = {.p = token, .cap = sizeof(token)};

	if (kind == 0) {
		cose_put_protected(&h, COSE_PASSPORT, k->issuer.kid);
		cose_put(&o, cbor_written(&h), input, sig);
		verify_token(v, in, cbor_written(&o));
	} else if (kind == 1) {
		verify_token(v, in, input);
	} else {
		verify_text(v, in, input);
	}
}

/* What may be shown follows from the row that decided, and JSON is one line. */
static void
check(const struct verdict *v)
{
	static char json[VERDICT_JSON_MAX];
	int row = v->row == 0 ? 16 : v->row;
	size_t n = verdict_json(json, v, &words_en);

	if ((v->row == 0) != (v->reason == REASON_OK) || row > 16 ||
	    v->has_trust != (row > 3) || v->has_issuer != (row >= 9) ||
	    v->has_holder != (row >= 10) || v->has_status != (row > 12))
		abort();
	if (n == 0 || n >= sizeof(json) || json[n] != '\0' || json[0] != '{' ||
	    json[n - 1] != '}' || memchr(json, '\n', n) != NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct kit kit;
	static bool ready;
	struct verify_lists in = {.now = KIT_NOW, .status = give_status};
	struct verdict v;

	if (!ready) {
		kit_init(&kit);
		ready = kit_read(&kit);
		if (!ready)
			abort();
	}
	if (len == 0 || len > 4096)
		return 0;
	in.trust = &kit.trust;
	judge(&v, &in, &kit, data[0] % 3, span_of(data + 1, len - 1));
	check(&v);
	return 0;
}
