#include "verifier/mirror/mirror_private.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/date.h"
#include "base/log.h"
#include "passport/files.h"

#define MISSED_MAX 3 /* then the server is left alone for this run */
#define AGE_TEXT   32

/* A list while it is asked for. */
struct asked {
	uint32_t n;
	char name[FILES_NAME];
	bool kept; /* the copy has one that is good under the new trust list */
	struct index_entry old;
	struct index_entry found;
	struct buf bytes;
};

void
mirror_refuse(struct run *r, enum err e)
{
	if (r->worst == ERR_OK || r->worst == ERR_UNAVAILABLE)
		r->worst = e;
}

void
mirror_tag(struct run *r, const char *name, const struct index_entry *entry)
{
	etags_put(&r->has, name, entry->sha256, fetch_tag(r->fetch));
}

enum err
mirror_get(struct run *r, const char *name, const char *tag, struct buf *out,
    enum fetched *got)
{
	enum err e;

	if (r->missed >= MISSED_MAX)
		return ERR_UNAVAILABLE;
	e = fetch_get(r->fetch, name, tag, out, got);
	r->missed = e == ERR_UNAVAILABLE ? r->missed + 1 : 0;
	if (r->missed == MISSED_MAX)
		log_error("%s: the server is asked for nothing more in this "
			  "run",
		    r->o->from.url.text);
	return e;
}

static void
age(char out[static AGE_TEXT], int64_t seconds)
{
	if (seconds < 0)
		seconds = 0;
	if (seconds < 2 * 3600)
		(void)snprintf(
		    out, AGE_TEXT, "%d minutes", (int)(seconds / 60));
	else if (seconds < 2 * DATE_DAY_SECONDS)
		(void)snprintf(
		    out, AGE_TEXT, "%d hours", (int)(seconds / 3600));
	else
		(void)snprintf(out, AGE_TEXT, "%" PRId64 " days",
		    seconds / DATE_DAY_SECONDS);
}

/* What becomes of a list that could not be had: the copy's stays, if any. */
static void
go_on(struct run *r, const struct asked *a)
{
	char when[DATE_TIME_TEXT];
	char old[AGE_TEXT];

	if (!a->kept) {
		log_warn("%s: there is no list number %" PRIu32 " now: cards "
			 "that need it cannot be judged",
		    r->copy.dir, a->n);
		return;
	}
	date_time_text(when, a->old.iat);
	age(old, r->o->now - a->old.iat);
	log_warn("%s/%s: not refreshed: it stays as of %s, %s old%s",
	    r->copy.dir, a->name, when, old,
	    r->o->now >= a->old.exp ? ", and has ended" : "");
}

/* What the server sent for a list: is it one, and not older than ours? */
static enum err
look_at(const struct run *r, struct asked *a)
{
	char ours[DATE_TIME_TEXT];
	char theirs[DATE_TIME_TEXT];

	if (!signed_status(
		&r->trust, buf_span(&a->bytes), a->n, r->o->now, &a->found)) {
		log_error("%s%s: is not list number %" PRIu32 ", whole and "
			  "signed by the status key that the trust list names",
		    r->o->from.url.text, a->name, a->n);
		return ERR_DATA;
	}
	if (a->kept && a->found.iat < a->old.iat) {
		date_time_text(ours, a->old.iat);
		date_time_text(theirs, a->found.iat);
		log_error("%s%s: is of %s, older than ours of %s: refused",
		    r->o->from.url.text, a->name, theirs, ours);
		return ERR_DATA;
	}
	return ERR_OK;
}

/* Asks for the list, and leaves in ${a->found} the one to go on with. */
static enum err
ask(struct run *r, struct asked *a)
{
	const char *tag = NULL;
	enum fetched got;
	enum err e;

	if (a->kept)
		tag = etags_find(&r->had, a->name, a->old.sha256);
	e = mirror_get(r, a->name, tag, &a->bytes, &got);
	if (e != ERR_OK)
		return e;
	if (got == FETCHED_NONE) {
		log_error("%s%s: the server has no such list",
		    r->o->from.url.text, a->name);
		return ERR_DATA;
	}
	if (got == FETCHED_SAME) {
		a->found = a->old;
		etags_put(&r->has, a->name, a->old.sha256, tag);
		return ERR_OK;
	}
	e = look_at(r, a);
	if (e == ERR_OK)
		mirror_tag(r, a->name, &a->found);
	return e;
}

static bool
same_bytes(const struct index_entry *a, const struct index_entry *b)
{
	return memcmp(a->sha256, b->sha256, INDEX_SHA) == 0;
}

/* The list as the copy has it goes on, and its tag with it. */
static void
keep(struct run *r, struct asked *a)
{
	const char *tag = etags_find(&r->had, a->name, a->old.sha256);

	if (tag != NULL)
		etags_put(&r->has, a->name, a->old.sha256, tag);
	a->found = a->old;
}

static enum err
one(struct run *r, struct asked *a)
{
	struct mirror_list *l = &r->lists[r->nlists];
	enum err e;

	a->kept = copy_read(&r->copy, a->name, &a->bytes) &&
		  signed_status(
		      &r->trust, buf_span(&a->bytes), a->n, r->o->now, &a->old);
	e = ask(r, a);
	if (e == ERR_MEM)
		return e;
	if (e != ERR_OK) {
		mirror_refuse(r, e);
		go_on(r, a);
		if (!a->kept)
			return ERR_OK;
		keep(r, a);
	}
	l->entry = a->found;
	l->there = a->kept && same_bytes(&a->found, &a->old);
	r->nlists++;
	if (l->there)
		return ERR_OK;
	r->nnew++;
	return copy_put(&r->copy, a->name, buf_span(&a->bytes));
}

enum err
mirror_lists(struct run *r)
{
	struct asked a = {.bytes = BUF_INIT(STATUS_MAX)};
	enum err e = ERR_OK;

	for (size_t i = 0; i < r->numbers.n && e == ERR_OK; i++) {
		a.n = r->numbers.v[i];
		files_list_name(a.name, a.n);
		e = one(r, &a);
	}
	buf_free(&a.bytes);
	return e;
}
