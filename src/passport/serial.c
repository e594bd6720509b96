#include "passport/serial.h"

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";

#define BASE   32
#define CHECK  37
#define LENGTH 8

void
serial_text(char out[static SERIAL_TEXT], uint64_t v)
{
	char *p = out;

	for (int i = LENGTH - 1; i >= 0; i--) {
		*p++ = symbols[v >> (5 * i) & (BASE - 1)];
		if (i == 4 || i == 0)
			*p++ = '-';
	}
	*p++ = symbols[v % CHECK];
	*p = '\0';
}

static int
value(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		c = (uint8_t)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	for (int i = 0; i < CHECK; i++)
		if (symbols[i] == (char)c)
			return i;
	return -1;
}

bool
serial_read(uint64_t *v, struct span text)
{
	uint64_t sum = 0;
	int check = -1;
	int n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '-' && n > 0 && check < 0 &&
		    text.p[i - 1] != '-')
			continue;
		check = n == LENGTH ? value(text.p[i]) : -1;
		if (n < LENGTH) {
			int x = value(text.p[i]);

			if (x < 0 || x >= BASE)
				return false;
			sum = sum << 5 | (uint64_t)x;
		} else if (n > LENGTH || check < 0) {
			return false;
		}
		n++;
	}
	*v = sum;
	return n == LENGTH + 1 && (uint64_t)check == sum % CHECK;
}
