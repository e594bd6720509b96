#ifndef ISSUER_PUBLISHED_H
#define ISSUER_PUBLISHED_H

#include "issuer/newest.h"
#include "passport/status.h"

/* A folder of lists that was published before, as far as its signatures hold:
 * what wards were told is not taken back. */
struct published {
	char dir[APP_PATH];
	struct newest trust; /* good: the folder is one of this scheme's */
	struct buf list;
};

/* published_open(p, app, dir): reads the trust list of the folder ${dir}; a
 * warning if there is none. published_close is called in any case. */
enum err published_open(
    struct published *p, struct app *app, const char *dir) MUST_CHECK;
void published_close(struct published *p);

/* published_bits(p, n, bits, found): the bits of status list ${n}; not found if
 * there is none that a key of the folder's trust list signed. */
enum err published_bits(struct published *p, uint32_t n,
    uint8_t bits[static STATUS_BYTES], bool *found) MUST_CHECK;

#endif
