#ifndef VERIFIER_PIN_H
#define VERIFIER_PIN_H

#include "base/buf.h"
#include "passport/name.h"
#include "verifier/roots.h"

/*
 * What a verifier holds on to from its first good list (FORMAT.md 7.3): the
 * root keys and the scheme's name.  As a file:
 *	carerpass-verify pin 1
 *	root HEX		one a root key
 *	scheme NAME		"-" until a list told it (after --root)
 */
#define PIN_MAX 4096 /* bytes of the file */

struct pin {
	struct roots roots;
	size_t nscheme;
	char scheme[NAME_ORG_MAX + 1];
};

/* pin_set(p, roots, scheme): fills ${p}; ${scheme} is at most NAME_ORG_MAX
 * bytes. */
void pin_set(struct pin *p, const struct roots *roots, struct span scheme);

/* pin_scheme(p): Returns the scheme's name. */
struct span pin_scheme(const struct pin *p);

/* pin_eq(a, b): Returns true if both hold the same keys and name. */
bool pin_eq(const struct pin *a, const struct pin *b);

/* pin_parse(p, text): reads the file, strictly. Returns false if it is
 * damaged. */
bool pin_parse(struct pin *p, struct span text);

/* pin_text(out, p): appends the file. */
enum err pin_text(struct buf *out, const struct pin *p) MUST_CHECK;

#endif
