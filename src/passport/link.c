#include "passport/link.h"

#include "passport/serial.h"

#define CHUNK        7
#define CHUNK_DIGITS 17

/* Digits for a last chunk of 0 to 7 bytes. */
static const uint8_t digits_of[CHUNK + 1] = {0, 3, 5, 8, 10, 13, 15, 17};

size_t
link_digits(char out[static LINK_DIGITS_MAX + 1], struct span bytes)
{
	size_t n = 0;

	if (bytes.n > LINK_BYTES_MAX)
		return 0;
	for (size_t at = 0; at < bytes.n; at += CHUNK) {
		size_t k = bytes.n - at < CHUNK ? bytes.n - at : CHUNK;
		uint64_t v = 0;

		for (size_t i = 0; i < k; i++)
			v = v << 8 | bytes.p[at + i];
		for (size_t i = digits_of[k]; i > 0; i--) {
			out[n + i - 1] = (char)('0' + v % 10);
			v /= 10;
		}
		n += digits_of[k];
	}
	out[n] = '\0';
	return n;
}

/* How many bytes ${left} digits begin with, up to a chunk; 0 if none fit. */
static size_t
chunk_bytes(size_t left)
{
	if (left >= CHUNK_DIGITS)
		return CHUNK;
	for (size_t k = 1; k < CHUNK; k++)
		if (digits_of[k] == left)
			return k;
	return 0;
}

size_t
link_bytes(uint8_t out[static LINK_BYTES_MAX], struct span digits)
{
	size_t n = 0;
	size_t at = 0;

	if (digits.n > LINK_DIGITS_MAX)
		return 0;
	while (at < digits.n) {
		size_t k = chunk_bytes(digits.n - at);
		uint64_t v = 0;

		if (k == 0)
			return 0;
		for (size_t i = 0; i < digits_of[k]; i++) {
			uint8_t c = digits.p[at + i];

			if (c < '0' || c > '9')
				return 0;
			v = v * 10 + (uint64_t)(c - '0');
		}
		if (v >> (8 * k) != 0)
			return 0;
		for (size_t i = 0; i < k; i++)
			out[n + i] = (uint8_t)(v >> (8 * (k - 1 - i)));
		n += k;
		at += digits_of[k];
	}
	return n;
}

static bool
is_digits(struct span t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
	return t.n > 0;
}

static bool
is_lower_or_digit(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* ":port": 1 to 65535, no leading zero. */
static bool
port_ok(struct span t)
{
	uint32_t v = 0;

	if (t.n < 2 || t.n > 6 || t.p[0] != ':' || t.p[1] == '0' ||
	    !is_digits(span_of(t.p + 1, t.n - 1)))
		return false;
	for (size_t i = 1; i < t.n; i++)
		v = v * 10 + (uint32_t)(t.p[i] - '0');
	return v <= 65535;
}

/* The length of the host name at the start of ${t}, without its port. */
static size_t
host_length(struct span t)
{
	size_t n = 0;

	while (n < t.n &&
	       (is_lower_or_digit(t.p[n]) || t.p[n] == '.' || t.p[n] == '-'))
		n++;
	if (n == 0 || n > LINK_HOST_MAX || !is_lower_or_digit(t.p[0]) ||
	    !is_lower_or_digit(t.p[n - 1]))
		return 0;
	for (size_t i = 1; i < n; i++)
		if (t.p[i] == '.' && t.p[i - 1] == '.')
			return 0;
	return n;
}

bool
link_host_ok(struct span host)
{
	size_t n = host_length(host);
	struct span port;

	if (n == 0)
		return false;
	port = span_of(host.p + n, host.n - n);
	return port.n == 0 || (port_ok(port) && !span_is(port, ":443"));
}

static bool
is_path(uint8_t c)
{
	return is_lower_or_digit(c) || c == '.' || c == '_' || c == '~' ||
	       c == '/' || c == '-';
}

static struct span
rest(struct span t, size_t n)
{
	return span_of(t.p + n, t.n - n);
}

/* "#", or the pound sign that a wrongly set scanner types for it. */
static size_t
hash_length(struct span t)
{
	if (t.n >= 1 && t.p[0] == '#')
		return 1;
	return t.n >= 2 && t.p[0] == 0xc2 && t.p[1] == 0xa3 ? 2 : 0;
}

static bool
read_url(struct link *l, struct span t)
{
	static const char scheme[] = "https://";
	size_t n = sizeof(scheme) - 1;
	size_t port = 0;

	if (t.n < n || memcmp(t.p, scheme, n) != 0)
		return false;
	t = rest(t, n);
	n = host_length(t);
	if (n == 0)
		return false;
	while (n + port < t.n && t.p[n + port] != '/')
		port++;
	l->host = span_of(t.p, n + port);
	if (port > 0 && !port_ok(span_of(t.p + n, port)))
		return false;
	if (span_is(span_of(t.p + n, port), ":443"))
		l->host.n = n;
	t = rest(t, n + port);
	if (t.n == 0)
		return false;
	for (n = 0; n < t.n && is_path(t.p[n]); n++)
		;
	t = rest(t, n);
	n = hash_length(t);
	l->digits = rest(t, n);
	return n > 0 && is_digits(l->digits);
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\r' || c == '\n';
}

struct link
link_read(struct span t)
{
	struct link l = {.kind = LINK_BAD};

	while (t.n > 0 && is_blank(t.p[0]))
		t = rest(t, 1);
	while (t.n > 0 && is_blank(t.p[t.n - 1]))
		t.n--;
	if (serial_read(&l.serial, t)) {
		l.kind = LINK_SERIAL;
	} else if (is_digits(t)) {
		l.kind = LINK_CODE;
		l.digits = t;
	} else if (read_url(&l, t)) {
		l.kind = LINK_CODE;
	}
	return l;
}
