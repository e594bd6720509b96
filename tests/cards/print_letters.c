/*
 * print_letters OUT.pdf FACE < LINES: draws each line of standard input (UTF-8)
 * at 24 points, FACE 0 regular or 1 bold, in cells of 19 x 19 mm, 11 x 15 on an
 * A4 page, its base line 13 mm below and its start 4 mm right of the cell's
 * corner. Exit 0; 1 if a line cannot be drawn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cards/pdf.h"
#include "cards/text.h"

#define CELL    19.0
#define COLUMNS 11
#define ROWS    15
#define POINTS  24.0
#define CAP     (64u << 20)

static enum err
draw(struct canvas *c, struct text *t, enum text_face face)
{
	enum err err = ERR_OK;
	char line[256];

	for (int n = 0; err == ERR_OK && fgets(line, sizeof(line), stdin);
	     n++) {
		int cell = n % (COLUMNS * ROWS);

		line[strcspn(line, "\n")] = '\0';
		if (cell == 0)
			c->ops->page(c, 210, 297, "Letters");
		err = text_draw(t, c, face, span_str(line), POINTS,
		    cell % COLUMNS * CELL + 4, cell / COLUMNS * CELL + 13);
	}
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
	struct buf out = BUF_INIT(CAP);
	struct canvas *c = NULL;
	struct text *t = NULL;
	enum err err;

	if (argc != 3)
		return 2;
	err = text_open(&t, TEXT_FOLDER);
	if (err == ERR_OK)
		err = pdf_new(&c, "Letters", "en-GB");
	if (err == ERR_OK)
		err = draw(c, t, argv[2][0] == '1' ? TEXT_BOLD : TEXT_REGULAR);
	if (err == ERR_OK)
		err = c->ops->finish(c, &out);
	if (err == ERR_OK)
		err = save(argv[1], &out);
	if (err != ERR_OK)
		fprintf(stderr, "print_letters: %s\n", err_name(err));
	if (c != NULL)
		c->ops->free(c);
	text_free(t);
	buf_free(&out);
	return err == ERR_OK ? 0 : 1;
}
