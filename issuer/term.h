#ifndef ISSUER_TERM_H
#define ISSUER_TERM_H

#include "issuer/issuing.h"

/*
 * term_end(in, now, exp, column): until when a card from ${now} is good: writes
 *     the first second after the last good day to ${exp}: the same day
 *     ${in->months} months on, for a young carer at most the day before the
 *     18th birthday. Returns NULL, or a sentence about what is wrong with birth
 *     date or class, and in ${*column} which it is; both static.
 */
const char *term_end(
    const struct issuing *in, int64_t now, int64_t *exp, const char **column);

#endif
