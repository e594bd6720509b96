#include "verifier/cmd.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/args.h"
#include "base/log.h"
#include "verifier/lines.h"
#include "verifier/lists.h"
#include "verifier/picture.h"
#include "verifier/show.h"

#define OUT_MAX  262144 /* bytes of results held back at most */
#define OUT_FULL 65536  /* from here on they are written */
#define REFRESH  30     /* seconds after which the folder is read anew */
#define NO_TIME  INT64_MIN

struct options {
	struct lists_from from;
	struct arg_list codes;
	int64_t now; /* NO_TIME: the clock's */
	bool json;
	bool quiet;
	int language; /* of languages[] */
};

/* Tags of words_at(), in its order. */
static const char *const languages[] = {"en", "cy", NULL};

static const struct arg table[] = {
    {.name = "--lists",
	.kind = ARG_TEXT,
	.value = "DIR",
	.help = "the published folder: root.pub, trust.cwt, status/",
	.at = offsetof(struct options, from.dir),
	.needed = true},
    {.name = "--root",
	.kind = ARG_TEXT,
	.value = "FILE",
	.help = "root keys to go by from now on, in place of those known",
	.at = offsetof(struct options, from.root)},
    {.name = "--now",
	.kind = ARG_TIME,
	.value = "RFC3339",
	.help = "judge as if it were this time",
	.at = offsetof(struct options, now)},
    {.name = "--state",
	.kind = ARG_TEXT,
	.value = "DIR",
	.help = "where to remember the newest lists seen",
	.at = offsetof(struct options, from.state)},
    {.name = "--json",
	.kind = ARG_FLAG,
	.help = "one JSON object a code",
	.at = offsetof(struct options, json)},
    {.name = "--lang",
	.kind = ARG_CHOICE,
	.value = "LANGUAGE",
	.help = "of the sentences: en (English) or cy (Welsh)",
	.at = offsetof(struct options, language),
	.choices = languages},
    {.name = "--quiet",
	.kind = ARG_FLAG,
	.help = "print nothing; the exit code tells",
	.at = offsetof(struct options, quiet)},
    {.name = "CODE",
	.kind = ARG_LIST,
	.help = "a card's address or digits, a FILE.png, or - for one a line",
	.at = offsetof(struct options, codes),
	.needed = true},
};

static const struct args spec = {
    .command = VERIFIER_NAME " check",
    .about = "Judges codes against published lists. Exit: 0 valid, 1 not "
	     "valid, 3 cannot tell,\n2 and above 64 errors; of several the "
	     "worst.",
    .table = table,
    .n = sizeof(table) / sizeof(*table),
};

/* A run of check. */
struct check {
	const struct options *o;
	const struct words *words;
	struct lists *lists;
	time_t loaded; /* when, by the monotonic clock */
	struct buf out;
	bool colour;
	bool blocks; /* for people: a block a code, else a line */
	size_t judged;
	bool met[3]; /* verdicts so far, by kind */
	enum err error;
};

static void
note_error(struct check *c, enum err e)
{
	if (c->error == ERR_OK)
		c->error = e;
}

/* Any error, then not valid, then cannot tell, then valid. */
static int
worst(const struct check *c)
{
	if (c->error != ERR_OK)
		return err_exit(c->error);
	if (c->met[VERDICT_NOT_VALID])
		return verdict_exit(REASON_MALFORMED);
	return c->met[VERDICT_CANNOT_TELL] ? verdict_exit(REASON_NO_LISTS) : 0;
}

static enum err
flush(struct check *c)
{
	size_t at = 0;

	while (at < c->out.n) {
		ssize_t n = write(STDOUT_FILENO, c->out.p + at, c->out.n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			log_error("cannot write: %s", strerror(errno));
			c->out.n = 0;
			return ERR_IO;
		}
		at += (size_t)n;
	}
	c->out.n = 0;
	return ERR_OK;
}

static int64_t
now(const struct check *c)
{
	struct timespec t;

	if (c->o->now != NO_TIME)
		return c->o->now;
	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}

static time_t
uptime(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

/* Judges one code; its result waits in ${c->out}. */
static void
judge(struct check *c, struct span code)
{
	struct verify_lists in = lists_at(c->lists, now(c));
	struct verdict v;

	verify_text(&v, &in, code);
	c->met[verdict_kind(v.reason)] = true;
	c->judged++;
	if (c->o->quiet)
		return;
	if (c->o->json) {
		show_json(&c->out, &v, c->words);
	} else if (!c->blocks) {
		show_line(&c->out, &v, c->words);
	} else {
		if (c->judged > 1)
			buf_puts(&c->out, "\n\n");
		show_block(&c->out, &v, c->words, c->colour);
	}
}

/*
 * A scanner may stay open for days: new lists must be seen. If the folder no
 * longer agrees with what is pinned, those at hand stay.
 */
static void
refresh(struct check *c)
{
	struct lists *l;

	if (uptime() - c->loaded < REFRESH)
		return;
	c->loaded = uptime();
	if (lists_new(&l, &c->o->from) != ERR_OK) {
		log_warn("going on with the lists that were read before");
		return;
	}
	lists_free(c->lists);
	c->lists = l;
}

/* One code a line; a result never waits for the next line. */
static enum err
check_lines(struct check *c, int fd)
{
	struct lines *in = malloc(sizeof(*in));
	struct span line;
	size_t before = c->judged;
	enum err e = ERR_OK;

	if (in == NULL)
		return ERR_MEM;
	lines_open(in, fd);
	while (e == ERR_OK) {
		bool waits = !lines_waiting(in);

		if (waits || c->out.n >= OUT_FULL)
			e = flush(c);
		if (e == ERR_OK)
			e = lines_next(in, &line);
		if (e != ERR_OK)
			break;
		if (waits)
			refresh(c);
		judge(c, line);
	}
	free(in);
	if (e == ERR_NOINPUT && c->judged == before) {
		log_error("standard input holds no code");
		return ERR_DATA;
	}
	return e == ERR_NOINPUT ? ERR_OK : e;
}

static enum err
check_picture(struct check *c, const char *path)
{
	struct buf text = BUF_INIT(PICTURE_TEXT_MAX);
	enum err e = picture_read(&text, path);
	struct span left = buf_span(&text);

	while (e == ERR_OK && left.n > 0) {
		const uint8_t *end = memchr(left.p, '\n', left.n);
		size_t n = end == NULL ? left.n : (size_t)(end - left.p);

		judge(c, span_of(left.p, n));
		n += end != NULL;
		left = span_of(left.p + n, left.n - n);
	}
	buf_free(&text);
	return e;
}

static enum err
check_one(struct check *c, const char *code)
{
	if (strcmp(code, "-") == 0)
		return check_lines(c, STDIN_FILENO);
	if (picture_is(code))
		return check_picture(c, code);
	judge(c, span_str(code));
	return ERR_OK;
}

static bool
wants_colour(void)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return (no == NULL || *no == '\0') && term != NULL &&
	       strcmp(term, "dumb") != 0 && isatty(STDOUT_FILENO) == 1;
}

static bool
any_stdin(const struct options *o)
{
	for (size_t i = 0; i < o->codes.n; i++)
		if (strcmp(o->codes.v[i], "-") == 0)
			return true;
	return false;
}

int
cmd_check(int argc, char **argv)
{
	struct options o = {.now = NO_TIME};
	struct check c = {.o = &o, .out = BUF_INIT(OUT_MAX)};
	bool help;
	enum err e = args_parse(&spec, argc, argv, &o, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	if (o.quiet)
		log_quiet();
	e = lists_new(&c.lists, &o.from);
	if (e != ERR_OK)
		return err_exit(e);
	c.words = words_for(span_str(languages[o.language]));
	c.loaded = uptime();
	c.colour = wants_colour();
	c.blocks = !any_stdin(&o);
	for (size_t i = 0; i < o.codes.n && c.error != ERR_IO; i++) {
		e = check_one(&c, o.codes.v[i]);
		if (e == ERR_OK)
			e = flush(&c);
		if (e != ERR_OK)
			note_error(&c, e);
	}
	if (flush(&c) != ERR_OK)
		note_error(&c, ERR_IO);
	lists_free(c.lists);
	buf_free(&c.out);
	return worst(&c);
}
