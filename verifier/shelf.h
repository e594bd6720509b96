#ifndef VERIFIER_SHELF_H
#define VERIFIER_SHELF_H

#include "verifier/lists.h"
#include "verifier/published.h"

/*
 * The lists that a service judges with and hands on.  Readers on any thread
 * take what stands there; the one thread that refreshes puts a new reading in
 * its place, all at once.  Who still holds the old one may go on with it.
 */
struct shelf;

/* A reading of the folder, with a count of its holders. */
struct reading {
	struct lists *lists;
	struct published *published;
	_Atomic size_t holders;
};

/*
 * shelf_new(out, from, now): reads the folder. Returns what lists_whole() does.
 */
enum err shelf_new(
    struct shelf **out, const struct lists_from *from, int64_t now) MUST_CHECK;

/* shelf_free(s): frees it; nobody may hold a reading. NULL does nothing. */
void shelf_free(struct shelf *s);

/* shelf_take(s): Returns the reading of now; give it to shelf_return(). */
struct reading *shelf_take(struct shelf *s);

/* shelf_return(held): lets go of it. It is a void * so that this may be the
 * release of an answer. */
void shelf_return(void *held);

/*
 * shelf_refresh(s, now): reads the folder anew if it has changed since. A
 *     folder that cannot be read leaves everything as it was. An unchanged one
 *     is read again each hour: a list may have become good by the time. Returns
 *     true if other lists are in use now. Call it from one thread.
 */
bool shelf_refresh(struct shelf *s, int64_t now);

/* shelf_failures(s): how many changes could not be read. */
uint64_t shelf_failures(struct shelf *s);

#endif
