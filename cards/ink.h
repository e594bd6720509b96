#ifndef CARDS_INK_H
#define CARDS_INK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * A picture, and the outline that is about to be filled in it.  An outline is
 * edges, in any order: each adds to the dots of its rows what part of them lies
 * to its right, plus for an edge that goes down, minus for one that goes up.
 * The sums from left to right are then the covered part of each dot, exact at
 * the edges.  Outlines that overlap in one fill must turn the same way.
 */
struct ink {
	int w, h;
	uint8_t *dot;     /* w x h x 3: red, green, blue; white at first */
	float *part;      /* h rows of w + 2 */
	int top, bottom;  /* rows that edges have touched; top > bottom: none */
	double colour[3]; /* 0 to 255 */
};

/* ink_open(k, w, h): a white picture. Returns ERR_OK or ERR_MEM; closed in
 * either case. */
enum err ink_open(struct ink *k, int w, int h) MUST_CHECK;
void ink_close(struct ink *k);

/* ink_edge(k, v): adds the line from ${v}[0], ${v}[1] to ${v}[2], ${v}[3], in
 * dots; what is outside of the picture is kept out, or on its border. */
void ink_edge(struct ink *k, const double v[static 4]);

/* ink_fill(k): paints what the edges enclose, and forgets them. */
void ink_fill(struct ink *k);

#endif
