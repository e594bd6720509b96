#ifndef ISSUER_PUBLISH_H
#define ISSUER_PUBLISH_H

#include "base/buf.h"
#include "issuer/app.h"

#define PUBLISH_TRUST_DAYS 90
#define PUBLISH_STATUS_AHEAD                                                   \
	30 /* days before the status key's end: the next is made */

/* One file of the folder and what index.json says of it. */
struct publish_list {
	struct buf bytes;
	uint64_t number; /* seq of the trust list, n of a status list */
	int64_t iat;
	int64_t exp;
};

struct publication_set {
	struct publish_list trust;
	struct publish_list *status;
	size_t nstatus;
	bool awaits_root; /* ${trust} is the one before: see trust.request */
};

/*
 * publish_make(app, days, set): brings the lists up to date: the next status
 *     key when it is time, the trust list if anything changed or half its life
 *     has gone, every status list anew. ${days} is the trust list's life, 0 for
 *     the one it has (90 to begin with). The caller frees ${set}.
 */
enum err publish_make(
    struct app *app, int64_t days, struct publication_set *set) MUST_CHECK;
void publish_free(struct publication_set *set);

/*
 * publish_folder(app, set, dir): writes the folder of FORMAT.md 5 beside ${dir}
 *     and puts it in its place in one step.
 */
enum err publish_folder(struct app *app, const struct publication_set *set,
    const char *dir) MUST_CHECK;

/* publish_trust(app, days, set): the trust list alone (publish_trust.c). */
enum err publish_trust(
    struct app *app, int64_t days, struct publication_set *set) MUST_CHECK;

/* Do the lists in force name a key? */
enum publish_known {
	PUBLISH_NOTHING = 0, /* nothing was published yet */
	PUBLISH_UNKNOWN = 1,
	PUBLISH_KNOWN = 2,
};

/* publish_knows(app, kid, out): looks the key up in the newest trust list. */
enum err publish_knows(struct app *app, const uint8_t kid[static KID_SIZE],
    enum publish_known *out) MUST_CHECK;

#endif
