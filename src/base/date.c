#include "base/date.h"

/* Days from civil and back, counted in eras of 400 years from 1 March. */
int64_t
date_days(struct date d)
{
	int64_t y = d.month <= 2 ? d.year - 1 : d.year;
	int64_t era = y / 400;
	int64_t yoe = y - era * 400;
	int64_t mp = (d.month + 9) % 12;
	int64_t doy = (153 * mp + 2) / 5 + d.day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

struct date
date_of(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = z / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int64_t month = mp < 10 ? mp + 3 : mp - 9;
	int64_t year = yoe + era * 400 + (month <= 2);

	return (struct date){(int32_t)year, (int32_t)month,
	    (int32_t)(doy - (153 * mp + 2) / 5 + 1)};
}

int64_t
date_day_of(int64_t time)
{
	int64_t d = time / DATE_DAY_SECONDS;

	return time % DATE_DAY_SECONDS < 0 ? d - 1 : d;
}

static int32_t
month_length(int32_t year, int32_t month)
{
	static const uint8_t len[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : len[month - 1];
}

struct date
date_add_months(struct date d, int32_t n)
{
	int32_t m = d.year * 12 + d.month - 1 + n;
	struct date to = {m / 12, m % 12 + 1, d.day};
	int32_t last = month_length(to.year, to.month);

	if (to.day > last)
		to.day = last;
	return to;
}

/* Reads ${n} digits at ${*at}; false at anything else. */
static bool
digits(struct span t, size_t *at, size_t n, int32_t *out)
{
	int32_t v = 0;

	if (t.n - *at < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = t.p[*at + i];

		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*at += n;
	*out = v;
	return true;
}

static bool
one(struct span t, size_t *at, char c)
{
	if (*at >= t.n || t.p[*at] != (uint8_t)c)
		return false;
	++*at;
	return true;
}

static bool
read_date(struct span t, size_t *at, struct date *d)
{
	return digits(t, at, 4, &d->year) && one(t, at, '-') &&
	       digits(t, at, 2, &d->month) && one(t, at, '-') &&
	       digits(t, at, 2, &d->day) && d->year >= 1600 && d->month >= 1 &&
	       d->month <= 12 && d->day >= 1 &&
	       d->day <= month_length(d->year, d->month);
}

enum err
date_parse(struct date *out, struct span text)
{
	size_t at = 0;

	return read_date(text, &at, out) && at == text.n ? ERR_OK : ERR_DATA;
}

/* "Z" or "+hh:mm"; ${*off} is what to take away, in seconds. */
static bool
read_zone(struct span t, size_t *at, int64_t *off)
{
	int32_t h;
	int32_t m;
	bool minus;

	*off = 0;
	if (one(t, at, 'Z') || one(t, at, 'z'))
		return true;
	minus = one(t, at, '-');
	if (!minus && !one(t, at, '+'))
		return false;
	if (!digits(t, at, 2, &h) || !one(t, at, ':') ||
	    !digits(t, at, 2, &m) || h > 23 || m > 59)
		return false;
	*off = (minus ? -1 : 1) * (h * 3600 + m * 60);
	return true;
}

enum err
date_time_parse(int64_t *out, struct span text)
{
	struct date d;
	int32_t h;
	int32_t m;
	int32_t s;
	int64_t off;
	size_t at = 0;

	if (!read_date(text, &at, &d) ||
	    !(one(text, &at, 'T') || one(text, &at, 't') ||
		one(text, &at, ' ')) ||
	    !digits(text, &at, 2, &h) || !one(text, &at, ':') ||
	    !digits(text, &at, 2, &m) || !one(text, &at, ':') ||
	    !digits(text, &at, 2, &s) || h > 23 || m > 59 || s > 60)
		return ERR_DATA;
	if (one(text, &at, '.')) {
		size_t first = at;

		while (at < text.n && text.p[at] >= '0' && text.p[at] <= '9')
			at++;
		if (at == first)
			return ERR_DATA;
	}
	if (!read_zone(text, &at, &off) || at != text.n)
		return ERR_DATA;
	*out = date_days(d) * DATE_DAY_SECONDS + h * 3600 + m * 60 + s - off;
	return ERR_OK;
}

static char *
put(char *p, int32_t v, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		p[i] = (char)('0' + v % 10);
		v /= 10;
	}
	return p + width;
}

void
date_text(char out[static DATE_TEXT], struct date d)
{
	char *p = put(out, d.year, 4);

	*p++ = '-';
	p = put(p, d.month, 2);
	*p++ = '-';
	p = put(p, d.day, 2);
	*p = '\0';
}

void
date_time_text(char out[static DATE_TIME_TEXT], int64_t time)
{
	int64_t day = date_day_of(time);
	int32_t s = (int32_t)(time - day * DATE_DAY_SECONDS);
	char *p;

	date_text(out, date_of(day));
	p = out + DATE_TEXT - 1;
	*p++ = 'T';
	p = put(p, s / 3600, 2);
	*p++ = ':';
	p = put(p, s / 60 % 60, 2);
	*p++ = ':';
	p = put(p, s % 60, 2);
	*p++ = 'Z';
	*p = '\0';
}

void
date_words(char out[static DATE_WORDS], struct date d)
{
	static const char *const month[] = {"January", "February", "March",
	    "April", "May", "June", "July", "August", "September", "October",
	    "November", "December"};
	char *p = put(out, d.day, d.day < 10 ? 1 : 2);

	*p++ = ' ';
	for (const char *m = month[d.month - 1]; *m != '\0'; m++)
		*p++ = *m;
	*p++ = ' ';
	p = put(p, d.year, 4);
	*p = '\0';
}
