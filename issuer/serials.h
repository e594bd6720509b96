#ifndef ISSUER_SERIALS_H
#define ISSUER_SERIALS_H

#include "issuer/app.h"
#include "registry/card.h"

/* Cards by the number that a person typed. */

/* serials_read(out, text): ERR_DATA, logged, if it is not a card's number. */
enum err serials_read(int64_t *out, const char *text) MUST_CHECK;

/* serials_card(app, serial, out): ERR_NOINPUT, logged, if there is no such
 * card. */
enum err serials_card(
    struct app *app, int64_t serial, struct card *out) MUST_CHECK;

#endif
