#include <stdlib.h>

#include "verifier/floors.h"
#include "verifier/pin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_pin(struct span text)
{
	struct buf again = BUF_INIT(PIN_MAX);
	struct pin p;

	if (pin_parse(&p, text) && (pin_text(&again, &p) != ERR_OK ||
				       !span_eq(buf_span(&again), text)))
		abort();
	buf_free(&again);
}

static void
check_floors(struct span text)
{
	struct buf again = BUF_INIT(FLOORS_MAX);
	struct floors *f = floors_new();

	if (f != NULL && floors_parse(f, text, span_str("A")) &&
	    (floors_text(&again, f, span_str("A")) != ERR_OK ||
		!span_eq(buf_span(&again), text)))
		abort();
	floors_free(f);
	buf_free(&again);
}

/* A state file that is read is, to the byte, the one that would be written. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	check_pin(span_of(data, len));
	check_floors(span_of(data, len));
	return 0;
}
