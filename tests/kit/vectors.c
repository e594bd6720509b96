#include "tests/kit/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

void
vectors_read(struct buf *out, const char *path)
{
	const char *shared = getenv("SHARED");
	char full[4096];

	snprintf(full, sizeof(full), "%s/vectors/%s",
	    shared != NULL ? shared : "../shared", path);
	if (access(full, R_OK) != 0)
		snprintf(full, sizeof(full), "tests/vectors/%s", path);
	assert_int_equal(file_read(out, full), ERR_OK);
}

json_t *
vectors_json(const char *path)
{
	struct buf text = BUF_INIT(1 << 20);
	json_error_t why;
	json_t *j;

	vectors_read(&text, path);
	j = json_loadb((const char *)text.p, text.n,
	    JSON_ALLOW_NUL | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &why);
	buf_free(&text);
	if (j == NULL)
		fail_msg("%s: %s", path, why.text);
	return j;
}

const char *
vectors_str(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (s == NULL)
		fail_msg("no member %s", key);
	return s;
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

size_t
vectors_hex(uint8_t *out, size_t cap, const char *hex)
{
	size_t n = 0;
	int high = -1;

	for (; *hex != '\0'; hex++) {
		int v = nibble(*hex);

		if (v < 0)
			continue;
		if (high < 0) {
			high = v;
			continue;
		}
		assert_true(n < cap);
		out[n++] = (uint8_t)(high << 4 | v);
		high = -1;
	}
	assert_true(high < 0);
	return n;
}
