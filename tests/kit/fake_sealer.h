#ifndef KIT_FAKE_SEALER_H
#define KIT_FAKE_SEALER_H

#include "registry/sealer.h"

/*
 * What the signer process does behind struct sealer, in this process and under
 * a fixed key: real XChaCha20-Poly1305 and keyed BLAKE2b, so that tests of the
 * registry see real lengths and real failures.
 */
struct fake_sealer {
	struct sealer sealer; /* give &f.sealer */
	int seals;            /* calls so far */
	int unseals;
	int fail_at; /* the seal() call that fails, from 1; 0 never */
};

/* fake_sealer_init(f): makes ${f} ready. */
void fake_sealer_init(struct fake_sealer *f);

#endif
