#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/*
 * Whole files, in and out.  Every failure is logged here, once, with the path;
 * contents never are.
 */

/*
 * file_read(out, path): appends the whole file at ${path} to ${out}.  The cap
 * of ${out} is the limit.  Returns ERR_OK, ERR_NOINPUT (no such file),
 * ERR_PERM (may not be read), ERR_TOOBIG (over the cap), ERR_MEM or ERR_IO;
 * after a failure ${out} may hold a part of the file.
 */
enum err file_read(struct buf *out, const char *path) MUST_CHECK;

/* file_there(path): Returns true if there is a regular file at ${path}. */
bool file_there(const char *path);

/*
 * file_read_arg(out, path): the same for a path from the command line, where
 * "-" means standard input.
 */
enum err file_read_arg(struct buf *out, const char *path) MUST_CHECK;

/*
 * file_read_private(out, path): file_private_check(path) and file_read(),
 * with the test made on the very file that is read: it cannot be swapped in
 * between.
 */
enum err file_read_private(struct buf *out, const char *path) MUST_CHECK;

/*
 * file_write(path, bytes, mode): makes ${path} hold exactly ${bytes}: written
 * to a temporary file in the same folder, synchronised, renamed over ${path},
 * and the folder synchronised.  After a crash at any moment ${path} is the old
 * file or the new one, never a part.  ${mode} is taken as it is, whatever the
 * umask.  Returns ERR_OK, ERR_NOINPUT (no such folder), ERR_PERM or ERR_IO.
 */
enum err file_write(
    const char *path, struct span bytes, mode_t mode) MUST_CHECK;

/*
 * file_private_check(path): refuses a file or folder that somebody else could
 * read, write or replace: it must not be a symbolic link, must belong to the
 * effective user, be open to nobody else (mode & 077 == 0), and its parent
 * folder must belong to the effective user or root and be writable by neither
 * group nor others (for a folder, a sticky parent of root such as /tmp will
 * do).  The message names what is open and the command that closes it.
 * Returns ERR_OK, ERR_NOINPUT (nothing there), ERR_PERM or ERR_IO.
 */
enum err file_private_check(const char *path) MUST_CHECK;

/*
 * file_mkdir_private(path): makes the folder ${path} and missing parents, each
 * with mode 0700; a folder that is there stays as it is.  Returns ERR_OK,
 * ERR_PERM, ERR_TOOBIG (path too long) or ERR_IO (also: not a folder).
 */
enum err file_mkdir_private(const char *path) MUST_CHECK;

#endif
