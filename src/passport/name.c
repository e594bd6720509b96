#include "passport/name.h"

#include "base/utf8.h"

struct range {
	uint16_t first;
	uint16_t last;
};

static const struct range letters[] = {
    {0x0041, 0x005a},
    {0x0061, 0x007a},
    {0x00c0, 0x00d6},
    {0x00d8, 0x00f6},
    {0x00f8, 0x01bf},
    {0x01c4, 0x024f},
    {0x1e00, 0x1eff},
};

/* Combining marks: at most two in a row, and only after a letter. */
static const struct range marks[] = {
    {0x0300, 0x0304},
    {0x0306, 0x030c},
    {0x031b, 0x031b},
    {0x0323, 0x0328},
    {0x0330, 0x0331},
};

static const struct range punctuation[] = {
    {0x0020, 0x0020},
    {0x0027, 0x0027},
    {0x002c, 0x002e},
    {0x2019, 0x2019},
};

/* What an organisation's name may hold besides. */
static const struct range org_extra[] = {
    {0x0026, 0x0026},
    {0x0028, 0x0029},
    {0x002b, 0x002b},
    {0x002f, 0x003a},
    {0x0040, 0x0040},
    {0x005f, 0x005f},
};

static bool
within(const struct range *r, size_t n, int32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= r[i].first && cp <= r[i].last)
			return true;
	return false;
}

#define WITHIN(table, cp) within(table, sizeof(table) / sizeof(*(table)), cp)

static bool
obeys(struct span t, size_t max, bool org)
{
	int32_t before = ' '; /* as if a space stood before the first */
	bool after_letter = false;
	bool any_letter = false;
	int run = 0;

	if (t.n == 0 || t.n > max)
		return false;
	for (size_t at = 0; at < t.n;) {
		int32_t cp = utf8_next(t, &at);

		if (WITHIN(marks, cp)) {
			if (!after_letter || ++run > 2)
				return false;
			before = cp;
			continue;
		}
		run = 0;
		after_letter = WITHIN(letters, cp);
		any_letter = any_letter || after_letter;
		if (!after_letter && !WITHIN(punctuation, cp) &&
		    !(org && WITHIN(org_extra, cp)))
			return false;
		if (cp == ' ' && before == ' ')
			return false;
		before = cp;
	}
	return any_letter && before != ' ';
}

bool
name_is_person(struct span t)
{
	return obeys(t, NAME_PERSON_MAX, false);
}

bool
name_is_org(struct span t)
{
	return obeys(t, NAME_ORG_MAX, true);
}

bool
name_has_char(int32_t cp)
{
	return WITHIN(letters, cp) || WITHIN(marks, cp) ||
	       WITHIN(punctuation, cp);
}
