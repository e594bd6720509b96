#ifndef MIRROR_MIRROR_H
#define MIRROR_MIRROR_H

#include "verifier/mirror/fetch.h"

struct mirror_options {
	const char *root; /* FILE of the root keys to go by */
	const char *dir;  /* the copy */
	int64_t now;
	bool quiet;
	struct fetch_from from;
};

/*
 * mirror_run(o): makes ${o->dir} a copy of the published folder at
 *     ${o->from.url}, as far as what is there is signed, whole and not older
 *     than the copy; a list that is not stays as it was. The copy changes in
 *     one step or not at all. Says what came of it. Returns ERR_OK (also:
 *     nothing new); ERR_DATA or ERR_TOOBIG (a list was refused; the good ones
 *     are taken); ERR_UNAVAILABLE (another run, or the server); ERR_NOINPUT (no
 *     such file, no lists there); ERR_CONFIG (root file; another scheme); or
 *     what reading and writing can.
 */
enum err mirror_run(const struct mirror_options *o) MUST_CHECK;

#endif
