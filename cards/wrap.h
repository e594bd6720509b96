#ifndef CARDS_WRAP_H
#define CARDS_WRAP_H

#include "cards/text.h"

/* Breaking measured text into lines, and making it small enough to fit. */
#define WRAP_LINES 16

/* One attempt: from ${size} down to ${min} points, at most ${lines} lines,
 * broken where ${at} allows. */
struct wrap_rule {
	double size, min;
	int lines;
	enum text_break at;
};

struct wrap_line {
	struct span s; /* no space at its end */
	double em;     /* its width */
};

struct wrap {
	double pt;
	int n;
	struct wrap_line line[WRAP_LINES];
};

/*
 * wrap_lines(out, run, em, at, lines): fills lines of at most ${em} em, taking
 * as many words as fit into each; a word is cut only where ${at} allows it and
 * it is longer than a line, or else there would be too many lines. Returns true
 * if ${lines} (up to WRAP_LINES) were enough; ${out}->pt is not touched.
 */
bool wrap_lines(struct wrap *out, const struct text_run *run, double em,
    enum text_break at, int lines);

/*
 * wrap_even(out, run, em, at): breaks ${run}, which fits ${em} in ${out}->n
 * lines, again into as many shorter ones if its last line is short, so that no
 * word is left alone on it. ${out}->pt is not touched.
 */
void wrap_even(struct wrap *out, const struct text_run *run, double em,
    enum text_break at);

/*
 * wrap_fit(out, run, w, h, lead, rules, n): finds the first rule, and in it the
 * largest size in quarter points, at which ${run} fits ${w} x ${h} mm with
 * ${lead} times the size from line to line; no short last line. Returns
 * ERR_OK, or ERR_TOOBIG if none does.
 */
enum err wrap_fit(struct wrap *out, const struct text_run *run, double w,
    double h, double lead, const struct wrap_rule *rules, size_t n) MUST_CHECK;

#endif
