#include <stdlib.h>

#include "verifier/roots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A root file that is read has 1 to 16 keys, each good and none twice; a line
 * at fault is one of its lines. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[ROOTS_TEXT];
	struct roots r;
	size_t lines = 1;
	size_t line;

	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n';
	if (!roots_parse(&r, span_of(data, len), &line)) {
		if (line > lines)
			abort();
		return 0;
	}
	if (r.n < 1 || r.n > ROOTS_MAX || line != 0)
		abort();
	for (size_t i = 0; i < r.n; i++) {
		if (!ed25519_point_ok(r.v[i].key))
			abort();
		for (size_t k = 0; k < i; k++)
			if (memcmp(r.v[i].key, r.v[k].key, ED25519_KEY) == 0)
				abort();
	}
	roots_text(text, &r);
	if (strlen(text) != r.n * ROOT_FINGERPRINT - 1)
		abort();
	return 0;
}
