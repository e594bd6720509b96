#ifndef MIRROR_MIRROR_PRIVATE_H
#define MIRROR_MIRROR_PRIVATE_H

#include "verifier/mirror/copy.h"
#include "verifier/mirror/mirror.h"
#include "verifier/mirror/signed.h"

/* A status list of the new copy. */
struct mirror_list {
	struct index_entry entry;
	bool there; /* the copy has these very bytes */
};

/* One run. */
struct run {
	const struct mirror_options *o;
	struct copy copy;
	struct fetch *fetch;
	struct buf root_pub; /* the bytes of --root */
	struct roots roots;
	struct signed_trust old; /* of the copy; not good: nothing to go by */
	struct signed_trust trust;
	struct etags had;     /* of the copy, as far as the file was good */
	struct etags has;     /* of the new copy */
	struct buf etags;     /* the file as it was */
	struct index numbers; /* of the lists to ask for */
	struct mirror_list *lists;
	size_t nlists;
	size_t nnew;
	int missed;     /* requests in a row that the server did not answer */
	enum err worst; /* of what was refused on the way */
};

/* mirror_lists(r): asks for each list of ${r->numbers} and writes what is new.
 * Returns ERR_OK with ${r->worst}, or an error that ends the run. */
enum err mirror_lists(struct run *r) MUST_CHECK;

/* mirror_get(r, name, tag, out, got): as fetch_get(); a server that did not
 * answer several times running is not asked again. */
enum err mirror_get(struct run *r, const char *name, const char *tag,
    struct buf *out, enum fetched *got) MUST_CHECK;

/* mirror_refuse(r, e): notes that something was refused; what is wrong weighs
 * more than what is not there. */
void mirror_refuse(struct run *r, enum err e);

/* mirror_tag(r, name, entry): keeps the tag that the server gave just now. */
void mirror_tag(
    struct run *r, const char *name, const struct index_entry *entry);

#endif
