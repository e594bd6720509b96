#ifndef ISSUER_OUTPUT_H
#define ISSUER_OUTPUT_H

#include <jansson.h>

#include "base/date.h"
#include "base/err.h"
#include "issuer/app.h"
#include "registry/card.h"

/* Results on standard output: JSON objects a line, or words. */

/* output_json(o): writes ${o} compact, raw UTF-8, members in order, and frees
 * it. ERR_MEM if it is NULL. */
enum err output_json(json_t *o) MUST_CHECK;

/* output_link(app, out, card, text): appends the card's address with its token
 * as digits to ${out} (cap at least 2048). */
enum err output_link(struct app *app, struct buf *out, const struct card *c,
    const struct card_text *text) MUST_CHECK;

/*
 * output_card(app, c, text, kind): writes the object of design.md 5 for issue
 *     and find: serial, name, valid_to, url, status_index, kind. ${text} may be
 *     NULL for a card whose texts are gone.
 */
enum err output_card(struct app *app, const struct card *c,
    const struct card_text *text, const char *kind) MUST_CHECK;

/* output_valid_to(c): Returns the card's last good day. */
struct date output_valid_to(const struct card *c);

#endif
