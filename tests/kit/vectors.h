#ifndef KIT_VECTORS_H
#define KIT_VECTORS_H

#include <jansson.h>

#include "base/buf.h"

/*
 * Independent test vectors: from $SHARED/vectors (default ../shared), else the
 * copies in tests/vectors.  A missing or broken file fails the test.
 */

/* vectors_read(out, path): appends the file "wycheproof/ed25519_test.json". */
void vectors_read(struct buf *out, const char *path);

/* vectors_json(path): Returns the file as JSON; json_decref() is the
 * caller's. */
json_t *vectors_json(const char *path);

/* vectors_str(o, key): Returns the string member ${key} of the object. */
const char *vectors_str(const json_t *o, const char *key);

/* vectors_hex(out, cap, hex): decodes hex, passing over line ends. Returns how
 * many bytes. */
size_t vectors_hex(uint8_t *out, size_t cap, const char *hex);

#endif
