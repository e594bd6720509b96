#include "cards/words.h"

#include <string.h>

/* The parts that a text may name, and where they are in a card. */
static const struct part {
	const char *name;
	size_t at;
} parts[] = {
    {"name", offsetof(struct card_face, name)},
    {"issuer", offsetof(struct card_face, issuer)},
    {"phone", offsetof(struct card_face, phone)},
    {"address", offsetof(struct card_face, address)},
    {"valid_to", offsetof(struct card_face, valid_to)},
    {"serial", offsetof(struct card_face, serial)},
    {"host", offsetof(struct card_face, host)},
};

/* part_value(card, name, out): Returns false if there is no such part; an
 * unknown one is "". */
static bool
part_value(const struct card_face *card, struct span name, const char **out)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *value;

		if (!span_is(name, parts[i].name))
			continue;
		memcpy(&value, (const char *)card + parts[i].at, sizeof(value));
		*out = value == NULL ? "" : value;
		return true;
	}
	return false;
}

static void
add_value(struct buf *out, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\n')
			(void)buf_puts(out, ", ");
		else
			(void)buf_add(out, value, 1);
	}
}

/* fill(out, s, card, known): appends ${s} with its parts; ${known} turns false
 * when one is unknown. */
static enum err
fill(struct buf *out, struct span s, const struct card_face *card, bool *known)
{
	const uint8_t *p = s.p, *end = s.p + s.n;

	while (p < end) {
		const uint8_t *open = memchr(p, '{', (size_t)(end - p));
		const uint8_t *shut;
		const char *value;

		if (open == NULL)
			open = end;
		(void)buf_add(out, p, (size_t)(open - p));
		if (open == end)
			break;
		shut = memchr(open, '}', (size_t)(end - open));
		if (shut == NULL ||
		    !part_value(card,
			span_of(open + 1, (size_t)(shut - open - 1)), &value))
			return ERR_INTERNAL;
		*known = *known && value[0] != '\0';
		add_value(out, value);
		p = shut + 1;
	}
	return buf_err(out);
}

enum err
words_fill(struct buf *out, const struct card_words *words, enum word word,
    const struct card_face *card, bool brief)
{
	const char *text = words->text[word];
	size_t start = out->n;
	struct buf one = BUF_INIT(out->cap);
	enum err err = ERR_OK;

	while (text != NULL && err == ERR_OK && (out->n == start || brief)) {
		size_t n = strcspn(text, "\n");
		bool known = true;

		one.n = 0;
		err = fill(&one, span_of(text, n), card, &known);
		if (err == ERR_OK && known) {
			out->n = start;
			err = buf_add(out, one.p, one.n);
		}
		text = text[n] == '\0' ? NULL : text + n + 1;
	}
	buf_free(&one);
	return err;
}
