#include "keys/policy.h"

#include <sodium.h>

#include "base/date.h"
#include "passport/cose.h"
#include "passport/passport.h"
#include "passport/status.h"

#define DAYS(n) ((int64_t)(n)*DATE_DAY_SECONDS)

static struct journal_entry
entry_of(const struct policy *p, enum journal_type type,
    const struct key_record *key, struct span payload)
{
	struct journal_entry e = {.type = type, .time = p->now};

	memcpy(e.kid, key->kid, KID_SIZE);
	journal_hash(p->journal, key->kid, payload, e.hash);
	return e;
}

/* The payload must be spelt as we spell it, or two spellings would be two
 * signatures. */
static bool
spelt_as_ours(const struct passport *c, struct span payload)
{
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	struct cbor_out o = {.p = bytes, .cap = sizeof(bytes)};

	passport_put(&o, c);
	return !o.full && span_eq(cbor_written(&o), payload);
}

static const char *
passport_refusal(const struct policy *p, const struct key_record *key,
    const struct passport *c)
{
	if (key->use != USE_PASSPORT || !span_is(c->iss, key->ods))
		return "the key is not that issuer's";
	if (c->iat < key->not_before || c->iat > key->not_after)
		return "the key was not in use at that time";
	if (p->now > key->not_after + DAYS(POLICY_LATE_DAYS))
		return "the key's period is over";
	if (c->iat > p->now + POLICY_CLOCK_SLACK)
		return "the passport would start in the future";
	if (c->exp <= p->now)
		return "the passport has ended already";
	if (c->exp % DATE_DAY_SECONDS != 0)
		return "the passport does not end with a day";
	if (c->index >> PASSPORT_LIST_BITS >= JOURNAL_LISTS)
		return "the status index is out of range";
	/* Also when it was signed before: its bit is set, or soon will be. */
	if (journal_is_withdrawn(p->journal, c->index))
		return "the passport was withdrawn";
	return NULL;
}

static enum err
admit_passport(struct policy *p, const struct key_record *key,
    struct span payload, const char **why)
{
	struct journal_entry e = entry_of(p, JOURNAL_PASSPORT, key, payload);
	uint8_t signed_before[JOURNAL_HASH];
	struct passport c;

	if (!passport_read(&c, payload) || !spelt_as_ours(&c, payload)) {
		*why = "not a passport";
		return ERR_POLICY;
	}
	e.a = c.index;
	e.b = c.serial;
	*why = passport_refusal(p, key, &c);
	if (*why != NULL)
		return ERR_POLICY;
	if (!journal_passport(p->journal, c.index, signed_before))
		return journal_add(p->journal, &e);
	if (sodium_memcmp(signed_before, e.hash, JOURNAL_HASH) == 0)
		return ERR_OK;
	*why = "the status index was used for another passport";
	return ERR_POLICY;
}

/* The number in ".../status/N.cwt", as we spell it; JOURNAL_LISTS if there is
 * none. */
static uint64_t
list_number(struct span sub)
{
	uint64_t n = 0;
	size_t end = sub.n - 4;
	size_t at = end;

	while (at > 0 && sub.p[at - 1] >= '0' && sub.p[at - 1] <= '9')
		at--;
	if (at == 0 || at == end || sub.p[at - 1] != '/' ||
	    (sub.p[at] == '0' && end - at > 1) ||
	    memcmp(sub.p + end, ".cwt", 4) != 0)
		return JOURNAL_LISTS;
	for (; at < end && n < JOURNAL_LISTS; at++)
		n = n * 10 + (uint64_t)(sub.p[at] - '0');
	return n;
}

static enum err
admit_status(struct policy *p, const struct key_record *key,
    struct span payload, const char **why)
{
	struct journal_entry e = entry_of(p, JOURNAL_STATUS, key, payload);
	struct journal_entry last;
	struct status s;
	uint64_t n;

	*why = "not a status list, or not with this key";
	if (key->use != USE_STATUS || !status_payload_read(&s, payload) ||
	    s.sub.n < 5)
		return ERR_POLICY;
	n = list_number(s.sub);
	if (n >= JOURNAL_LISTS)
		return ERR_POLICY;
	e.a = n;
	e.b = (uint64_t)s.iat;
	last = journal_last_status(p->journal, n);
	*why = "the list's time is not now, or not in the key's period";
	if (s.iat > p->now + POLICY_CLOCK_SLACK || s.iat < key->not_before ||
	    s.iat > key->not_after)
		return ERR_POLICY;
	if (sodium_memcmp(last.hash, e.hash, JOURNAL_HASH) == 0)
		return ERR_OK;
	*why = "a newer list was signed before";
	if (s.iat < (int64_t)last.b)
		return ERR_POLICY;
	return journal_add(p->journal, &e);
}

/* FORMAT.md R1: every key is a good point, named by its thumbprint, and there
 * once. */
static const char *
trust_keys_refusal(const struct trust *t)
{
	for (size_t i = 0; i < t->nkeys; i++) {
		uint8_t kid[KID_SIZE];
		struct trust_key k;

		trust_key_at(t, i, &k);
		ed25519_kid(kid, k.key);
		if (!ed25519_point_ok(k.key))
			return "a key is not a good point";
		/* The list ascends by kid: one key twice would be one kid
		 * twice. */
		if (memcmp(kid, k.kid, KID_SIZE) != 0)
			return "a kid is not its key's thumbprint";
		if (k.not_after - k.not_before > DAYS(TRUST_KEY_DAYS))
			return "a key's period is longer than a year";
		if (k.purpose == PURPOSE_PASSPORT && k.service >= t->nservices)
			return "a key names a service that is not there";
	}
	return NULL;
}

/* A key that was revoked once stays so: no list may forget its tombstone. */
static bool
keeps_tombstones(const struct policy *p, const struct trust *t)
{
	size_t n;
	const uint8_t(*known)[KID_SIZE] = journal_tombstones(p->journal, &n);

	for (size_t i = 0; i < n; i++)
		if (!trust_is_tombstone(t, known[i]))
			return false;
	return true;
}

static const char full[] = "more keys are revoked than a journal holds";

/* A tombstone, unless it is there. */
static enum err
add_tombstone(struct policy *p, const uint8_t kid[static KID_SIZE])
{
	struct journal_entry x = {.type = JOURNAL_TOMBSTONE, .time = p->now};
	size_t n;
	const uint8_t(*known)[KID_SIZE] = journal_tombstones(p->journal, &n);

	for (size_t i = 0; i < n; i++)
		if (memcmp(known[i], kid, KID_SIZE) == 0)
			return ERR_OK;
	memcpy(x.kid, kid, KID_SIZE);
	return journal_add(p->journal, &x);
}

/* The tombstones that are new with this list. */
static enum err
add_tombstones(struct policy *p, const struct trust *t)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < t->ntombstones && e == ERR_OK; i++) {
		uint8_t kid[KID_SIZE];

		trust_tombstone_at(t, i, kid);
		e = add_tombstone(p, kid);
	}
	return e;
}

static enum err
admit_trust(struct policy *p, const struct key_record *key, struct span payload,
    const char **why)
{
	struct journal_entry e = entry_of(p, JOURNAL_TRUST, key, payload);
	struct journal_entry last = journal_last_trust(p->journal);
	struct trust t;

	*why = "not a trust list, or not with this key";
	if (key->use != USE_ROOT ||
	    !trust_payload_read(&t, payload, p->at, TRUST_KEYS_MAX))
		return ERR_POLICY;
	*why = trust_keys_refusal(&t);
	if (*why != NULL)
		return ERR_POLICY;
	*why = "its time is in the future, or its life too long";
	if (t.iat > p->now + POLICY_CLOCK_SLACK ||
	    t.exp - t.iat > DAYS(POLICY_TRUST_DAYS))
		return ERR_POLICY;
	e.a = t.seq;
	e.b = (uint64_t)t.iat;
	if (sodium_memcmp(last.hash, e.hash, JOURNAL_HASH) == 0)
		return ERR_OK;
	*why = "this root signed a list with this number or a higher one "
	       "before, perhaps for another scheme";
	if (t.seq <= last.a || t.iat < (int64_t)last.b)
		return ERR_POLICY;
	*why = "a key that was revoked before is missing among the tombstones";
	if (!keeps_tombstones(p, &t))
		return ERR_POLICY;
	*why = full;
	if (add_tombstones(p, &t) != ERR_OK)
		return ERR_POLICY;
	return journal_add(p->journal, &e);
}

static const char clock_back[] =
    "the clock of this machine went back: set it right";

static bool
clock_went_back(const struct policy *p)
{
	return p->now < journal_last_time(p->journal) - POLICY_CLOCK_SLACK;
}

enum err
policy_head(struct policy *p, struct journal_entry *head, const char **why)
{
	struct journal_entry last = journal_last_head(p->journal);

	head->type = JOURNAL_HEAD;
	head->time = p->now;
	*why = "the registry is older than what was signed from it: restore "
	       "the newest backup, or see carerpass reconcile";
	if (head->a < last.a ||
	    (head->a == last.a &&
		memcmp(head->hash, last.hash, JOURNAL_HASH) != 0))
		return ERR_POLICY;
	return head->a == last.a ? ERR_OK : journal_add(p->journal, head);
}

/* What may be noted of cards, holders and keys, and is it news? */
static bool
is_note(const struct journal_entry *e)
{
	static const uint8_t none[KID_SIZE];
	bool named = memcmp(e->kid, none, KID_SIZE) != 0;

	switch (e->type) {
	case JOURNAL_WITHDRAWN:
		return !named && e->b <= PASSPORT_SERIAL_MAX &&
		       e->a >> PASSPORT_LIST_BITS < JOURNAL_LISTS;
	case JOURNAL_ERASED:
		return !named && e->b <= PASSPORT_SERIAL_MAX &&
		       e->a <= INT64_MAX && e->reason == 0;
	case JOURNAL_TOMBSTONE:
		return e->a == 0 && e->b == 0 && e->reason == 0;
	default:
		return false;
	}
}

enum err
policy_note(struct policy *p, struct journal_entry *e, const char **why)
{
	e->time = p->now;
	*why = "that is nothing to note of a card, a holder or a key";
	if (!is_note(e))
		return ERR_POLICY;
	*why = full;
	if (e->type == JOURNAL_TOMBSTONE)
		return add_tombstone(p, e->kid);
	if (e->type == JOURNAL_WITHDRAWN &&
	    journal_is_withdrawn(p->journal, (uint32_t)e->a))
		return ERR_OK;
	return journal_add(p->journal, e);
}

enum err
policy_reset(struct policy *p, struct journal_entry *head, const char **why)
{
	struct journal_entry last = journal_last_head(p->journal);

	head->type = JOURNAL_RESET;
	head->time = p->now;
	*why = clock_back;
	if (clock_went_back(p))
		return ERR_POLICY;
	if (head->a == last.a &&
	    memcmp(head->hash, last.hash, JOURNAL_HASH) == 0)
		return ERR_OK;
	return journal_add(p->journal, head);
}

enum err
policy_admit(struct policy *p, const struct key_record *key, int kind,
    struct span payload, const char **why)
{
	static enum err (*const admit[COSE_KINDS])(struct policy *,
	    const struct key_record *, struct span, const char **) = {
	    [COSE_PASSPORT] = admit_passport,
	    [COSE_TRUST] = admit_trust,
	    [COSE_STATUS] = admit_status,
	};

	*why = clock_back;
	if (clock_went_back(p))
		return ERR_POLICY;
	*why = "larger than any verifier reads";
	if (payload.n > cose_max((enum cose_kind)kind) - COSE_OVERHEAD)
		return ERR_POLICY;
	return admit[kind](p, key, payload, why);
}

/* As the trust list wants it: 3 to 10 capital letters and digits. */
static bool
is_ods(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

	return s[n] == '\0' && n >= 3 && n <= KEY_ODS_MAX;
}

const char *
policy_key(const struct key_record *k)
{
	bool has_ods = k->ods[0] != '\0';

	if (has_ods != (k->use == USE_PASSPORT))
		return "only an issuer's key names an organisation";
	if (has_ods && !is_ods(k->ods))
		return "that is not an organisation's code";
	if (k->not_before < 0 || k->not_after < k->not_before ||
	    k->not_after >= PASSPORT_TIME_MAX)
		return "the key's period ends before it begins, or never";
	if (k->use != USE_ROOT &&
	    k->not_after - k->not_before > DAYS(TRUST_KEY_DAYS))
		return "the key's period is longer than a year";
	return NULL;
}
