#include <stdlib.h>

#include "registry/ods.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t scratch[ODS_SCRATCH];

/* What the registry's columns hold; a row that breaks this would be a bug. */
static void
check_code(struct span code, bool optional)
{
	if (!(optional && code.n == 0) && !ods_is_code(code))
		abort();
}

static void
check_text(struct span t, size_t max)
{
	if (t.n > max)
		abort();
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] < 0x20 || t.p[i] > 0x7e)
			abort();
}

static void
check_org(const struct ods_org *o)
{
	check_code(o->code, false);
	check_text(o->name, ODS_NAME_MAX);
	if (o->name.n == 0 || memchr("ACDP", o->status, 4) == NULL ||
	    o->service < -1 || o->service > 99)
		abort();
	for (size_t i = 0; i < ODS_LEVELS; i++)
		check_code(o->area[i], true);
	for (size_t i = 0; i < ODS_LINES; i++)
		check_text(o->address[i], ODS_LINE_MAX);
	check_text(o->postcode, ODS_POST_MAX);
	check_text(o->phone, ODS_TEL_MAX);
}

static void
check_map(const struct ods_map *m)
{
	check_code(m->code, false);
	for (size_t i = 0; i < ODS_LEVELS; i++) {
		check_code(m->area[i], true);
		check_text(m->area_name[i], ODS_NAME_MAX);
	}
}

static void
check_fault(const struct ods_fault *f)
{
	if (f->line == 0 || f->why == NULL ||
	    memchr(f->value, '\0', sizeof(f->value)) == NULL)
		abort();
	check_text(span_str(f->value), sizeof(f->value));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ods_file f;
	struct ods_fault fault;
	struct ods_org o;
	struct ods_map m;
	enum err e = ods_open(&f, span_of(data, len), scratch, &fault);

	while (e == ERR_OK && f.kind == ODS_MAP) {
		e = ods_next_map(&f, &m, &fault);
		if (e == ERR_OK)
			check_map(&m);
	}
	while (e == ERR_OK) {
		e = ods_next_org(&f, &o, &fault);
		if (e == ERR_OK)
			check_org(&o);
	}
	if (e == ERR_DATA)
		check_fault(&fault);
	else if (e != ERR_NOINPUT)
		abort();
	return 0;
}
