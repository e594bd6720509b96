#include <stdio.h>

#include "base/log.h"
#include "issuer/output.h"
#include "issuer/reconcile.h"
#include "passport/serial.h"
#include "registry/lost.h"

struct reconcile_args {
	struct app_args app;
	const char *lists;
};

static const struct arg table[] = {
    APP_ARGS(struct reconcile_args),
    {"--lists", ARG_TEXT, "DIR",
	"the folder that was published last, else DATA/lists",
	offsetof(struct reconcile_args, lists), 0, false, 0, 0, NULL},
};

static const struct args spec = {"carerpass reconcile",
    "After an older backup of the registry was put in its place: withdraws, "
    "erases and revokes again what the signer's journal remembers, and lists "
    "the cards that were issued since and whose records are lost. For a "
    "registry that is not older it does nothing.",
    table, sizeof(table) / sizeof(*table)};

struct reporting {
	struct app *app;
	const struct reconcile *r;
	int64_t n;
	int failed; /* writing */
};

/* Whose card? By the key that signed it, from the registry or the lists. */
static enum err
practice_of(const struct reporting *w, const struct lost_card *c,
    char out[static ODS_CODE_MAX + 1])
{
	const struct newest *lists = &w->r->lists->trust;
	struct trust_key t;
	struct cbor codes;
	struct span code;
	struct key key;
	enum err e = key_get(w->app->db, c->kid, &key);

	out[0] = '\0';
	if (e == ERR_OK)
		memcpy(out, key.ods, sizeof(key.ods));
	if (e != ERR_NOINPUT)
		return e;
	if (lists->good && trust_find(&lists->trust, c->kid, &t)) {
		codes = cbor_of(t.codes);
		(void)cbor_array(&codes);
		code = cbor_text(&codes);
		if (!codes.bad && code.n <= ODS_CODE_MAX) {
			memcpy(out, code.p, code.n);
			out[code.n] = '\0';
		}
	}
	return ERR_OK;
}

static enum err
say_lost(void *ctx, const struct lost_card *c)
{
	struct reporting *w = ctx;
	char ods[ODS_CODE_MAX + 1];
	char serial[SERIAL_TEXT];
	char day[DATE_WORDS];
	enum err e = practice_of(w, c, ods);

	/* Withdrawn before it was signed: nobody has it. */
	if (e != ERR_OK || !c->has_kid)
		return e;
	serial_text(serial, (uint64_t)c->serial);
	if (w->app->args->json) {
		date_text(day, date_of(date_day_of(c->at)));
		return output_json(json_pack("{s:s,s:s?,s:s,s:I,s:s}", "serial",
		    serial, "ods", ods[0] == '\0' ? NULL : ods, "signed", day,
		    "status_index", (json_int_t)c->status_index, "kind",
		    "lost"));
	}
	date_words(day, date_of(date_day_of(c->at)));
	if (w->n++ == 0)
		w->failed |= puts("These cards were handed out after the "
				  "backup, and their records are lost. They "
				  "stop being confirmed with the next lists: "
				  "issue them again.") < 0;
	w->failed |= printf("  %s  %-10s signed on %s\n", serial,
			 ods[0] == '\0' ? "unknown" : ods, day) < 0;
	return ERR_OK;
}

static enum err
say_next_lost(struct reporting *w)
{
	char serial[SERIAL_TEXT];
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < w->r->n_next_lost; i++) {
		serial_text(serial, (uint64_t)w->r->next_lost[i]);
		if (w->app->args->json) {
			e = output_json(json_pack(
			    "{s:s,s:s}", "serial", serial, "kind", "ended"));
			continue;
		}
		if (i == 0)
			w->failed |=
			    puts("These were followed by one of them, so their "
				 "holders are known: for each run carerpass "
				 "replace, which makes the next card.") < 0;
		w->failed |= printf("  %s\n", serial) < 0;
	}
	return e;
}

static void
say_counts(struct reporting *w)
{
	const struct reconcile *r = w->r;

	if (w->app->args->json)
		return;
	w->failed |=
	    printf("Taken in from the signer's journal: %lld cards lost, %lld "
		   "withdrawn again, %lld people erased again, %lld keys "
		   "revoked again, %lld keys lost; %lld decoys from the "
		   "published lists.\n",
		(long long)r->lost, (long long)r->withdrawn,
		(long long)r->erased, (long long)r->revoked, (long long)r->keys,
		(long long)r->decoys) < 0;
}

static enum err
report(struct app *app, const struct reconcile *r)
{
	struct reporting w = {.app = app, .r = r};
	enum err e =
	    lost_card_each(app->db, (int64_t)r->base.seq, say_lost, &w);

	if (e == ERR_OK)
		e = say_next_lost(&w);
	if (e != ERR_OK)
		return e;
	say_counts(&w);
	if (w.failed || fflush(stdout) != 0) {
		log_error("standard output could not be written");
		return ERR_IO;
	}
	log_note(
	    "what else was entered since that backup (practices, telephone "
	    "numbers, birth dates, NHS numbers) is for you to enter "
	    "again");
	log_note("wards learn of it with the next lists: run carerpass "
		 "publish");
	return ERR_OK;
}

static enum err
run(struct app *app, const char *dir)
{
	struct published lists = {.dir = ""};
	struct reconcile r = {.app = app, .lists = &lists, .now = app_now()};
	struct signer_head head;
	enum app_age age;
	enum err e = app_compare(app, &age, &head);

	if (e == ERR_OK && age == APP_CURRENT) {
		log_note("this registry is as new as the signer's journal: "
			 "nothing was changed");
		return ERR_OK;
	}
	if (e == ERR_OK && age == APP_NEWER)
		return app_refuse_age(age, &head);
	if (e == ERR_OK)
		e = published_open(&lists, app, dir);
	if (e == ERR_OK)
		e = reconcile_run(&r);
	if (e == ERR_OK)
		e = report(app, &r);
	reconcile_free(&r);
	published_close(&lists);
	return e;
}

int
cmd_reconcile(int argc, char **argv)
{
	struct reconcile_args a = {0};
	struct app app = {0};
	char lists[APP_PATH];
	bool help = false;
	enum err e = args_parse(&spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	e = app_open(&app, &a.app, APP_RECONCILE);
	app_path(lists, &app, "lists");
	if (e == ERR_OK)
		e = run(&app, a.lists != NULL ? a.lists : lists);
	app_close(&app);
	return err_exit(e);
}
