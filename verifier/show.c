#include "verifier/show.h"

#include "passport/serial.h"

#define WIDTH 76 /* columns of a terminal that we fill */
#define LABEL 12 /* columns of a label */

static void
put(struct buf *out, const char *s)
{
	buf_puts(out, s);
}

/* The first ${n} bytes as columns: UTF-8 continuation bytes and the combining
 * marks of the name rule (U+0300 to U+033F) take none. */
static size_t
columns(const char *s, size_t n)
{
	size_t wide = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)s[i];

		wide += (c & 0xc0) != 0x80 && c != 0xcc;
	}
	return wide;
}

/* ${s} in lines of at most WIDTH columns, each behind two spaces. */
static void
put_wrapped(struct buf *out, const char *s)
{
	size_t at = 2;

	put(out, "  ");
	for (;;) {
		size_t n = strcspn(s, " ");
		size_t wide = columns(s, n);

		if (at > 2 && at + 1 + wide > WIDTH) {
			put(out, "\n  ");
			at = 2;
		} else if (at > 2) {
			put(out, " ");
			at++;
		}
		buf_add(out, s, n);
		at += wide;
		if (s[n] == '\0')
			break;
		s += n + 1;
	}
	put(out, "\n");
}

static void
put_label(struct buf *out, const char *label)
{
	size_t n = columns(label, strlen(label));

	put(out, "  ");
	put(out, label);
	do
		put(out, " ");
	while (++n <= LABEL);
}

static void
put_span(struct buf *out, struct span s)
{
	buf_add(out, s.p, s.n);
}

static void
put_issuer(struct buf *out, const struct verdict *v, const struct words *w)
{
	put_label(out, w->issuer);
	put_span(out, v->issuer_name);
	if (v->has_ods) {
		put(out, " (");
		put_span(out, v->ods);
		put(out, ")");
	}
	put(out, "\n");
	if (v->issuer_phone.n == 0)
		return;
	put_label(out, w->phone);
	put_span(out, v->issuer_phone);
	put(out, "\n");
}

static void
put_facts(struct buf *out, const struct verdict *v, const struct words *w)
{
	char text[VERDICT_TEXT_MAX];
	char serial[SERIAL_TEXT];

	if (v->has_holder || v->has_issuer)
		put(out, "\n");
	if (v->has_holder) {
		put_label(out, w->name);
		put_span(out, v->passport.name);
		put(out, "\n");
	}
	if (v->has_issuer)
		put_issuer(out, v, w);
	if (!v->has_holder)
		return;
	put_label(out, w->valid_to);
	verdict_fill(text, v, w, "{date}");
	put(out, text);
	put(out, "\n");
	put_label(out, w->number);
	serial_text(serial, v->passport.serial);
	put(out, serial);
	put(out, "\n");
}

static bool
is_young(const struct verdict *v)
{
	return v->has_holder && v->passport.class == CLASS_YOUNG;
}

/* What stands under every verdict. */
static void
put_standing(struct buf *out, const struct verdict *v, const struct words *w)
{
	char text[VERDICT_TEXT_MAX];

	put(out, "\n");
	if (is_young(v))
		put_wrapped(out, w->young);
	put_wrapped(out, w->no_consent);
	put_wrapped(out, w->turn_nobody_away);
	if (!v->has_trust)
		return;
	verdict_fill(text, v, w, w->checked_against);
	put_wrapped(out, text);
}

void
show_block(struct buf *out, const struct verdict *v, const struct words *w,
    bool colour)
{
	/* Bold green, bold, bold yellow: a card that is not confirmed is no
	 * alarm. */
	static const char *const start[] = {
	    "\033[1;32m", "\033[1m", "\033[1;33m"};
	enum verdict_kind kind = verdict_kind(v->reason);
	char text[VERDICT_TEXT_MAX];

	if (colour)
		put(out, start[kind]);
	put(out, "[");
	put(out, w->kind[kind]);
	put(out, "] ");
	verdict_headline(text, v, w);
	put(out, text);
	put(out, colour ? "\033[0m\n\n" : "\n\n");
	verdict_meaning(text, v, w);
	put_wrapped(out, text);
	put_facts(out, v, w);
	put_standing(out, v, w);
}

void
show_line(struct buf *out, const struct verdict *v, const struct words *w)
{
	char text[VERDICT_TEXT_MAX];

	put(out, w->kind[verdict_kind(v->reason)]);
	put(out, "  ");
	verdict_headline(text, v, w);
	put(out, text);
	put(out, ". ");
	verdict_meaning(text, v, w);
	put(out, text);
	if (is_young(v)) {
		put(out, " ");
		put(out, w->young);
	}
	put(out, " ");
	put(out, v->reason == REASON_OK ? w->no_consent : w->turn_nobody_away);
	put(out, "\n");
}

void
show_json(struct buf *out, const struct verdict *v, const struct words *w)
{
	char text[VERDICT_JSON_MAX];

	buf_add(out, text, verdict_json(text, v, w));
	put(out, "\n");
}
