#ifndef KIT_BOOKS_H
#define KIT_BOOKS_H

#include "keys/signer.h"
#include "tests/kit/requests.h"

/*
 * The books of somebody who watches a signer at work (keys/signer_child.h) and
 * believes nothing: which keys it made, what it signed, what it sealed.  From
 * each request and its answer they tell whether the signer kept its rules; at
 * the first that it broke the program is aborted.
 */
#define BOOKS_KEYS    6
#define BOOKS_SIGNED  256
#define BOOKS_ROWS    32
#define BOOKS_SECRETS 64

struct books_signed {
	uint64_t a; /* status index, list number or seq */
	uint64_t b; /* serial or iat */
	uint8_t hash[32];
};

struct books_row {
	int64_t row;
	uint8_t ad[32];
	uint8_t text[32];
};

struct books {
	int64_t now;                        /* what the signer's clock says */
	struct key_record keys[BOOKS_KEYS]; /* made, the newest in the last */
	size_t nkeys;
	struct books_signed passports[BOOKS_SIGNED];
	size_t npassports;
	struct books_signed lists[BOOKS_SIGNED]; /* the newest of each number */
	size_t nlists;
	struct books_signed trust;
	uint8_t tombstones[BOOKS_SIGNED][KID_SIZE];
	size_t ntombstones;
	uint64_t head;
	uint64_t withdrawn[BOOKS_SIGNED]; /* status indices */
	size_t nwithdrawn;
	struct books_row rows[BOOKS_ROWS];
	size_t nrows;
	uint8_t wrapped[SECRET_WRAPPED]; /* the newest holder's key ... */
	int64_t wrapped_row;
	uint8_t sealed[128]; /* ... and a value under it, for ${ad} */
	size_t nsealed;
	uint8_t ad;
	uint8_t secrets[BOOKS_SECRETS][32]; /* keys that were drawn */
	size_t nsecrets;
};

/* books_check(b, request, answer): enters what was answered; aborts if it must
 * not have been. */
void books_check(struct books *b, struct span request, struct span answer);

/* books_must(holds, what): aborts unless it holds. */
void books_must(bool holds, const char *what);
#define BOOKS_MUST(c) books_must((c), #c)

#endif
