#include "passport/verify.h"

#include "passport/cose.h"
#include "passport/link.h"

/* One judgement under way. */
struct judgement {
	const struct verify_lists *in;
	struct verdict *v;
	struct span text;  /* row 1 */
	struct span token; /* row 2 */
	struct cose cose;
	struct trust_key key;
	const struct status *status;
};

static enum reason
text_is_a_code(struct judgement *j)
{
	struct link l;

	if (j->text.p == NULL && j->token.p != NULL)
		return REASON_OK; /* came as bytes */
	l = link_read(j->text);
	if (l.kind == LINK_SERIAL)
		return REASON_SERIAL_ONLY;
	if (l.kind != LINK_CODE)
		return REASON_MALFORMED;
	j->v->host = l.host;
	j->token = span_of(j->v->token, link_bytes(j->v->token, l.digits));
	return REASON_OK;
}

static enum reason
token_has_our_shape(struct judgement *j)
{
	return cose_read(&j->cose, COSE_PASSPORT, j->token) ? REASON_OK
							    : REASON_MALFORMED;
}

static enum reason
trust_list_is_good(struct judgement *j)
{
	const struct trust *t = j->in->trust;

	if (t == NULL)
		return REASON_NO_LISTS;
	j->v->has_trust = true;
	j->v->trust_seq = t->seq;
	j->v->trust_iat = t->iat;
	j->v->foreign_host = j->v->host.n > 0 && !trust_has_host(t, j->v->host);
	return REASON_OK;
}

static enum reason
trust_list_is_newest(struct judgement *j)
{
	return j->in->trust_rolled_back ? REASON_ROLLED_BACK : REASON_OK;
}

static enum reason
clock_is_after_trust_list(struct judgement *j)
{
	return j->in->now >= j->in->trust->iat - VERIFY_TRUST_EARLY
		   ? REASON_OK
		   : REASON_CLOCK_WRONG;
}

static enum reason
trust_list_is_fresh(struct judgement *j)
{
	return j->in->now < j->in->trust->exp ? REASON_OK : REASON_LISTS_STALE;
}

static enum reason
key_is_known(struct judgement *j)
{
	if (trust_is_tombstone(j->in->trust, j->cose.kid))
		return REASON_WITHDRAWN;
	if (!trust_find(j->in->trust, j->cose.kid, &j->key) ||
	    j->key.purpose != PURPOSE_PASSPORT || !ed25519_point_ok(j->key.key))
		return REASON_UNKNOWN_ISSUER;
	return REASON_OK;
}

static enum reason
signature_holds(struct judgement *j)
{
	uint8_t work[PASSPORT_MAX + COSE_OVERHEAD];

	if (!cose_verify(
		&j->cose, COSE_PASSPORT, j->key.key, work, sizeof(work)))
		return REASON_BAD_SIGNATURE;
	j->v->has_issuer = true;
	j->v->issuer_name = j->key.name;
	j->v->issuer_phone = j->key.phone;
	return REASON_OK;
}

static enum reason
claims_hold(struct judgement *j)
{
	struct passport *p = &j->v->passport;

	if (!passport_read(p, j->cose.payload))
		return REASON_MALFORMED;
	if (!trust_key_has(&j->key, p->iss))
		return REASON_UNKNOWN_ISSUER;
	j->v->has_ods = true;
	j->v->ods = p->iss;
	if (p->iat < j->key.not_before || p->iat > j->key.not_after)
		return REASON_UNKNOWN_ISSUER;
	j->v->has_holder = true;
	return REASON_OK;
}

static enum reason
has_started(struct judgement *j)
{
	int64_t ahead = j->v->passport.iat - j->in->now;

	if (ahead <= VERIFY_IAT_EARLY)
		return REASON_OK;
	return ahead <= VERIFY_CLOCK_SLACK ? REASON_CLOCK_WRONG
					   : REASON_NOT_YET_VALID;
}

static enum reason
has_not_ended(struct judgement *j)
{
	return j->in->now < j->v->passport.exp ? REASON_OK : REASON_EXPIRED;
}

static enum reason
status_list_is_good(struct judgement *j)
{
	const struct status *s = j->in->status(j->in->ctx, j->key.service,
	    j->v->passport.index >> PASSPORT_LIST_BITS);

	if (s == NULL || s->iat > j->in->now + VERIFY_CLOCK_SLACK ||
	    s->iat > j->in->trust->exp)
		return REASON_NO_LISTS;
	j->status = s;
	j->v->has_status = true;
	j->v->status_iat = s->iat;
	j->v->status_exp = s->exp;
	return REASON_OK;
}

static enum reason
status_list_is_newest(struct judgement *j)
{
	return j->status->rolled_back ? REASON_ROLLED_BACK : REASON_OK;
}

static enum reason
is_not_withdrawn(struct judgement *j)
{
	return status_bit(
		   j->status->bits, j->v->passport.index & (STATUS_ENTRIES - 1))
		   ? REASON_WITHDRAWN
		   : REASON_OK;
}

static enum reason
status_list_is_fresh(struct judgement *j)
{
	return j->in->now < j->status->exp ? REASON_OK : REASON_LISTS_STALE;
}

/* FORMAT.md 7: the order is the contract, and this table is the only place. */
static enum reason (*const rows[])(struct judgement *) = {
    text_is_a_code,            /* 1 */
    token_has_our_shape,       /* 2 */
    trust_list_is_good,        /* 3 */
    trust_list_is_newest,      /* 4 */
    clock_is_after_trust_list, /* 5 */
    trust_list_is_fresh,       /* 6 */
    key_is_known,              /* 7 */
    signature_holds,           /* 8 */
    claims_hold,               /* 9 */
    has_started,               /* 10 */
    has_not_ended,             /* 11 */
    status_list_is_good,       /* 12 */
    status_list_is_newest,     /* 13 */
    is_not_withdrawn,          /* 14 */
    status_list_is_fresh,      /* 15 */
};

static void
judge(struct judgement *j)
{
	j->v->reason = REASON_OK;
	j->v->row = 0;
	for (int i = 0; i < (int)(sizeof(rows) / sizeof(*rows)); i++) {
		j->v->reason = rows[i](j);
		if (j->v->reason != REASON_OK) {
			j->v->row = i + 1;
			return;
		}
	}
}

void
verify_text(struct verdict *v, const struct verify_lists *in, struct span text)
{
	struct judgement j = {.in = in, .v = v, .text = text};

	memset(v, 0, sizeof(*v));
	v->now = in->now;
	judge(&j);
}

void
verify_token(
    struct verdict *v, const struct verify_lists *in, struct span token)
{
	struct judgement j = {.in = in, .v = v};

	memset(v, 0, sizeof(*v));
	v->now = in->now;
	if (token.n > 0 && token.n <= sizeof(v->token)) {
		memcpy(v->token, token.p, token.n);
		j.token = span_of(v->token, token.n);
	} else {
		j.token = span_of(v->token, 0);
	}
	judge(&j);
}
