#ifndef CARDS_UTF8_H
#define CARDS_UTF8_H

#include "base/err.h"
#include "base/utf8.h"

/* utf8_line(s): Returns ERR_OK if ${s} is one line of UTF-8 without control
 * characters, else ERR_DATA, logged. */
enum err utf8_line(struct span s) MUST_CHECK;

#endif
