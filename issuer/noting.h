#ifndef ISSUER_NOTING_H
#define ISSUER_NOTING_H

#include "issuer/app.h"

/*
 * The signer's journal as a memory of its own: whatever ends a card, erases a
 * holder or revokes a key is told to it before it takes note of a later event,
 * so that an older registry can be made good (reconcile.h).  What a command
 * that died did not tell, the next one does.
 */

/*
 * noting(app, head, all): journals what ended since the journal's last event,
 *     and reads the registry's newest event into ${head}; the event itself is
 *     journalled with it, or if ${all}. Without anything to tell nothing is
 *     written unless ${all}.
 */
enum err noting(struct app *app, struct signer_head *head, bool all) MUST_CHECK;

#endif
