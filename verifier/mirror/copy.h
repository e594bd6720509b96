#ifndef MIRROR_COPY_H
#define MIRROR_COPY_H

#include <limits.h>

#include "base/buf.h"
#include "verifier/mirror/index.h"

/*
 * The copy of a published folder: the one that is there, and the one that takes
 * its place.  Beside DIR stand "DIR.lock", held by the one run that there may
 * be, "DIR.etags" (etags.h), and, while a new copy is written,
 * "DIR.fetch.XXXXXX"; what a run that was killed left of those is removed by
 * the next.
 */
struct copy {
	char dir[PATH_MAX];
	char fresh[PATH_MAX];
	bool begun; /* ${fresh} is there */
	int lock;
};

/*
 * copy_open(c, dir): takes the lock and tidies up. Returns ERR_OK; ERR_DATA
 *     (DIR has other files in it); ERR_UNAVAILABLE (another run); ERR_NOINPUT
 *     (no folder to put it into); ERR_PERM, ERR_IO or ERR_TOOBIG. copy_close()
 *     in any case.
 */
enum err copy_open(struct copy *c, const char *dir) MUST_CHECK;

/* copy_close(c): removes what was begun and lets go of the lock. */
void copy_close(struct copy *c);

/* copy_read(c, name, out): reads a file of the copy that is there, in the place
 * of what ${out} held. Returns false if there is no such regular file, or it
 * cannot be read (logged). */
bool copy_read(const struct copy *c, const char *name, struct buf *out);

/* copy_lists(c, ix): adds the numbers of the status lists that are there. */
void copy_lists(const struct copy *c, struct index *ix);

/* copy_put(c, name, bytes): writes a file of the new copy. Returns what
 * dir_begin(), dir_make() and file_write() do. */
enum err copy_put(
    struct copy *c, const char *name, struct span bytes) MUST_CHECK;

/* copy_swap(c): puts the new copy in the place of the old one. Returns what
 * dir_swap() does. */
enum err copy_swap(struct copy *c) MUST_CHECK;

/* copy_beside(out, c, tail): the path of a file beside the copy. Returns ERR_OK
 * or ERR_TOOBIG. */
enum err copy_beside(char out[static PATH_MAX], const struct copy *c,
    const char *tail) MUST_CHECK;

#endif
