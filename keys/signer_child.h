#ifndef KEYS_SIGNER_CHILD_H
#define KEYS_SIGNER_CHILD_H

#include "keys/signer.h"

/*
 * signer_child(fd, dir, passphrase_file, mode): the signer process itself, on
 *     its end of the socket; unlocks, shuts itself in, says [0] or [error],
 *     then answers requests until the other side closes. Never returns.
 */
_Noreturn void signer_child(int fd, const char *dir,
    const char *passphrase_file, enum signer_mode mode);

struct signer_self;

/*
 * signer_answer(self, request, answer): does one request; the whole of what
 *     the other side can reach, also the fuzz target's entry. Returns false if
 *     the request is not well formed: the signer ends.
 */
bool signer_answer(
    struct signer_self *self, struct span request, struct cbor_out *answer);

/*
 * What signer_child does before it shuts itself in: signer_self_lock takes the
 * folder for this process alone, signer_self_unlock opens its keys.
 */
enum err signer_self_lock(struct signer_self **out, const char *dir,
    enum signer_mode mode) MUST_CHECK;
enum err signer_self_unlock(struct signer_self *self, const char *dir,
    struct span pass, enum signer_mode mode) MUST_CHECK;
void signer_self_close(struct signer_self *self);

/*
 * signer_shut_in(): what signer_child does last: from now on this process may
 *     make only the signer's few system calls; any other kills it.
 */
enum err signer_shut_in(void) MUST_CHECK;

#endif
