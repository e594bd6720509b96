#include <stdlib.h>

#include "issuer/register.h"
#include "passport/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* What a good row may hold, whatever the file was. */
static void
check_good(const struct issuing *w)
{
	must(name_is_person(span_str(w->name)));
	must(w->ref[0] != '\0' || w->nhs[0] != '\0');
	must(w->nhs[0] == '\0' || strlen(w->nhs) == 10);
	must(w->born[0] == '\0' || strlen(w->born) == 10);
	must(w->months >= 1 && w->months <= ISSUING_MONTHS_MAX);
}

static void
check(const struct register_file *f)
{
	size_t line = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct register_row *r = &f->row[i];

		must(r->line >= line);
		line = r->line;
		must(strcmp(r->want.ods, "A81001") == 0);
		if (r->fault == NULL)
			check_good(&r->want);
		else
			must(r->fault->why[0] != '\0' &&
			     r->fault->column[0] != '\0');
	}
}

/* A first byte of '#': what stands before the next NUL is a map. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *nul =
	    len > 0 && data[0] == '#' ? memchr(data, '\0', len) : NULL;
	size_t skip = nul == NULL ? 0 : (size_t)(nul - data) + 1;
	struct buf text = BUF_INIT(1 << 20);
	struct column_map map;
	bool mapped = skip > 0 && column_map_parse(&map,
				      span_of(data, skip - 1), "map") == ERR_OK;
	struct register_file f = {0};
	enum err e;

	if (buf_add(&text, data + skip, len - skip) != ERR_OK)
		return 0;
	e = register_parse(
	    &f, &text, "file", mapped ? &map : NULL, "A81001", 24);
	must(e == ERR_OK || e == ERR_DATA);
	check(&f);
	register_free(&f);
	buf_free(&text);
	return 0;
}
