#ifndef ISSUER_SEALING_H
#define ISSUER_SEALING_H

#include "keys/signer.h"
#include "registry/sealer.h"

/* sealing_of(signer): Returns the registry's sealer, done by the signer
 * process. */
struct sealer sealing_of(struct signer *signer);

#endif
