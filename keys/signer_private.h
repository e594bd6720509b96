#ifndef KEYS_SIGNER_PRIVATE_H
#define KEYS_SIGNER_PRIVATE_H

#include "keys/policy.h"
#include "keys/signer_child.h"
#include "keys/wire.h"

/* The inside of the signer process: signer_self.c, signer_items.c and
 * signer_notes.c. */
struct signer_self {
	struct secret *secret;
	struct policy policy;
	uint8_t *tbs;               /* WIRE_MAX: a Sig_structure, or a column */
	struct journal_entry *page; /* WIRE_PAGE of them, to read again */
};

/* signer_refuse(a, e, why): makes ${a} the answer that it was not done. */
void signer_refuse(struct cbor_out *a, enum err e, const char *why);

/* Operations on holders' texts (wire.h). Return false if not well formed. */
bool signer_op_seal(struct signer_self *s, struct cbor *c, struct cbor_out *a);
bool signer_op_unseal(
    struct signer_self *s, struct cbor *c, struct cbor_out *a);
bool signer_op_blind(struct signer_self *s, struct cbor *c, struct cbor_out *a);

/* Operations on the journal (wire.h), likewise. */
bool signer_op_note(struct signer_self *s, struct cbor *c, struct cbor_out *a);
bool signer_op_head(struct signer_self *s, struct cbor *c, struct cbor_out *a);
bool signer_op_journal(
    struct signer_self *s, struct cbor *c, struct cbor_out *a);
bool signer_op_reset(struct signer_self *s, struct cbor *c, struct cbor_out *a);

/* signer_read_head(c, e): the number and hash of an event. Returns false if
 * there is none (0 and nothing) or it is not well formed. */
bool signer_read_head(struct cbor *c, struct journal_entry *e);

#endif
