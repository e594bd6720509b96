#ifndef BASE_DIR_H
#define BASE_DIR_H

#include <limits.h>
#include <stdbool.h>

#include "base/err.h"

/*
 * Folders that are replaced as a whole.  The new one is written beside the old
 * one and put in its place in one step, so that whoever reads, at any moment
 * and after a crash at any moment, finds the one or the other.  Failures are
 * logged here, once, with the path.
 */

/* dir_resolve(out, dir): writes the path of the folder itself: that behind a
 * symbolic link, without slashes at its end. Returns ERR_OK or ERR_TOOBIG. */
enum err dir_resolve(char out[static PATH_MAX], const char *dir) MUST_CHECK;

/* dir_path(out, dir, name): writes "DIR/NAME". Returns ERR_OK or ERR_TOOBIG. */
enum err dir_path(
    char out[static PATH_MAX], const char *dir, const char *name) MUST_CHECK;

/*
 * dir_holds_only(dir, known): looks through the folder, if it is there. What
 *     is replaced is removed afterwards, and must not be somebody's documents.
 *     Returns ERR_OK if ${known} is true of every name in it, else ERR_DATA,
 *     or ERR_IO.
 */
enum err dir_holds_only(
    const char *dir, bool (*known)(const char *name)) MUST_CHECK;

/*
 * dir_begin(fresh, dir, tail): makes an empty folder beside ${dir} (as
 *     dir_resolve gave it): its name, ${tail} and six random characters, open
 *     to all readers. Returns ERR_OK, ERR_TOOBIG or ERR_IO.
 */
enum err dir_begin(
    char fresh[static PATH_MAX], const char *dir, const char *tail) MUST_CHECK;

/* dir_make(path): makes a folder in it, open to all readers. Returns ERR_OK or
 * ERR_IO. */
enum err dir_make(const char *path) MUST_CHECK;

/*
 * dir_swap(fresh, dir): puts ${fresh} in the place of ${dir}, lasting, and
 *     removes what was there. The files in ${fresh} must be on the disk
 *     (file_write). Returns ERR_OK, or ERR_IO; then one of the two is
 *     ${dir} and the other still ${fresh}.
 */
enum err dir_swap(const char *fresh, const char *dir) MUST_CHECK;

/* dir_clear(dir, depth): removes a folder of ours, with ${depth} levels of
 * folders in it. */
void dir_clear(const char *dir, int depth);

/* dir_clear_left(dir, tail): removes what dir_begin(dir, tail), or file_write()
 * for a file beside ${dir}, left of runs that died; to be called when there is
 * no other run. */
void dir_clear_left(const char *dir, const char *tail);

#endif
