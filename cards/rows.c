#include "cards/rows.h"

#include <math.h>
#include <stdlib.h>

#include "base/log.h"

#define ROWS_MAX 8
#define HEAD_GAP 1    /* em */
#define STEP     0.25 /* points */

/* A row's two texts, measured, and broken into lines for the size at hand. */
struct row {
	struct buf head_text, text;
	struct text_run head_run, run;
	struct wrap head, body;
};

struct rows {
	size_t n;
	struct row row[ROWS_MAX];
};

/* row_words(r, row, words, card, brief): the sentences whose parts are known,
 * with a space between. */
static enum err
row_words(struct row *r, const struct card_row *row,
    const struct card_words *words, const struct card_face *card, bool brief)
{
	enum err err = words_fill(&r->head_text, words, row->head, card, brief);

	for (size_t i = 0; i < row->n && err == ERR_OK; i++) {
		size_t before = r->text.n;

		if (before > 0)
			(void)buf_puts(&r->text, " ");
		err = words_fill(&r->text, words, row->text[i], card, brief);
		if (err == ERR_OK && before > 0 && r->text.n == before + 1)
			r->text.n = before; /* it was left out */
	}
	return err;
}

static void
unload(struct rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		buf_free(&rows->row[i].head_text);
		buf_free(&rows->row[i].text);
	}
	rows->n = 0;
}

static enum err
load(struct rows *rows, struct text *t, const struct card_face *card,
    const struct card_words *words, const struct card_rows *table, bool brief)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < table->n && err == ERR_OK; i++) {
		struct row *r = &rows->row[rows->n];

		if (!card_wanted(card, table->row[i].when))
			continue;
		if (rows->n == ROWS_MAX)
			return ERR_INTERNAL;
		r->text = r->head_text = (struct buf)BUF_INIT(TEXT_MAX);
		rows->n++;
		err = row_words(r, &table->row[i], words, card, brief);
		if (err == ERR_OK)
			err = text_measure(t, TEXT_BOLD,
			    buf_span(&r->head_text), &r->head_run);
		if (err == ERR_OK)
			err = text_measure(
			    t, TEXT_REGULAR, buf_span(&r->text), &r->run);
	}
	return err;
}

static int
row_lines(const struct row *r)
{
	return r->head.n > r->body.n ? r->head.n : r->body.n;
}

/* wrap_text(out, run, em): breaks into even lines at the best places that do.
 */
static bool
wrap_text(struct wrap *out, const struct text_run *run, double em)
{
	for (int at = BREAK_SPACE; at <= BREAK_ANYWHERE; at++) {
		if (wrap_lines(out, run, em, (enum text_break)at, WRAP_LINES)) {
			wrap_even(out, run, em, (enum text_break)at);
			return true;
		}
	}
	return false;
}

/* fits(rows, table, pt, spare): breaks all rows for ${pt}. Returns true if they
 * fit;
 * ${spare} is the height left over in mm. */
static bool
fits(struct rows *rows, const struct card_rows *table, double pt, double *spare)
{
	double mm = pt * CANVAS_PT, gap = table->gap * mm;
	double head = table->head_em - HEAD_GAP;
	double body = table->box.w / mm - table->head_em;
	double h = -gap;

	for (size_t i = 0; i < rows->n; i++) {
		struct row *r = &rows->row[i];

		if (!wrap_text(&r->head, &r->head_run, head) ||
		    !wrap_text(&r->body, &r->run, body))
			return false;
		h += ((row_lines(r) - 1) * table->lead + 1) * mm + gap;
	}
	*spare = table->box.h - h;
	return *spare >= 0;
}

static enum err
draw(struct canvas *c, struct text *t, const struct rows *rows,
    const struct card_rows *table, double pt, double gap)
{
	double mm = pt * CANVAS_PT, y = table->box.y + TEXT_CAP * mm;
	enum err err = ERR_OK;

	for (size_t i = 0; i < rows->n; i++) {
		const struct row *r = &rows->row[i];
		double lead = table->lead * mm;

		c->ops->colour(c, table->head_colour);
		for (int j = 0; j < r->head.n && err == ERR_OK; j++)
			err = text_draw(t, c, TEXT_BOLD, r->head.line[j].s, pt,
			    table->box.x, y + j * lead);
		c->ops->colour(c, table->colour);
		for (int j = 0; j < r->body.n && err == ERR_OK; j++)
			err = text_draw(t, c, TEXT_REGULAR, r->body.line[j].s,
			    pt, table->box.x + table->head_em * mm,
			    y + j * lead);
		y += (row_lines(r) - 1) * lead + mm + gap;
	}
	return err;
}

/* fit(rows, table, spare): Returns the largest size in points at which all rows
 * fit, 0 if none. */
static double
fit(struct rows *rows, const struct card_rows *table, double *spare)
{
	for (double pt = table->size; pt >= table->min; pt -= STEP)
		if (fits(rows, table, pt, spare))
			return pt;
	return 0;
}

enum err
rows_draw(struct canvas *c, struct text *t, const struct card_face *card,
    const struct card_words *words, const struct card_rows *table)
{
	struct rows *rows = malloc(sizeof(*rows)); /* large: not zeroed */
	double pt = 0, spare = 0;
	enum err err = ERR_OK;

	if (rows == NULL)
		return ERR_MEM;
	rows->n = 0;
	for (int brief = 0; brief <= 1 && pt <= 0 && err == ERR_OK; brief++) {
		unload(rows);
		err = load(rows, t, card, words, table, brief == 1);
		if (err == ERR_OK)
			pt = fit(rows, table, &spare);
	}
	if (err == ERR_OK && pt <= 0) {
		log_error("the words on the back do not fit: give a shorter "
			  "issuer's name or address");
		err = ERR_TOOBIG;
	}
	/* What is left goes between the rows, but they stay one text. */
	spare = rows->n > 1 ? spare / (double)(rows->n - 1) : 0;
	if (err == ERR_OK)
		err = draw(c, t, rows, table, pt,
		    table->gap * pt * CANVAS_PT + fmin(spare, pt * CANVAS_PT));
	unload(rows);
	free(rows);
	return err;
}
