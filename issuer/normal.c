#include "issuer/normal.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "passport/name.h"

static struct span
trim(struct span t)
{
	while (t.n > 0 && (t.p[0] == ' ' || t.p[0] == '\t')) {
		t.p++;
		t.n--;
	}
	while (t.n > 0 && (t.p[t.n - 1] == ' ' || t.p[t.n - 1] == '\t'))
		t.n--;
	return t;
}

static void
copy(char *out, struct span t)
{
	if (t.n > 0)
		memcpy(out, t.p, t.n);
	out[t.n] = '\0';
}

/* U+2010 and U+2011 become '-': what word processors make of a hyphen. */
static size_t
plain_hyphens(uint8_t *p, size_t n)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		if (n - i >= 3 && p[i] == 0xe2 && p[i + 1] == 0x80 &&
		    (p[i + 2] == 0x90 || p[i + 2] == 0x91)) {
			p[to++] = '-';
			i += 2;
		} else {
			p[to++] = p[i];
		}
	}
	return to;
}

/* Which sentence fits a name that breaks the rule. */
static const char *
name_fault(struct span t)
{
	if (t.n > NAME_PERSON_MAX)
		return "is longer than 64 bytes: shorten it, for example by "
		       "leaving out middle names";
	for (size_t at = 0; at < t.n;) {
		int32_t cp = utf8_next(t, &at);

		if (cp >= '0' && cp <= '9')
			return "has a digit in it: give the person's name only";
		if (!name_has_char(cp))
			return "has a character that a card cannot show: use "
			       "Latin letters, accents, spaces, ' - . and , "
			       "(type a dash or an apostrophe again; write "
			       "names in other scripts as in the GP record)";
		if (cp == ' ' && at < t.n && t.p[at] == ' ')
			return "has two spaces together: leave one of them out";
	}
	return "is not written as a name: it needs a letter, single spaces, "
	       "and accents only on letters";
}

const char *
normal_name(char out[static NORMAL_TEXT], struct span in)
{
	struct span t = trim(in);
	const char *why = NULL;
	uint8_t *nfc = NULL;
	utf8proc_ssize_t n;

	out[0] = '\0';
	if (t.n == 0)
		return "is empty: give the name as it should stand on the card";
	if (t.n > 4096)
		return "is far too long";
	if (!utf8_ok(t) || memchr(t.p, 0, t.n) != NULL)
		return "is not text in UTF-8";
	n = utf8proc_map(t.p, (utf8proc_ssize_t)t.n, &nfc,
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n < 0)
		return "could not be read as text";
	t = span_of(nfc, plain_hyphens(nfc, (size_t)n));
	if (!name_is_person(t))
		why = name_fault(t);
	else
		copy(out, t);
	free(nfc);
	return why;
}

const char *
normal_ref(char out[static NORMAL_TEXT], struct span in)
{
	struct span t = trim(in);
	utf8proc_uint8_t *nfc = NULL;
	utf8proc_ssize_t n;
	const char *why = NULL;

	out[0] = '\0';
	if (t.n == 0)
		return "is empty";
	if (t.n >= NORMAL_TEXT)
		return "is longer than 64 bytes";
	if (!utf8_ok(t))
		return "is not text in UTF-8";
	for (size_t at = 0; at < t.n;) {
		int32_t cp = utf8_next(t, &at);

		if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
			return "has a control character in it: type it again";
	}
	/* However an accent was typed, it is the same reference. */
	n = utf8proc_map(t.p, (utf8proc_ssize_t)t.n, &nfc,
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n < 0 || n >= NORMAL_TEXT)
		why = "could not be read as text";
	else
		copy(out, span_of(nfc, (size_t)n));
	free(nfc);
	return why;
}

const char *
normal_nhs(char out[static NORMAL_NHS], struct span in)
{
	struct span t = trim(in);
	int sum = 0;
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == ' ' || t.p[i] == '-')
			continue;
		if (t.p[i] < '0' || t.p[i] > '9' || n == NORMAL_NHS - 1) {
			out[0] = '\0';
			return "is not an NHS number: it has ten digits";
		}
		out[n++] = (char)t.p[i];
	}
	out[n] = '\0';
	for (size_t i = 0; n == NORMAL_NHS - 1 && i < 9; i++)
		sum += (out[i] - '0') * (int)(10 - i);
	/* Modulus 11: 11 - (sum mod 11), where 11 is 0 and 10 never happens. */
	if (n == NORMAL_NHS - 1 && (11 - sum % 11) % 11 == out[9] - '0')
		return NULL;
	out[0] = '\0';
	return n == NORMAL_NHS - 1
		   ? "has a wrong check digit: compare it with the record"
		   : "is not an NHS number: it has ten digits";
}

/* --- dates ---------------------------------------------------------------- */

/* A run of digits, at most four; moves ${at} behind it. */
static int32_t
number(struct span t, size_t *at, size_t *digits)
{
	int32_t n = 0;

	for (*digits = 0; *at < t.n && *digits < 5; ++*at, ++*digits) {
		if (t.p[*at] < '0' || t.p[*at] > '9')
			break;
		n = n * 10 + t.p[*at] - '0';
	}
	return n;
}

/* A month by its name or the first three letters of it; 0: none. */
static int32_t
month_by_name(struct span t, size_t *at)
{
	static const char *const months[] = {"january", "february", "march",
	    "april", "may", "june", "july", "august", "september", "october",
	    "november", "december"};
	char word[16];
	size_t n = 0;

	while (*at < t.n && n < sizeof(word) - 1 && (t.p[*at] | 0x20) >= 'a' &&
	       (t.p[*at] | 0x20) <= 'z')
		word[n++] = (char)(t.p[(*at)++] | 0x20);
	word[n] = '\0';
	for (int32_t m = 0; m < 12; m++)
		if (strcmp(word, months[m]) == 0 ||
		    (n == 3 && memcmp(word, months[m], 3) == 0))
			return m + 1;
	return 0;
}

static bool
separator(struct span t, size_t *at)
{
	if (*at >= t.n || strchr("/-. ", t.p[*at]) == NULL || t.p[*at] == '\0')
		return false;
	++*at;
	return true;
}

/* Three parts, the day first, or the year. Returns NULL or what is wrong. */
static const char *
read_parts(struct span t, struct date *d)
{
	size_t at = 0;
	size_t first, digits;
	int32_t a = number(t, &at, &first);
	int32_t c;

	if (first == 0 || !separator(t, &at))
		return "";
	d->month = number(t, &at, &digits);
	if (digits == 0)
		d->month = month_by_name(t, &at);
	if (!separator(t, &at))
		return "";
	c = number(t, &at, &digits);
	if (digits == 2 && first <= 2 && at == t.n)
		return "has a year of two digits: write all four";
	if (at != t.n || (first == 4) == (digits == 4))
		return "";
	d->year = first == 4 ? a : c;
	d->day = first == 4 ? c : a;
	return NULL;
}

const char *
normal_born(char out[static NORMAL_DATE], struct span in)
{
	static const char what[] = "is not a date: write it like 31/05/1961 "
				   "or 1961-05-31";
	struct span t = trim(in);
	struct date d;
	struct date again;
	const char *why;

	out[0] = '\0';
	/* Spreadsheets add midnight to a date. */
	if (t.n > 9 && span_is(span_of(t.p + t.n - 9, 9), " 00:00:00"))
		t.n -= 9;
	else if (t.n > 6 && span_is(span_of(t.p + t.n - 6, 6), " 00:00"))
		t.n -= 6;
	why = read_parts(t, &d);
	if (why != NULL)
		return why[0] != '\0' ? why : what;
	if (d.year < 1600 || d.year > 9999 || d.month < 1 || d.month > 12 ||
	    d.day < 1 || d.day > 31)
		return what;
	again = date_of(date_days(d));
	if (again.day != d.day || again.month != d.month)
		return "is a day that there is not: look at day and month (the "
		       "day comes first)";
	date_text(out, d);
	return NULL;
}

const char *
normal_phone(char out[static NORMAL_TEXT], struct span in)
{
	static const char others[] = " +()-.x#";
	struct span t = trim(in);
	size_t digits = 0;

	out[0] = '\0';
	if (t.n > 30)
		return "is longer than 30 characters";
	for (size_t i = 0; i < t.n; i++) {
		bool digit = t.p[i] >= '0' && t.p[i] <= '9';

		if (!digit && (t.p[i] == 0 || strchr(others, t.p[i]) == NULL))
			return "is not a telephone number: use digits, spaces "
			       "and + ( ) - only";
		digits += digit;
	}
	if (digits < 3)
		return "is not a telephone number: it has too few digits";
	copy(out, t);
	return NULL;
}

const char *
normal_ods(char out[static NORMAL_TEXT], struct span in)
{
	struct span t = trim(in);

	out[0] = '\0';
	if (t.n < 3 || t.n > 10)
		return "is not an organisation code: it has 3 to 10 letters "
		       "and digits, like A81001";
	for (size_t i = 0; i < t.n; i++) {
		uint8_t c = t.p[i];

		if (c >= 'a' && c <= 'z')
			c = (uint8_t)(c - 'a' + 'A');
		if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) {
			out[0] = '\0';
			return "is not an organisation code: it has letters "
			       "and digits only, like A81001";
		}
		out[i] = (char)c;
	}
	out[t.n] = '\0';
	return NULL;
}
