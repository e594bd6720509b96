#include <stdlib.h>

#include "passport/cose.h"
#include "passport/link.h"
#include "passport/passport.h"
#include "verifier/dissect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What the core takes for a code or a card's number. */
static bool
core_takes(struct span text)
{
	uint8_t token[LINK_BYTES_MAX];
	struct link l = link_read(text);
	struct passport p;
	struct cose c;

	if (l.kind == LINK_SERIAL)
		return true;
	return l.kind == LINK_CODE &&
	       cose_read(&c, COSE_PASSPORT,
		   span_of(token, link_bytes(token, l.digits))) &&
	       passport_read(&p, c.payload);
}

static void
check(struct span text)
{
	struct buf out = BUF_INIT(65536);

	/* inspect and check never disagree about what is malformed. */
	if (dissect(&out, text) != core_takes(text) || buf_err(&out) != ERR_OK)
		abort();
	/* Nothing reaches a terminal that could play tricks on it. */
	for (size_t i = 0; i < out.n; i++)
		if ((out.p[i] < 0x20 && out.p[i] != '\n') || out.p[i] == 0x7f ||
		    (out.p[i] == 0xc2 && out.p[i + 1] < 0xa0))
			abort();
	buf_free(&out);
}

/* The first byte says whether a text follows or the bytes of a token. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char digits[LINK_DIGITS_MAX + 1];
	size_t n;

	if (len == 0 || len > 8192)
		return 0;
	if (data[0] % 2 == 0) {
		check(span_of(data + 1, len - 1));
		return 0;
	}
	n = link_digits(digits, span_of(data + 1, len - 1));
	check(span_of(digits, n));
	return 0;
}
