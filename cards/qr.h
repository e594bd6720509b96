#ifndef CARDS_QR_H
#define CARDS_QR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * The carrier of FORMAT.md 0.3: prefix as bytes, token as decimal digits, one
 * symbol.  A module is always 5 dots at 300 dpi (0.4233 mm); a symbol is at
 * most 34.4 mm with its quiet zone of 4 modules, so at most 73 modules (V14).
 */
#define QR_MODULE_DOTS 5
#define QR_QUIET       4
#define QR_SIDE_MAX    73 /* (34.4 / 0.42333) - 2 * QR_QUIET, rounded down */
#define QR_PREFIX_MAX  300
#define QR_DIGITS_MAX  1245

enum qr_level { QR_M, QR_Q };

struct qr {
	int side; /* modules, without the quiet zone */
	enum qr_level level;
	bool dark[QR_SIDE_MAX][QR_SIDE_MAX]; /* [row][column] */
};

/*
 * qr_encode(out, prefix, digits): makes the symbol for ${prefix} followed by
 * ${digits} (both C strings), error correction Q, or M when Q is too large.
 * Returns ERR_OK; ERR_DATA (empty, over the lengths above, a digit that is
 * none); ERR_TOOBIG when it does not fit even at M: the caller says what to
 * shorten; ERR_MEM.
 */
enum err qr_encode(
    struct qr *out, const char *prefix, const char *digits) MUST_CHECK;

#endif
