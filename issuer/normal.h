#ifndef ISSUER_NORMAL_H
#define ISSUER_NORMAL_H

#include "base/date.h"

/*
 * From what people type to what is stored: each function writes a NUL-
 * terminated text to ${out} and returns NULL, or a sentence that says what is
 * wrong with the value and what to do; the value itself is not repeated.
 */
#define NORMAL_TEXT 65 /* bytes of a name or reference with its NUL */
#define NORMAL_NHS  11
#define NORMAL_DATE DATE_TEXT

/* A display name: NFC, plain hyphens, no space at the ends, then the name rule.
 */
const char *normal_name(char out[static NORMAL_TEXT], struct span in);

/* A local reference: NFC, 1 to 64 bytes, no control characters. */
const char *normal_ref(char out[static NORMAL_TEXT], struct span in);

/* An NHS number: ten digits, spaces and hyphens dropped, check digit right. */
const char *normal_nhs(char out[static NORMAL_NHS], struct span in);

/*
 * A birth date as it is written here: 31/05/1961, 31-05-1961, 31.5.1961,
 * 31-May-1961, 31 May 1961, or 1961-05-31, which is what comes out. Years have
 * four digits; the day comes first.
 */
const char *normal_born(char out[static NORMAL_DATE], struct span in);

/* A telephone number as printed: digits, spaces and + ( ) - . x # only. */
const char *normal_phone(char out[static NORMAL_TEXT], struct span in);

/* An ODS code: upper case letters and digits, 3 to 10; small letters are
 * raised. */
const char *normal_ods(char out[static NORMAL_TEXT], struct span in);

#endif
