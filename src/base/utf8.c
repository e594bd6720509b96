#include "base/utf8.h"

int32_t
utf8_next(struct span t, size_t *at)
{
	static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len;
	int32_t cp;
	uint8_t c;

	if (*at >= t.n)
		return -1;
	c = t.p[*at];
	if (c < 0x80) {
		++*at;
		return c;
	}
	len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (c < 0xc2 || c > 0xf4 || t.n - *at < len)
		return -1;
	cp = c & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if ((t.p[*at + i] & 0xc0) != 0x80)
			return -1;
		cp = cp << 6 | (t.p[*at + i] & 0x3f);
	}
	if (cp < least[len] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return -1;
	*at += len;
	return cp;
}

bool
utf8_ok(struct span t)
{
	for (size_t at = 0; at < t.n;)
		if (utf8_next(t, &at) < 0)
			return false;
	return true;
}
