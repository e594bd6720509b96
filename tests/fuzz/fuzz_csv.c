#include <stdlib.h>

#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool
is_inside(struct span s, const uint8_t *p, size_t n)
{
	return s.p >= p && s.p <= p + n && s.n <= (size_t)(p + n - s.p);
}

/*
 * Whatever the bytes: it ends, lines only go up, fields lie in the text or in
 * the scratch, and a row's fields together are no longer than a row may be.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t scratch[CSV_ROW_MAX];
	static struct csv_row row;
	struct csv_fault fault;
	struct csv c;
	size_t rows = 0;
	size_t line = 0;
	enum err e;

	csv_open(&c, span_of(data, len), scratch);
	while ((e = csv_next(&c, &row, &fault)) != ERR_NOINPUT) {
		if (++rows > len)
			abort();
		if (e == ERR_DATA) {
			if (fault.line == 0 || fault.column == 0 ||
			    fault.column > CSV_FIELDS + 1)
				abort();
			continue;
		}
		if (row.line <= line || row.n == 0 || row.n > CSV_FIELDS)
			abort();
		line = row.line;
		for (size_t i = 0; i < row.n; i++)
			if (!is_inside(row.field[i], data, len) &&
			    !is_inside(row.field[i], scratch, sizeof(scratch)))
				abort();
	}
	return 0;
}
