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

/*
 * issuing_exp(exp, in, now): the first second after the last good day: the same
 *     day ${in->months} months on, for a young carer at most the day before the
 *     18th birthday. Returns NULL, or what is wrong with birth date, months or
 *     class.
 */
const char *issuing_exp(int64_t *exp, const struct issuing *in, int64_t now);

/*
 * issuing_one(app, in, out): issues one passport. Returns ERR_OK with ${out}
 *     saying what came of it (also: nothing, known already), or why not
 *     (logged).
 */
enum err issuing_one(struct app *app, const struct issuing *in,
    struct issue_result *out) MUST_CHECK;

/*
 * issuing_again(app, serial, kind, months, out): the holder's next card in
 *     place of ${serial}: CARD_RENEWAL or CARD_REPLACEMENT, from today, for
 *     ${months}; the old one stops when the new one is stored. A young carer
 *     who has come of age gets an adult's. Returns as issuing_one.
 */
enum err issuing_again(struct app *app, int64_t serial, enum card_kind kind,
    int months, struct issue_result *out) MUST_CHECK;

/*
 * issuing_is_good(app, card, good): neither ended nor expired, and its key not
 *     revoked.
 */
enum err issuing_is_good(
    struct app *app, const struct card *card, bool *good) MUST_CHECK;

/* issuing_finish(app): signs the cards that a dead instance reserved. */
enum err issuing_finish(struct app *app) MUST_CHECK;

#endif
