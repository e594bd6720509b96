#ifndef CARDS_FRAME_H
#define CARDS_FRAME_H

#include "cards/canvas.h"

/*
 * A canvas that is a part of another's page: what is drawn on it goes there,
 * ${x} to the right and ${y} down. A page of it is a figure of the other.
 * Nothing is to be freed; finish() is the other's affair.
 */
struct frame {
	struct canvas canvas;
	struct canvas *on;
	double x, y;
};

/* frame_init(f, on, x, y): a frame whose corner is at the whole dot of ${on}
 * that is nearest to ${x}, ${y} mm. */
void frame_init(struct frame *f, struct canvas *on, double x, double y);

#endif
