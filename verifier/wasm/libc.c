#include <stdint.h>
#include <string.h>

/*
 * Plain loops: the core moves a few hundred bytes a card.  Compiled with
 * -fno-builtin, or the compiler would turn each loop into a call of itself.
 */
void *
memcpy(void *restrict to, const void *restrict from, size_t n)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	while (n-- > 0)
		*t++ = *f++;
	return to;
}

void *
memmove(void *to, const void *from, size_t n)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if ((uintptr_t)to > (uintptr_t)from) {
		while (n-- > 0)
			t[n] = f[n];
		return to;
	}
	while (n-- > 0)
		*t++ = *f++;
	return to;
}

void *
memset(void *to, int c, size_t n)
{
	uint8_t *t = to;

	while (n-- > 0)
		*t++ = (uint8_t)c;
	return to;
}

int
memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a;
	const uint8_t *y = b;

	for (; n > 0; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t
strlen(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0')
		n++;
	return n;
}

void *
memchr(const void *p, int c, size_t n)
{
	const uint8_t *x = p;

	for (; n > 0; n--, x++)
		if (*x == (uint8_t)c)
			return (void *)(uintptr_t)x;
	return NULL;
}

char *
strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (*s == '\0')
			return NULL;
	return (char *)(uintptr_t)s;
}
