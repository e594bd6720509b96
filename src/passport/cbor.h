#ifndef PASSPORT_CBOR_H
#define PASSPORT_CBOR_H

#include "base/span.h"

/*
 * The subset of CBOR (RFC 8949) that our signed objects use: integers, byte
 * and text strings, arrays, maps, and one tag where it is asked for.  Definite
 * lengths and shortest forms only; text is UTF-8; no floats, no simple values.
 *
 * The reader pulls items off a span and copies nothing.  The first fault sets
 * ${bad}, after which every call returns zero or an empty span and reads no
 * further: read everything, then test ${bad} once.  Loops over a count from
 * the input stop at ${bad}, so their length is bounded by the input's.
 */
struct cbor {
	const uint8_t *p;
	const uint8_t *end;
	bool bad;
};

/* The largest nesting that cbor_skip follows. */
#define CBOR_DEPTH 16

/* cbor_of(s): Returns a reader at the start of ${s}. */
struct cbor cbor_of(struct span s);

/* cbor_uint(c): Returns the next item, an unsigned integer. */
uint64_t cbor_uint(struct cbor *c);

/* cbor_int(c): Returns the next item, an integer within int64_t. */
int64_t cbor_int(struct cbor *c);

/* cbor_bytes(c): Returns the content of the next item, a byte string. */
struct span cbor_bytes(struct cbor *c);

/* cbor_below(c, limit): Returns the next item, an unsigned integer below
 * ${limit}. */
uint64_t cbor_below(struct cbor *c, uint64_t limit);

/* cbor_fixed(c, out, n): copies the next item, a byte string of exactly ${n}
 * bytes; ${out} is untouched if it is anything else. */
void cbor_fixed(struct cbor *c, uint8_t *out, size_t n);

/* cbor_text(c): Returns the content of the next item, a UTF-8 text string. */
struct span cbor_text(struct cbor *c);

/* cbor_array(c): Returns the number of items of the array that begins here. */
uint64_t cbor_array(struct cbor *c);

/* cbor_map(c): Returns the number of pairs of the map that begins here. */
uint64_t cbor_map(struct cbor *c);

/* cbor_tag(c, tag): the next item must be this tag; its content follows. */
void cbor_tag(struct cbor *c, uint64_t tag);

/* cbor_type(c): Returns the major type 0..7 of the next item, -1 at the end. */
int cbor_type(const struct cbor *c);

/*
 * cbor_skip(c): steps over one item of the subset. In its maps keys may stand
 *     in any order, none twice, at most 64 a map. Returns what was passed.
 */
struct span cbor_skip(struct cbor *c);

/* cbor_done(c): Returns true if all was read without a fault, to the last byte.
 */
bool cbor_done(const struct cbor *c);

/* cbor_fail(c): records a fault that the caller found. */
void cbor_fail(struct cbor *c);

/*
 * Walks a map whose keys are integers in bytewise order of their encodings
 * (RFC 8949 4.2.1), as deterministic CBOR has them:
 *	struct cbor_pairs m = cbor_pairs(c);
 *	while (cbor_next(c, &m)) switch (m.key) ... read one value ...
 */
struct cbor_pairs {
	uint64_t left;
	struct span before; /* the encoding of the last key */
	int64_t key;
};

/* cbor_pairs(c): Returns a walk over the map that begins here. */
struct cbor_pairs cbor_pairs(struct cbor *c);

/* cbor_next(c, m): reads the next key into ${m->key}. Returns false at the end
 * or at a fault. */
bool cbor_next(struct cbor *c, struct cbor_pairs *m);

/*
 * The writer: into the caller's ${cap} bytes at ${p}. Too little room sets
 * ${full} and nothing more is written; test it once at the end. The caller
 * writes map keys in order.
 */
struct cbor_out {
	uint8_t *p;
	size_t n;
	size_t cap;
	bool full;
};

void cbor_put_int(struct cbor_out *o, int64_t v);
void cbor_put_uint(struct cbor_out *o, uint64_t v);
void cbor_put_bytes(struct cbor_out *o, struct span s);
void cbor_put_text(struct cbor_out *o, struct span s);
void cbor_put_array(struct cbor_out *o, uint64_t n);
void cbor_put_map(struct cbor_out *o, uint64_t n);
void cbor_put_tag(struct cbor_out *o, uint64_t tag);

/* cbor_put_raw(o, s): appends bytes that are CBOR already. */
void cbor_put_raw(struct cbor_out *o, struct span s);

/* cbor_written(o): Returns what was written. */
struct span cbor_written(const struct cbor_out *o);

#endif
