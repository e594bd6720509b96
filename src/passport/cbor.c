#include "passport/cbor.h"

#include "base/utf8.h"

enum {
	UINT = 0,
	NINT = 1,
	BYTES = 2,
	TEXT = 3,
	ARRAY = 4,
	MAP = 5,
	TAG = 6,
};

/* Pairs of a map that may come in any order: each is compared with each. */
#define ANY_ORDER_MAX 64

struct cbor
cbor_of(struct span s)
{
	return (struct cbor){s.p, s.n == 0 ? s.p : s.p + s.n, false};
}

void
cbor_fail(struct cbor *c)
{
	c->bad = true;
	c->p = c->end;
}

static size_t
left(const struct cbor *c)
{
	return (size_t)(c->end - c->p);
}

int
cbor_type(const struct cbor *c)
{
	return c->p == c->end ? -1 : c->p[0] >> 5;
}

/* Reads the head of an item of type ${type}; its argument in shortest form. */
static uint64_t
head(struct cbor *c, int type)
{
	static const uint64_t least[] = {24, 0x100, 0x10000, 0x100000000};
	uint64_t v = 0;
	size_t more;
	uint8_t info;

	if (cbor_type(c) != type) {
		cbor_fail(c);
		return 0;
	}
	info = *c->p & 0x1f;
	if (info < 24) {
		c->p++;
		return info;
	}
	more = (size_t)1 << (info & 3);
	if (info > 27 || left(c) <= more) {
		cbor_fail(c);
		return 0;
	}
	for (size_t i = 1; i <= more; i++)
		v = v << 8 | c->p[i];
	if (v < least[info - 24]) {
		cbor_fail(c);
		return 0;
	}
	c->p += 1 + more;
	return v;
}

static struct span
string(struct cbor *c, int type)
{
	uint64_t n = head(c, type);
	struct span s;

	if (n > left(c))
		cbor_fail(c);
	if (c->bad)
		return (struct span){NULL, 0};
	s = span_of(c->p, (size_t)n);
	c->p += n;
	return s;
}

uint64_t
cbor_uint(struct cbor *c)
{
	return head(c, UINT);
}

int64_t
cbor_int(struct cbor *c)
{
	bool negative = cbor_type(c) == NINT;
	uint64_t v = head(c, negative ? NINT : UINT);

	if (v > INT64_MAX) {
		cbor_fail(c);
		return 0;
	}
	return negative ? -1 - (int64_t)v : (int64_t)v;
}

struct span
cbor_bytes(struct cbor *c)
{
	return string(c, BYTES);
}

uint64_t
cbor_below(struct cbor *c, uint64_t limit)
{
	uint64_t v = cbor_uint(c);

	if (v < limit)
		return v;
	cbor_fail(c);
	return 0;
}

void
cbor_fixed(struct cbor *c, uint8_t *out, size_t n)
{
	struct span s = cbor_bytes(c);

	if (s.n != n)
		cbor_fail(c);
	else if (n > 0)
		memcpy(out, s.p, n);
}

struct span
cbor_text(struct cbor *c)
{
	struct span s = string(c, TEXT);

	if (!utf8_ok(s)) {
		cbor_fail(c);
		return (struct span){NULL, 0};
	}
	return s;
}

/* Every item takes at least a byte, so no honest count is above what is left.
 */
uint64_t
cbor_array(struct cbor *c)
{
	uint64_t n = head(c, ARRAY);

	if (n <= left(c))
		return n;
	cbor_fail(c);
	return 0;
}

uint64_t
cbor_map(struct cbor *c)
{
	uint64_t n = head(c, MAP);

	if (n <= left(c) / 2)
		return n;
	cbor_fail(c);
	return 0;
}

void
cbor_tag(struct cbor *c, uint64_t tag)
{
	if (head(c, TAG) != tag)
		cbor_fail(c);
}

static void skip(struct cbor *c, int depth);

/*
 * Steps over an item that skip() has found good.  Looking for double keys once
 * more at each level of nesting would double the work at each: a few hundred
 * bytes would keep a reader busy for years.
 */
static void
step_over(struct cbor *c)
{
	for (uint64_t n = 1; n > 0 && !c->bad; n--) {
		switch (cbor_type(c)) {
		case UINT:
		case NINT:
			(void)head(c, cbor_type(c));
			break;
		case BYTES:
		case TEXT:
			(void)string(c, cbor_type(c));
			break;
		case ARRAY:
			n += cbor_array(c);
			break;
		case MAP:
			n += 2 * cbor_map(c);
			break;
		default:
			cbor_fail(c);
		}
	}
}

/* A key at ${at} of a map that began at ${first}: does it stand before? */
static bool
seen(const uint8_t *first, const uint8_t *at, struct span key)
{
	struct cbor c = {first, at, false};

	while (c.p < at) {
		const uint8_t *k = c.p;

		step_over(&c);
		if (span_eq(span_of(k, (size_t)(c.p - k)), key))
			return true;
		step_over(&c);
	}
	return false;
}

static void
skip_map(struct cbor *c, int depth)
{
	uint64_t n = cbor_map(c);
	const uint8_t *first = c->p;

	if (n > ANY_ORDER_MAX)
		cbor_fail(c);
	for (; n > 0 && !c->bad; n--) {
		const uint8_t *at = c->p;

		if (cbor_type(c) > TEXT)
			cbor_fail(c); /* keys are numbers or strings */
		skip(c, depth);
		if (!c->bad &&
		    seen(first, at, span_of(at, (size_t)(c->p - at))))
			cbor_fail(c);
		skip(c, depth);
	}
}

/* Nesting is bounded by ${depth}, the length of each loop by the input. */
static void
skip(struct cbor *c, int depth)
{
	if (depth == 0)
		cbor_fail(c);
	switch (cbor_type(c)) {
	case UINT:
	case NINT:
		(void)head(c, cbor_type(c));
		break;
	case BYTES:
		(void)cbor_bytes(c);
		break;
	case TEXT:
		(void)cbor_text(c);
		break;
	case ARRAY:
		for (uint64_t n = cbor_array(c); n > 0 && !c->bad; n--)
			skip(c, depth - 1);
		break;
	case MAP:
		skip_map(c, depth - 1);
		break;
	default:
		cbor_fail(c);
	}
}

struct span
cbor_skip(struct cbor *c)
{
	const uint8_t *at = c->p;

	skip(c, CBOR_DEPTH);
	return c->bad ? (struct span){NULL, 0}
		      : span_of(at, (size_t)(c->p - at));
}

bool
cbor_done(const struct cbor *c)
{
	return !c->bad && c->p == c->end;
}

struct cbor_pairs
cbor_pairs(struct cbor *c)
{
	return (struct cbor_pairs){.left = cbor_map(c)};
}

bool
cbor_next(struct cbor *c, struct cbor_pairs *m)
{
	const uint8_t *at = c->p;
	struct span key;

	if (c->bad || m->left == 0)
		return false;
	m->left--;
	m->key = cbor_int(c);
	key = span_of(at, (size_t)(c->p - at));
	if (!c->bad && span_cmp(m->before, key) >= 0)
		cbor_fail(c);
	m->before = key;
	return !c->bad;
}

/* --- writing --- */

void
cbor_put_raw(struct cbor_out *o, struct span s)
{
	if (o->full || s.n > o->cap - o->n) {
		o->full = true;
		return;
	}
	if (s.n > 0)
		memcpy(o->p + o->n, s.p, s.n);
	o->n += s.n;
}

static void
put_head(struct cbor_out *o, int type, uint64_t v)
{
	uint8_t b[9];
	int more = v < 24            ? 0
		   : v < 0x100       ? 1
		   : v < 0x10000     ? 2
		   : v < 0x100000000 ? 4
				     : 8;
	int info = more == 0   ? (int)v
		   : more == 1 ? 24
		   : more == 2 ? 25
		   : more == 4 ? 26
			       : 27;

	b[0] = (uint8_t)(type << 5 | info);
	for (int i = 0; i < more; i++)
		b[1 + i] = (uint8_t)(v >> (8 * (more - 1 - i)));
	cbor_put_raw(o, span_of(b, (size_t)(1 + more)));
}

void
cbor_put_uint(struct cbor_out *o, uint64_t v)
{
	put_head(o, UINT, v);
}

void
cbor_put_int(struct cbor_out *o, int64_t v)
{
	if (v < 0)
		put_head(o, NINT, (uint64_t)(-1 - v));
	else
		put_head(o, UINT, (uint64_t)v);
}

void
cbor_put_bytes(struct cbor_out *o, struct span s)
{
	put_head(o, BYTES, s.n);
	cbor_put_raw(o, s);
}

void
cbor_put_text(struct cbor_out *o, struct span s)
{
	put_head(o, TEXT, s.n);
	cbor_put_raw(o, s);
}

void
cbor_put_array(struct cbor_out *o, uint64_t n)
{
	put_head(o, ARRAY, n);
}

void
cbor_put_map(struct cbor_out *o, uint64_t n)
{
	put_head(o, MAP, n);
}

void
cbor_put_tag(struct cbor_out *o, uint64_t tag)
{
	put_head(o, TAG, tag);
}

struct span
cbor_written(const struct cbor_out *o)
{
	return span_of(o->p, o->n);
}
