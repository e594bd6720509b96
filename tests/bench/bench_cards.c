/*
 * bench_cards: a batch of 1,000 cards in one PDF, beside its parts alone: the
 * codes, the shaping of all texts, and the writing of the PDF (the drawing of a
 * card, recorded once and played 1,000 times).  Medians of five rounds, all in
 * each round; then memory and bytes.
 *
 * bench_cards -1: one batch, and prints its milliseconds and bytes, for
 * tests/bench/cards_node.sh.  The codes are read from standard input there: the
 * prefix, then a line of digits each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "cards/face.h"
#include "cards/pdf.h"
#include "cards/qr.h"

#define CARDS  1000
#define ROUNDS 5
#define DIGITS 342 /* of a usual token */
#define CAP    (64u << 20)
#define OPS    20000
#define BARS   8000

struct tokens {
	char prefix[128];
	char digits[CARDS][DIGITS + 1];
};

static const struct card_face margaret = {.name = "Margaret Thompson",
    .issuer = "Harbour View Surgery",
    .phone = "01632 960123",
    .address = "2 Quay Street\nExampleton\nEX1 2AB",
    .valid_to = "21 November 2028",
    .serial = "7K3M-9QPR-K",
    .host = "passport.example"};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
need(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "bench_cards: a part failed\n");
	exit(1);
}

static struct card_face
face_of(const struct tokens *k, size_t i)
{
	struct card_face f = margaret;

	f.url_prefix = k->prefix;
	f.digits = k->digits[i];
	return f;
}

/* --- a canvas that remembers, and plays ---------------------------------- */

enum kind { PAGE, COLOUR, MOVE, LINE, CURVE, CLOSE, RECT, FILL, BAR, STAMP };

struct op {
	enum kind kind;
	uint32_t id;
	double v[6];
};

struct tape {
	struct canvas canvas;
	struct canvas *define; /* where shapes are defined */
	size_t n, nbars;
	struct op op[OPS];
	struct bar bar[BARS];
};

static struct tape *
self(struct canvas *c)
{
	return (struct tape *)c;
}

static struct op *
note(struct canvas *c, enum kind kind)
{
	struct tape *t = self(c);

	need(t->n < OPS);
	t->op[t->n].kind = kind;
	return &t->op[t->n++];
}

static void
on_page(struct canvas *c, double w, double h, const char *alt)
{
	struct op *o = note(c, PAGE);

	(void)alt;
	o->v[0] = w;
	o->v[1] = h;
}

static void
on_tag(struct canvas *c, enum tag tag, const char *text)
{
	(void)c, (void)tag, (void)text;
}

static void
on_colour(struct canvas *c, struct colour k)
{
	memcpy(note(c, COLOUR)->v, &k, sizeof(k));
}

static void
on_move(struct canvas *c, double x, double y)
{
	memcpy(note(c, MOVE)->v, (double[]){x, y}, 2 * sizeof(double));
}

static void
on_line(struct canvas *c, double x, double y)
{
	memcpy(note(c, LINE)->v, (double[]){x, y}, 2 * sizeof(double));
}

static void
on_curve(struct canvas *c, const double v[static 6])
{
	memcpy(note(c, CURVE)->v, v, 6 * sizeof(double));
}

static void
on_close(struct canvas *c)
{
	note(c, CLOSE);
}

static void
on_rect(struct canvas *c, double x, double y, double w, double h)
{
	memcpy(note(c, RECT)->v, (double[]){x, y, w, h}, 4 * sizeof(double));
}

static void
on_fill(struct canvas *c)
{
	note(c, FILL);
}

static void
on_bars(struct canvas *c, double x, double y, double h, const struct bar *bar,
    size_t n)
{
	struct tape *t = self(c);

	need(t->nbars + n <= BARS);
	memcpy(&t->bar[t->nbars], bar, n * sizeof(*bar));
	memcpy(note(c, BAR)->v,
	    (double[]){x, y, h, (double)t->nbars, (double)n},
	    5 * sizeof(double));
	t->nbars += n;
}

static bool
on_has(const struct canvas *c, uint32_t id)
{
	const struct tape *t = (const struct tape *)c;

	return t->define == NULL || t->define->ops->has(t->define, id);
}

static void
on_define(struct canvas *c, uint32_t id, const struct path *path)
{
	struct canvas *to = self(c)->define;

	to->ops->define(to, id, path);
}

static void
on_stamp(struct canvas *c, uint32_t id, double x, double y, double scale)
{
	struct op *o = note(c, STAMP);

	o->id = id;
	memcpy(o->v, (double[]){x, y, scale}, 3 * sizeof(double));
}

static const struct canvas_ops ops = {on_page, on_tag, on_colour, on_move,
    on_line, on_curve, on_close, on_rect, on_fill, on_bars, on_has, on_define,
    on_stamp, NULL, NULL};

static void
play(const struct tape *t, struct canvas *c)
{
	for (const struct op *o = t->op; o < t->op + t->n; o++) {
		const double *v = o->v;

		if (o->kind == STAMP)
			c->ops->stamp(c, o->id, v[0], v[1], v[2]);
		else if (o->kind == BAR)
			c->ops->bars(c, v[0], v[1], v[2], &t->bar[(size_t)v[3]],
			    (size_t)v[4]);
		else if (o->kind == PAGE)
			c->ops->page(c, v[0], v[1], "Carer passport");
		else if (o->kind == COLOUR)
			c->ops->colour(c, (struct colour){v[0], v[1], v[2]});
		else if (o->kind == RECT)
			c->ops->rect(c, v[0], v[1], v[2], v[3]);
		else if (o->kind == MOVE)
			c->ops->move(c, v[0], v[1]);
		else if (o->kind == LINE)
			c->ops->line(c, v[0], v[1]);
		else if (o->kind == CURVE)
			c->ops->curve(c, v);
		else if (o->kind == CLOSE)
			c->ops->close(c);
		else
			c->ops->fill(c);
	}
}

/* --- parts --------------------------------------------------------------- */

static double
codes(const struct tokens *k)
{
	double from = now();
	struct qr qr;

	for (size_t i = 0; i < CARDS; i++)
		need(qr_encode(&qr, k->prefix, k->digits[i]) == ERR_OK);
	return now() - from;
}

/* Every text of a card is shaped to be measured, and again to be drawn. */
static double
shaping(struct tape *t, struct text *text)
{
	static struct text_run run;
	const struct card_face f = margaret;
	double from = now();

	for (size_t i = 0; i < CARDS; i++) {
		t->n = 0;
		for (int w = WORD_HEADING; w < WORD_ALT_FRONT; w++) {
			struct buf b = BUF_INIT(TEXT_MAX);

			if (w == WORD_YOUNG || w == WORD_YOUNG_HEAD ||
			    w == WORD_YOUNG_ASK)
				continue;
			need(words_fill(&b, &card_words_en, (enum word)w, &f,
				 false) == ERR_OK);
			need(text_measure(text, TEXT_REGULAR, buf_span(&b),
				 &run) == ERR_OK);
			need(text_draw(text, &t->canvas, TEXT_REGULAR,
				 buf_span(&b), 8, 1, 1) == ERR_OK);
			buf_free(&b);
		}
	}
	return now() - from;
}

static double
writing(const struct tokens *k, struct tape *t, struct text *text)
{
	const struct card_layout *l = &card_layout_cr80;
	struct card_face f = face_of(k, 0);
	struct buf out = BUF_INIT(CAP);
	struct canvas *c;
	double from, took;

	need(pdf_new(&c, "Carer passport", "en-GB") == ERR_OK);
	t->n = t->nbars = 0;
	t->define = c;
	/* Shapes are defined on a page that is there. */
	c->ops->page(c, 85.6, 53.98, "");
	need(face_draw(&t->canvas, text, &f, CARD_FRONT, l) == ERR_OK);
	need(face_draw(&t->canvas, text, &f, CARD_BACK, l) == ERR_OK);
	t->define = NULL;
	from = now();
	for (size_t i = 0; i < CARDS; i++)
		play(t, c);
	need(c->ops->finish(c, &out) == ERR_OK);
	took = now() - from;
	c->ops->free(c);
	buf_free(&out);
	return took;
}

static double
batch(const struct tokens *k, const struct card_layout *l, size_t *bytes)
{
	struct buf out = BUF_INIT(CAP);
	struct card_doc *d = NULL;
	double from = now(), took;

	need(card_doc_new(&d, l, NULL) == ERR_OK);
	for (size_t i = 0; i < CARDS; i++) {
		struct card_face f = face_of(k, i);

		need(card_doc_add(d, &f) == ERR_OK);
	}
	need(card_doc_finish(d, &out) == ERR_OK);
	took = now() - from;
	*bytes = out.n;
	card_doc_free(d);
	buf_free(&out);
	return took;
}

/* --- rounds -------------------------------------------------------------- */

static void
make_tokens(struct tokens *k)
{
	uint32_t r = 17;

	strncpy(k->prefix, "https://passport.example/#", sizeof(k->prefix) - 1);
	for (size_t i = 0; i < CARDS; i++)
		for (size_t j = 0; j < DIGITS; j++) {
			r = r * 1664525u + 1013904223u;
			k->digits[i][j] = (char)('0' + (r >> 24) % 10);
		}
}

static void
read_tokens(struct tokens *k)
{
	need(scanf("%127s", k->prefix) == 1);
	for (size_t i = 0; i < CARDS; i++)
		need(scanf("%342s", k->digits[i]) == 1);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v)
{
	qsort(v, ROUNDS, sizeof(*v), compare);
	return v[ROUNDS / 2];
}

static long
peak_kb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static void
rounds(const struct tokens *k, struct tape *t, struct text *text)
{
	double code[ROUNDS], shape[ROUNDS], write[ROUNDS], all[ROUNDS],
	    sheet[ROUNDS], ratio[ROUNDS];
	size_t bytes = 0, sheet_bytes = 0;
	long peak = 0;

	for (int i = 0; i < ROUNDS; i++) {
		all[i] = batch(k, &card_layout_cr80, &bytes);
		if (i == 0)
			peak = peak_kb();
		code[i] = codes(k);
		shape[i] = shaping(t, text);
		write[i] = writing(k, t, text);
		sheet[i] = batch(k, &card_layout_a4x10, &sheet_bytes);
		ratio[i] = (code[i] + shape[i] + write[i]) / all[i];
	}
	printf("%d cards, ms: codes %.0f, texts %.0f, PDF %.0f alone; batch "
	       "%.0f, as sheets %.0f\n",
	    CARDS, median(code), median(shape), median(write), median(all),
	    median(sheet));
	printf(
	    "sum of the parts / batch: %.2f (at least 0.9)\n", median(ratio));
	printf("%zu bytes a card, %zu on sheets; %ld MB at most in memory\n",
	    bytes / CARDS, sheet_bytes / CARDS, peak / 1024);
}

int
main(int argc, char **argv)
{
	struct tokens *k = calloc(1, sizeof(*k));
	struct tape *t = calloc(1, sizeof(*t));
	struct text *text = NULL;
	size_t bytes;

	need(k != NULL && t != NULL);
	need(text_open(&text, TEXT_FOLDER) == ERR_OK);
	t->canvas = (struct canvas){&ops, CANVAS_DOT};
	if (argc > 1 && strcmp(argv[1], "-1") == 0) {
		double took;

		read_tokens(k);
		took = batch(k, &card_layout_cr80, &bytes);
		printf("%.1f %zu\n", took, bytes);
	} else {
		make_tokens(k);
		rounds(k, t, text);
	}
	text_free(text);
	free(k);
	free(t);
	return 0;
}
