#include "passport/passport.h"

#include "base/date.h"
#include "passport/name.h"

#define CLAIM_ISS   1
#define CLAIM_EXP   4
#define CLAIM_IAT   6
#define CLAIM_CTI   7
#define CLAIM_CARER (-65537)
#define SERIAL_SIZE 5

int64_t
passport_time(struct cbor *c)
{
	return (int64_t)cbor_below(c, PASSPORT_TIME_MAX);
}

static uint64_t
read_serial(struct cbor *c)
{
	struct span s = cbor_bytes(c);
	uint64_t v = 0;

	if (s.n != SERIAL_SIZE)
		cbor_fail(c);
	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];
	return v;
}

/* The private map: members 1, 2, 3, all of them, in order. */
static void
read_carer(struct cbor *c, struct passport *p)
{
	if (cbor_map(c) != 3 || cbor_int(c) != 1)
		cbor_fail(c);
	p->name = cbor_text(c);
	if (cbor_int(c) != 2)
		cbor_fail(c);
	p->class = (enum passport_class)cbor_below(c, CLASS_YOUNG + 1);
	if (cbor_int(c) != 3)
		cbor_fail(c);
	p->index = (uint32_t)cbor_below(c, (uint64_t)UINT32_MAX + 1);
}

bool
passport_read(struct passport *p, struct span payload)
{
	struct cbor c = cbor_of(payload);

	memset(p, 0, sizeof(*p));
	if (cbor_map(&c) != 5 || cbor_int(&c) != CLAIM_ISS)
		return false;
	p->iss = cbor_text(&c);
	if (cbor_int(&c) != CLAIM_EXP)
		return false;
	p->exp = passport_time(&c);
	if (cbor_int(&c) != CLAIM_IAT)
		return false;
	p->iat = passport_time(&c);
	if (cbor_int(&c) != CLAIM_CTI)
		return false;
	p->serial = read_serial(&c);
	if (cbor_int(&c) != CLAIM_CARER)
		return false;
	read_carer(&c, p);
	return cbor_done(&c) && p->exp > p->iat &&
	       p->exp - p->iat <=
		   (int64_t)PASSPORT_DAYS_MAX * DATE_DAY_SECONDS &&
	       name_is_person(p->name);
}

void
passport_put(struct cbor_out *o, const struct passport *p)
{
	uint8_t serial[SERIAL_SIZE];

	for (int i = 0; i < SERIAL_SIZE; i++)
		serial[i] = (uint8_t)(p->serial >> (8 * (SERIAL_SIZE - 1 - i)));
	cbor_put_map(o, 5);
	cbor_put_int(o, CLAIM_ISS);
	cbor_put_text(o, p->iss);
	cbor_put_int(o, CLAIM_EXP);
	cbor_put_int(o, p->exp);
	cbor_put_int(o, CLAIM_IAT);
	cbor_put_int(o, p->iat);
	cbor_put_int(o, CLAIM_CTI);
	cbor_put_bytes(o, span_of(serial, sizeof(serial)));
	cbor_put_int(o, CLAIM_CARER);
	cbor_put_map(o, 3);
	cbor_put_int(o, 1);
	cbor_put_text(o, p->name);
	cbor_put_int(o, 2);
	cbor_put_int(o, p->class);
	cbor_put_int(o, 3);
	cbor_put_uint(o, p->index);
}
