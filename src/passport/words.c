#include "passport/words.h"

static const struct words *const languages[] = {&words_en, &words_cy};

#define LANGUAGES (sizeof(languages) / sizeof(languages[0]))

/* What terminal, service and page say in the same words. */
static const struct {
	const char *key;
	size_t at;
} shared[] = {
    {"young", offsetof(struct words, young)},
    {"no_consent", offsetof(struct words, no_consent)},
    {"turn_nobody_away", offsetof(struct words, turn_nobody_away)},
    {"lists_age", offsetof(struct words, checked_against)},
    {"foreign_host", offsetof(struct words, foreign_host)},
    {"clock_wrong",
	offsetof(struct words, verdict[REASON_CLOCK_WRONG].headline)},
    {"clock_wrong_do",
	offsetof(struct words, verdict[REASON_CLOCK_WRONG].meaning)},
    {"kind_valid", offsetof(struct words, kind[VERDICT_VALID])},
    {"kind_not_valid", offsetof(struct words, kind[VERDICT_NOT_VALID])},
    {"kind_cannot_tell", offsetof(struct words, kind[VERDICT_CANNOT_TELL])},
    {"name", offsetof(struct words, name)},
    {"issuer", offsetof(struct words, issuer)},
    {"phone", offsetof(struct words, phone)},
    {"valid_to", offsetof(struct words, valid_to)},
    {"number", offsetof(struct words, number)},
    {"january", offsetof(struct words, months[0])},
    {"february", offsetof(struct words, months[1])},
    {"march", offsetof(struct words, months[2])},
    {"april", offsetof(struct words, months[3])},
    {"may", offsetof(struct words, months[4])},
    {"june", offsetof(struct words, months[5])},
    {"july", offsetof(struct words, months[6])},
    {"august", offsetof(struct words, months[7])},
    {"september", offsetof(struct words, months[8])},
    {"october", offsetof(struct words, months[9])},
    {"november", offsetof(struct words, months[10])},
    {"december", offsetof(struct words, months[11])},
    {"minutes_one", offsetof(struct words, ago[0][0])},
    {"minutes", offsetof(struct words, ago[0][1])},
    {"hours_one", offsetof(struct words, ago[1][0])},
    {"hours", offsetof(struct words, ago[1][1])},
    {"days_one", offsetof(struct words, ago[2][0])},
    {"days", offsetof(struct words, ago[2][1])},
};

#define SHARED (sizeof(shared) / sizeof(*shared))

const struct words *
words_at(size_t i)
{
	return i < LANGUAGES ? languages[i] : NULL;
}

/* The letters before the first hyphen: "cy" of "cy-GB". */
static struct span
primary(struct span tag)
{
	size_t n = 0;

	while (n < tag.n && tag.p[n] != '-')
		n++;
	return span_of(tag.p, n);
}

static bool
is_same_in_any_case(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if ((a.p[i] | 0x20) != (b.p[i] | 0x20))
			return false;
	return true;
}

const struct words *
words_for(struct span tag)
{
	for (size_t i = 0; i < LANGUAGES; i++)
		if (is_same_in_any_case(primary(tag),
			primary(span_str(languages[i]->language))))
			return languages[i];
	return NULL;
}

bool
words_page_at(const struct words *w, size_t i, struct words_text *t)
{
	if (i >= w->npage + SHARED)
		return false;
	if (i < w->npage) {
		*t = w->page[i];
		return true;
	}
	i -= w->npage;
	t->key = shared[i].key;
	memcpy(&t->text, (const char *)w + shared[i].at, sizeof(t->text));
	return true;
}

const char *
words_page(const struct words *w, struct span key)
{
	struct words_text t;

	for (size_t i = 0; words_page_at(w, i, &t); i++)
		if (span_is(key, t.key))
			return t.text;
	return NULL;
}
