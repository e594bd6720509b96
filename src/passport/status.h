#ifndef PASSPORT_STATUS_H
#define PASSPORT_STATUS_H

#include "passport/trust.h"

/*
 * Status lists (FORMAT.md 4; IETF Token Status List, CWT form): one bit a
 * passport, 1 = withdrawn.
 */
#define STATUS_ENTRIES  131072
#define STATUS_BYTES    16384 /* of a list, inflated */
#define STATUS_MAX      65536 /* of a signed list */
#define STATUS_URI_MAX  320
#define STATUS_TTL      43200  /* seconds; the refresh interval, not a limit */
#define STATUS_LIFE_MAX 604800 /* seconds from iat to exp */

struct status {
	uint8_t kid[KID_SIZE];
	struct span sub;
	int64_t iat;
	int64_t exp;
	struct span lst;     /* zlib stream of STATUS_BYTES bytes */
	const uint8_t *bits; /* what the caller inflated */
	bool rolled_back;    /* older than one this verifier has seen */
};

/*
 * status_read(s, bytes, t, service, n, work, size): reads list number ${n} of
 *     ${service} of the trust list ${t}: signed by the service's status key (in
 *     its period, not revoked), named after service and number, its life in
 *     bounds. ${work} is scratch of ${bytes.n} + COSE_OVERHEAD bytes. The
 *     caller inflates ${s->lst} to exactly STATUS_BYTES and sets ${s->bits}.
 *     Returns false if anything is off.
 */
bool status_read(struct status *s, struct span bytes, const struct trust *t,
    uint64_t service, uint32_t n, uint8_t *work, size_t size);

/* status_payload_read(s, payload): the same for the claims alone, as the signer
 * checks what it signs. */
bool status_payload_read(struct status *s, struct span payload);

/* status_bit(bits, position): Returns the bit at ${position} below
 * STATUS_ENTRIES. */
bool status_bit(const uint8_t *bits, uint32_t position);

/* status_uri(out, base, n): writes the name of list ${n}. Returns its length, 0
 * if too long. */
size_t status_uri(
    char out[static STATUS_URI_MAX], struct span base, uint32_t n);

/* status_put(o, sub, iat, exp, lst): writes the payload of a status list. */
void status_put(struct cbor_out *o, struct span sub, int64_t iat, int64_t exp,
    struct span lst);

#endif
