#ifndef MIRROR_ETAGS_H
#define MIRROR_ETAGS_H

#include "base/buf.h"
#include "verifier/mirror/index.h"

/*
 * What the server called each file when it was fetched (ETag, RFC 9110 8.8.3),
 * so that the next run need not fetch it again.  Each tag stands beside the
 * hash of the bytes it was given for: a tag of other bytes than the copy's is
 * no use and does no harm.  In a file beside the copy:
 *
 *     carerpass-lists etags 1
 *     url https://HOST/lists/
 *     FILE SHA256 "TAG"
 */
#define ETAG_MAX   128 /* bytes of a tag with NUL; a longer one is not kept */
#define ETAGS_MAX  (INDEX_LISTS + 1)
#define ETAGS_FILE 1048576
#define ETAG_NAME  24

struct etag {
	char name[ETAG_NAME]; /* "trust.cwt", "status/12.cwt" */
	uint8_t sha256[INDEX_SHA];
	char tag[ETAG_MAX];
};

struct etags {
	struct etag *v; /* ETAGS_MAX of them; NULL: none are kept */
	size_t n;
};

/* etags_new(t): makes room. Returns ERR_OK or ERR_MEM. etags_free(t) frees. */
enum err etags_new(struct etags *t) MUST_CHECK;
void etags_free(struct etags *t);

/* etag_ok(tag): Returns true for a tag that we keep and send back: in quotation
 * marks, perhaps behind W/, printable, without spaces. */
bool etag_ok(const char *tag);

/* etags_put(t, name, sha256, tag): adds one; a tag that is not ok is not. */
void etags_put(struct etags *t, const char *name,
    const uint8_t sha256[static INDEX_SHA], const char *tag);

/* etags_find(t, name, sha256): Returns the tag of these bytes, or NULL. */
const char *etags_find(const struct etags *t, const char *name,
    const uint8_t sha256[static INDEX_SHA]);

/* etags_parse(t, text, url): reads the file. Returns false, and keeps none, if
 * it is damaged or speaks of another address. */
bool etags_parse(struct etags *t, struct span text, const char *url);

/* etags_text(out, t, url): writes it; the buffer keeps what went wrong. */
void etags_text(struct buf *out, const struct etags *t, const char *url);

#endif
