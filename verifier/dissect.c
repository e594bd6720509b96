#include "verifier/dissect.h"

#include <inttypes.h>

#include "base/date.h"
#include "base/utf8.h"
#include "passport/cose.h"
#include "passport/link.h"
#include "passport/name.h"
#include "passport/passport.h"
#include "passport/serial.h"
#include "verifier/record.h"

#define SHOWN_MAX 160 /* bytes of what was not understood */

/* A code under the knife. */
struct cut {
	struct buf *out;
	struct passport p; /* as far as it was read */
};

static void
label(struct cut *k, const char *name)
{
	buf_printf(k->out, "%-16s", name);
}

/* Reading stops here, and why. */
static bool
stop(struct cut *k, int row, const char *field, const char *why)
{
	label(k, "STOPPED");
	buf_printf(k->out, "row %d, %s: %s\n", row, field, why);
	return false;
}

static void
put_hex(struct cut *k, struct span s)
{
	struct span shown = span_of(s.p, s.n < SHOWN_MAX ? s.n : SHOWN_MAX);

	record_put_hex(k->out, shown.p, shown.n);
	buf_puts(k->out, shown.n < s.n ? "...\n" : "\n");
}

static void
put_rest(struct cut *k, const struct cbor *c, const uint8_t *at)
{
	struct span rest = span_of(at, (size_t)(c->end - at));

	if (rest.n == 0)
		return;
	label(k, "  from here");
	put_hex(k, rest);
}

/* Text between quotes; what could play tricks on a terminal as \u{...}. */
static void
put_text(struct cut *k, struct span s)
{
	buf_puts(k->out, "\"");
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		int32_t cp = utf8_next(s, &at);

		if (cp < 0) {
			buf_printf(k->out, "\\x{%02x}", s.p[at++]);
		} else if (cp == '"' || cp == '\\') {
			buf_printf(k->out, "\\%c", (char)cp);
		} else if ((cp >= 0x20 && cp < 0x7f) || name_has_char(cp)) {
			buf_add(k->out, s.p + from, at - from);
		} else {
			buf_printf(k->out, "\\u{%" PRIx32 "}", (uint32_t)cp);
		}
	}
	buf_puts(k->out, "\"");
}

/* --- claims: each reads, shows, and says whether it may be so --- */

static const char *
show_iss(struct cut *k, struct cbor *c)
{
	k->p.iss = cbor_text(c);
	put_text(k, k->p.iss);
	return NULL;
}

static const char *
show_time(struct cut *k, struct cbor *c, int64_t *t)
{
	uint64_t v = cbor_uint(c);
	char text[DATE_TIME_TEXT];

	buf_printf(k->out, "%" PRIu64, v);
	if (v >= PASSPORT_TIME_MAX)
		return "is past the year 9999";
	*t = (int64_t)v;
	date_time_text(text, *t);
	buf_printf(k->out, " = %s", text);
	return NULL;
}

static const char *
show_exp(struct cut *k, struct cbor *c)
{
	const char *fault = show_time(k, c, &k->p.exp);
	char day[DATE_TEXT];

	if (fault != NULL || k->p.exp == 0)
		return fault;
	date_text(day, date_of(date_day_of(k->p.exp - 1)));
	buf_printf(k->out, " (valid to %s)", day);
	return NULL;
}

static const char *
show_iat(struct cut *k, struct cbor *c)
{
	const char *fault = show_time(k, c, &k->p.iat);

	if (fault != NULL)
		return fault;
	if (k->p.exp <= k->p.iat)
		return "is not before exp";
	return k->p.exp - k->p.iat >
		       (int64_t)PASSPORT_DAYS_MAX * DATE_DAY_SECONDS
		   ? "is more than 1,098 days before exp"
		   : NULL;
}

static const char *
show_cti(struct cut *k, struct cbor *c)
{
	struct span s = cbor_bytes(c);
	char serial[SERIAL_TEXT];

	record_put_hex(k->out, s.p, s.n);
	if (s.n != 5)
		return "is not 5 bytes long";
	for (size_t i = 0; i < s.n; i++)
		k->p.serial = k->p.serial << 8 | s.p[i];
	serial_text(serial, k->p.serial);
	buf_printf(k->out, " = %s", serial);
	return NULL;
}

static const char *
show_carer(struct cut *k, struct cbor *c)
{
	uint64_t n = cbor_map(c);

	buf_printf(k->out, "map of %" PRIu64, n);
	return n == 3 ? NULL : "is not a map of 3";
}

static const char *
show_name(struct cut *k, struct cbor *c)
{
	k->p.name = cbor_text(c);
	put_text(k, k->p.name);
	return name_is_person(k->p.name) ? NULL : "breaks the name rule";
}

static const char *
show_class(struct cut *k, struct cbor *c)
{
	uint64_t v = cbor_uint(c);

	buf_printf(k->out, "%" PRIu64 "%s", v,
	    v == CLASS_ADULT   ? " = adult"
	    : v == CLASS_YOUNG ? " = young carer"
			       : "");
	return v <= CLASS_YOUNG ? NULL : "is neither 0 nor 1";
}

static const char *
show_index(struct cut *k, struct cbor *c)
{
	uint64_t v = cbor_uint(c);

	buf_printf(k->out, "%" PRIu64, v);
	if (v > UINT32_MAX)
		return "is not below 2^32";
	buf_printf(k->out, " = list %" PRIu64 ", position %" PRIu64,
	    v >> PASSPORT_LIST_BITS,
	    v & ((UINT64_C(1) << PASSPORT_LIST_BITS) - 1));
	return NULL;
}

/* The claims in their one order; the private map's members follow its head. */
static const struct {
	int64_t key;
	const char *name;
	const char *(*show)(struct cut *, struct cbor *);
} claims[] = {
    {1, "claim 1 iss", show_iss},
    {4, "claim 4 exp", show_exp},
    {6, "claim 6 iat", show_iat},
    {7, "claim 7 cti", show_cti},
    {-65537, "claim -65537", show_carer},
    {1, "  1 name", show_name},
    {2, "  2 class", show_class},
    {3, "  3 index", show_index},
};

#define CLAIMS (sizeof(claims) / sizeof(*claims))

static bool
cut_claims(struct cut *k, struct span payload)
{
	struct cbor c = cbor_of(payload);
	const uint8_t *at = c.p;

	if (cbor_map(&c) != 5) {
		stop(k, 9, "claims", "are not a map of 5");
		put_rest(k, &c, at);
		return false;
	}
	for (size_t i = 0; i < CLAIMS; i++) {
		const char *fault;

		at = c.p;
		if (cbor_int(&c) != claims[i].key || c.bad) {
			stop(k, 9, claims[i].name, "does not stand here");
			put_rest(k, &c, at);
			return false;
		}
		label(k, claims[i].name);
		fault = claims[i].show(k, &c);
		buf_puts(k->out, "\n");
		if (c.bad)
			fault = "is not of the right type or form";
		if (fault != NULL) {
			stop(k, 9, claims[i].name, fault);
			put_rest(k, &c, at);
			return false;
		}
	}
	if (cbor_done(&c))
		return true;
	stop(k, 9, "claims", "something follows them");
	put_rest(k, &c, c.p);
	return false;
}

/* --- the signed object --- */

static bool
cut_protected(struct cut *k, struct span s)
{
	struct cbor c = cbor_of(s);
	struct span kid;

	label(k, "protected");
	put_hex(k, s);
	if (cbor_map(&c) != 2 || cbor_int(&c) != 1)
		return stop(k, 2, "protected", "is not {1: alg, 4: kid}");
	label(k, "header 1 alg");
	buf_printf(k->out, "%" PRId64 "\n", cbor_int(&c));
	if (c.bad || cbor_int(&c) != 4)
		return stop(k, 2, "protected", "is not {1: alg, 4: kid}");
	kid = cbor_bytes(&c);
	label(k, "header 4 kid");
	put_hex(k, kid);
	if (!cbor_done(&c) || kid.n != KID_SIZE)
		return stop(k, 2, "header 4 kid", "is not 8 bytes at the end");
	return true;
}

/* The parts of a COSE_Sign1 in their order, shown as far as they go. */
static bool
cut_token(struct cut *k, struct span token)
{
	struct cbor c = cbor_of(token);
	struct cose cose;
	struct span payload;
	struct span sig;
	bool ok;

	cbor_tag(&c, 18);
	if (c.bad)
		return stop(k, 2, "token", "does not begin with tag 18");
	if (cbor_array(&c) != 4)
		return stop(k, 2, "token", "is not an array of 4");
	ok = cut_protected(k, cbor_bytes(&c));
	if (cbor_map(&c) != 0 || c.bad)
		return stop(k, 2, "unprotected", "is not an empty map");
	payload = cbor_bytes(&c);
	label(k, "payload");
	buf_printf(k->out, "%zu bytes\n", payload.n);
	if (c.bad)
		return stop(k, 2, "payload", "is not a whole byte string");
	ok = cut_claims(k, payload) && ok;
	sig = cbor_bytes(&c);
	label(k, "signature");
	put_hex(k, sig);
	if (c.bad || sig.n != ED25519_SIG)
		return stop(k, 2, "signature", "is not 64 bytes long");
	if (!cbor_done(&c))
		return stop(k, 2, "token", "something follows it");
	if (ok && !cose_read(&cose, COSE_PASSPORT, token))
		return stop(k, 2, "header 1 alg", "is not -19 (Ed25519)");
	return ok;
}

static bool
cut_serial(struct cut *k, uint64_t v)
{
	char serial[SERIAL_TEXT];

	serial_text(serial, v);
	label(k, "card number");
	buf_printf(k->out, "%s = %010" PRIx64 "\n", serial, v);
	return true;
}

static bool
cut_digits(struct cut *k, struct span digits)
{
	uint8_t token[LINK_BYTES_MAX];
	size_t n = link_bytes(token, digits);

	label(k, "digits");
	buf_printf(k->out, "%zu\n", digits.n);
	if (n == 0)
		return stop(k, 2, "digits",
		    "are too many, end within a group of 17, or hold a group "
		    "that stands for no bytes");
	label(k, "token");
	buf_printf(k->out, "%zu bytes\n", n);
	return cut_token(k, span_of(token, n));
}

bool
dissect(struct buf *out, struct span text)
{
	struct cut k = {.out = out};
	struct link l = link_read(text);

	if (l.kind == LINK_SERIAL)
		return cut_serial(&k, l.serial);
	if (l.kind == LINK_CODE) {
		if (l.host.n > 0) {
			label(&k, "host");
			put_text(&k, l.host);
			buf_puts(out, "\n");
		}
		return cut_digits(&k, l.digits);
	}
	label(&k, "text");
	put_text(&k, span_of(text.p, text.n < SHOWN_MAX ? text.n : SHOWN_MAX));
	buf_puts(out, text.n > SHOWN_MAX ? "...\n" : "\n");
	return stop(&k, 1, "text",
	    "is neither digits nor https://host/path#digits in lower case nor "
	    "a card's number");
}
