#include "verifier/mirror/mirror.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "passport/files.h"
#include "verifier/mirror/mirror_private.h"

#define CLOCK_SLACK 300 /* seconds that clocks may differ (FORMAT.md 7.4) */

/* --- what there is before anything is asked for --- */

static void
read_etags(struct run *r)
{
	char path[PATH_MAX];

	/* Without the tags everything is fetched: no harm but the time. */
	if (copy_beside(path, &r->copy, ".etags") == ERR_OK &&
	    file_there(path) && file_read(&r->etags, path) == ERR_OK)
		(void)etags_parse(
		    &r->had, buf_span(&r->etags), r->o->from.url.text);
}

static enum err
read_copy(struct run *r)
{
	enum err e = copy_open(&r->copy, r->o->dir);

	if (e != ERR_OK)
		return e;
	read_etags(r);
	if (!copy_read(&r->copy, FILES_TRUST, &r->old.bytes))
		return ERR_OK;
	e = signed_trust_read(&r->old, &r->roots);
	if (e == ERR_OK && !r->old.good)
		log_warn("%s/" FILES_TRUST ": is damaged or not signed by a "
			 "root key of %s: nothing of this copy counts",
		    r->copy.dir, r->o->root);
	return e;
}

static enum err
prepare(struct run *r)
{
	enum err e = roots_read(&r->roots, r->o->root);

	if (e == ERR_OK)
		e = file_read(&r->root_pub, r->o->root);
	if (e == ERR_OK)
		e = etags_new(&r->had);
	if (e == ERR_OK)
		e = etags_new(&r->has);
	r->lists = calloc(INDEX_LISTS, sizeof(*r->lists));
	if (e == ERR_OK && r->lists == NULL)
		e = ERR_MEM;
	if (e == ERR_MEM)
		log_error("no memory for the lists");
	return e;
}

/* --- the trust list --- */

static enum err
other_scheme(const struct run *r)
{
	log_error("%s: the list is for the scheme \"%.*s\", but %s is a copy "
		  "of \"%.*s\": give another folder",
	    r->o->from.url.text, (int)r->trust.trust.scheme.n,
	    r->trust.trust.scheme.p, r->copy.dir, (int)r->old.trust.scheme.n,
	    r->old.trust.scheme.p);
	return ERR_CONFIG;
}

/* Is the new list, which is good, not older than the one that we have? */
static enum err
not_older(const struct run *r)
{
	const struct trust *new = &r->trust.trust;
	const struct trust *old = &r->old.trust;
	char ours[DATE_TIME_TEXT];
	char theirs[DATE_TIME_TEXT];

	if (!r->old.good)
		return ERR_OK;
	if (!span_eq(new->scheme, old->scheme))
		return other_scheme(r);
	if (new->seq > old->seq ? new->iat >= old->iat
				: span_eq(new->bytes, old->bytes))
		return ERR_OK;
	date_time_text(ours, old->iat);
	date_time_text(theirs, new->iat);
	log_error("%s" FILES_TRUST ": is number %" PRIu64 " of %s, and ours is "
		  "number %" PRIu64 " of %s%s: refused",
	    r->o->from.url.text, new->seq, theirs, old->seq, ours,
	    new->seq == old->seq ? ", with other bytes" : "");
	return ERR_DATA;
}

static enum err
not_signed(const struct run *r)
{
	char known[ROOTS_TEXT];

	roots_text(known, &r->roots);
	log_error("%s" FILES_TRUST ": is damaged or not signed by a root key "
		  "of %s (%s)",
	    r->o->from.url.text, r->o->root, known);
	return ERR_DATA;
}

/* What is no fault of the copy, but keeps verifiers from judging by it. */
static void
warn_time(const struct run *r)
{
	char text[DATE_TIME_TEXT];

	if (r->o->now >= r->trust.trust.exp) {
		date_time_text(text, r->trust.trust.exp);
		log_warn("the trust list ended on %s: nothing can be judged "
			 "by it until the scheme publishes a new one",
		    text);
	}
	if (r->trust.trust.iat > r->o->now + CLOCK_SLACK) {
		date_time_text(text, r->trust.trust.iat);
		log_warn("the trust list is of %s, which is still to come: is "
			 "this machine's clock right?",
		    text);
	}
}

static enum err
get_trust(struct run *r)
{
	const char *tag = NULL;
	enum fetched got;
	enum err e;

	if (r->old.good)
		tag = etags_find(&r->had, FILES_TRUST, r->old.entry.sha256);
	e = mirror_get(r, FILES_TRUST, tag, &r->trust.bytes, &got);
	if (e == ERR_OK && got == FETCHED_NONE) {
		log_error("%s: there is no " FILES_TRUST ": is this the "
			  "address of a published folder?",
		    r->o->from.url.text);
		return ERR_NOINPUT;
	}
	if (e == ERR_OK && got == FETCHED_SAME)
		e = buf_add(&r->trust.bytes, r->old.bytes.p, r->old.bytes.n);
	if (e == ERR_OK)
		e = signed_trust_read(&r->trust, &r->roots);
	if (e != ERR_OK)
		return e;
	if (!r->trust.good)
		return not_signed(r);
	e = not_older(r);
	if (e != ERR_OK)
		return e;
	if (got == FETCHED_SAME)
		etags_put(&r->has, FILES_TRUST, r->trust.entry.sha256, tag);
	else
		mirror_tag(r, FILES_TRUST, &r->trust.entry);
	warn_time(r);
	return ERR_OK;
}

/* --- which lists there are --- */

/* Those of the index, if it can be had, and those of the copy: nobody makes us
 * forget a list by leaving it out. */
static enum err
get_numbers(struct run *r)
{
	struct buf text = BUF_INIT(INDEX_MAX);
	enum fetched got = FETCHED_NONE;
	enum err e = mirror_get(r, FILES_INDEX, NULL, &text, &got);

	if (e == ERR_OK && (got != FETCHED_NEW ||
			       !index_parse(&r->numbers, buf_span(&text)))) {
		log_error("%s" FILES_INDEX ": %s: which lists there are is not "
			  "known, only those of the copy are asked for",
		    r->o->from.url.text,
		    got == FETCHED_NEW ? "is no index of lists"
				       : "is not there");
		e = ERR_DATA;
	}
	buf_free(&text);
	if (e == ERR_MEM)
		return e;
	if (e != ERR_OK)
		mirror_refuse(r, e);
	copy_lists(&r->copy, &r->numbers);
	return ERR_OK;
}

/* --- the new copy --- */

static enum err
make_index(const struct run *r, struct buf *out)
{
	index_begin(out, &r->trust.entry);
	for (size_t i = 0; i < r->nlists; i++)
		index_put(out, i == 0, &r->lists[i].entry);
	index_end(out);
	return buf_err(out);
}

/* Does the copy have these very bytes in the file ${name}? */
static bool
has(const struct run *r, const char *name, struct span bytes)
{
	struct buf b = BUF_INIT(INDEX_MAX);
	bool same =
	    copy_read(&r->copy, name, &b) && span_eq(buf_span(&b), bytes);

	buf_free(&b);
	return same;
}

/* A list that the copy has is written again, to make the new copy whole. */
static enum err
put_again(struct run *r, const struct index_entry *entry)
{
	struct buf b = BUF_INIT(STATUS_MAX);
	struct index_entry now;
	char name[FILES_NAME];
	enum err e = ERR_IO;

	files_list_name(name, (uint32_t)entry->number);
	if (copy_read(&r->copy, name, &b) &&
	    signed_status(&r->trust, buf_span(&b), (uint32_t)entry->number,
		r->o->now, &now) &&
	    memcmp(now.sha256, entry->sha256, INDEX_SHA) == 0)
		e = copy_put(&r->copy, name, buf_span(&b));
	else
		log_error("%s/%s: was changed by somebody else meanwhile",
		    r->copy.dir, name);
	buf_free(&b);
	return e;
}

static enum err
replace(struct run *r, struct span index)
{
	enum err e = copy_put(&r->copy, FILES_ROOT_PUB, buf_span(&r->root_pub));

	if (e == ERR_OK)
		e = copy_put(&r->copy, FILES_TRUST, buf_span(&r->trust.bytes));
	for (size_t i = 0; i < r->nlists && e == ERR_OK; i++)
		if (r->lists[i].there)
			e = put_again(r, &r->lists[i].entry);
	if (e == ERR_OK)
		e = copy_put(&r->copy, FILES_INDEX, index);
	return e == ERR_OK ? copy_swap(&r->copy) : e;
}

/* The tags are of the copy that is now there. */
static void
write_etags(struct run *r)
{
	struct buf text = BUF_INIT(ETAGS_FILE);
	char path[PATH_MAX];

	etags_text(&text, &r->has, r->o->from.url.text);
	if (buf_err(&text) != ERR_OK ||
	    span_eq(buf_span(&text), buf_span(&r->etags)) ||
	    copy_beside(path, &r->copy, ".etags") != ERR_OK)
		goto out;
	if (file_write(path, buf_span(&text), 0644) != ERR_OK)
		log_warn("%s: the next run will fetch everything again", path);
out:
	buf_free(&text);
}

static void
say(const struct run *r, bool changed)
{
	char trust[DATE_WORDS];

	date_words(trust, date_of(date_day_of(r->trust.trust.exp)));
	printf("%s %s: trust list number %" PRIu64 ", good to %s; %zu status "
	       "list%s, %zu of them new.\n",
	    changed ? "Mirrored to" : "Nothing new for", r->copy.dir,
	    r->trust.trust.seq, trust, r->nlists, r->nlists == 1 ? "" : "s",
	    r->nnew);
}

static enum err
finish(struct run *r)
{
	struct buf index = BUF_INIT(INDEX_MAX);
	bool changed;
	enum err e = make_index(r, &index);

	changed =
	    r->copy.begun || !r->old.good ||
	    !span_eq(buf_span(&r->old.bytes), buf_span(&r->trust.bytes)) ||
	    !has(r, FILES_INDEX, buf_span(&index)) ||
	    !has(r, FILES_ROOT_PUB, buf_span(&r->root_pub));
	if (e == ERR_OK && changed)
		e = replace(r, buf_span(&index));
	buf_free(&index);
	if (e != ERR_OK)
		return e;
	write_etags(r);
	if (!r->o->quiet)
		say(r, changed);
	return r->worst;
}

static void
run_free(struct run *r)
{
	copy_close(&r->copy);
	fetch_free(r->fetch);
	buf_free(&r->root_pub);
	signed_trust_free(&r->old);
	signed_trust_free(&r->trust);
	etags_free(&r->had);
	etags_free(&r->has);
	buf_free(&r->etags);
	free(r->lists);
	free(r);
}

enum err
mirror_run(const struct mirror_options *o)
{
	struct run *r = calloc(1, sizeof(*r));
	enum err e;

	if (r == NULL) {
		log_error("no memory for the lists");
		return ERR_MEM;
	}
	r->o = o;
	r->copy.lock = -1;
	r->root_pub.cap = ROOTS_FILE_MAX;
	r->old.bytes.cap = TRUST_MAX;
	r->trust.bytes.cap = TRUST_MAX;
	r->etags.cap = ETAGS_FILE;
	e = prepare(r);
	if (e == ERR_OK)
		e = read_copy(r);
	if (e == ERR_OK)
		e = fetch_new(&r->fetch, &o->from);
	if (e == ERR_OK)
		e = get_trust(r);
	if (e == ERR_OK)
		e = get_numbers(r);
	if (e == ERR_OK)
		e = mirror_lists(r);
	if (e == ERR_OK)
		e = finish(r);
	run_free(r);
	return e;
}
