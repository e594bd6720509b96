#ifndef VERIFIER_LINES_H
#define VERIFIER_LINES_H

#include "base/err.h"
#include "base/span.h"

/*
 * Lines as they come in: from a scanner that types, a pipe, a file.  A line is
 * handed out as soon as it is whole.
 */
#define LINES_MAX    4096  /* bytes of a line without its end */
#define LINES_BUFFER 65536 /* bytes read at once */

struct lines {
	int fd;
	size_t at; /* where the next line begins */
	size_t n;
	bool end;  /* nothing more will come */
	bool drop; /* in the rest of a line that is too long */
	uint8_t buf[LINES_BUFFER];
};

/* lines_open(l, fd): sets ${l} to read from ${fd}, which stays the caller's. */
void lines_open(struct lines *l, int fd);

/* lines_waiting(l): Returns true if lines_next() will not have to wait. */
bool lines_waiting(const struct lines *l);

/*
 * lines_next(l, line): waits for a line. One that is longer than LINES_MAX is
 *     handed out empty, its bytes dropped. A last line needs no end. Returns
 *     ERR_OK with ${line} valid until the next call, ERR_NOINPUT at the end,
 *     or ERR_IO (logged).
 */
enum err lines_next(struct lines *l, struct span *line) MUST_CHECK;

#endif
