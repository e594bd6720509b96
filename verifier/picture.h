#ifndef VERIFIER_PICTURE_H
#define VERIFIER_PICTURE_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Codes in pictures.  No picture is decoded in this program: carerpass-scan
 * does it in a process of its own, in a sandbox, and only text comes back.
 */
#define PICTURE_TEXT_MAX 65536 /* bytes of text that are taken from it */

/* picture_is(arg): Returns true if ${arg} ends in ".png", in any case. */
bool picture_is(const char *arg);

/*
 * picture_read(out, path): runs carerpass-scan (found beside this program, else
 *     in $PATH) and appends what it prints, one code a line. Returns ERR_OK,
 *     ERR_DATA (no picture, no code in it, or not read in time), ERR_NOINPUT
 *     (no such file), ERR_UNAVAILABLE (no carerpass-scan), ERR_MEM or ERR_IO.
 */
enum err picture_read(struct buf *out, const char *path) MUST_CHECK;

#endif
