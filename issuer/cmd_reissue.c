#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "issuer/issuing.h"
#include "issuer/pile.h"
#include "issuer/render.h"
#include "issuer/report.h"
#include "passport/serial.h"

struct reissue_args {
	struct app_args app;
	const char *kid;
	const char *cards;
	const char *layout;
};

static const struct arg table[] = {
    APP_ARGS(struct reissue_args),
    {"--kid", ARG_TEXT, "KID", "the revoked key, 16 hex digits",
	offsetof(struct reissue_args, kid), 0, true, 0, 0, NULL},
    {"--cards", ARG_TEXT, "FILE.pdf", "draw the new cards to this file",
	offsetof(struct reissue_args, cards), 0, false, 0, 0, NULL},
    {"--layout", ARG_TEXT, "NAME", "of that file: cr80, a4x10 or letter",
	offsetof(struct reissue_args, layout), 0, false, 0, 0, NULL},
};

static const struct args spec = {"carerpass reissue",
    "After a key was revoked: issues a new card for each that it signed and "
    "that was in force, good to the same day. Run again, it issues nothing "
    "twice and draws all cards again.",
    table, sizeof(table) / sizeof(*table)};

/* The cards in question, in the order in which they were issued. */
struct reissuing {
	struct app *app;
	struct key key;
	struct card *card;
	size_t n;
	size_t size;
	struct pile pile;
	struct card last;
	size_t issued;
	size_t refused;
};

/* Was it in force when the key was revoked, or replaced since because of it?
 * One that was replaced under the same key is not the last of that key. */
static enum err
is_meant(struct reissuing *w, const struct card *c, bool *meant)
{
	struct card next;
	enum err e;

	*meant = !c->is_ended;
	if (!c->is_ended || c->reason != CARD_SUPERSEDED)
		return ERR_OK;
	e = card_successor(w->app->db, c->serial, &next);
	*meant = e == ERR_OK && next.iat >= w->key.revoked_at &&
		 memcmp(next.kid, c->kid, CARD_KID) != 0;
	return e == ERR_NOINPUT ? ERR_OK : e;
}

static enum err
collect(void *ctx, const struct card *c)
{
	struct reissuing *w = ctx;
	size_t size = w->size == 0 ? 64 : w->size * 2;
	struct card *more;
	bool meant = false;
	enum err e = c->exp > app_now() && !c->is_erased
			 ? is_meant(w, c, &meant)
			 : ERR_OK;

	if (e != ERR_OK || !meant)
		return e;
	if (w->n == w->size) {
		more = realloc(w->card, size * sizeof(*more));
		if (more == NULL) {
			log_error("no memory for the list of cards");
			return ERR_MEM;
		}
		w->card = more;
		w->size = size;
	}
	w->card[w->n++] = *c;
	return ERR_OK;
}

static int
by_issue(const void *a, const void *b)
{
	const struct card *x = a;
	const struct card *y = b;

	if (x->iat != y->iat)
		return x->iat < y->iat ? -1 : 1;
	return x->serial < y->serial ? -1 : 1;
}

/* What came of one of them. */
static enum err
settle(struct reissuing *w, const struct issuing_item *it)
{
	const struct issue_result *r = &it->result;
	char serial[SERIAL_TEXT];
	enum err e;

	if (it->why[0] != '\0') {
		serial_text(serial, (uint64_t)it->replaces);
		log_error("card %s: %s", serial, it->why);
		w->refused++;
		return ERR_OK;
	}
	if (r->outcome == ISSUE_RESERVED) {
		w->last = r->card;
		w->issued++;
	}
	e = r->outcome == ISSUE_ENDED ? ERR_OK
				      : pile_add_once(&w->pile, r->card.serial);
	return e == ERR_OK && w->app->args->json ? report_result(w->app, r) : e;
}

static enum err
reissue(struct reissuing *w)
{
	struct issuing_item *it = calloc(ISSUING_BATCH, sizeof(*it));
	enum err e = it == NULL ? ERR_MEM : ERR_OK;

	for (size_t at = 0; at < w->n && e == ERR_OK; at += ISSUING_BATCH) {
		size_t n = w->n - at;
		bool issued;

		if (n > ISSUING_BATCH)
			n = ISSUING_BATCH;
		for (size_t i = 0; i < n; i++) {
			issuing_again(&it[i], &w->card[at + i],
			    CARD_REPLACEMENT, ISSUING_MONTHS_MAX);
			it[i].reason = CARD_ERROR;
			it[i].keep_end = true;
		}
		e = issuing_many(w->app, it, n, ISSUING_EACH, &issued);
		for (size_t i = 0; i < n && e == ERR_OK; i++)
			e = settle(w, &it[i]);
	}
	if (it != NULL)
		explicit_bzero(it, ISSUING_BATCH * sizeof(*it));
	free(it);
	return e;
}

static enum err
find_key(struct reissuing *w, const char *kid)
{
	uint8_t id[KEY_KID];
	size_t got = 0;
	enum err e = ERR_NOINPUT;

	if (strlen(kid) == 2 * (size_t)KEY_KID &&
	    sodium_hex2bin(
		id, KEY_KID, kid, 2 * (size_t)KEY_KID, NULL, &got, NULL) == 0)
		e = key_get(w->app->db, id, &w->key);
	if (e == ERR_NOINPUT || (e == ERR_OK && w->key.purpose != KEY_PASSPORT))
		log_error("there is no issuing key '%.40s': org enrol and org "
			  "revoke print a key's name, 16 hex digits",
		    kid);
	else if (e == ERR_OK && w->key.state != KEY_REVOKED)
		log_error("the key %s was not revoked, so its cards are good: "
			  "if it must not be trusted any more, run carerpass "
			  "org revoke %s first",
		    kid, kid);
	else
		return e;
	return e == ERR_NOINPUT ? e : ERR_DATA;
}

static enum err
run(struct reissuing *w, const struct reissue_args *a)
{
	struct card_filter filter = {.kid = w->key.kid};
	enum err e = find_key(w, a->kid);
	enum err drawn;

	if (e == ERR_OK)
		e = card_each(w->app->db, &filter, collect, w);
	if (e == ERR_OK && w->n > 1)
		qsort(w->card, w->n, sizeof(*w->card), by_issue);
	if (e == ERR_OK)
		e = reissue(w);
	if (e != ERR_OK)
		return e;
	if (!w->app->args->json)
		printf("%zu card%s issued again, %zu had been before.\n",
		    w->issued, w->issued == 1 ? "" : "s",
		    w->pile.n - w->issued);
	drawn = pile_draw(w->app, &w->pile, a->layout, a->cards);
	if (w->issued > 0)
		e = report_due(w->app, &w->last);
	if (e == ERR_OK)
		e = drawn;
	return e == ERR_OK && w->refused > 0 ? ERR_DATA : e;
}

int
cmd_reissue(int argc, char **argv)
{
	struct reissue_args a = {0};
	struct app app = {0};
	struct reissuing w = {.app = &app};
	bool help = false;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	if (a.cards != NULL)
		e = render_pdf_ok(a.cards, a.layout);
	if (e == ERR_OK)
		e = app_open(&app, &a.app, APP_SIGN);
	if (e == ERR_OK)
		e = run(&w, &a);
	free(w.card);
	pile_free(&w.pile);
	app_close(&app);
	return err_exit(e);
}
