#ifndef PASSPORT_PASSPORT_H
#define PASSPORT_PASSPORT_H

#include "passport/cbor.h"

/* The claims of a passport (FORMAT.md 2). */
#define PASSPORT_MAX 512 /* bytes of the whole signed object */
#define PASSPORT_PAYLOAD_MAX                                                   \
	256 /* bytes of the longest payload that we write */
#define PASSPORT_DAYS_MAX   1098 /* longest life: 36 months and the last day */
#define PASSPORT_TIME_MAX   253402300800 /* first second of the year 10000 */
#define PASSPORT_LIST_BITS  17 /* index = list number << 17 | position */
#define PASSPORT_SERIAL_MAX ((UINT64_C(1) << 40) - 1)

enum passport_class {
	CLASS_ADULT = 0,
	CLASS_YOUNG = 1, /* a carer under 18 */
};

struct passport {
	struct span iss;  /* ODS code of the issuer */
	int64_t exp;      /* first second after the printed "valid to" day */
	int64_t iat;      /* second of signing */
	uint64_t serial;  /* claim 7, 40 bits */
	struct span name; /* as printed */
	enum passport_class class;
	uint32_t index; /* in the status lists */
};

/*
 * passport_read(p, payload): reads the claims, deterministic CBOR, all present,
 *     none other, within their ranges, the name by the name rule. Spans point
 *     into ${payload}. Whether ${p->iss} may be vouched for is not asked here.
 *     Returns false at any deviation.
 */
bool passport_read(struct passport *p, struct span payload);

/* passport_time(c): Returns the next item, a NumericDate before the year 10000.
 */
int64_t passport_time(struct cbor *c);

/* passport_put(o, p): writes the claims. */
void passport_put(struct cbor_out *o, const struct passport *p);

#endif
