#include "cards/wrap.h"

#define STEP       0.25 /* points */
#define SHORT      0.6  /* of the longest line */
#define EVEN_STEPS 50   /* of a line's width */

/* Widths are sums of rounded numbers: a text as wide as its box fits. */
#define SLACK 1e-6

static struct wrap_line
line_of(const struct text_run *r, size_t from, size_t to)
{
	struct wrap_line l = {0};
	size_t end;

	while (to > from && r->cluster[to - 1].space)
		to--;
	for (size_t i = from; i < to; i++)
		l.em += r->cluster[i].em;
	end = to < r->n ? r->cluster[to].at : r->s.n;
	l.s = to == from ? (struct span){0}
			 : span_of(r->s.p + r->cluster[from].at,
			       end - r->cluster[from].at);
	return l;
}

/* line_end(r, from, em, at, gentle): Returns where the line that starts at
 * ${from} ends, or ${from} if not one piece fits. ${gentle} cuts a word only
 * if it is longer than the line. */
static size_t
line_end(const struct text_run *r, size_t from, double em, enum text_break at,
    bool gentle)
{
	size_t end = from;
	size_t word = from;
	double w = 0;

	for (size_t i = from; i < r->n; i++) {
		w += r->cluster[i].em;
		/* A space at the end of a line may hang over. */
		if (!r->cluster[i].space && w > em + SLACK)
			break;
		if (r->cluster[i].after <= at || i + 1 == r->n)
			end = i + 1;
		if (r->cluster[i].after < BREAK_ANYWHERE || i + 1 == r->n)
			word = i + 1;
	}
	return gentle && word > from && word < end ? word : end;
}

static bool
fill(struct wrap *out, const struct text_run *run, double em,
    enum text_break at, int lines, bool gentle)
{
	size_t from = 0;

	out->n = 0;
	while (from < run->n) {
		size_t end = line_end(run, from, em, at, gentle);

		if (end == from || out->n == lines || out->n == WRAP_LINES)
			return false;
		out->line[out->n++] = line_of(run, from, end);
		from = end;
	}
	return true;
}

bool
wrap_lines(struct wrap *out, const struct text_run *run, double em,
    enum text_break at, int lines)
{
	return fill(out, run, em, at, lines, true) ||
	       fill(out, run, em, at, lines, false);
}

/* ends_short(w): Returns true if the last line is well under the longest. */
static bool
ends_short(const struct wrap *w)
{
	double most = 0;

	for (int i = 0; i < w->n; i++)
		if (w->line[i].em > most)
			most = w->line[i].em;
	return w->n > 1 && w->line[w->n - 1].em < SHORT * most;
}

void
wrap_even(
    struct wrap *out, const struct text_run *run, double em, enum text_break at)
{
	struct wrap narrower = *out;
	int lines = out->n;

	for (int i = 1; i < EVEN_STEPS && ends_short(out); i++) {
		double w = em * (EVEN_STEPS - i) / EVEN_STEPS;

		if (!wrap_lines(&narrower, run, w, at, lines))
			break;
		*out = narrower;
	}
}

enum err
wrap_fit(struct wrap *out, const struct text_run *run, double w, double h,
    double lead, const struct wrap_rule *rules, size_t n)
{
	for (const struct wrap_rule *r = rules; r < rules + n; r++) {
		for (double pt = r->size; pt >= r->min; pt -= STEP) {
			double mm = pt * CANVAS_PT;

			if (!wrap_lines(out, run, w / mm, r->at, r->lines) ||
			    (out->n - 1) * lead * mm + TEXT_CAP * mm > h)
				continue;
			wrap_even(out, run, w / mm, r->at);
			out->pt = pt;
			return ERR_OK;
		}
	}
	return ERR_TOOBIG;
}
