#ifndef VERIFIER_ROOTS_H
#define VERIFIER_ROOTS_H

#include "base/err.h"
#include "passport/trust.h"

/* The root keys that a verifier goes by (FORMAT.md 7.3, root.pub). */
#define ROOTS_MAX      16
#define ROOTS_FILE_MAX 65536 /* bytes of a root.pub */

struct roots {
	size_t n;
	struct root v[ROOTS_MAX];
};

/* A fingerprint is the key's kid in hex, with NUL. */
#define ROOT_FINGERPRINT (2 * KID_SIZE + 1)
#define ROOTS_TEXT       (ROOTS_MAX * (ROOT_FINGERPRINT + 1))

/*
 * roots_parse(r, text, line): reads root.pub: one key a line in 64 lower-case
 *     hex digits, "#" starts a comment, empty lines are passed over. Returns
 *     true if there are 1 to ROOTS_MAX keys, each a good point, none twice;
 *     else ${*line} is the line at fault, 0 if there is no key at all.
 */
bool roots_parse(struct roots *r, struct span text, size_t *line);

/*
 * roots_read(r, path): roots_parse() of a file; the fault is logged with its
 *     line. Returns ERR_OK, ERR_NOINPUT (no such file), ERR_CONFIG (not as
 *     above), or what file_read() does.
 */
enum err roots_read(struct roots *r, const char *path) MUST_CHECK;

/* roots_add(r, key): adds a key. Returns false if it is no good point, there
 * already, or one too many. */
bool roots_add(struct roots *r, const uint8_t key[static ED25519_KEY]);

/* roots_within(a, b): Returns true if every key of ${a} is in ${b}. */
bool roots_within(const struct roots *a, const struct roots *b);

/* roots_text(out, r): writes the fingerprints, parted by spaces. */
void roots_text(char out[static ROOTS_TEXT], const struct roots *r);

#endif
