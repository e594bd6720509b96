#include <stdlib.h>

#include "base/date.h"
#include "base/log.h"
#include "issuer/publish.h"
#include "issuer/reconcile.h"
#include "issuer/records.h"
#include "issuer/walk.h"
#include "passport/passport.h"
#include "passport/serial.h"
#include "registry/erase.h"
#include "registry/event.h"
#include "registry/lost.h"
#include "registry/publication.h"
#include "registry/status_pool.h"

static const char revoked_why[] =
    "revoked before the registry was put back to an older copy";

static enum err
refuse(int64_t serial)
{
	char text[SERIAL_TEXT];

	serial_text(text, (uint64_t)serial);
	log_error("card %s of the signer's journal has the number or the place "
		  "of another card of this registry: it is no older copy of "
		  "the right one; nothing was changed",
	    text);
	return ERR_CONFIG;
}

/* --- cards ---------------------------------------------------------------- */

/* A card of the journal: ${*here} if the registry has it, else it is lost. */
static enum err
look_up(struct reconcile *r, const struct journal_entry *x, struct card *card,
    bool *here)
{
	struct lost_card lost = {.serial = (int64_t)x->b,
	    .status_index = (uint32_t)x->a,
	    .has_kid = x->type == JOURNAL_PASSPORT,
	    .at = x->time};
	bool added = false;
	enum err e = card_get(r->app->db, lost.serial, card);

	*here = e == ERR_OK;
	if (e == ERR_OK)
		return card->status_index == lost.status_index
			   ? ERR_OK
			   : refuse(lost.serial);
	if (e != ERR_NOINPUT)
		return e;
	memcpy(lost.kid, x->kid, CARD_KID);
	if (lost.status_index >> PASSPORT_LIST_BITS >= r->nlists)
		r->nlists = (lost.status_index >> PASSPORT_LIST_BITS) + 1;
	e = lost_card_put(r->app->db, &lost, r->now, &added);
	if (added)
		r->lost++;
	return e == ERR_CONFIG ? refuse(lost.serial) : e;
}

static enum err
lost_key(struct reconcile *r, const uint8_t *kid)
{
	bool added = false;
	enum err e = lost_key_put(r->app->db, kid, r->now, &added);

	if (added)
		r->keys++;
	return e;
}

/* Nobody can vouch any more for a card of which we know nothing, nor for a key
 * that is gone. */
static enum err
take_passport(struct reconcile *r, const struct journal_entry *x)
{
	struct card card;
	bool here = false;
	enum err e = look_up(r, x, &card, &here);

	return e == ERR_OK && !here ? lost_key(r, x->kid) : e;
}

static enum err
withdraw(struct reconcile *r, int64_t serial, enum card_reason reason)
{
	enum card_withdrawal how;
	enum err e = card_withdraw(r->app->db, serial, reason, r->now, &how);

	if (e == ERR_OK && how == CARD_WITHDRAWN)
		r->withdrawn++;
	return e;
}

/* Its holder waits for another, which we can say, for this card is known. */
static enum err
note_next_lost(struct reconcile *r, const struct card *card)
{
	struct card next;
	int64_t *more;
	enum err e = card_successor(r->app->db, card->serial, &next);

	if (e != ERR_NOINPUT || card->is_erased)
		return e == ERR_NOINPUT ? ERR_OK : e;
	more =
	    realloc(r->next_lost, (r->n_next_lost + 1) * sizeof(*r->next_lost));
	if (more == NULL)
		return ERR_MEM;
	r->next_lost = more;
	r->next_lost[r->n_next_lost++] = card->serial;
	return ERR_OK;
}

static enum err
take_withdrawn(struct reconcile *r, const struct journal_entry *x)
{
	bool superseded = x->reason == CARD_SUPERSEDED;
	struct card card;
	bool here = false;
	enum err e = look_up(r, x, &card, &here);

	if (e != ERR_OK || !here)
		return e;
	/* What it was superseded by is not here. */
	if (!card.is_ended)
		e = withdraw(r, card.serial,
		    superseded || x->reason > CARD_ERROR
			? CARD_ERROR
			: (enum card_reason)x->reason);
	return e == ERR_OK && superseded ? note_next_lost(r, &card) : e;
}

/*
 * Numbers of holders are given again after a loss, those of cards never: only
 * together do they say who it was.
 */
static enum err
take_erased(struct reconcile *r, const struct journal_entry *x)
{
	struct erase_result done;
	struct card card;
	enum err e = card_get(r->app->db, (int64_t)x->b, &card);

	if (e == ERR_NOINPUT || (e == ERR_OK && card.holder != (int64_t)x->a))
		return ERR_OK;
	r->scrub = true;
	if (e == ERR_OK)
		e = erase_holder(
		    r->app->db, card.holder, CARD_CONSENT, r->now, &done);
	if (e == ERR_OK && !done.was_erased)
		r->erased++;
	return e;
}

/* --- keys and lists ------------------------------------------------------- */

static enum err
revoke(struct reconcile *r, const uint8_t *kid)
{
	struct key key;
	enum err e = key_get(r->app->db, kid, &key);

	if (e == ERR_NOINPUT)
		return lost_key(r, kid);
	if (e != ERR_OK || key.state == KEY_REVOKED)
		return e;
	r->revoked++;
	return record_revocation(
	    r->app->db, kid, r->now, span_str(revoked_why));
}

static enum err
take(void *ctx, const struct journal_entry *x)
{
	struct reconcile *r = ctx;

	switch (x->type) {
	case JOURNAL_PASSPORT:
		return take_passport(r, x);
	case JOURNAL_WITHDRAWN:
		return take_withdrawn(r, x);
	case JOURNAL_ERASED:
		return take_erased(r, x);
	case JOURNAL_TOMBSTONE:
		return revoke(r, x->kid);
	case JOURNAL_STATUS:
		if (x->a >= r->nlists)
			r->nlists = (uint32_t)x->a + 1;
		return ERR_OK;
	case JOURNAL_TRUST:
		if (x->a > r->trust_seq)
			r->trust_seq = x->a;
		if ((int64_t)x->b > r->trust_iat)
			r->trust_iat = (int64_t)x->b;
		return ERR_OK;
	case JOURNAL_HEAD:
	case JOURNAL_RESET:
		return ERR_OK;
	}
	log_error("the signer's journal holds a record of a newer program");
	return ERR_CONFIG;
}

/* Keys that a published trust list revoked, where the root is elsewhere. */
static enum err
take_tombstones(struct reconcile *r)
{
	const struct newest *w = &r->lists->trust;
	enum err e = ERR_OK;

	for (size_t i = 0; w->good && e == ERR_OK && i < w->trust.ntombstones;
	     i++) {
		uint8_t kid[KID_SIZE];

		trust_tombstone_at(&w->trust, i, kid);
		e = revoke(r, kid);
	}
	return e;
}

/* The next number is above the last that was signed or published. */
static enum err
raise_number(struct reconcile *r)
{
	struct publication p;
	bool found = false;
	int64_t life;
	enum err e = publication_get(r->app->db, PUBLICATION_TRUST, &p, &found);

	if (e != ERR_OK || (found && (uint64_t)p.seq >= r->trust_seq) ||
	    r->trust_seq == 0)
		return e;
	life = found ? p.exp - p.iat
		     : (int64_t)PUBLISH_TRUST_DAYS * DATE_DAY_SECONDS;
	p = (struct publication){.seq = (int64_t)r->trust_seq,
	    .iat = r->trust_iat > p.iat ? r->trust_iat : p.iat,
	    .at = r->now};
	p.exp = p.iat + life;
	return publication_put(r->app->db, PUBLICATION_TRUST, &p);
}

static enum err
end_unknown(void *ctx, int64_t serial)
{
	return withdraw(ctx, serial, CARD_ERROR);
}

static enum err
keep_bits(struct reconcile *r)
{
	uint8_t bits[STATUS_BYTES];
	uint32_t n = 0;
	enum err e = status_pool_count(r->app->db, &n);

	for (uint32_t i = 0; i < n && e == ERR_OK; i++) {
		int64_t decoys = 0;
		bool found = false;

		e = published_bits(r->lists, i, bits, &found);
		if (e == ERR_OK && found)
			e = status_pool_keep(r->app->db, i, bits, r->now,
			    &decoys, end_unknown, r);
		r->decoys += decoys;
	}
	return e;
}

/* The last event says so; run again with nothing to do, it stays the last. */
static enum err
note_reconciled(struct reconcile *r)
{
	struct event ev = event_of(EVENT_RECONCILED, r->now);
	enum event_kind kind;
	int64_t other;
	enum err e = event_last_kind(r->app->db, &kind, &other);

	if (e != ERR_OK ||
	    (kind == EVENT_RECONCILED && other == (int64_t)r->base.seq))
		return e;
	ev.other = (int64_t)r->base.seq;
	return event_append(r->app->db, &ev);
}

enum err
reconcile_take(struct db *db, void *ctx)
{
	struct reconcile *r = ctx;
	enum err e = walk_journal(r->app, take, r);

	if (e == ERR_OK)
		e = take_tombstones(r);
	if (e == ERR_OK)
		e = status_pool_ensure(db, r->nlists, r->now);
	if (e == ERR_OK)
		e = raise_number(r);
	if (e == ERR_OK)
		e = keep_bits(r);
	return e == ERR_OK ? note_reconciled(r) : e;
}
