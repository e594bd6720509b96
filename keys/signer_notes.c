#include <sodium.h>
#include <time.h>

#include "keys/signer_private.h"

static void
put_ok(struct cbor_out *a, uint64_t members)
{
	cbor_put_array(a, members + 1);
	cbor_put_int(a, ERR_OK);
}

/* What was added goes to the disk, or nothing does. */
static bool
settle(
    struct signer_self *s, enum err e, const char *why, struct cbor_out *answer)
{
	if (e == ERR_OK)
		e = journal_commit(s->policy.journal);
	if (e == ERR_OK) {
		put_ok(answer, 0);
	} else {
		journal_drop(s->policy.journal);
		signer_refuse(answer, e, why);
	}
	return true;
}

static struct journal_entry
read_note(struct cbor *c)
{
	struct journal_entry e = {.type = JOURNAL_HEAD};
	uint64_t type = cbor_uint(c);
	uint64_t reason;

	cbor_fixed(c, e.kid, KID_SIZE);
	e.a = cbor_uint(c);
	e.b = cbor_uint(c);
	reason = cbor_uint(c);
	if (type > UINT8_MAX || reason > UINT8_MAX)
		cbor_fail(c);
	e.type = (enum journal_type)(uint8_t)type;
	e.reason = (uint8_t)reason;
	return e;
}

bool
signer_op_note(struct signer_self *s, struct cbor *c, struct cbor_out *a)
{
	struct journal_entry head;
	struct cbor notes;
	const char *why = NULL;
	bool has = signer_read_head(c, &head);
	uint64_t n = cbor_array(c);
	enum err e = ERR_OK;

	notes = *c;
	for (uint64_t i = 0; i < n && !c->bad; i += 5)
		(void)read_note(c);
	if (!cbor_done(c) || !has || n % 5 != 0 || n > 5 * WIRE_NOTES)
		return false;
	s->policy.now = (int64_t)time(NULL);
	for (uint64_t i = 0; i < n && e == ERR_OK; i += 5) {
		struct journal_entry x = read_note(&notes);

		e = policy_note(&s->policy, &x, &why);
	}
	if (e == ERR_OK)
		e = policy_head(&s->policy, &head, &why);
	return settle(s, e, why, a);
}

bool
signer_op_reset(struct signer_self *s, struct cbor *c, struct cbor_out *a)
{
	struct journal_entry head;
	const char *why = NULL;
	bool has = signer_read_head(c, &head);

	if (!cbor_done(c) || !has)
		return false;
	s->policy.now = (int64_t)time(NULL);
	return settle(s, policy_reset(&s->policy, &head, &why), why, a);
}

bool
signer_op_head(struct signer_self *s, struct cbor *c, struct cbor_out *a)
{
	struct journal_entry e = journal_last_head(s->policy.journal);

	if (!cbor_done(c))
		return false;
	put_ok(a, 2);
	cbor_put_uint(a, e.a);
	cbor_put_bytes(a, span_of(e.hash, JOURNAL_HASH));
	return true;
}

static void
put_entry(struct cbor_out *a, const struct journal_entry *e)
{
	bool event = e->type == JOURNAL_HEAD || e->type == JOURNAL_RESET;

	cbor_put_uint(a, e->type);
	cbor_put_bytes(a, span_of(e->kid, KID_SIZE));
	cbor_put_int(a, e->time);
	cbor_put_uint(a, e->a);
	cbor_put_uint(a, e->b);
	cbor_put_uint(a, e->reason);
	/* What it keeps of payloads is nobody's business. */
	cbor_put_bytes(a, span_of(e->hash, event ? JOURNAL_HASH : 0));
}

bool
signer_op_journal(struct signer_self *s, struct cbor *c, struct cbor_out *a)
{
	uint64_t from = cbor_uint(c);
	size_t n = WIRE_PAGE;
	enum err e;

	if (!cbor_done(c))
		return false;
	e = journal_read(s->policy.journal, from, s->page, &n);
	if (e != ERR_OK) {
		signer_refuse(a, e, NULL);
		return true;
	}
	put_ok(a, 1);
	cbor_put_array(a, 7 * n);
	for (size_t i = 0; i < n; i++)
		put_entry(a, &s->page[i]);
	return true;
}
