#ifndef ISSUER_ISSUING_H
#define ISSUER_ISSUING_H

#include "issuer/app.h"
#include "issuer/normal.h"
#include "registry/issue.h"

/*
 * Issuing (design.md 7): reserve in one transaction, commit, have the signer
 * journal and sign, store the signature. Whatever dies in between, the next
 * start finishes the card with the very same bytes.
 */
#define ISSUING_MONTHS     24
#define ISSUING_MONTHS_MAX 36
#define ISSUING_YOUNG      18 /* a young carer's card ends before this birthday */
#define ISSUING_BATCH      1024
#define ISSUING_WHY        256 /* bytes of a sentence */

/* What a person asks for, normalised (normal.h); "" where not given. */
struct issuing {
	char ods[NORMAL_TEXT];
	char name[NORMAL_TEXT];
	char ref[NORMAL_TEXT];
	char nhs[NORMAL_NHS];
	char born[NORMAL_DATE];
	bool young;
	int months;
};

/* One card that is asked for, and what came of it. Wipe after use. */
struct issuing_item {
	struct issuing want; /* of a renewal or replacement only ods, months */
	enum card_kind kind;
	int64_t replaces;        /* serial, unless kind is CARD_FIRST */
	enum card_reason reason; /* why it was replaced; CARD_SUPERSEDED: not
				    said */
	bool keep_end;           /* ends when the replaced card would have */

	struct issue_result result; /* unless it was refused */
	const char *column; /* refused: which value, as a CSV column, static */
	char why[ISSUING_WHY]; /* ... and a sentence; "" if not refused */
};

enum issuing_mode {
	ISSUING_EACH =
	    0,           /* the good ones are issued, whatever the others are */
	ISSUING_ALL = 1, /* none is, if one is refused */
	ISSUING_DRY = 2, /* none is: only what would come of them */
};

/*
 * issuing_many(app, item, n, mode): issues ${n} cards: one transaction, a
 *     request to the signer for each ISSUING_BATCH of a key, one transaction
 *     for the signatures. What is wrong with one (also: "already used") is in
 *     its ${why}. Returns ERR_OK, also where some or all were refused, or why
 *     it failed (logged); cards that were reserved by then are finished by the
 *     next start. ${*issued}: whether those that were not refused were issued;
 *     if not, their serials and indices mean nothing.
 */
enum err issuing_many(struct app *app, struct issuing_item *item, size_t n,
    enum issuing_mode mode, bool *issued) MUST_CHECK;

/* issuing_one(app, item): issuing_many() of one; ERR_DATA, logged, if it was
 * refused. */
enum err issuing_one(struct app *app, struct issuing_item *item) MUST_CHECK;

/* issuing_again(it, card, kind, months): makes ${it} ask for the next card in
 *     place of ${card}, from today, for ${months}; the old one stops when the
 *     new one is stored. A young carer who has come of age gets an adult's. */
void issuing_again(struct issuing_item *it, const struct card *card,
    enum card_kind kind, int months);

/*
 * issuing_is_good(app, card, good): neither ended nor expired, and its key not
 *     revoked.
 */
enum err issuing_is_good(
    struct app *app, const struct card *card, bool *good) MUST_CHECK;

/* issuing_finish(app): signs the cards that a dead instance reserved. */
enum err issuing_finish(struct app *app) MUST_CHECK;

#endif
