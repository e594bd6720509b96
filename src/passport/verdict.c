#include "passport/verdict.h"

#include "base/date.h"
#include "passport/serial.h"
#include "passport/words.h"

static const struct {
	const char *name;
	enum verdict_kind kind;
} reasons[REASONS] = {
    [REASON_OK] = {"ok", VERDICT_VALID},
    [REASON_EXPIRED] = {"expired", VERDICT_NOT_VALID},
    [REASON_NOT_YET_VALID] = {"not_yet_valid", VERDICT_NOT_VALID},
    [REASON_WITHDRAWN] = {"withdrawn", VERDICT_NOT_VALID},
    [REASON_UNKNOWN_ISSUER] = {"unknown_issuer", VERDICT_NOT_VALID},
    [REASON_BAD_SIGNATURE] = {"bad_signature", VERDICT_NOT_VALID},
    [REASON_MALFORMED] = {"malformed", VERDICT_NOT_VALID},
    [REASON_NO_LISTS] = {"no_lists", VERDICT_CANNOT_TELL},
    [REASON_LISTS_STALE] = {"lists_stale", VERDICT_CANNOT_TELL},
    [REASON_ROLLED_BACK] = {"rolled_back", VERDICT_CANNOT_TELL},
    [REASON_CLOCK_WRONG] = {"clock_wrong", VERDICT_CANNOT_TELL},
    [REASON_SERIAL_ONLY] = {"serial_only", VERDICT_CANNOT_TELL},
};

enum verdict_kind
verdict_kind(enum reason r)
{
	return reasons[r].kind;
}

int
verdict_exit(enum reason r)
{
	static const int code[] = {[VERDICT_VALID] = 0,
	    [VERDICT_NOT_VALID] = 1,
	    [VERDICT_CANNOT_TELL] = 3};

	return code[reasons[r].kind];
}

const char *
reason_name(enum reason r)
{
	return reasons[r].name;
}

const char *
verdict_kind_name(enum verdict_kind k)
{
	static const char *const name[] = {"valid", "not_valid", "cannot_tell"};

	return name[k];
}

/* Text into a fixed buffer; what does not fit is cut at ${full}. */
struct text {
	char *p;
	size_t n;
	size_t cap; /* without the NUL */
};

static void
add(struct text *t, const char *p, size_t n)
{
	if (n > t->cap - t->n)
		n = t->cap - t->n;
	memcpy(t->p + t->n, p, n);
	t->n += n;
	t->p[t->n] = '\0';
}

static void
adds(struct text *t, const char *s)
{
	add(t, s, strlen(s));
}

static void
add_span(struct text *t, struct span s)
{
	if (s.n > 0)
		add(t, (const char *)s.p, s.n);
}

static void
add_uint(struct text *t, uint64_t v)
{
	char b[20];
	size_t n = sizeof(b);

	do {
		b[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	add(t, b + n, sizeof(b) - n);
}

static void
add_words_date(struct text *t, int64_t time, const struct words *w)
{
	struct date d = date_of(date_day_of(time));

	add_uint(t, (uint64_t)d.day);
	add(t, " ", 1);
	adds(t, w->months[d.month - 1]);
	add(t, " ", 1);
	add_uint(t, (uint64_t)d.year);
}

/* "3 days": the largest unit of which there is at least one. */
static void
add_age(struct text *t, int64_t seconds, const struct words *w)
{
	static const int64_t unit[] = {60, 3600, 86400};
	size_t u = seconds >= 2 * unit[2] ? 2 : seconds >= 2 * unit[1] ? 1 : 0;
	uint64_t n = seconds < 0 ? 0 : (uint64_t)(seconds / unit[u]);

	for (const char *p = w->ago[u][n != 1]; *p != '\0'; p++)
		if (*p == '%')
			add_uint(t, n);
		else
			add(t, p, 1);
}

static int64_t
list_age(const struct verdict *v)
{
	return v->now - (v->has_status ? v->status_iat : v->trust_iat);
}

static void
add_minute(struct text *t, int64_t time, const struct words *w)
{
	char s[DATE_TIME_TEXT];

	date_time_text(s, time);
	add_words_date(t, time, w);
	add(t, " ", 1);
	add(t, s + 11, 5);
	adds(t, " UTC");
}

/* Writes the value that ${key} stands for. Returns false if it is not known. */
static bool
fill(struct text *t, const struct verdict *v, const struct words *w,
    struct span key)
{
	if (span_is(key, "issuer") && v->has_issuer)
		add_span(t, v->issuer_name);
	else if (span_is(key, "phone") && v->issuer_phone.n > 0)
		add_span(t, v->issuer_phone);
	else if (span_is(key, "name") && v->has_holder)
		add_span(t, v->passport.name);
	else if (span_is(key, "date") && v->has_holder)
		add_words_date(t, v->passport.exp - 1, w);
	else if (span_is(key, "start") && v->has_holder)
		add_words_date(t, v->passport.iat, w);
	else if (span_is(key, "age") && v->has_trust)
		add_age(t, list_age(v), w);
	else if (span_is(key, "lists") && v->has_trust)
		add_minute(t, v->has_status ? v->status_iat : v->trust_iat, w);
	else if (span_is(key, "host") && v->host.n > 0)
		add_span(t, v->host);
	else
		return false;
	return true;
}

static bool
is_plain(char c)
{
	return c != '\0' && c != '[' && c != ']' && c != '{';
}

size_t
verdict_fill(char out[static VERDICT_TEXT_MAX], const struct verdict *v,
    const struct words *w, const char *template)
{
	struct text t = {out, 0, VERDICT_TEXT_MAX - 1};
	size_t part = 0;
	bool known = true;

	out[0] = '\0';
	for (const char *p = template; *p != '\0'; p++) {
		const char *end;

		if (*p == '[') {
			part = t.n;
			known = true;
		} else if (*p == ']') {
			if (!known)
				t.n = part;
			out[t.n] = '\0';
		} else if (*p == '{' && (end = strchr(p, '}')) != NULL) {
			known = fill(&t, v, w,
				    span_of(p + 1, (size_t)(end - p - 1))) &&
				known;
			p = end;
		} else {
			size_t n = 1;

			while (is_plain(p[n]))
				n++;
			add(&t, p, n);
			p += n - 1;
		}
	}
	return t.n;
}

static bool
stale_unjudged(const struct verdict *v)
{
	return v->reason == REASON_LISTS_STALE && !v->has_holder;
}

size_t
verdict_headline(char out[static VERDICT_TEXT_MAX], const struct verdict *v,
    const struct words *w)
{
	return verdict_fill(out, v, w,
	    stale_unjudged(v) ? w->stale_unjudged_headline
			      : w->verdict[v->reason].headline);
}

size_t
verdict_meaning(char out[static VERDICT_TEXT_MAX], const struct verdict *v,
    const struct words *w)
{
	char more[VERDICT_TEXT_MAX];
	struct text t = {out, 0, VERDICT_TEXT_MAX - 1};

	t.n = verdict_fill(out, v, w,
	    stale_unjudged(v) ? w->stale_unjudged_meaning
			      : w->verdict[v->reason].meaning);
	if (v->foreign_host) {
		add(&t, " ", 1);
		add(&t, more, verdict_fill(more, v, w, w->foreign_host));
	}
	return t.n;
}

/* --- JSON --- */

static void
json_text(struct text *t, struct span s)
{
	static const char hex[] = "0123456789abcdef";
	size_t from = 0;

	add(t, "\"", 1);
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		add_span(t, span_of(s.p + from, i - from));
		from = i + 1;
		adds(t, c < 0x20 ? "\\u00" : "\\");
		if (c < 0x20)
			add(t, &hex[c >> 4], 1);
		add(t, c < 0x20 ? &hex[c & 15] : (const char *)&c, 1);
	}
	add_span(t, span_of(s.p + from, s.n - from));
	add(t, "\"", 1);
}

static void
member(struct text *t, const char *name)
{
	char last = t->p[t->n - 1];

	if (last != '{')
		add(t, ",", 1);
	add(t, "\"", 1);
	adds(t, name);
	adds(t, "\":");
}

static void
member_text(struct text *t, const char *name, struct span s)
{
	member(t, name);
	json_text(t, s);
}

static void
member_day(struct text *t, const char *name, int64_t time)
{
	char s[DATE_TEXT];

	date_text(s, date_of(date_day_of(time)));
	member_text(t, name, span_str(s));
}

static void
member_time(struct text *t, const char *name, int64_t time)
{
	char s[DATE_TIME_TEXT];

	date_time_text(s, time);
	member_text(t, name, span_str(s));
}

static void
json_holder(struct text *t, const struct verdict *v)
{
	char serial[SERIAL_TEXT];

	serial_text(serial, v->passport.serial);
	member_text(t, "serial", span_str(serial));
	member_text(t, "name", v->passport.name);
	member_text(t, "class",
	    span_str(v->passport.class == CLASS_YOUNG ? "young" : "adult"));
}

static void
json_issuer(struct text *t, const struct verdict *v)
{
	member(t, "issuer");
	add(t, "{", 1);
	if (v->has_ods)
		member_text(t, "ods", v->ods);
	member_text(t, "name", v->issuer_name);
	if (v->issuer_phone.n > 0)
		member_text(t, "phone", v->issuer_phone);
	add(t, "}", 1);
}

static void
json_lists(struct text *t, const struct verdict *v)
{
	member(t, "lists");
	add(t, "{", 1);
	member(t, "trust_seq");
	add_uint(t, v->trust_seq);
	member_time(t, "trust_issued", v->trust_iat);
	if (v->has_status) {
		member_time(t, "status_issued", v->status_iat);
		member_time(t, "status_expires", v->status_exp);
	}
	add(t, "}", 1);
}

size_t
verdict_json(char out[static VERDICT_JSON_MAX], const struct verdict *v,
    const struct words *w)
{
	char sentence[2 * VERDICT_TEXT_MAX + 2];
	struct text t = {out, 0, VERDICT_JSON_MAX - 1};
	size_t n = verdict_headline(sentence, v, w);

	sentence[n++] = '.';
	sentence[n++] = ' ';
	n += verdict_meaning(sentence + n, v, w);
	add(&t, "{", 1);
	member_text(&t, "verdict",
	    span_str(verdict_kind_name(verdict_kind(v->reason))));
	member_text(&t, "reason", span_str(reason_name(v->reason)));
	member_text(&t, "sentence", span_of(sentence, n));
	if (v->foreign_host) {
		member(&t, "foreign_host");
		adds(&t, "true");
	}
	if (v->has_holder)
		json_holder(&t, v);
	if (v->has_issuer)
		json_issuer(&t, v);
	if (v->has_holder) {
		member_day(&t, "valid_from", v->passport.iat);
		member_day(&t, "valid_to", v->passport.exp - 1);
	}
	if (v->has_trust)
		json_lists(&t, v);
	add(&t, "}", 1);
	return t.n;
}
