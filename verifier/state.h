#ifndef VERIFIER_STATE_H
#define VERIFIER_STATE_H

#include <limits.h>

#include "verifier/floors.h"
#include "verifier/pin.h"

/*
 * What a verifier remembers from one run to the next (FORMAT.md 7.3), in one
 * folder: "pin", a "floors-HEX" a scheme (HEX: the SHA-256 of its name), and
 * "lock".  Files are replaced whole, under the lock, and only when something
 * rises.  A folder that cannot be written costs the memory, not the verdict:
 * one warning and go on.  A damaged file is an error: somebody may have
 * damaged it to be forgotten.
 */
struct state {
	char dir[PATH_MAX]; /* empty: there is none */
	bool warned;
};

/*
 * state_open(s, dir): finds the folder: ${dir} unless NULL, else
 *     $STATE_DIRECTORY, else $XDG_STATE_HOME/carerpass-verify, else
 *     ~/.local/state/carerpass-verify. It is made when first written to.
 */
void state_open(struct state *s, const char *dir);

/*
 * state_pin(s, p, found): reads the pin. Returns ERR_OK with ${*found}, or
 *     ERR_CONFIG with what to do logged when the file is damaged or cannot be
 *     read.
 */
enum err state_pin(struct state *s, struct pin *p, bool *found) MUST_CHECK;

/* state_pin_write(s, p): puts ${p} in the pin's place, if it can and it is not
 * there already. */
void state_pin_write(struct state *s, const struct pin *p);

/*
 * state_trust(s, scheme, t, older): remembers that a good trust list was seen.
 *     ${*older} says that a newer one was seen before. Returns ERR_OK or
 *     ERR_CONFIG as state_pin() does.
 */
enum err state_trust(struct state *s, struct span scheme,
    const struct floor_trust *t, bool *older) MUST_CHECK;

/* state_status(s, scheme, t, n, older): the same for ${n} status lists, with
 * one look at the file and at most one change of it; ${older} has ${n} places.
 */
enum err state_status(struct state *s, struct span scheme,
    const struct floor_status *t, size_t n, bool *older) MUST_CHECK;

#endif
