#include <stdlib.h>

#include "base/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct settings {
	char host[65];
	char name[101];
	int64_t months;
	bool quiet;
};

static const struct conf_key keys[] = {
    {"a", "host", CONF_HOST, 1, 64, offsetof(struct settings, host), false},
    {"a", "name", CONF_TEXT, 0, 100, offsetof(struct settings, name), false},
    {"b", "months", CONF_INT, -5, 36, offsetof(struct settings, months), false},
    {"b", "quiet", CONF_BOOL, 0, 0, offsetof(struct settings, quiet), false},
};
#define NKEYS (sizeof(keys) / sizeof(*keys))

/*
 * What is accepted keeps its rules, and written out and read again it is the
 * same.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct settings s = {.host = "x", .months = 24};
	struct settings back = {0};
	struct conf_fault fault;
	struct buf text = BUF_INIT(4096);

	if (conf_parse(span_of(data, len), keys, NKEYS, &s, &fault) != ERR_OK) {
		if (memchr(fault.why, '\0', sizeof(fault.why)) == NULL ||
		    fault.why[0] == '\0' || fault.line > len + 1)
			abort();
		return 0;
	}
	if (!conf_is_host(span_str(s.host)) || s.months < -5 || s.months > 36 ||
	    conf_text(&text, keys, NKEYS, &s) != ERR_OK ||
	    conf_parse(buf_span(&text), keys, NKEYS, &back, &fault) != ERR_OK)
		abort();
	if (strcmp(s.host, back.host) != 0 || strcmp(s.name, back.name) != 0 ||
	    s.months != back.months || s.quiet != back.quiet)
		abort();
	buf_free(&text);
	return 0;
}
