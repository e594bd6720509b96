#include "tests/kit/books.h"

#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "base/date.h"
#include "passport/status.h"
#include "passport/trust.h"

#define DAY DATE_DAY_SECONDS

void
books_must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static struct span
member(struct cbor *c, size_t n)
{
	struct span s = cbor_bytes(c);

	BOOKS_MUST(!c->bad && s.n == n);
	return s;
}

/* The key that the request named must be one that was made here. */
static const struct key_record *
named_key(struct books *b, struct cbor *c)
{
	struct span kid;
	struct span public;
	uint64_t use;
	struct span ods;
	int64_t from;
	int64_t to;

	BOOKS_MUST(cbor_array(c) == 7);
	kid = member(c, KID_SIZE);
	public = member(c, ED25519_KEY);
	use = cbor_uint(c);
	ods = cbor_text(c);
	from = cbor_int(c);
	to = cbor_int(c);
	(void)member(c, SECRET_WRAPPED);
	for (size_t i = 0; i < b->nkeys; i++) {
		const struct key_record *k = &b->keys[i];

		if (span_eq(kid, span_of(k->kid, KID_SIZE)) &&
		    span_eq(public, span_of(k->public, ED25519_KEY)) &&
		    use == k->use && span_is(ods, k->ods) &&
		    from == k->not_before && to == k->not_after)
			return k;
	}
	books_must(false, "signed with a key that was made here");
	return NULL;
}

static struct books_signed
book(const struct key_record *k, uint64_t a, uint64_t b, struct span payload)
{
	struct books_signed s = {.a = a, .b = b};
	crypto_hash_sha256_state st;

	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, k->kid, KID_SIZE);
	crypto_hash_sha256_update(&st, payload.p, payload.n);
	crypto_hash_sha256_final(&st, s.hash);
	return s;
}

static void
check_passport(struct books *b, const struct key_record *k, struct span payload)
{
	uint8_t ours[PASSPORT_PAYLOAD_MAX];
	struct cbor_out o = {.p = ours, .cap = sizeof(ours)};
	struct books_signed now;
	struct passport p;

	BOOKS_MUST(k->use == USE_PASSPORT);
	BOOKS_MUST(passport_read(&p, payload));
	passport_put(&o, &p);
	BOOKS_MUST(span_eq(cbor_written(&o), payload));
	BOOKS_MUST(span_is(p.iss, k->ods) && p.iss.n >= 3);
	BOOKS_MUST(p.iat >= k->not_before && p.iat <= k->not_after);
	BOOKS_MUST(p.iat <= b->now + 300 && p.exp > b->now && p.exp % DAY == 0);
	BOOKS_MUST(p.exp - p.iat <= 1098 * DAY && p.index < 1024U * 131072U);
	for (size_t i = 0; i < b->nwithdrawn; i++)
		BOOKS_MUST(b->withdrawn[i] != p.index);
	now = book(k, p.index, p.serial, payload);
	for (size_t i = 0; i < b->npassports; i++)
		if (b->passports[i].a == now.a) {
			BOOKS_MUST(
			    memcmp(b->passports[i].hash, now.hash, 32) == 0);
			return;
		}
	BOOKS_MUST(b->npassports < BOOKS_SIGNED);
	b->passports[b->npassports++] = now;
}

static void
check_status(struct books *b, const struct key_record *k, struct span payload)
{
	struct books_signed now;
	struct status s;
	uint64_t n = 0;
	size_t at;
	size_t i;

	BOOKS_MUST(k->use == USE_STATUS);
	BOOKS_MUST(status_payload_read(&s, payload));
	BOOKS_MUST(s.iat >= k->not_before && s.iat <= k->not_after);
	BOOKS_MUST(s.iat <= b->now + 300 && s.exp - s.iat <= 7 * DAY);
	BOOKS_MUST(
	    s.sub.n > 4 && memcmp(s.sub.p + s.sub.n - 4, ".cwt", 4) == 0);
	for (at = s.sub.n - 4; at > 0 && s.sub.p[at - 1] != '/'; at--)
		;
	BOOKS_MUST(at > 0 && at < s.sub.n - 4);
	for (; at < s.sub.n - 4; at++) {
		BOOKS_MUST(s.sub.p[at] >= '0' && s.sub.p[at] <= '9');
		n = n * 10 + (uint64_t)(s.sub.p[at] - '0');
		BOOKS_MUST(n < 1024);
	}
	now = book(k, n, (uint64_t)s.iat, payload);
	for (i = 0; i < b->nlists && b->lists[i].a != n; i++)
		;
	BOOKS_MUST(i < BOOKS_SIGNED);
	if (i == b->nlists)
		b->lists[b->nlists++] = now;
	BOOKS_MUST(b->lists[i].b <= now.b);
	b->lists[i] = now;
}

static void
check_trust(struct books *b, const struct key_record *k, struct span payload)
{
	static uint32_t at[1024];
	struct books_signed now;
	struct trust t;

	BOOKS_MUST(k->use == USE_ROOT);
	BOOKS_MUST(trust_payload_read(&t, payload, at, 1024));
	BOOKS_MUST(t.iat <= b->now + 300 && t.exp - t.iat <= 366 * DAY);
	for (size_t i = 0; i < t.nkeys; i++) {
		uint8_t kid[KID_SIZE];
		struct trust_key e;

		trust_key_at(&t, i, &e);
		ed25519_kid(kid, e.key);
		BOOKS_MUST(memcmp(kid, e.kid, KID_SIZE) == 0);
		BOOKS_MUST(crypto_core_ed25519_is_valid_point(e.key) == 1);
		BOOKS_MUST(!trust_is_tombstone(&t, e.kid));
		BOOKS_MUST(e.not_after - e.not_before <= 366 * DAY);
		BOOKS_MUST(
		    e.purpose == PURPOSE_STATUS || e.service < t.nservices);
	}
	now = book(k, t.seq, (uint64_t)t.iat, payload);
	if (memcmp(now.hash, b->trust.hash, 32) == 0)
		return;
	BOOKS_MUST(now.a > b->trust.a && now.b >= b->trust.b);
	b->trust = now;
	for (size_t i = 0; i < b->ntombstones; i++)
		BOOKS_MUST(trust_is_tombstone(&t, b->tombstones[i]));
	b->ntombstones = 0;
	for (size_t i = 0; i < t.ntombstones && i < BOOKS_SIGNED; i++)
		trust_tombstone_at(&t, i, b->tombstones[b->ntombstones++]);
}

static void
check_signatures(struct books *b, struct cbor c, struct span answer)
{
	static void (*const check[COSE_KINDS])(
	    struct books *, const struct key_record *, struct span) = {
	    [COSE_PASSPORT] = check_passport,
	    [COSE_TRUST] = check_trust,
	    [COSE_STATUS] = check_status,
	};
	uint64_t kind = cbor_uint(&c);
	const struct key_record *k = named_key(b, &c);
	uint64_t head = cbor_uint(&c);
	static uint8_t work[65536];
	uint8_t header[COSE_PROTECTED_MAX];
	struct cbor_out h = {.p = header, .cap = sizeof(header)};
	struct cose s;
	uint64_t n;

	(void)cbor_bytes(&c);
	n = cbor_array(&c);
	BOOKS_MUST(kind < COSE_KINDS && (head == 0 || head >= b->head));
	b->head = head > b->head ? head : b->head;
	cose_put_protected(&h, (enum cose_kind)kind, k->kid);
	s.protected = cbor_written(&h);
	for (uint64_t i = 0; i < n; i++) {
		s.payload = cbor_bytes(&c);
		s.signature = request_signature(answer, i, n);
		BOOKS_MUST(!c.bad && s.signature != NULL);
		BOOKS_MUST(cose_verify(
		    &s, (enum cose_kind)kind, k->public, work, sizeof(work)));
		check[kind](b, k, s.payload);
	}
	BOOKS_MUST(cbor_done(&c));
}

/* What was asked for, and whether it may have been made. */
static void
check_key(struct books *b, struct cbor c, struct span answer)
{
	struct key_record k = {0};
	uint8_t kid[KID_SIZE];
	struct span ods;

	k.use = (enum key_use)cbor_uint(&c);
	ods = cbor_text(&c);
	BOOKS_MUST(ods.n <= KEY_ODS_MAX && k.use < USES);
	if (ods.n > 0)
		memcpy(k.ods, ods.p, ods.n);
	k.not_before = cbor_int(&c);
	k.not_after = cbor_int(&c);
	BOOKS_MUST(cbor_done(&c) && request_made(&k, answer));
	BOOKS_MUST(strlen(k.ods) == ods.n);
	BOOKS_MUST((k.use == USE_PASSPORT) == (ods.n >= 3));
	BOOKS_MUST(k.not_before >= 0 && k.not_after >= k.not_before);
	BOOKS_MUST(
	    k.use == USE_ROOT || k.not_after - k.not_before <= 366 * DAY);
	ed25519_kid(kid, k.public);
	BOOKS_MUST(memcmp(kid, k.kid, KID_SIZE) == 0);
	if (b->nkeys < BOOKS_KEYS)
		b->keys[b->nkeys++] = k;
	else
		b->keys[BOOKS_KEYS - 1] =
		    k; /* the forgotten one is not asked for */
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
check_holder(struct books *b, struct cbor *c, struct cbor *a)
{
	int64_t row = cbor_int(c);
	uint64_t n;

	(void)cbor_bytes(c);
	n = cbor_array(c);
	memcpy(b->wrapped, member(a, SECRET_WRAPPED).p, SECRET_WRAPPED);
	b->wrapped_row = row;
	b->nsealed = 0;
	BOOKS_MUST(cbor_array(a) == n / 2);
	for (uint64_t i = 0; i < n; i += 2) {
		struct span ad = cbor_bytes(c);
		struct span text = cbor_bytes(c);
		struct span out = cbor_bytes(a);
		struct books_row *s = &b->rows[b->nrows % BOOKS_ROWS];

		BOOKS_MUST(!a->bad && out.n == text.n + SECRET_OVERHEAD);
		if (out.n > sizeof(b->sealed) || b->nrows == BOOKS_ROWS)
			continue;
		s->row = row;
		fill(s->ad, ad);
		fill(s->text, text);
		b->nrows++;
		b->nsealed = out.n;
		memcpy(b->sealed, out.p, out.n);
		b->ad = ad.n > 0 ? ad.p[0] : 0;
	}
}

static void
check_sealed(struct books *b, struct cbor c, struct cbor a)
{
	uint64_t n = cbor_array(&c);

	BOOKS_MUST(n % 3 == 0 && cbor_array(&a) == n / 3 * 2);
	for (uint64_t i = 0; i < n; i += 3)
		check_holder(b, &c, &a);
	BOOKS_MUST(cbor_done(&c) && cbor_done(&a));
}

/* A hash for each text, of the same size. */
static void
check_blinded(struct cbor c, struct cbor a)
{
	uint64_t n = cbor_array(&c);

	BOOKS_MUST(n % 2 == 0 && cbor_array(&a) == n / 2);
	for (uint64_t i = 0; i < n; i += 2)
		(void)member(&a, SECRET_BLIND);
	BOOKS_MUST(cbor_done(&a));
}

/* What opens was sealed here, in that very place. */
static void
check_unsealed(struct books *b, struct cbor c, struct cbor a)
{
	int64_t row = cbor_int(&c);
	uint64_t n;

	(void)cbor_bytes(&c);
	n = cbor_array(&c);
	BOOKS_MUST(cbor_array(&a) == n / 2);
	for (uint64_t i = 0; i < n && b->nrows < BOOKS_ROWS; i += 2) {
		uint8_t ad[32];
		uint8_t text[32];
		bool known = false;

		fill(ad, cbor_bytes(&c));
		(void)cbor_bytes(&c);
		fill(text, cbor_bytes(&a));
		for (size_t j = 0; j < b->nrows; j++)
			known = known ||
				(b->rows[j].row == row &&
				    memcmp(b->rows[j].ad, ad, 32) == 0 &&
				    memcmp(b->rows[j].text, text, 32) == 0);
		BOOKS_MUST(known);
	}
}

static void
no_secret_in(struct books *b, struct span answer)
{
	for (size_t i = 0; i < b->nsecrets; i++)
		BOOKS_MUST(
		    memmem(answer.p, answer.n, b->secrets[i], 32) == NULL);
}

/* The event moves on, and what ended or was revoked is entered. */
static void
check_note(struct books *b, struct cbor c)
{
	uint64_t head = cbor_uint(&c);
	uint64_t n;

	BOOKS_MUST(cbor_bytes(&c).n == 32 && head >= b->head);
	b->head = head;
	n = cbor_array(&c);
	BOOKS_MUST(n % 5 == 0);
	for (uint64_t i = 0; i < n; i += 5) {
		uint64_t type = cbor_uint(&c);
		struct span kid = member(&c, KID_SIZE);
		uint64_t a = cbor_uint(&c);

		BOOKS_MUST(cbor_uint(&c) < UINT64_C(1) << 40);
		BOOKS_MUST(cbor_uint(&c) < 256);
		if (type == 6 && b->nwithdrawn < BOOKS_SIGNED)
			b->withdrawn[b->nwithdrawn++] = a;
		else if (type == 5 && b->ntombstones < BOOKS_SIGNED)
			memcpy(
			    b->tombstones[b->ntombstones++], kid.p, KID_SIZE);
		else
			BOOKS_MUST(type >= 5 && type <= 7);
	}
	BOOKS_MUST(cbor_done(&c));
}

/* The journal knows the passports of the books, and tells of none the hash. */
static void
check_journal(struct books *b, struct cbor a)
{
	uint64_t n = cbor_array(&a);

	for (uint64_t i = 0; i < n; i += 7) {
		uint64_t type = cbor_uint(&a);
		uint64_t x;
		uint64_t y;
		bool known = type != 1;

		(void)member(&a, KID_SIZE);
		(void)cbor_int(&a);
		x = cbor_uint(&a);
		y = cbor_uint(&a);
		BOOKS_MUST(cbor_uint(&a) < 256);
		(void)member(&a, type == 4 || type == 8 ? 32 : 0);
		for (size_t j = 0; j < b->npassports && !known; j++)
			known =
			    b->passports[j].a == x && b->passports[j].b == y;
		BOOKS_MUST(known && type >= 1 && type <= 8);
	}
	BOOKS_MUST(cbor_done(&a));
}

void
books_check(struct books *b, struct span request, struct span answer)
{
	struct cbor c = cbor_of(request);
	struct cbor a = cbor_of(answer);
	uint64_t op;
	uint64_t n;

	BOOKS_MUST(cbor_array(&c) > 0);
	op = cbor_uint(&c);
	no_secret_in(b, answer);
	n = cbor_array(&a);
	if (cbor_uint(&a) != ERR_OK) {
		BOOKS_MUST(n == 2 && cbor_text(&a).n > 0 && cbor_done(&a));
		return;
	}
	if (op == WIRE_MAKE)
		check_key(b, c, answer);
	else if (op == WIRE_SIGN)
		check_signatures(b, c, answer);
	else if (op == WIRE_SEAL)
		check_sealed(b, c, a);
	else if (op == WIRE_UNSEAL)
		check_unsealed(b, c, a);
	else if (op == WIRE_BLIND)
		check_blinded(c, a);
	else if (op == WIRE_NOTE)
		check_note(b, c);
	else if (op == WIRE_RESET)
		b->head = cbor_uint(&c);
	else if (op == WIRE_JOURNAL)
		check_journal(b, a);
	else
		BOOKS_MUST(op == WIRE_HEAD && cbor_uint(&a) == b->head);
}
