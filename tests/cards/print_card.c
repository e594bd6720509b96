/*
 * print_card [-y] [-b] [-a] [-f FOLDER] [-l LAYOUT] [-n COUNT] [-i FILE]
 *     OUT.(pdf|svg|png) KEY=VALUE...
 * prints a card made of its arguments, for tests. Keys as in struct card_face;
 * unknown ones are refused, missing ones have invented values. "\n" in a value
 * is a line break. -y young, -b the back (SVG, PNG), -a the alignment page, -f
 * another font folder, -l another layout than cr80, -n so many cards, -i a
 * card for each line of FILE: name TAB digits TAB "young" or nothing. Exit 0; 1
 * with the error's word on standard error.
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

static bool
ends(const char *file, const char *tail)
{
	size_t n = strlen(file), m = strlen(tail);

	return n > m && strcmp(file + n - m, tail) == 0;
}

/* add_lines(d, card, in): a card for each line of ${in}. */
static enum err
add_lines(struct card_doc *d, struct card_face card, FILE *in)
{
	enum err err = ERR_OK;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while (err == ERR_OK && (n = getline(&line, &size, in)) > 0) {
		char *tab = strchr(line, '\t');
		char *last = tab == NULL ? NULL : strchr(tab + 1, '\t');

		if (last == NULL) {
			err = ERR_DATA;
			break;
		}
		*tab = *last = '\0';
		card.name = line;
		card.digits = tab + 1;
		card.young = strncmp(last + 1, "young", 5) == 0;
		err = card_doc_add(d, &card);
	}
	free(line);
	return err;
}

static enum err
print_doc(struct buf *out, const struct card_face *card, size_t count,
    const char *lines, const struct card_layout *layout)
{
	struct card_doc *d = NULL;
	FILE *in = NULL;
	enum err err = card_doc_new(&d, layout, NULL);

	if (lines != NULL && (in = fopen(lines, "r")) == NULL)
		err = ERR_NOINPUT;
	if (err == ERR_OK && in != NULL)
		err = add_lines(d, *card, in);
	for (size_t i = 0; in == NULL && i < count && err == ERR_OK; i++)
		err = card_doc_add(d, card);
	if (err == ERR_OK)
		err = card_doc_finish(d, out);
	card_doc_free(d);
	if (in != NULL)
		fclose(in);
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
	const struct card_layout *other = NULL;
	struct buf out = BUF_INIT(CAP);
	enum card_side side = CARD_FRONT;
	const char *fonts = NULL, *lines = NULL;
	bool align = false;
	size_t count = 1;
	enum err err;
	int opt;

	while ((opt = getopt(argc, argv, "ybaf:l:n:i:")) != -1) {
		if (opt == 'y')
			card.young = true;
		else if (opt == 'b')
			side = CARD_BACK;
		else if (opt == 'a')
			align = true;
		else if (opt == 'f')
			fonts = optarg;
		else if (opt == 'n')
			count = strtoul(optarg, NULL, 10);
		else if (opt == 'i')
			lines = optarg;
		else if (opt != 'l' ||
			 (other = card_layout_by_name(optarg)) == NULL)
			return 2;
	}
	if (optind >= argc || count == 0 || count > COUNT)
		return 2;
	if (other != NULL)
		layout = *other;
	if (fonts != NULL)
		layout.fonts = fonts;
	for (int i = optind + 1; i < argc; i++)
		if (!set(&card, argv[i]))
			return 2;
	if (align)
		err = card_alignment_pdf(&out, &layout, NULL);
	else if (ends(argv[optind], ".svg"))
		err = card_svg(&out, &card, side, &layout);
	else if (ends(argv[optind], ".png"))
		err = card_png(&out, &card, side, &layout);
	else
		err = print_doc(&out, &card, count, lines, &layout);
	if (err == ERR_OK)
		err = save(argv[optind], &out);
	if (err != ERR_OK)
		fprintf(stderr, "print_card: %s\n", err_name(err));
	buf_free(&out);
	return err == ERR_OK ? 0 : 1;
}
