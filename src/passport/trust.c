#include "passport/trust.h"

#include "passport/link.h"
#include "passport/name.h"
#include "passport/passport.h"

#define CLAIM_SCHEME 1
#define CLAIM_EXP    4
#define CLAIM_IAT    6
#define CLAIM_BODY   (-65538)
#define PHONE_MAX    64
#define BASE_MAX     300
#define SERVICES_MAX 64
#define HOSTS_MAX    64
#define CODES_MAX    64

static bool
is_ods(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') ||
			(s.p[i] >= '0' && s.p[i] <= '9')))
			return false;
	return s.n >= 3 && s.n <= 10;
}

static struct span
read_codes(struct cbor *c)
{
	const uint8_t *at = c->p;
	uint64_t n = cbor_array(c);

	if (n == 0 || n > CODES_MAX)
		cbor_fail(c);
	for (; n > 0 && !c->bad; n--)
		if (!is_ods(cbor_text(c)))
			cbor_fail(c);
	return span_of(at, (size_t)(c->p - at));
}

static bool
phone_ok(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return s.n > 0 && s.n <= PHONE_MAX;
}

static void
read_key_member(struct cbor *c, int64_t member, struct trust_key *k)
{
	switch (member) {
	case 1:
		cbor_fixed(c, k->kid, KID_SIZE);
		break;
	case 2:
		cbor_fixed(c, k->key, ED25519_KEY);
		break;
	case 3:
		k->purpose =
		    (enum trust_purpose)cbor_below(c, PURPOSE_STATUS + 1);
		break;
	case 4:
		k->codes = read_codes(c);
		break;
	case 5:
		k->not_before = passport_time(c);
		break;
	case 6:
		k->not_after = passport_time(c);
		break;
	case 7:
		k->name = cbor_text(c);
		if (!name_is_org(k->name))
			cbor_fail(c);
		break;
	case 8:
		k->setting = (enum setting)cbor_below(c, SETTINGS);
		break;
	case 9:
		k->service = cbor_uint(c);
		break;
	case 10:
		k->phone = cbor_text(c);
		if (!phone_ok(k->phone))
			cbor_fail(c);
		break;
	default:
		cbor_fail(c);
	}
}

static void
read_key(struct cbor *c, struct trust_key *k)
{
	/* Members that each purpose must have, as bits; 10 may be absent. */
	static const unsigned must[] = {
	    [PURPOSE_PASSPORT] = 0x3fe, [PURPOSE_STATUS] = 0x6e};
	struct cbor_pairs m = cbor_pairs(c);
	unsigned have = 0;

	memset(k, 0, sizeof(*k));
	while (cbor_next(c, &m)) {
		read_key_member(c, m.key, k);
		if (!c->bad)
			have |= 1U << m.key;
	}
	if (k->purpose == PURPOSE_PASSPORT)
		have &= ~(1U << 10);
	if (have != must[k->purpose] || k->not_before > k->not_after)
		cbor_fail(c);
}

/* Notes where each key begins; they ascend by kid. */
static void
read_keys(struct cbor *c, struct trust *t, uint32_t *at, size_t nat)
{
	const uint8_t *first = c->p;
	uint64_t n = cbor_array(c);
	uint8_t before[KID_SIZE] = {0};

	if (n > nat)
		cbor_fail(c);
	for (size_t i = 0; i < n && !c->bad; i++) {
		struct trust_key k;

		at[i] = (uint32_t)(c->p - first);
		read_key(c, &k);
		if (i > 0 && memcmp(before, k.kid, KID_SIZE) >= 0)
			cbor_fail(c);
		memcpy(before, k.kid, KID_SIZE);
	}
	t->at = at;
	t->nkeys = (size_t)n;
	t->keys = span_of(first, (size_t)(c->p - first));
}

/* Tombstones ascend, and each is fixed in size, so they can be indexed. */
static void
read_tombstones(struct cbor *c, struct trust *t)
{
	uint64_t n = cbor_array(c);
	const uint8_t *first = c->p;
	uint8_t before[KID_SIZE] = {0};

	for (uint64_t i = 0; i < n && !c->bad; i++) {
		uint8_t kid[KID_SIZE] = {0};

		cbor_fixed(c, kid, KID_SIZE);
		if (i > 0 && memcmp(before, kid, KID_SIZE) >= 0)
			cbor_fail(c);
		memcpy(before, kid, KID_SIZE);
	}
	t->ntombstones = (size_t)n;
	t->tombstones = span_of(first, (size_t)(c->p - first));
}

static void
read_service(struct cbor *c, struct trust_service *s)
{
	struct cbor_pairs m = cbor_pairs(c);

	memset(s, 0, sizeof(*s));
	if (m.left != 2 || !cbor_next(c, &m) || m.key != 1)
		cbor_fail(c);
	s->base = cbor_text(c);
	if (!cbor_next(c, &m) || m.key != 2)
		cbor_fail(c);
	cbor_fixed(c, s->kid, KID_SIZE);
	if (s->base.n < 9 || s->base.n > BASE_MAX ||
	    memcmp(s->base.p, "https://", 8) != 0 ||
	    s->base.p[s->base.n - 1] != '/')
		cbor_fail(c);
}

static void
read_services(struct cbor *c, struct trust *t)
{
	const uint8_t *first = c->p;
	uint64_t n = cbor_array(c);

	if (n > SERVICES_MAX)
		cbor_fail(c);
	for (uint64_t i = 0; i < n && !c->bad; i++) {
		struct trust_service s;

		read_service(c, &s);
	}
	t->nservices = n;
	t->services = span_of(first, (size_t)(c->p - first));
}

static void
read_hosts(struct cbor *c, struct trust *t)
{
	const uint8_t *first = c->p;
	uint64_t n = cbor_array(c);

	if (n > HOSTS_MAX)
		cbor_fail(c);
	for (; n > 0 && !c->bad; n--)
		if (!link_host_ok(cbor_text(c)))
			cbor_fail(c);
	t->hosts = span_of(first, (size_t)(c->p - first));
}

static void
read_body(struct cbor *c, struct trust *t, uint32_t *at, size_t nat)
{
	struct cbor_pairs m;
	int64_t want = 1;

	m = cbor_pairs(c);
	while (cbor_next(c, &m)) {
		if (m.key != want++)
			cbor_fail(c);
		else if (m.key == 1)
			t->seq = cbor_uint(c);
		else if (m.key == 2)
			read_hosts(c, t);
		else if (m.key == 3)
			read_keys(c, t, at, nat);
		else if (m.key == 4)
			read_tombstones(c, t);
		else
			read_services(c, t);
	}
	if (want != 6)
		cbor_fail(c);
}

/* An entry that was read once: a map's head, member 1, and its kid's head. */
static const uint8_t *
key_kid(const struct trust *t, size_t i)
{
	return t->keys.p + t->at[i] + 3;
}

/* Both lists ascend: one walk over the two finds a kid that is in both. */
static bool
disjoint(const struct trust *t)
{
	size_t j = 0;

	for (size_t i = 0; i < t->nkeys; i++) {
		int c = 1;

		while (j < t->ntombstones && c > 0) {
			c = memcmp(key_kid(t, i),
			    t->tombstones.p + j * (KID_SIZE + 1) + 1, KID_SIZE);
			if (c > 0)
				j++;
		}
		if (j < t->ntombstones && c == 0)
			return false;
	}
	return true;
}

bool
trust_payload_read(
    struct trust *t, struct span payload, uint32_t *at, size_t nat)
{
	struct cbor c = cbor_of(payload);

	memset(t, 0, sizeof(*t));
	if (cbor_map(&c) != 4 || cbor_int(&c) != CLAIM_SCHEME)
		return false;
	t->scheme = cbor_text(&c);
	if (cbor_int(&c) != CLAIM_EXP)
		return false;
	t->exp = passport_time(&c);
	if (cbor_int(&c) != CLAIM_IAT)
		return false;
	t->iat = passport_time(&c);
	if (cbor_int(&c) != CLAIM_BODY)
		return false;
	read_body(&c, t, at, nat);
	return cbor_done(&c) && t->exp > t->iat && name_is_org(t->scheme) &&
	       disjoint(t);
}

bool
trust_read(struct trust *t, struct span bytes, const struct root *roots,
    size_t n, uint8_t *work, size_t size, uint32_t *at, size_t nat)
{
	struct cose c;
	bool signed_by_root = false;

	memset(t, 0, sizeof(*t));
	if (!cose_read(&c, COSE_TRUST, bytes))
		return false;
	for (size_t i = 0; i < n && !signed_by_root; i++)
		signed_by_root =
		    memcmp(roots[i].kid, c.kid, KID_SIZE) == 0 &&
		    ed25519_point_ok(roots[i].key) &&
		    cose_verify(&c, COSE_TRUST, roots[i].key, work, size);
	if (!signed_by_root || !trust_payload_read(t, c.payload, at, nat))
		return false;
	t->bytes = bytes;
	return true;
}

void
trust_key_at(const struct trust *t, size_t i, struct trust_key *k)
{
	struct cbor c =
	    cbor_of(span_of(t->keys.p + t->at[i], t->keys.n - t->at[i]));

	read_key(&c, k);
}

bool
trust_find(const struct trust *t, const uint8_t kid[static KID_SIZE],
    struct trust_key *k)
{
	size_t low = 0;
	size_t high = t->nkeys;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = memcmp(key_kid(t, mid), kid, KID_SIZE);

		if (c == 0) {
			trust_key_at(t, mid, k);
			return true;
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

bool
trust_is_tombstone(const struct trust *t, const uint8_t kid[static KID_SIZE])
{
	size_t low = 0;
	size_t high = t->ntombstones;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = memcmp(
		    t->tombstones.p + mid * (KID_SIZE + 1) + 1, kid, KID_SIZE);

		if (c == 0)
			return true;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

void
trust_tombstone_at(
    const struct trust *t, size_t i, uint8_t kid[static KID_SIZE])
{
	memcpy(kid, t->tombstones.p + i * (KID_SIZE + 1) + 1, KID_SIZE);
}

static bool
array_has(struct span array, struct span text)
{
	struct cbor c = cbor_of(array);
	uint64_t n = cbor_array(&c);
	bool found = false;

	for (; n > 0 && !found && !c.bad; n--)
		found = span_eq(cbor_text(&c), text);
	return found && !c.bad;
}

bool
trust_has_host(const struct trust *t, struct span host)
{
	return array_has(t->hosts, host);
}

bool
trust_key_has(const struct trust_key *k, struct span ods)
{
	return array_has(k->codes, ods);
}

bool
trust_service_at(const struct trust *t, uint64_t i, struct trust_service *s)
{
	struct cbor c = cbor_of(t->services);
	uint64_t n = cbor_array(&c);

	if (i >= n)
		return false;
	for (uint64_t j = 0; j <= i && !c.bad; j++)
		read_service(&c, s);
	return !c.bad;
}

bool
trust_service_eq(const struct trust *t, uint64_t a, uint64_t b)
{
	struct trust_service x;
	struct trust_service y;

	return trust_service_at(t, a, &x) && trust_service_at(t, b, &y) &&
	       memcmp(x.kid, y.kid, KID_SIZE) == 0 && span_eq(x.base, y.base);
}
