#ifndef KEYS_SIGNER_PRIVATE_H
#define KEYS_SIGNER_PRIVATE_H

#include "keys/policy.h"
#include "keys/signer_child.h"
#include "keys/wire.h"

/* The inside of the signer process: signer_self.c and signer_items.c. */
struct signer_self {
	struct secret *secret;
	struct policy policy;
	uint8_t *tbs; /* WIRE_MAX: a Sig_structure, or a column */
};

/* signer_refuse(a, e, why): makes ${a} the answer that it was not done. */
void signer_refuse(struct cbor_out *a, enum err e, const char *why);

/* Operations on holders' texts (wire.h). Return false if not well formed. */
bool signer_op_seal(struct signer_self *s, struct cbor *c, struct cbor_out *a);
bool signer_op_unseal(
    struct signer_self *s, struct cbor *c, struct cbor_out *a);
bool signer_op_blind(struct signer_self *s, struct cbor *c, struct cbor_out *a);

#endif
