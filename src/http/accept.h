#ifndef HTTP_ACCEPT_H
#define HTTP_ACCEPT_H

#include "base/span.h"

/*
 * What a client would rather have (RFC 9110, 12.4 and 12.5): lists of words,
 * each with a weight from 0 to 1, in thousandths here.
 */

/* accept_weight(field, word): Returns 0 to 1000 for ${word} in ${field}, -1 if
 * it names neither that nor "*". */
int accept_weight(const char *field, const char *word);

/* accept_language(field, tag): the same for the tag of a language ("cy"), which
 * also "cy-GB" asks for. */
int accept_language(const char *field, const char *tag);

/* accept_media(field, type): Returns true if the media type of a Content-Type
 * is ${type}, in any case, whatever its parameters, but for a charset that is
 * neither UTF-8 nor ASCII. */
bool accept_media(const char *field, const char *type);

/* accept_match(field, etag): Returns true if an If-None-Match names ${etag}. */
bool accept_match(const char *field, const char *etag);

#endif
