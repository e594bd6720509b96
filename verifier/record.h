#ifndef VERIFIER_RECORD_H
#define VERIFIER_RECORD_H

#include "base/buf.h"

/*
 * The small text files of a verifier: lines ended by LF, words parted by one
 * space.  Each call takes its piece off the front of a span and is strict, so
 * that what was read is exactly what would be written again.
 */

/* record_line(text, line): takes a line, which must end with LF (not part of
 * ${line}). Returns false at the end or when there is none. */
bool record_line(struct span *text, struct span *line);

/* record_word(line, word): takes the word up to the next space or the end.
 * Returns false if it would be empty. */
bool record_word(struct span *line, struct span *word);

/* record_is(line, word): takes a word, which must be ${word}. */
bool record_is(struct span *line, const char *word);

/* record_uint(line, max, v): takes a decimal number up to ${max}, written
 * without leading zeros. */
bool record_uint(struct span *line, uint64_t max, uint64_t *v);

/* record_time(line, t): takes a NumericDate below the year 10000. */
bool record_time(struct span *line, int64_t *t);

/* record_hex(line, out, n): takes a word of exactly ${n} bytes in lower-case
 * hex. */
bool record_hex(struct span *line, uint8_t *out, size_t n);

/* record_put_hex(out, p, n): appends ${n} bytes as lower-case hex. */
void record_put_hex(struct buf *out, const uint8_t *p, size_t n);

#endif
