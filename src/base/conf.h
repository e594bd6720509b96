#ifndef BASE_CONF_H
#define BASE_CONF_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/*
 * Configuration: an INI file (libinih reads the lines) against a table of the
 * keys that there are.  The table is the only source for reading, writing and
 * help: a new key is a new row.  Values land in a struct of the caller at the
 * offset that the row names; a key that the file leaves out keeps what was
 * there, so defaults are set before.
 *
 * "; text" at a line's start or after a space is a comment, as is "#" at a
 * line's start.
 */
#define CONF_LINE 197 /* bytes a line: what libinih takes without splitting */
#define CONF_WHY  256

enum conf_kind {
	CONF_TEXT = 0, /* char[max + 1]; min..max bytes, no control characters,
			* no ';', no space at either end */
	CONF_INT = 1,  /* int64_t; min..max */
	CONF_BOOL = 2, /* bool; yes or no */
	CONF_HOST = 3, /* char[max + 1]; host name in lower case, with :port if
			* not 443 (FORMAT.md 3) */
};

struct conf_key {
	const char *section;
	const char *key;
	enum conf_kind kind;
	int64_t min;
	int64_t max;
	size_t at;   /* offsetof() in the caller's struct */
	bool needed; /* a file without it is refused */
};

struct conf_fault {
	size_t line; /* 0: no one line */
	char why[CONF_WHY];
};

/*
 * conf_parse(text, keys, n, to, fault): reads ${text} into the struct at
 * ${to}.  Refused: an unknown section or key, a key given twice, a line over
 * CONF_LINE bytes, a line that is neither, a value that its row does not
 * allow, a needed key left out.  Returns ERR_OK, or ERR_CONFIG with the first
 * fault; ${to} may then hold a part.  ${n} is at most 64.
 */
enum err conf_parse(struct span text, const struct conf_key *keys, size_t n,
    void *to, struct conf_fault *fault) MUST_CHECK;

/*
 * conf_read(path, keys, n, to): conf_parse() of the file at ${path} (at most
 * 64 KiB); the fault is logged with file and line.  Returns also what
 * file_read() does.
 */
enum err conf_read(const char *path, const struct conf_key *keys, size_t n,
    void *to) MUST_CHECK;

/*
 * conf_text(out, keys, n, from): appends the struct at ${from} as a file that
 * conf_parse() reads back the same.  Returns ERR_OK, ERR_CONFIG when a value
 * breaks its row's rule (logged), or what buf_add() does.
 */
enum err conf_text(struct buf *out, const struct conf_key *keys, size_t n,
    const void *from) MUST_CHECK;

/*
 * conf_write(path, keys, n, from): conf_text() to a file of mode 0600, whole
 * or not at all (file_write).
 */
enum err conf_write(const char *path, const struct conf_key *keys, size_t n,
    const void *from) MUST_CHECK;

/* conf_is_host(text): Returns true for what CONF_HOST takes, length apart. */
bool conf_is_host(struct span text);

#endif
