/*
 * The whole of what a hostile asking process can reach: a signer of its own for
 * each input, and requests that begin as good ones and are then bent.  The
 * target keeps books of its own on what was made and signed, and stops if any
 * signature that comes back is over something that the rules do not allow, or
 * if a secret comes back at all.
 *
 * An input is read as a list of small choices; where it ends, all are zero.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "base/date.h"
#include "keys/signer_child.h"
#include "passport/status.h"
#include "passport/trust.h"
#include "tests/kit/requests.h"

#define NOW      INT64_C(1795348800)
#define MIDNIGHT (NOW - 43200)
#define DAY      DATE_DAY_SECONDS
#define KEYS     6
#define REQUESTS 24
#define SECRETS  64
#define ROWS     32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* The books of one input. */
struct signed_before {
	uint64_t a;
	uint64_t b;
	uint8_t hash[32];
};

struct sealed_before {
	int64_t row;
	uint8_t ad[32];
	uint8_t text[32];
};

static struct {
	const uint8_t *data;
	size_t left;
	int64_t now;
	struct signer_self *self;
	char dir[64];
	uint8_t request[65536];
	uint8_t scratch[65536];
	uint8_t *answer;
	struct key_record keys[KEYS]; /* made and admitted */
	size_t nkeys;
	struct signed_before passports[REQUESTS * 8];
	size_t npassports;
	struct signed_before lists[REQUESTS * 8]; /* newest of each number */
	size_t nlists;
	struct signed_before trust;
	uint64_t head;
	struct sealed_before rows[ROWS];
	size_t nrows;
	uint8_t wrapped[SECRET_WRAPPED]; /* the newest holder's key */
	int64_t wrapped_row;
	uint8_t sealed[128]; /* and a value under it */
	size_t nsealed;
	uint8_t ad;
	uint8_t secrets[SECRETS][32]; /* what was drawn as a key */
	size_t nsecrets;
	uint64_t random;
} f;

/* --- a world without chance: time, random numbers, Argon2id --- */

time_t
time(time_t *out)
{
	if (out != NULL)
		*out = (time_t)f.now;
	return (time_t)f.now;
}

static uint32_t
next_random(void)
{
	f.random =
	    f.random * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(f.random >> 32);
}

static const char *
random_name(void)
{
	return "repeatable";
}

static void
random_bytes(void *const out, const size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)out)[i] = (uint8_t)next_random();
	/* A draw of 32 bytes is a key; nonces and salts are shorter. */
	if (n == 32 && f.nsecrets < SECRETS)
		memcpy(f.secrets[f.nsecrets++], out, n);
}

static struct randombytes_implementation repeatable = {
    .implementation_name = random_name,
    .random = next_random,
    .buf = random_bytes,
};

/* Half a second for each input would be all that was fuzzed. */
int
crypto_pwhash(unsigned char *const out, unsigned long long outlen,
    const char *const passwd, unsigned long long passwdlen,
    const unsigned char *const salt, unsigned long long opslimit,
    size_t memlimit, int alg)
{
	(void)opslimit;
	(void)memlimit;
	(void)alg;
	(void)salt;
	return crypto_generichash(out, (size_t)outlen,
	    (const unsigned char *)passwd, passwdlen, NULL, 0);
}

/* --- choices --- */

static uint8_t
choose(uint8_t below)
{
	uint8_t c = 0;

	if (f.left > 0) {
		c = *f.data++;
		f.left--;
	}
	return (uint8_t)(c % below);
}

static struct span
bytes(size_t most)
{
	size_t n = choose((uint8_t)most);
	struct span s;

	if (n > f.left)
		n = f.left;
	s = span_of(f.data, n);
	f.data += n;
	f.left -= n;
	return s;
}

static int64_t
some_time(void)
{
	static const int64_t times[] = {NOW, NOW + 300, NOW + 301, NOW - 1,
	    NOW - 30 * DAY, NOW - 31 * DAY, NOW + 200 * DAY, MIDNIGHT,
	    MIDNIGHT + DAY, MIDNIGHT + 365 * DAY, MIDNIGHT + 1098 * DAY,
	    MIDNIGHT + 1099 * DAY, 0, INT64_MAX, NOW + 7 * DAY};

	return times[choose(sizeof(times) / sizeof(*times))] +
	       (choose(8) == 7 ? choose(255) - 128 : 0);
}

/* --- requests --- */

static const char *const codes[] = {
    "A81001", "A81002", "", "A8", "a81001", "ABCDEFGHIJ"};

static void
make_key(struct cbor_out *o)
{
	struct key_record k = {.use = (enum key_use)choose(3)};
	const char *ods = k.use == USE_PASSPORT ? codes[choose(6)]
						: codes[choose(8) == 7 ? 0 : 2];

	memcpy(k.ods, ods, strlen(ods));
	k.not_before = choose(4) < 3 ? NOW - 30 * DAY : some_time();
	k.not_after = choose(4) < 3 ? NOW + 200 * DAY : some_time();
	request_make(o, &k);
}

/* A key that was made, sometimes with one member changed. */
static struct key_record
some_key(void)
{
	struct key_record k = {.use = USE_ROOT};
	uint8_t how;

	if (f.nkeys > 0)
		k = f.keys[choose((uint8_t)f.nkeys)];
	how = choose(32);
	if (how == 31)
		k.use = (enum key_use)choose(3);
	else if (how == 30)
		k.ods[choose(6)] ^= 1;
	else if (how == 29)
		k.not_after = some_time();
	else if (how == 28)
		k.sealed[choose(SECRET_WRAPPED)] ^= 1;
	else if (how == 27)
		k.kid[choose(KID_SIZE)] ^= 1;
	return k;
}

static void
put_passport(struct cbor_out *o, const struct key_record *k)
{
	static const uint32_t indices[] = {
	    0, 1, 2, 3, 134217727, 134217728, UINT32_MAX};
	struct passport p;

	request_passport(&p, NOW);
	p.iss = choose(8) < 7 ? span_str(k->ods) : bytes(12);
	if (choose(4) == 3)
		p.iat = some_time();
	if (choose(4) == 3)
		p.exp = some_time();
	if (choose(4) == 3)
		p.name = bytes(70);
	p.serial = choose(3);
	p.class = (enum passport_class)choose(2);
	p.index = indices[choose(7)];
	passport_put(o, &p);
}

static void
put_status(struct cbor_out *o)
{
	static const char *const names[] = {"0.cwt", "1.cwt", "1023.cwt",
	    "1024.cwt", "01.cwt", ".cwt", "0.jwt", "x.cwt"};
	char sub[64];
	int n = snprintf(
	    sub, sizeof(sub), "https://a.example/%s", names[choose(8)]);

	status_put(
	    o, span_of(sub, (size_t)n), some_time(), some_time(), bytes(40));
}

static void
put_trust(struct cbor_out *o)
{
	struct trust_key keys[KEYS] = {0};
	uint8_t tombstones[2][KID_SIZE] = {{0}, {1}};
	static const uint8_t code[] = {
	    0x81, 0x66, 'A', '8', '1', '0', '0', '1'};
	struct span host = span_str("a.example");
	struct trust_service services[2] = {
	    {span_str("https://a.example/lists/status/"), {0}},
	    {span_str("https://b.example/"), {0}}};
	struct trust_draft d = {.scheme = span_str("Riverside carers"),
	    .iat = choose(4) < 3 ? NOW - choose(3) : some_time(),
	    .exp = choose(4) < 3 ? NOW + 90 * DAY : some_time(),
	    .seq = choose(6) == 5 ? UINT64_MAX : choose(6),
	    .hosts = &host,
	    .nhosts = 1,
	    .keys = keys,
	    .tombstones = (const uint8_t(*)[KID_SIZE])tombstones,
	    .ntombstones = choose(3),
	    .services = services,
	    .nservices = choose(3)};

	for (size_t i = 0; i < f.nkeys && choose(8) < 7; i++) {
		struct trust_key *k = &keys[d.nkeys++];

		k->purpose = f.keys[i].use == USE_STATUS ? PURPOSE_STATUS
							 : PURPOSE_PASSPORT;
		memcpy(k->kid, f.keys[i].kid, KID_SIZE);
		memcpy(k->key, f.keys[i].public, ED25519_KEY);
		k->not_before = f.keys[i].not_before;
		k->not_after = f.keys[i].not_after;
		if (choose(8) == 7)
			k->key[choose(32)] ^= 1;
		if (choose(8) == 7)
			ed25519_kid(k->kid, k->key);
		if (choose(8) == 7)
			k->kid[choose(8)] ^= 1;
		if (choose(8) == 7)
			k->not_after = some_time();
		if (choose(8) == 7)
			memcpy(tombstones[1], k->kid, KID_SIZE);
		k->codes = span_of(code, sizeof(code));
		k->name = choose(8) < 7 ? span_str("A Surgery") : bytes(20);
		k->service = choose(8) < 7 ? 0 : choose(3);
	}
	if (choose(8) < 7)
		for (size_t i = 1; i < d.nkeys; i++)
			for (size_t j = i; j > 0 && memcmp(keys[j - 1].kid,
							keys[j].kid, 8) > 0;
			     j--) {
				struct trust_key swap = keys[j];

				keys[j] = keys[j - 1];
				keys[j - 1] = swap;
			}
	trust_put(o, &d);
}

static void
sign_some(struct cbor_out *o)
{
	struct key_record k = some_key();
	static const enum cose_kind kind_of[USES] = {
	    COSE_PASSPORT, COSE_STATUS, COSE_TRUST};
	uint64_t kind = choose(16) == 15 ? choose(4) : kind_of[k.use];
	size_t n = choose(16) == 15 ? choose(8) : (size_t)1 + choose(3);
	struct cbor_out s = {.p = f.scratch, .cap = sizeof(f.scratch)};
	struct span payloads[8];

	for (size_t i = 0; i < n; i++) {
		size_t at = s.n;

		if (kind == COSE_STATUS)
			put_status(&s);
		else if (kind == COSE_TRUST)
			put_trust(&s);
		else
			put_passport(&s, &k);
		if (choose(8) == 7 && s.n > at)
			s.p[at + (choose(255) * (s.n - at)) / 255] ^=
			    (uint8_t)(1 << choose(8));
		payloads[i] = span_of(s.p + at, s.n - at);
	}
	request_sign(o, kind, &k, payloads, n);
}

static void
put_hash(struct cbor_out *o)
{
	uint8_t hash[SIGNER_HASH] = {choose(2)};

	cbor_put_bytes(o, span_of(hash, choose(16) == 15 ? 31 : 32));
}

static void
note_some(struct cbor_out *o)
{
	cbor_put_array(o, 3);
	cbor_put_int(o, WIRE_NOTE);
	cbor_put_uint(o, choose(8) == 7 ? UINT64_MAX : choose(8));
	put_hash(o);
}

static void
ask_head(struct cbor_out *o)
{
	cbor_put_array(o, 1);
	cbor_put_int(o, WIRE_HEAD);
}

static void
seal_some(struct cbor_out *o)
{
	uint8_t ad = choose(4);
	bool again = choose(2) == 1;
	size_t n = choose(8) == 7 ? choose(20) : 1;

	cbor_put_array(o, 4);
	cbor_put_int(o, WIRE_SEAL);
	cbor_put_int(o, again ? f.wrapped_row : choose(3));
	cbor_put_bytes(o, span_of(f.wrapped, again ? SECRET_WRAPPED : 0));
	cbor_put_array(o, 2 * n);
	for (size_t i = 0; i < n; i++) {
		cbor_put_bytes(o, span_of(&ad, 1));
		cbor_put_bytes(o, bytes(30));
	}
}

static void
unseal_some(struct cbor_out *o)
{
	uint8_t ad = choose(8) < 7 ? f.ad : choose(4);

	cbor_put_array(o, 4);
	cbor_put_int(o, WIRE_UNSEAL);
	cbor_put_int(o, choose(8) < 7 ? f.wrapped_row : choose(3));
	cbor_put_bytes(o, span_of(f.wrapped, SECRET_WRAPPED));
	cbor_put_array(o, 2);
	cbor_put_bytes(o, span_of(&ad, 1));
	cbor_put_bytes(o, span_of(f.sealed, f.nsealed));
}

static void
blind_some(struct cbor_out *o)
{
	cbor_put_array(o, 3);
	cbor_put_int(o, WIRE_BLIND);
	cbor_put_text(o, choose(8) < 7 ? span_str("name") : bytes(40));
	cbor_put_bytes(o, bytes(60));
}

static void
anything(struct cbor_out *o)
{
	cbor_put_raw(o, bytes(200));
}

/* Changes, drops or puts in bytes. */
static void
bend(struct cbor_out *o)
{
	for (uint8_t n = choose(4) == 3 ? choose(4) : 0; n > 0 && o->n > 0;
	     n--) {
		size_t at = ((size_t)choose(255) << 8 | choose(255)) % o->n;
		uint8_t with = choose(255);

		switch (choose(4)) {
		case 0:
			o->p[at] ^= (uint8_t)(with + 1);
			break;
		case 1:
			memmove(o->p + at, o->p + at + 1, o->n - at - 1);
			o->n--;
			break;
		case 2:
			o->n = at;
			break;
		default:
			if (o->n == o->cap)
				break;
			memmove(o->p + at + 1, o->p + at, o->n - at);
			o->p[at] = with;
			o->n++;
		}
	}
}

/* --- the rules, once more, from what came back --- */

#define MUST(c)                                                                \
	do {                                                                   \
		if (!(c)) {                                                    \
			fprintf(stderr, "broken: %s\n", #c);                   \
			abort();                                               \
		}                                                              \
	} while (0)

static struct span
member(struct cbor *c, size_t n)
{
	struct span s = cbor_bytes(c);

	MUST(!c->bad && s.n == n);
	return s;
}

/* The key that the request named must be one that was made here. */
static const struct key_record *
named_key(struct cbor *c)
{
	struct span kid;
	struct span public;
	uint64_t use;
	struct span ods;
	int64_t from;
	int64_t to;

	MUST(cbor_array(c) == 7);
	kid = member(c, KID_SIZE);
	public = member(c, ED25519_KEY);
	use = cbor_uint(c);
	ods = cbor_text(c);
	from = cbor_int(c);
	to = cbor_int(c);
	(void)member(c, SECRET_WRAPPED);
	for (size_t i = 0; i < f.nkeys; i++) {
		const struct key_record *k = &f.keys[i];

		if (span_eq(kid, span_of(k->kid, KID_SIZE)) &&
		    span_eq(public, span_of(k->public, ED25519_KEY)) &&
		    use == k->use && span_is(ods, k->ods) &&
		    from == k->not_before && to == k->not_after)
			return k;
	}
	fprintf(stderr, "broken: signed with a key that was never made\n");
	abort();
}

static struct signed_before
book(uint64_t a, uint64_t b, struct span payload)
{
	struct signed_before s = {.a = a, .b = b};

	crypto_hash_sha256(s.hash, payload.p, payload.n);
	return s;
}

static void
check_passport(const struct key_record *k, struct span payload)
{
	uint8_t ours[PASSPORT_PAYLOAD_MAX];
	struct cbor_out o = {.p = ours, .cap = sizeof(ours)};
	struct signed_before now;
	struct passport p;

	MUST(k->use == USE_PASSPORT);
	MUST(passport_read(&p, payload));
	passport_put(&o, &p);
	MUST(span_eq(cbor_written(&o), payload));
	MUST(span_is(p.iss, k->ods) && p.iss.n >= 3);
	MUST(p.iat >= k->not_before && p.iat <= k->not_after);
	MUST(p.iat <= f.now + 300 && p.exp > f.now && p.exp % DAY == 0);
	MUST(p.exp - p.iat <= 1098 * DAY && p.index < 1024U * 131072U);
	now = book(p.index, p.serial, payload);
	for (size_t i = 0; i < f.npassports; i++)
		if (f.passports[i].a == now.a) {
			MUST(memcmp(f.passports[i].hash, now.hash, 32) == 0);
			return;
		}
	f.passports[f.npassports++] = now;
}

static void
check_status(const struct key_record *k, struct span payload)
{
	struct signed_before now;
	struct status s;
	uint64_t n = 0;
	size_t at;
	size_t i;

	MUST(k->use == USE_STATUS);
	MUST(status_payload_read(&s, payload));
	MUST(s.iat >= k->not_before && s.iat <= k->not_after);
	MUST(s.iat <= f.now + 300 && s.exp - s.iat <= 7 * DAY);
	MUST(s.sub.n > 4 && memcmp(s.sub.p + s.sub.n - 4, ".cwt", 4) == 0);
	for (at = s.sub.n - 4; at > 0 && s.sub.p[at - 1] != '/'; at--)
		;
	MUST(at > 0 && at < s.sub.n - 4);
	for (; at < s.sub.n - 4; at++) {
		MUST(s.sub.p[at] >= '0' && s.sub.p[at] <= '9');
		n = n * 10 + (uint64_t)(s.sub.p[at] - '0');
		MUST(n < 1024);
	}
	now = book(n, (uint64_t)s.iat, payload);
	for (i = 0; i < f.nlists && f.lists[i].a != n; i++)
		;
	if (i == f.nlists)
		f.lists[f.nlists++] = now;
	MUST(f.lists[i].b <= now.b);
	f.lists[i] = now;
}

static void
check_trust(const struct key_record *k, struct span payload)
{
	static uint32_t at[1024];
	struct signed_before now;
	struct trust t;

	MUST(k->use == USE_ROOT);
	MUST(trust_payload_read(&t, payload, at, 1024));
	MUST(t.iat <= f.now + 300 && t.exp - t.iat <= 366 * DAY);
	for (size_t i = 0; i < t.nkeys; i++) {
		uint8_t kid[KID_SIZE];
		struct trust_key e;

		trust_key_at(&t, i, &e);
		ed25519_kid(kid, e.key);
		MUST(memcmp(kid, e.kid, KID_SIZE) == 0);
		MUST(crypto_core_ed25519_is_valid_point(e.key) == 1);
		MUST(!trust_is_tombstone(&t, e.kid));
		MUST(e.not_after - e.not_before <= 366 * DAY);
		MUST(e.purpose == PURPOSE_STATUS || e.service < t.nservices);
	}
	now = book(t.seq, (uint64_t)t.iat, payload);
	if (memcmp(now.hash, f.trust.hash, 32) == 0)
		return;
	MUST(now.a > f.trust.a && now.b >= f.trust.b);
	f.trust = now;
}

static void
check_signatures(struct cbor c, struct span answer)
{
	static void (*const check[COSE_KINDS])(
	    const struct key_record *, struct span) = {
	    [COSE_PASSPORT] = check_passport,
	    [COSE_TRUST] = check_trust,
	    [COSE_STATUS] = check_status,
	};
	uint64_t kind = cbor_uint(&c);
	const struct key_record *k = named_key(&c);
	uint64_t head = cbor_uint(&c);
	uint8_t header[COSE_PROTECTED_MAX];
	struct cbor_out h = {.p = header, .cap = sizeof(header)};
	struct cose s;
	uint64_t n;

	(void)cbor_bytes(&c);
	n = cbor_array(&c);
	MUST(kind < COSE_KINDS && (head == 0 || head >= f.head));
	f.head = head > f.head ? head : f.head;
	cose_put_protected(&h, (enum cose_kind)kind, k->kid);
	s.protected = cbor_written(&h);
	for (uint64_t i = 0; i < n; i++) {
		s.payload = cbor_bytes(&c);
		s.signature = request_signature(answer, i, n);
		MUST(!c.bad && s.signature != NULL);
		MUST(cose_verify(&s, (enum cose_kind)kind, k->public, f.scratch,
		    sizeof(f.scratch)));
		check[kind](k, s.payload);
	}
	MUST(cbor_done(&c));
}

/* What was asked for, and whether it may have been made. */
static void
check_key(struct cbor c, struct span answer)
{
	struct key_record k = {0};
	uint8_t kid[KID_SIZE];
	struct span ods;

	k.use = (enum key_use)cbor_uint(&c);
	ods = cbor_text(&c);
	MUST(ods.n <= KEY_ODS_MAX && k.use < USES);
	if (ods.n > 0)
		memcpy(k.ods, ods.p, ods.n);
	k.not_before = cbor_int(&c);
	k.not_after = cbor_int(&c);
	MUST(cbor_done(&c) && request_made(&k, answer));
	MUST(strlen(k.ods) == ods.n);
	MUST((k.use == USE_PASSPORT) == (ods.n >= 3));
	MUST(k.not_before >= 0 && k.not_after >= k.not_before);
	MUST(k.use == USE_ROOT || k.not_after - k.not_before <= 366 * DAY);
	ed25519_kid(kid, k.public);
	MUST(memcmp(kid, k.kid, KID_SIZE) == 0);
	if (f.nkeys < KEYS)
		f.keys[f.nkeys++] = k;
	else
		f.keys[KEYS - 1] = k; /* the forgotten one is not asked for */
}

static void
fill(uint8_t out[static 32], struct span s)
{
	memset(out, 0, 32);
	out[31] = (uint8_t)s.n;
	if (s.n > 0)
		memcpy(out, s.p, s.n < 31 ? s.n : 31);
}

static void
check_sealed(struct cbor c, struct cbor a)
{
	int64_t row = cbor_int(&c);
	uint64_t n;

	(void)cbor_bytes(&c);
	n = cbor_array(&c);
	memcpy(f.wrapped, member(&a, SECRET_WRAPPED).p, SECRET_WRAPPED);
	f.wrapped_row = row;
	f.nsealed = 0;
	MUST(cbor_array(&a) == n / 2);
	for (uint64_t i = 0; i < n; i += 2) {
		struct span ad = cbor_bytes(&c);
		struct span text = cbor_bytes(&c);
		struct span out = cbor_bytes(&a);
		struct sealed_before *s = &f.rows[f.nrows % ROWS];

		MUST(!a.bad && out.n == text.n + SECRET_OVERHEAD);
		if (out.n > sizeof(f.sealed) || f.nrows == ROWS)
			continue;
		s->row = row;
		fill(s->ad, ad);
		fill(s->text, text);
		f.nrows++;
		f.nsealed = out.n;
		memcpy(f.sealed, out.p, out.n);
		f.ad = ad.n > 0 ? ad.p[0] : 0;
	}
}

/* What opens was sealed here, in that very place. */
static void
check_unsealed(struct cbor c, struct cbor a)
{
	int64_t row = cbor_int(&c);
	uint64_t n;

	(void)cbor_bytes(&c);
	n = cbor_array(&c);
	MUST(cbor_array(&a) == n / 2);
	for (uint64_t i = 0; i < n && f.nrows < ROWS; i += 2) {
		uint8_t ad[32];
		uint8_t text[32];
		bool known = false;

		fill(ad, cbor_bytes(&c));
		(void)cbor_bytes(&c);
		fill(text, cbor_bytes(&a));
		for (size_t j = 0; j < f.nrows; j++)
			known =
			    known || (f.rows[j].row == row &&
					 memcmp(f.rows[j].ad, ad, 32) == 0 &&
					 memcmp(f.rows[j].text, text, 32) == 0);
		MUST(known);
	}
}

static void
no_secret_in(struct span answer)
{
	for (size_t i = 0; i < f.nsecrets; i++)
		MUST(memmem(answer.p, answer.n, f.secrets[i], 32) == NULL);
}

static void
check(struct span request, struct span answer)
{
	struct cbor c = cbor_of(request);
	struct cbor a = cbor_of(answer);
	uint64_t op;
	uint64_t n;

	MUST(cbor_array(&c) > 0);
	op = cbor_uint(&c);
	no_secret_in(answer);
	n = cbor_array(&a);
	if (cbor_uint(&a) != ERR_OK) {
		MUST(n == 2 && cbor_text(&a).n > 0 && cbor_done(&a));
		return;
	}
	if (op == WIRE_MAKE)
		check_key(c, answer);
	else if (op == WIRE_SIGN)
		check_signatures(c, answer);
	else if (op == WIRE_SEAL)
		check_sealed(c, a);
	else if (op == WIRE_UNSEAL)
		check_unsealed(c, a);
	else if (op == WIRE_BLIND)
		MUST(member(&a, SECRET_BLIND).n == 32 && cbor_done(&a));
	else if (op == WIRE_NOTE)
		f.head = cbor_uint(&c);
	else
		MUST(op == WIRE_HEAD && cbor_uint(&a) == f.head);
}

/* --- one input --- */

static void
begin(void)
{
	char path[128];

	f.now = NOW;
	f.random = 1;
	f.nkeys = f.npassports = f.nlists = f.nrows = f.nsecrets = f.nsealed =
	    0;
	f.head = 0;
	memset(&f.trust, 0, sizeof(f.trust));
	(void)snprintf(path, sizeof(path), "%s/journal", f.dir);
	(void)unlink(path);
	MUST(signer_self_lock(&f.self, f.dir, SIGNER_CREATE) == ERR_OK);
	MUST(signer_self_unlock(
		 f.self, f.dir, span_str("words"), SIGNER_CREATE) == ERR_OK);
}

static bool
one_request(void)
{
	static void (*const asks[])(struct cbor_out *) = {sign_some, make_key,
	    sign_some, sign_some, note_some, ask_head, seal_some, unseal_some,
	    blind_some, anything};
	struct cbor_out o = {.p = f.request, .cap = sizeof(f.request)};
	struct cbor_out a = {.p = f.answer, .cap = WIRE_MAX};

	/* The first three make the keys that the others ask for. */
	asks[f.nkeys < 3 ? 1 : choose(10)](&o);
	bend(&o);
	f.now += choose(32) == 31 ? choose(255) - 128 : 0;
	if (!signer_answer(f.self, cbor_written(&o), &a))
		return false;
	check(cbor_written(&o), cbor_written(&a));
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	f.data = data;
	f.left = size;
	begin();
	for (int i = 0; i < REQUESTS && f.left > 0; i++)
		if (!one_request())
			break;
	signer_self_close(f.self);
	return 0;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	MUST(randombytes_set_implementation(&repeatable) == 0);
	MUST(sodium_init() >= 0);
	f.answer = malloc(WIRE_MAX);
	(void)snprintf(f.dir, sizeof(f.dir), "%s/fuzz_signer.XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	MUST(f.answer != NULL && mkdtemp(f.dir) != NULL);
	return 0;
}
