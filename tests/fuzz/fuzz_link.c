#include <stdlib.h>

#include "passport/link.h"
#include "passport/serial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_digits(struct span digits)
{
	static char again[LINK_DIGITS_MAX + 1];
	uint8_t bytes[LINK_BYTES_MAX];
	size_t n = link_bytes(bytes, digits);

	if (n == 0)
		return;
	if (link_digits(again, span_of(bytes, n)) != digits.n ||
	    memcmp(again, digits.p, digits.n) != 0)
		abort();
}

/* Digits that are decoded have one spelling; a serial is one however typed. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = span_of(data, len);
	struct link l = link_read(text);
	char serial[SERIAL_TEXT];
	uint64_t v;

	check_digits(text);
	if (l.kind == LINK_CODE) {
		check_digits(l.digits);
		if (l.digits.n == 0 || (l.host.n > 0 && !link_host_ok(l.host)))
			abort();
	}
	if (l.kind == LINK_SERIAL) {
		if (l.serial >> 40 != 0)
			abort();
		serial_text(serial, l.serial);
		if (!serial_read(&v, span_str(serial)) || v != l.serial)
			abort();
	}
	return 0;
}
