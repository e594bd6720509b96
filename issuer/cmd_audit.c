#include <jansson.h>
#include <stdio.h>

#include "base/log.h"
#include "issuer/output.h"
#include "passport/serial.h"
#include "registry/audit.h"
#include "registry/event.h"
#include "registry/holder.h"

struct audit_args {
	struct app_args app;
};

static const struct arg table[] = {
    APP_ARGS(struct audit_args),
};

static const struct args spec = {"carerpass audit",
    "Checks that nothing was changed, dropped or added behind the program's "
    "back, and counts all figures again from the events. Names the first "
    "fault. With --passphrase-file it also checks, with the signer's help, "
    "that the registry is not an older one put back, and that every sealed "
    "text is the one that was signed.",
    table, sizeof(table) / sizeof(*table)};

static const char todo_old[] =
    "an older registry was put in the place of the right one: put the newest "
    "backup there, and if there is none that is newer run carerpass reconcile; "
    "nothing is issued until then";
static const char todo_texts[] =
    "somebody or something changed the file without this program: keep it as "
    "it is for whoever looks into it, put the newest backup in its place and "
    "run audit on that";

struct auditing {
	struct app *app;
	struct audit a;
	bool with_keys;
};

static enum err
fault(struct auditing *w, const char *name, int64_t row, const char *what,
    const char *todo)
{
	w->a.table = name;
	w->a.row = row;
	w->a.todo = todo;
	(void)snprintf(w->a.what, sizeof(w->a.what), "%s", what);
	return ERR_DATA;
}

/* --- what only the signer knows ------------------------------------------- */

static enum err
check_head(struct db *db, struct auditing *w)
{
	struct signer_head head;
	uint8_t hash[EVENT_HASH];
	enum err e = signer_last_head(w->app->signer, &head);

	if (e != ERR_OK || head.seq == 0)
		return e;
	e = event_hash_at(db, (int64_t)head.seq, hash);
	w->a.seq = (int64_t)head.seq;
	if (e == ERR_NOINPUT)
		return fault(w, "event", 0,
		    "the signer's journal knows an event that is not here",
		    todo_old);
	if (e == ERR_OK && memcmp(hash, head.hash, EVENT_HASH) != 0)
		return fault(w, "event", 0,
		    "the signer's journal knows another event of this number",
		    todo_old);
	w->a.seq = 0;
	return e;
}

/* Is the sealed text the one that was issued? */
static enum err
check_payload(struct auditing *w, int64_t serial, const struct card_text *text)
{
	bool same = false;
	enum err e = audit_payload(
	    w->app->db, serial, span_of(text->payload, text->payload_n), &same);

	if (e == ERR_OK && !same)
		e = fault(w, "card", serial,
		    "its sealed text is not the one that was issued",
		    todo_texts);
	return e;
}

static enum err
check_text(void *ctx, const struct card *c)
{
	struct auditing *w = ctx;
	struct card_text text;
	enum err e;

	if (c->is_erased)
		return ERR_OK;
	e = card_open(w->app->db, &w->app->sealer, c->serial, &text);
	if (e == ERR_OK)
		e = check_payload(w, c->serial, &text);
	else if (e == ERR_DATA)
		e = fault(w, "card", c->serial,
		    "its sealed text cannot be opened", todo_texts);
	explicit_bzero(&text, sizeof(text));
	return e;
}

static enum err
check_all(struct db *db, void *ctx)
{
	static const struct card_filter all = {0};
	struct auditing *w = ctx;
	enum err e;

	/* An old file is sound in itself: its age is the news. */
	if (w->with_keys) {
		e = check_head(db, w);
		if (e != ERR_OK)
			return e;
	}
	e = audit_run(db, &w->a);
	/* Rows speak of others, which stay: nobody else may have dropped one.
	 */
	if (e == ERR_NOINPUT)
		e = fault(w, "registry", 0,
		    "a row that another one speaks of is not there",
		    todo_texts);
	if (e == ERR_OK && w->with_keys)
		e = card_each(db, &all, check_text, w);
	return e;
}

/* --- the answer ----------------------------------------------------------- */

/* "card 7K3M-9QPR-K", "event 12", "ledger" */
static void
name_row(char *out, size_t size, const struct audit *a)
{
	char serial[SERIAL_TEXT];

	if (strcmp(a->table, "card") == 0 && a->row > 0) {
		serial_text(serial, (uint64_t)a->row);
		(void)snprintf(out, size, "card %s", serial);
	} else if (a->row != 0) {
		(void)snprintf(
		    out, size, "%s %lld", a->table, (long long)a->row);
	} else if (a->seq != 0 && strcmp(a->table, "event") != 0) {
		(void)snprintf(
		    out, size, "%s (event %lld)", a->table, (long long)a->seq);
	} else if (a->seq != 0) {
		(void)snprintf(out, size, "event %lld", (long long)a->seq);
	} else {
		(void)snprintf(out, size, "%s", a->table);
	}
}

static void
report_fault(const struct audit *a)
{
	char row[80];

	name_row(row, sizeof(row), a);
	log_error("audit: %s: %s", row, a->what);
	log_error("what to do: %s", a->todo);
}

static enum err
report(const struct auditing *w, bool as_json)
{
	const struct audit *a = &w->a;

	if (a->unsigned_cards > 0)
		log_note("%lld cards are reserved and not signed yet, as a "
			 "command that was stopped leaves them: the next one "
			 "that opens the keys finishes them",
		    (long long)a->unsigned_cards);
	if (as_json)
		return output_json(json_pack("{s:I,s:I,s:I,s:I,s:I,s:b}",
		    "events", (json_int_t)a->events, "cards",
		    (json_int_t)a->cards, "holders", (json_int_t)a->holders,
		    "unsigned", (json_int_t)a->unsigned_cards, "ledger_rows",
		    (json_int_t)a->ledger_rows, "journal", w->with_keys));
	if (printf("All is as the events say: %lld events, %lld cards of %lld "
		   "holders, and every figure%s.\n",
		(long long)a->events, (long long)a->cards,
		(long long)a->holders,
		w->with_keys ? "; the signer's journal and every sealed text "
			       "agree"
			     : "") < 0 ||
	    fflush(stdout) != 0) {
		log_error("standard output could not be written");
		return ERR_IO;
	}
	return ERR_OK;
}

/* SQLite's own checks come last: ours say more of what is wrong. */
static enum err
check(struct app *app, struct auditing *w)
{
	enum err e = db_read(app->db, check_all, w);
	enum err damage = ERR_OK;

	/* What cannot be read is a fault of the file until proved otherwise. */
	if (e == ERR_OK || e == ERR_IO)
		damage = db_check(app->db);
	if (damage == ERR_MEM)
		return damage;
	return damage == ERR_OK ? e : ERR_DATA;
}

int
cmd_audit(int argc, char **argv)
{
	struct audit_args a = {0};
	struct app app = {0};
	struct auditing w = {.app = &app};
	bool help = false;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	w.with_keys = a.app.passphrase_file != NULL;
	e = app_open(&app, &a.app, w.with_keys ? APP_AUDIT : APP_READ);
	if (e == ERR_OK)
		e = check(&app, &w);
	if (e == ERR_DATA && w.a.table != NULL)
		report_fault(&w.a);
	if (e == ERR_OK)
		e = report(&w, a.app.json);
	app_close(&app);
	return err_exit(e);
}
