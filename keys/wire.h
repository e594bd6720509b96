#ifndef KEYS_WIRE_H
#define KEYS_WIRE_H

#include "base/err.h"
#include "passport/trust.h"

/*
 * What goes over the socket between the signer and the process that it works
 * for: frames of a 4-byte big-endian length and one CBOR array of our strict
 * subset.  A request is [op, ...], an answer [error number, ...]; anything
 * left over, missing or too long ends the signer.
 */
#define WIRE_MAX (TRUST_MAX + 65536) /* bytes of a frame */

enum wire_op {
	WIRE_MAKE =
	    1, /* use, ods, not before, not after -> kid, public, sealed */
	WIRE_SIGN = 2, /* kind, key record, event number, event hash, [payload]
			  -> [signature] */
	WIRE_NOTE =
	    3, /* event number, event hash, [type, kid, a, b, reason, ...]
		  -> */
	WIRE_HEAD = 4,   /* -> event number, event hash */
	WIRE_SEAL = 5,   /* [row, wrapped key or empty, [ad, text, ...], ...] ->
			    [wrapped key, [sealed], ...] */
	WIRE_UNSEAL = 6, /* row, wrapped key, [ad, sealed, ...] -> [text] */
	WIRE_BLIND = 7,  /* [domain, text, ...] -> [hash] */
	WIRE_JOURNAL =
	    8, /* number of a record, from 0 -> [type, kid, time, a, b, reason,
		  hash, ...]; hash is empty but for an event's */
	WIRE_RESET = 9, /* event number, event hash -> */
};

#define WIRE_NOTES 4000 /* cards, holders and keys in one */
#define WIRE_PAGE  1024 /* records in one answer to WIRE_JOURNAL */

/* wire_send(fd, body): Returns ERR_OK, ERR_TOOBIG or ERR_UNAVAILABLE (the other
 * side is gone). */
enum err wire_send(int fd, struct span body) MUST_CHECK;

/* wire_recv(fd, p, n): reads one frame into ${p}, which has room for WIRE_MAX.
 * ERR_NOINPUT: a clean end. */
enum err wire_recv(int fd, uint8_t *p, size_t *n) MUST_CHECK;

#endif
