#include "base/conf.h"

#include <ini.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "base/log.h"

#define KEYS_MAX 64
#define FILE_MAX 65536

/* One parse: what libinih reads from, and what its handler writes to. */
struct parse {
	struct span text;
	size_t at;
	size_t line; /* of the line last handed out, from 1 */
	const struct conf_key *keys;
	size_t n;
	uint8_t *to;
	bool seen[KEYS_MAX];
	struct conf_fault *fault;
	bool bad;
};

static void __attribute__((format(printf, 2, 3)))
fail(struct parse *p, const char *fmt, ...)
{
	va_list ap;

	if (p->bad)
		return;
	p->bad = true;
	p->fault->line = p->line;
	va_start(ap, fmt);
	vsnprintf(p->fault->why, sizeof(p->fault->why), fmt, ap);
	va_end(ap);
}

/* --- kinds of value ------------------------------------------------------- */

static bool
is_text(struct span t)
{
	if (t.n > 0 && (t.p[0] == ' ' || t.p[t.n - 1] == ' '))
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] < 0x20 || t.p[i] == 0x7f || t.p[i] == ';')
			return false;
	return true;
}

static bool
is_host_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* Decimal without sign or leading zeros; false beyond 18 digits. */
static bool
natural(struct span t, int64_t *out)
{
	int64_t v = 0;

	if (t.n == 0 || t.n > 18 || (t.n > 1 && t.p[0] == '0'))
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
		v = v * 10 + (t.p[i] - '0');
	}
	*out = v;
	return true;
}

bool
conf_is_host(struct span t)
{
	size_t label = 0;
	size_t i;
	int64_t port;

	for (i = 0; i < t.n && t.p[i] != ':'; i++) {
		bool edge = i + 1 == t.n || t.p[i + 1] == '.' ||
			    t.p[i + 1] == ':' || label == 0;

		if (t.p[i] == '.' && label > 0) {
			label = 0;
			continue;
		}
		if (!is_host_byte(t.p[i]) || (edge && t.p[i] == '-') ||
		    ++label > 63)
			return false;
	}
	if (label == 0)
		return false;
	if (i == t.n)
		return true;
	return natural(span_of(t.p + i + 1, t.n - i - 1), &port) && port >= 1 &&
	       port <= 65535 && port != 443;
}

static bool
set_text(const struct conf_key *k, struct span v, void *to)
{
	if (!is_text(v) || v.n < (uint64_t)k->min || v.n > (uint64_t)k->max)
		return false;
	memcpy(to, v.p, v.n);
	((char *)to)[v.n] = '\0';
	return true;
}

static bool
set_host(const struct conf_key *k, struct span v, void *to)
{
	return conf_is_host(v) && set_text(k, v, to);
}

static bool
set_int(const struct conf_key *k, struct span v, void *to)
{
	bool minus = v.n > 1 && v.p[0] == '-';
	int64_t n;

	if (!natural(minus ? span_of(v.p + 1, v.n - 1) : v, &n))
		return false;
	n = minus ? -n : n;
	if (n < k->min || n > k->max)
		return false;
	memcpy(to, &n, sizeof(n));
	return true;
}

static bool
set_bool(const struct conf_key *k, struct span v, void *to)
{
	bool b = span_is(v, "yes");

	(void)k;
	if (!b && !span_is(v, "no"))
		return false;
	memcpy(to, &b, sizeof(b));
	return true;
}

static enum err
put_text(struct buf *out, const void *from)
{
	return buf_puts(out, from);
}

static enum err
put_int(struct buf *out, const void *from)
{
	int64_t n;

	memcpy(&n, from, sizeof(n));
	return buf_printf(out, "%" PRId64, n);
}

static enum err
put_bool(struct buf *out, const void *from)
{
	bool b;

	memcpy(&b, from, sizeof(b));
	return buf_puts(out, b ? "yes" : "no");
}

static const struct {
	bool (*set)(const struct conf_key *, struct span, void *);
	enum err (*put)(struct buf *, const void *);
	const char *allowed; /* printf: min, max */
} kinds[] = {
    [CONF_TEXT] = {set_text, put_text,
	"text of %" PRId64 " to %" PRId64 " bytes, without ';' or control "
	"characters"},
    [CONF_INT] = {set_int, put_int,
	"a whole number from %" PRId64 " to %" PRId64},
    [CONF_BOOL] = {set_bool, put_bool, "yes or no"},
    [CONF_HOST] = {set_host, put_text,
	"a host name in lower case, of %" PRId64 " to %" PRId64 " bytes, with "
	":port if that is not 443"},
};

/* What the row allows, as a person reads it. */
static const char *
allowed(char out[static CONF_WHY], const struct conf_key *k)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	/* The formats are the constants of kinds[] just above. */
	snprintf(out, CONF_WHY, kinds[k->kind].allowed, k->min, k->max);
#pragma GCC diagnostic pop
	return out;
}

/* --- reading -------------------------------------------------------------- */

/* fgets for libinih, from memory, counting lines and refusing long ones. */
static char *
next_line(char *out, int size, void *stream)
{
	struct parse *p = stream;
	size_t n = 0;

	if (p->bad || p->at >= p->text.n)
		return NULL;
	p->line++;
	while (p->at < p->text.n && p->text.p[p->at] != '\n') {
		uint8_t c = p->text.p[p->at++];

		if (n >= CONF_LINE || n + 2 >= (size_t)size) {
			fail(p, "a line of more than %d bytes", CONF_LINE);
			return NULL;
		}
		if (c == 0) {
			fail(p, "a NUL byte: this is not a text file");
			return NULL;
		}
		out[n++] = (char)c;
	}
	if (p->at < p->text.n)
		p->at++;
	out[n++] = '\n';
	out[n] = '\0';
	return out;
}

static void
unknown(struct parse *p, const char *section, const char *key)
{
	bool known = false;

	for (size_t i = 0; i < p->n; i++)
		known = known || strcmp(p->keys[i].section, section) == 0;
	if (known)
		fail(p, "there is no key \"%.40s\" in [%.40s]", key, section);
	else if (section[0] == '\0')
		fail(p, "\"%.40s\" stands before the first [section]", key);
	else
		fail(p, "there is no section [%.40s]", section);
}

/* libinih calls this for each "key = value"; 0 is a refusal. */
static int
take(void *user, const char *section, const char *key, const char *value)
{
	struct parse *p = user;
	const struct conf_key *k = NULL;
	char what[CONF_WHY];
	size_t i;

	if (p->bad)
		return 0;
	for (i = 0; i < p->n && k == NULL; i++)
		if (strcmp(p->keys[i].section, section) == 0 &&
		    strcmp(p->keys[i].key, key) == 0)
			k = &p->keys[i];
	if (k == NULL) {
		unknown(p, section, key);
		return 0;
	}
	i = (size_t)(k - p->keys);
	if (p->seen[i]) {
		fail(p, "%s is given a second time in [%s]", key, section);
		return 0;
	}
	p->seen[i] = true;
	if (!kinds[k->kind].set(k, span_str(value), p->to + k->at)) {
		fail(p, "%s = \"%.60s\": must be %s", key, value,
		    allowed(what, k));
		return 0;
	}
	return 1;
}

static void
check_needed(struct parse *p)
{
	p->line = 0;
	for (size_t i = 0; i < p->n; i++)
		if (p->keys[i].needed && !p->seen[i])
			fail(p, "%s is missing in [%s]", p->keys[i].key,
			    p->keys[i].section);
}

enum err
conf_parse(struct span text, const struct conf_key *keys, size_t n, void *to,
    struct conf_fault *fault)
{
	struct parse p = {
	    .text = text, .keys = keys, .n = n, .to = to, .fault = fault};
	int bad;

	*fault = (struct conf_fault){0};
	if (n > KEYS_MAX)
		return ERR_INTERNAL;
	bad = ini_parse_stream(next_line, &p, take, &p);
	/* libinih goes on after a bad line; ours may be a later one. */
	if (bad != 0 && (!p.bad || (size_t)bad < fault->line)) {
		p.bad = false;
		p.line = bad > 0 ? (size_t)bad : 0;
		fail(&p, "a line that is neither [section] nor key = value");
	}
	check_needed(&p);
	return p.bad ? ERR_CONFIG : ERR_OK;
}

enum err
conf_read(const char *path, const struct conf_key *keys, size_t n, void *to)
{
	struct buf text = BUF_INIT(FILE_MAX);
	struct conf_fault fault;
	enum err e = file_read(&text, path);

	if (e != ERR_OK)
		goto out;
	e = conf_parse(buf_span(&text), keys, n, to, &fault);
	if (e == ERR_CONFIG && fault.line > 0)
		log_error("%s: line %zu: %s", path, fault.line, fault.why);
	else if (e == ERR_CONFIG)
		log_error("%s: %s", path, fault.why);
out:
	buf_free(&text);
	return e;
}

/* --- writing -------------------------------------------------------------- */

/* A value must pass its own rule, or the file could not be read back. */
static enum err
check_value(const struct conf_key *k, const uint8_t *from, struct buf *text)
{
	uint8_t to[CONF_LINE + 1];
	char what[CONF_WHY];
	struct span v;
	enum err e = kinds[k->kind].put(text, from);

	if (e != ERR_OK)
		return e;
	v = buf_span(text);
	if (v.n + strlen(k->key) + 3 > CONF_LINE ||
	    !kinds[k->kind].set(k, v, to)) {
		log_error("configuration: %s cannot be \"%.60s\": must be %s",
		    k->key, v.n == 0 ? "" : (const char *)v.p,
		    allowed(what, k));
		return ERR_CONFIG;
	}
	return ERR_OK;
}

enum err
conf_text(
    struct buf *out, const struct conf_key *keys, size_t n, const void *from)
{
	const char *section = "";
	enum err e = ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		struct buf v = BUF_INIT(CONF_LINE);
		const uint8_t *at = (const uint8_t *)from + keys[i].at;

		e = check_value(&keys[i], at, &v);
		if (e == ERR_OK && strcmp(section, keys[i].section) != 0) {
			section = keys[i].section;
			e = buf_printf(
			    out, "%s[%s]\n", i > 0 ? "\n" : "", section);
		}
		if (e == ERR_OK)
			e = buf_printf(out, "%s = %s\n", keys[i].key,
			    v.n == 0 ? "" : (const char *)v.p);
		buf_free(&v);
	}
	return e;
}

enum err
conf_write(
    const char *path, const struct conf_key *keys, size_t n, const void *from)
{
	struct buf text = BUF_INIT(FILE_MAX);
	enum err e = conf_text(&text, keys, n, from);

	if (e == ERR_OK)
		e = file_write(path, buf_span(&text), 0600);
	buf_free(&text);
	return e;
}
