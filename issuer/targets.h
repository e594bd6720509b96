#ifndef ISSUER_TARGETS_H
#define ISSUER_TARGETS_H

#include "base/args.h"
#include "issuer/app.h"
#include "issuer/normal.h"
#include "registry/card.h"

/*
 * The cards that a command is about: one by its number, many by numbers a line
 * on standard input ("-"), or the newest of a person by reference, for somebody
 * who lost the card and with it its number.
 */
struct target_args {
	const char *serial; /* a number, "-" or NULL */
	const char *org;
	const char *ref;
};

struct targets {
	bool from_input;
	int64_t serial; /* 0: by reference */
	char ods[NORMAL_TEXT];
	char ref[NORMAL_TEXT];
};

#define TARGET_ARGS(type)                                                      \
	{"--org", ARG_TEXT, "CODE",                                            \
	    "with --ref: the organisation that issued, like A81001",           \
	    offsetof(type, target.org), 0, false, 0, 0, NULL},                 \
	    {"--ref", ARG_TEXT, "REF",                                         \
		"the card of the person with this reference",                  \
		offsetof(type, target.ref), 0, false, 0, 0, NULL},             \
	{                                                                      \
		"SERIAL", ARG_TEXT, NULL,                                      \
		    "the card's number, like 7K3M-9QPR-K; - reads one a line", \
		    offsetof(type, target.serial), 0, false, 0, 0, NULL        \
	}

/*
 * targets_read(t, spec, a): what the command line asks for, before keys are
 *     unlocked. Returns ERR_OK, ERR_USAGE or ERR_DATA, logged.
 */
enum err targets_read(struct targets *t, const struct args *spec,
    const struct target_args *a) MUST_CHECK;

/*
 * targets_each(app, t, fn, ctx): calls fn(ctx, card) for each card. A line that
 *     is no number, a number that no card has, and a card that ${fn} refuses
 *     with ERR_DATA leave the others alone; the first such error is returned
 *     when all is done, any other error of ${fn} at once.
 */
enum err targets_each(struct app *app, const struct targets *t,
    enum err (*fn)(void *ctx, const struct card *c), void *ctx) MUST_CHECK;

#endif
