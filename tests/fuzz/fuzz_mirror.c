#include <stdlib.h>

#include "verifier/mirror/etags.h"
#include "verifier/mirror/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* An index that is read names each list once, in order and in range. */
static void
check_index(struct span text)
{
	static struct index ix;

	if (!index_parse(&ix, text)) {
		if (ix.n != 0)
			abort();
		return;
	}
	if (ix.n > INDEX_LISTS)
		abort();
	for (size_t i = 0; i < ix.n; i++)
		if (ix.v[i] > 32767 || (i > 0 && ix.v[i] <= ix.v[i - 1]))
			abort();
}

/* A file of tags that is read is, to the byte, the one that would be written.
 */
static void
check_etags(struct span text)
{
	static const char url[] = "https://h/";
	struct buf again = BUF_INIT(ETAGS_FILE);
	static struct etag v[ETAGS_MAX];
	struct etags t = {.v = v};

	if (etags_parse(&t, text, url)) {
		etags_text(&again, &t, url);
		if (!span_eq(buf_span(&again), text))
			abort();
	} else if (t.n != 0)
		abort();
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	check_index(span_of(data, len));
	check_etags(span_of(data, len));
	return 0;
}
