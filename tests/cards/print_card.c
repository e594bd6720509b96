/*
 * print_card OUT.(pdf|svg) [-y] [-b] [-f FOLDER] [-n COUNT] KEY=VALUE...:
 * prints a card made of its arguments, for tests. Keys as in struct card_face;
 * unknown ones are refused, missing ones have invented values. "\n" in a value
 * is a line break. -y young, -b the back (SVG), -f another font folder, -n so
 * many cards. Exit 0; 1 with the error's word on standard error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cards/layout.h"

#define CAP   (512u << 20)
#define COUNT 100000

static const char digits[] =
    "591731082940027430098172645019283745610293847561029384756102938475610293"
    "847561029384756102938475610293847561029384756102938475610293847561029384"
    "756102938475610293847561029384756102938475610293847561029384756102938475"
    "610293847561029384756102938475610293847561029384756102938475610293847561"
    "029384756102938475610293847561029384756102938475610293847561029384756";

static const struct key {
	const char *name;
	size_t at;
} keys[] = {
    {"name", offsetof(struct card_face, name)},
    {"issuer", offsetof(struct card_face, issuer)},
    {"phone", offsetof(struct card_face, phone)},
    {"address", offsetof(struct card_face, address)},
    {"valid_to", offsetof(struct card_face, valid_to)},
    {"serial", offsetof(struct card_face, serial)},
    {"host", offsetof(struct card_face, host)},
    {"url_prefix", offsetof(struct card_face, url_prefix)},
    {"digits", offsetof(struct card_face, digits)},
};

/* set(card, arg): sets KEY=VALUE; the value is changed in place. */
static bool
set(struct card_face *card, char *arg)
{
	char *value = strchr(arg, '=');
	const char *kept;

	if (value == NULL)
		return false;
	*value++ = '\0';
	kept = value;
	for (char *p = value; (p = strstr(p, "\\n")) != NULL;) {
		*p = '\n';
		memmove(p + 1, p + 2, strlen(p + 2) + 1);
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(arg, keys[i].name) != 0)
			continue;
		memcpy((char *)card + keys[i].at, &kept, sizeof(kept));
		return true;
	}
	return false;
}

static enum err
print(struct buf *out, const char *file, const struct card_face *card,
    size_t count, enum card_side side, const struct card_layout *layout)
{
	struct card_face *cards;
	enum err err;

	if (strlen(file) > 4 && strcmp(file + strlen(file) - 4, ".svg") == 0)
		return card_svg(out, card, side, layout);
	cards = calloc(count, sizeof(*cards));
	if (cards == NULL)
		return ERR_MEM;
	for (size_t i = 0; i < count; i++)
		cards[i] = *card;
	err = card_pdf(out, cards, count, layout);
	free(cards);
	return err;
}

static enum err
save(const char *file, const struct buf *b)
{
	FILE *f = fopen(file, "wb");
	bool ok;

	if (f == NULL)
		return ERR_IO;
	ok = fwrite(b->p, 1, b->n, f) == b->n;
	return fclose(f) == 0 && ok ? ERR_OK : ERR_IO;
}

int
main(int argc, char **argv)
{
	struct card_face card = {"Margaret Thompson", "Harbour View Surgery",
	    "01632 960123", "2 Quay Street\nExampleton\nEX1 2AB",
	    "21 November 2028", "7K3M-9QPR-K", "passport.example",
	    "https://passport.example/#", digits, false};
	struct card_layout layout = card_layout_cr80;
	struct buf out = BUF_INIT(CAP);
	enum card_side side = CARD_FRONT;
	size_t count = 1;
	enum err err;
	int opt;

	while ((opt = getopt(argc, argv, "ybf:n:")) != -1) {
		if (opt == 'y')
			card.young = true;
		else if (opt == 'b')
			side = CARD_BACK;
		else if (opt == 'f')
			layout.fonts = optarg;
		else if (opt == 'n')
			count = strtoul(optarg, NULL, 10);
		else
			return 2;
	}
	if (optind >= argc || count == 0 || count > COUNT)
		return 2;
	for (int i = optind + 1; i < argc; i++)
		if (!set(&card, argv[i]))
			return 2;
	err = print(&out, argv[optind], &card, count, side, &layout);
	if (err == ERR_OK)
		err = save(argv[optind], &out);
	if (err != ERR_OK)
		fprintf(stderr, "print_card: %s\n", err_name(err));
	buf_free(&out);
	return err == ERR_OK ? 0 : 1;
}
