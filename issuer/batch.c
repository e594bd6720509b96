#include "issuer/batch.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "issuer/output.h"
#include "issuer/pile.h"
#include "issuer/progress.h"
#include "issuer/report.h"
#include "passport/serial.h"

struct running {
	struct app *app;
	const struct batch *b;
	struct register_file *file;
	struct issuing_item *item; /* of the rows in ${row} */
	struct register_row **row;
	struct pile pile;
	struct card last; /* that was issued */
	size_t issued, existing, ended, refused;
};

/* --- what is said --------------------------------------------------------- */

/* The contract's object of a row that was refused. */
static enum err
refusal_json(const struct register_row *row)
{
	const struct row_fault *f = row->fault;

	return output_json(
	    json_pack("{s:I,s:s,s:s,s:s}", "line", (json_int_t)row->line,
		"column", f->column, "value", f->value, "error", f->why));
}

/* A column as people say it. */
static const char *
spoken(const char *column)
{
	static const struct {
		enum column column;
		const char *words;
	} all[] = {
	    {COLUMN_REF, "reference"},
	    {COLUMN_NHS, "NHS number"},
	    {COLUMN_BORN, "birth date"},
	    {COLUMN_YOUNG, "column young"},
	    {COLUMN_MONTHS, "column months"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(column_name(all[i].column), column) == 0)
			return all[i].words;
	return column;
}

/* Most say what the value is: "the birth date "31/02/1961" is a day ...". */
static bool
begins_with_verb(const char *why)
{
	return strncmp(why, "is ", 3) == 0 || strncmp(why, "has ", 4) == 0 ||
	       strncmp(why, "stands ", 7) == 0 ||
	       strncmp(why, "could ", 6) == 0;
}

static enum err
refusal(struct running *w, const struct register_row *row)
{
	const struct row_fault *f = row->fault;
	const char *quote = f->value[0] != '\0' ? "\"" : "";

	w->refused++;
	if (w->app->args->json)
		return refusal_json(row);
	log_error("line %zu: the %s%s%s%s%s%s %s", row->line, spoken(f->column),
	    quote[0] != '\0' ? " " : "", quote, f->value, quote,
	    begins_with_verb(f->why) ? "" : ":", f->why);
	return ERR_OK;
}

/* What would come of a row, without the card that there is not. */
static enum err
would_json(const struct issuing_item *it)
{
	char day[DATE_TEXT];

	date_text(day, output_valid_to(&it->result.card));
	return output_json(json_pack("{s:s,s:s,s:s}", "name", it->want.name,
	    "valid_to", day, "kind", report_kind(&it->result)));
}

static void
say_ended(const struct register_row *row, const struct issue_result *r)
{
	char serial[SERIAL_TEXT];

	serial_text(serial, (uint64_t)r->card.serial);
	printf("line %zu: %s had a passport, %s, that has ended. For a new "
	       "one: carerpass renew %s\n",
	    row->line, r->text.name, serial, serial);
}

/* --- one row -------------------------------------------------------------- */

/* The value of the column that a refusal is about. */
static struct span
value_of(const struct issuing *in, const char *column)
{
	const struct {
		enum column column;
		const char *value;
	} values[] = {
	    {COLUMN_NAME, in->name},
	    {COLUMN_REF, in->ref},
	    {COLUMN_NHS, in->nhs},
	    {COLUMN_BORN, in->born},
	    {COLUMN_YOUNG, in->young ? "yes" : ""},
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (strcmp(column_name(values[i].column), column) == 0)
			return span_str(values[i].value);
	return span_of(NULL, 0);
}

static enum err
settle_good(
    struct running *w, const struct register_row *row, struct issuing_item *it)
{
	struct issue_result *r = &it->result;
	bool fresh = r->outcome == ISSUE_RESERVED;
	enum err e = ERR_OK;

	if (w->b->dry_run && !r->card.is_signed && r->outcome != ISSUE_ENDED) {
		w->issued += fresh;
		w->existing += !fresh;
		return w->app->args->json ? would_json(it) : ERR_OK;
	}
	report_second(r);
	/* Known from an earlier row, before that was signed. */
	if (r->outcome == ISSUE_EXISTING && !r->card.is_signed)
		e = card_get(w->app->db, r->card.serial, &r->card);
	w->issued += fresh;
	w->existing += r->outcome == ISSUE_EXISTING;
	w->ended += r->outcome == ISSUE_ENDED;
	if (fresh)
		w->last = r->card;
	if (e == ERR_OK && r->outcome == ISSUE_EXISTING)
		e = pile_add_once(&w->pile, r->card.serial);
	else if (e == ERR_OK && fresh)
		e = pile_add(&w->pile, r->card.serial);
	if (e == ERR_OK && w->app->args->json)
		e = report_result(w->app, r);
	else if (e == ERR_OK && r->outcome == ISSUE_ENDED)
		say_ended(row, r);
	return e;
}

/*
 * What came of the rows of the file from ${from} to ${to}, in its order: those
 * that were not asked for are refused already. ${issued}: the good ones are.
 */
static enum err
settle(struct running *w, size_t from, size_t to, bool issued)
{
	size_t at = 0;
	enum err e = ERR_OK;

	for (size_t i = from; i < to && e == ERR_OK; i++) {
		struct register_row *row = &w->file->row[i];
		struct issuing_item *it = &w->item[at];

		if (row->fault != NULL) {
			e = refusal(w, row);
			continue;
		}
		at++;
		if (it->why[0] != '\0') {
			e = register_fault(row, it->column,
			    value_of(&it->want, it->column), it->why);
			if (e == ERR_OK)
				e = refusal(w, row);
		} else if (issued || w->b->dry_run) {
			e = settle_good(w, row, it);
		}
	}
	return e;
}

/* --- all rows ------------------------------------------------------------- */

/* Fills the items with the good rows from ${from} to ${to}. */
static size_t
ask(struct running *w, size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		if (w->file->row[i].fault == NULL)
			w->item[n++] = (struct issuing_item){
			    .want = w->file->row[i].want, .kind = CARD_FIRST};
	return n;
}

/* The rows from ${from} to ${to} under one transaction. */
static enum err
chunk(struct running *w, size_t from, size_t to, enum issuing_mode mode)
{
	size_t n = ask(w, from, to);
	bool issued = false;
	enum err e =
	    n == 0 ? ERR_OK : issuing_many(w->app, w->item, n, mode, &issued);

	progress_clear(w->app);
	if (e == ERR_OK)
		e = settle(w, from, to, issued);
	explicit_bzero(w->item, n * sizeof(*w->item));
	if (to < w->file->n)
		progress_show(w->app, "rows", to, w->file->n);
	return e;
}

static bool
any_fault(const struct register_file *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->row[i].fault != NULL)
			return true;
	return false;
}

static enum err
run(struct running *w)
{
	const struct batch *b = w->b;
	enum issuing_mode mode = b->dry_run          ? ISSUING_DRY
				 : b->all_or_nothing ? ISSUING_ALL
						     : ISSUING_EACH;
	size_t step = mode == ISSUING_EACH ? ISSUING_BATCH : w->file->n;
	enum err e = ERR_OK;

	/* A row that cannot be read spoils all; the others are still tried, so
	 * that everything that is wrong is said at once. */
	if (mode == ISSUING_ALL && any_fault(w->file))
		mode = ISSUING_DRY;
	w->item = calloc(step, sizeof(*w->item));
	if (w->item == NULL) {
		log_error("no memory for so many rows: split the file");
		return ERR_MEM;
	}
	progress_show(w->app, "rows", 0, w->file->n);
	for (size_t at = 0; at < w->file->n && e == ERR_OK; at += step) {
		size_t to = w->file->n - at < step ? w->file->n : at + step;

		e = chunk(w, at, to, mode);
	}
	free(w->item);
	return e;
}

static enum err
sum_up(const struct running *w)
{
	if (w->app->args->json)
		return ERR_OK;
	if (w->b->all_or_nothing && !w->b->dry_run && w->refused > 0)
		printf("Nothing was issued: %zu of %zu rows are refused. Mend "
		       "them, or run it without --all-or-nothing.\n",
		    w->refused, w->file->n);
	else
		printf("%s%zu passport%s%s issued, %zu known already, %zu "
		       "ended, %zu row%s refused.\n",
		    w->b->dry_run ? "Nothing was issued, this was a dry run. "
				    "It would be: "
				  : "",
		    w->issued, w->issued == 1 ? "" : "s",
		    w->b->dry_run ? "" : " newly", w->existing, w->ended,
		    w->refused, w->refused == 1 ? "" : "s");
	if (fflush(stdout) == 0)
		return ERR_OK;
	log_error("standard output could not be written");
	return ERR_IO;
}

enum err
batch_issue(struct app *app, const struct batch *b, struct register_file *file)
{
	struct running w = {.app = app, .b = b, .file = file};
	enum err e;
	enum err drawn = ERR_OK;

	e = run(&w);
	if (e == ERR_OK)
		e = sum_up(&w);
	/* A part of the cards must not take the place of all of them. */
	if (e == ERR_OK && w.pile.n > 0 && !b->dry_run)
		drawn = pile_draw(app, &w.pile, b->layout, b->cards);
	if (e == ERR_OK && w.issued > 0 && !b->dry_run && w.last.serial != 0)
		e = report_due(app, &w.last);
	if (e == ERR_OK && w.issued > 0 && !b->dry_run && b->cards == NULL &&
	    !app->args->json)
		log_note("no cards were drawn: run the same command with "
			 "--cards FILE.pdf, which issues nothing twice");
	pile_free(&w.pile);
	if (e == ERR_OK)
		e = drawn;
	return e == ERR_OK && w.refused > 0 ? ERR_DATA : e;
}
