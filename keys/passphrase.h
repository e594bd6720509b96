#ifndef KEYS_PASSPHRASE_H
#define KEYS_PASSPHRASE_H

#include "base/buf.h"

#define PASSPHRASE_MAX  1024 /* bytes */
#define PASSPHRASE_GOOD 12   /* a shorter new one gets a warning */

/*
 * passphrase_read(out, path, twice): the first line of the file ${path}, or, if
 *     ${path} is NULL, what is typed at the terminal without echo (${twice} for
 *     a new one). Only the signer process calls this. Returns ERR_OK, ERR_PERM
 *     (no terminal; empty; typed differently), ERR_NOINPUT or ERR_IO.
 */
enum err passphrase_read(
    struct buf *out, const char *path, bool twice) MUST_CHECK;

#endif
