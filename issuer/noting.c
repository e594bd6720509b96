#include "issuer/noting.h"

#include <stdlib.h>

#include "registry/ending.h"

struct notes {
	struct journal_entry *entry; /* SIGNER_NOTES of them */
	size_t n;
	struct signer_head head; /* the event of the last */
	bool more;               /* there may be others after it */
};

static struct journal_entry
entry_of(const struct ending *x)
{
	struct journal_entry e = {.type = JOURNAL_WITHDRAWN,
	    .reason = (uint8_t)x->reason,
	    .a = x->status_index,
	    .b = (uint64_t)x->serial};

	if (x->what == ENDING_HOLDER)
		e = (struct journal_entry){.type = JOURNAL_ERASED,
		    .a = (uint64_t)x->holder,
		    .b = (uint64_t)x->serial};
	if (x->what == ENDING_KEY) {
		e = (struct journal_entry){.type = JOURNAL_TOMBSTONE};
		memcpy(e.kid, x->kid, sizeof(e.kid));
	}
	return e;
}

/* As many as one request takes, of those after the event ${n->head}. */
static enum err
collect(struct app *app, struct notes *n)
{
	enum err e = ERR_OK;

	n->n = 0;
	while (e == ERR_OK && n->n < SIGNER_NOTES) {
		struct ending x;

		e = ending_next(app->db, (int64_t)n->head.seq, &x);
		if (e != ERR_OK)
			break;
		n->entry[n->n++] = entry_of(&x);
		n->head.seq = (uint64_t)x.seq;
		memcpy(n->head.hash, x.hash, SIGNER_HASH);
	}
	n->more = e == ERR_OK;
	return e == ERR_NOINPUT ? ERR_OK : e;
}

static enum err
newest_event(struct app *app, struct signer_head *head)
{
	int64_t seq = 0;
	enum err e = event_head(app->db, &seq, head->hash);

	head->seq = (uint64_t)seq;
	return e;
}

enum err
noting(struct app *app, struct signer_head *head, bool all)
{
	struct notes n = {.more = true};
	enum err e = newest_event(app, head);

	if (e != ERR_OK || head->seq == 0)
		return e;
	n.entry = calloc(SIGNER_NOTES, sizeof(*n.entry));
	e = n.entry == NULL ? ERR_MEM : signer_last_head(app->signer, &n.head);
	while (e == ERR_OK && n.more) {
		e = collect(app, &n);
		if (e == ERR_OK && n.more)
			e = signer_note(app->signer, &n.head, n.entry, n.n);
	}
	if (e == ERR_OK && (all || n.n > 0))
		e = signer_note(app->signer, head, n.entry, n.n);
	free(n.entry);
	return e;
}
