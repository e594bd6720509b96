#ifndef BASE_CHARSET_H
#define BASE_CHARSET_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Text of unknown origin made into UTF-8: what is UTF-8 stays (a byte order
 * mark goes), anything else is read as Windows-1252, which is what Excel on a
 * British desk writes for "CSV".
 */
struct charset_fault {
	size_t line;     /* from 1; 0: the file as a whole */
	const char *why; /* what is wrong and what to do: static */
};

/*
 * charset_to_utf8(text, fault): changes ${text} in place (its cap must allow
 * three times its size).  Returns ERR_OK, ERR_DATA with ${fault} (UTF-16, a
 * byte that neither has, bytes that are not UTF-8 behind a mark or other text
 * that says they are), ERR_MEM or ERR_TOOBIG.
 */
enum err charset_to_utf8(
    struct buf *text, struct charset_fault *fault) MUST_CHECK;

#endif
