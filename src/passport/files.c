#include "passport/files.h"

static size_t
digits(const char *name)
{
	size_t n = 0;

	while (name[n] >= '0' && name[n] <= '9')
		n++;
	return n;
}

static bool
same(const char *a, const char *b)
{
	return span_eq(span_str(a), span_str(b));
}

bool
files_is_part(const char *name)
{
	static const char *const parts[] = {
	    FILES_ROOT_PUB, FILES_TRUST, FILES_INDEX, FILES_STATUS};
	bool known = false;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		known = known || same(name, parts[i]);
	return known;
}

bool
files_is_list(const char *name)
{
	size_t n = digits(name);

	return n > 0 && same(name + n, ".cwt");
}

bool
files_list_number(const char *name, uint32_t *n)
{
	size_t many = digits(name);

	*n = 0;
	if (!files_is_list(name) || many > 5 || (many > 1 && name[0] == '0'))
		return false;
	for (size_t i = 0; i < many; i++)
		*n = *n * 10 + (uint32_t)(name[i] - '0');
	return *n <= FILES_LIST_MAX;
}

void
files_list_name(char out[static FILES_NAME], uint32_t n)
{
	static const char head[] = FILES_STATUS "/";
	char number[10];
	size_t many = 0;
	size_t at = sizeof(head) - 1;

	do {
		number[many++] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	memcpy(out, head, at);
	while (many > 0)
		out[at++] = number[--many];
	memcpy(out + at, ".cwt", 5);
}
