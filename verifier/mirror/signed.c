#include "verifier/mirror/signed.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/log.h"
#include "passport/verify.h"
#include "verifier/inflate.h"

enum err
signed_trust_read(struct signed_trust *t, const struct roots *roots)
{
	size_t nat = t->bytes.n / TRUST_KEY_MIN + 1;
	size_t most = t->bytes.n > STATUS_MAX ? t->bytes.n : STATUS_MAX;

	t->good = false;
	t->nwork = most + COSE_OVERHEAD;
	t->work = malloc(t->nwork);
	t->at = malloc(nat * sizeof(*t->at));
	if (t->work == NULL || t->at == NULL) {
		log_error("no memory for the trust list");
		return ERR_MEM;
	}
	t->good = trust_read(&t->trust, buf_span(&t->bytes), roots->v, roots->n,
	    t->work, t->nwork, t->at, nat);
	if (t->good) {
		t->entry.number = t->trust.seq;
		t->entry.iat = t->trust.iat;
		t->entry.exp = t->trust.exp;
		crypto_hash_sha256(t->entry.sha256, t->bytes.p, t->bytes.n);
	}
	return ERR_OK;
}

void
signed_trust_free(struct signed_trust *t)
{
	buf_free(&t->bytes);
	free(t->work);
	free(t->at);
	t->work = NULL;
	t->at = NULL;
	t->good = false;
}

bool
signed_status(const struct signed_trust *t, struct span bytes, uint32_t n,
    int64_t now, struct index_entry *out)
{
	uint8_t bits[STATUS_BYTES];
	struct status s;
	bool good = false;

	for (uint64_t i = 0; i < t->trust.nservices && !good; i++)
		good =
		    status_read(&s, bytes, &t->trust, i, n, t->work, t->nwork);
	if (!good || !inflate_status(bits, s.lst) ||
	    s.iat > now + VERIFY_CLOCK_SLACK || s.iat > t->trust.exp)
		return false;
	out->number = n;
	out->iat = s.iat;
	out->exp = s.exp;
	crypto_hash_sha256(out->sha256, bytes.p, bytes.n);
	return true;
}
