#ifndef PASSPORT_SERIAL_H
#define PASSPORT_SERIAL_H

#include "base/span.h"

/*
 * A card's serial as people read and type it: 40 bits as eight Crockford
 * base-32 characters and a check symbol (value mod 37), "7K3M-9QPR-K".
 */
#define SERIAL_TEXT 12 /* with NUL */

/* serial_text(out, v): writes ${v}, below 2^40, grouped and with its check
 * symbol. */
void serial_text(char out[static SERIAL_TEXT], uint64_t v);

/*
 * serial_read(v, text): reads what was typed: hyphens are optional, case does
 *     not matter, O is 0, I and L are 1. Returns true if it is a serial with
 *     the right check symbol.
 */
bool serial_read(uint64_t *v, struct span text);

#endif
