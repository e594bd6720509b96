#ifndef VERIFIER_FLOORS_H
#define VERIFIER_FLOORS_H

#include "base/buf.h"
#include "base/err.h"
#include "passport/ed25519.h"

/*
 * The newest lists that a verifier has seen of one scheme, so that nobody can
 * give it older ones (FORMAT.md 7.3).  As a file:
 *	carerpass-verify floors 1
 *	scheme NAME
 *	trust SEQ IAT SHA256		absent before the first trust list
 *	status KID N IAT		ascending by KID, then N
 *	end
 */
#define FLOORS_SHA256 32
#define FLOORS_STATUS 4096   /* most status lists; the oldest gives way */
#define FLOORS_MAX    524288 /* bytes of the file */

struct floor_trust {
	uint64_t seq;
	int64_t iat;
	uint8_t sha256[FLOORS_SHA256]; /* of the whole signed object */
};

struct floor_status {
	uint8_t kid[KID_SIZE];
	uint32_t n;
	int64_t iat;
};

struct floors {
	bool has_trust;
	struct floor_trust trust;
	struct floor_status *status; /* heap; FLOORS_STATUS of them */
	size_t nstatus;
};

/* floors_new(): Returns an empty one, NULL without memory. */
struct floors *floors_new(void);

/* floors_free(f): frees it; NULL does nothing. */
void floors_free(struct floors *f);

/* What became of a list that was held against the floors. */
enum floor_found {
	FLOOR_KNOWN = 0,  /* the newest that was seen so far */
	FLOOR_RAISED = 1, /* newer; ${f} now holds it */
	FLOOR_OLDER = 2,  /* rolled back; ${f} is as it was */
};

/* floors_trust(f, t): a good trust list was seen: older is a lower seq, a
 * lower iat, or the same seq with other bytes. */
enum floor_found floors_trust(struct floors *f, const struct floor_trust *t);

/* floors_status(f, s): a good status list was seen: older is a lower iat. */
enum floor_found floors_status(struct floors *f, const struct floor_status *s);

/* floors_parse(f, text, scheme): reads the file of that scheme into an empty
 * ${f}, strictly. Returns false if it is damaged. */
bool floors_parse(struct floors *f, struct span text, struct span scheme);

/* floors_text(out, f, scheme): appends the file. */
enum err floors_text(
    struct buf *out, const struct floors *f, struct span scheme) MUST_CHECK;

#endif
