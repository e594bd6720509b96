#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/err.h"
#include "base/span.h"

/*
 * Proleptic Gregorian dates in UTC, without the C library's clock or zone.
 * A day is the number of days since 1970-01-01; a time is NumericDate, seconds
 * since then (RFC 8392 section 2).  Years 1600 to 9999.  Freestanding: also
 * part of core.wasm.
 */
#define DATE_DAY_SECONDS 86400
#define DATE_TEXT        11 /* "YYYY-MM-DD" and NUL */
#define DATE_TIME_TEXT   21 /* "YYYY-MM-DDThh:mm:ssZ" and NUL */
#define DATE_WORDS       20 /* "21 November 2028" and NUL */

struct date {
	int32_t year;
	int32_t month; /* 1..12 */
	int32_t day;   /* 1..31 */
};

/* date_days(d): Returns the day number of a valid ${d}. */
int64_t date_days(struct date d);

/* date_of(days): Returns the date of a day number. */
struct date date_of(int64_t days);

/* date_day_of(time): Returns the day number that holds ${time}. */
int64_t date_day_of(int64_t time);

/* date_add_months(d, n): Returns the same day ${n} months on, clamped to the
 * month's end. */
struct date date_add_months(struct date d, int32_t n);

/* date_parse(out, text): reads exactly "YYYY-MM-DD". Returns ERR_OK or
 * ERR_DATA. */
enum err date_parse(struct date *out, struct span text) MUST_CHECK;

/* date_time_parse(out, text): reads RFC 3339
 * "YYYY-MM-DDThh:mm:ss[.f](Z|+hh:mm)". Returns ERR_OK or ERR_DATA. */
enum err date_time_parse(int64_t *out, struct span text) MUST_CHECK;

/* date_text(out, d): writes "YYYY-MM-DD". */
void date_text(char out[static DATE_TEXT], struct date d);

/* date_time_text(out, time): writes "YYYY-MM-DDThh:mm:ssZ". */
void date_time_text(char out[static DATE_TIME_TEXT], int64_t time);

/* date_words(out, d): writes "21 November 2028", as people read it. */
void date_words(char out[static DATE_WORDS], struct date d);

#endif
