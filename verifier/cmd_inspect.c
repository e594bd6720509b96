#include "verifier/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/args.h"
#include "passport/verdict.h"
#include "verifier/dissect.h"
#include "verifier/lines.h"

#define OUT_MAX 65536 /* bytes that one code takes at most, and more */

struct options {
	const char *code;
};

static const struct arg table[] = {
    {.name = "CODE",
	.kind = ARG_TEXT,
	.help = "a card's address or digits, or - for one a line",
	.at = offsetof(struct options, code),
	.needed = true},
};

static const struct args spec = {
    .command = VERIFIER_NAME " inspect",
    .about = "Takes a code apart and shows every field, without checking it "
	     "against anything.\nExit: 0 all of it could be taken apart, 1 it "
	     "is malformed.",
    .table = table,
    .n = sizeof(table) / sizeof(*table),
};

static enum err
inspect(struct span code, bool *whole)
{
	struct buf out = BUF_INIT(OUT_MAX);
	enum err e = ERR_OK;

	buf_puts(&out,
	    "NOT CHECKED: nobody has checked who signed this, nor whether it "
	    "still counts.\n");
	if (!dissect(&out, code))
		*whole = false;
	if (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0)
		e = ERR_IO;
	buf_free(&out);
	return e;
}

static enum err
inspect_lines(bool *whole)
{
	struct lines *in = malloc(sizeof(*in));
	struct span line;
	size_t n = 0;
	enum err e = ERR_OK;

	if (in == NULL)
		return ERR_MEM;
	lines_open(in, STDIN_FILENO);
	while (e == ERR_OK && (e = lines_next(in, &line)) == ERR_OK) {
		if (n++ > 0)
			putchar('\n');
		e = inspect(line, whole);
	}
	free(in);
	if (n == 0)
		*whole = false;
	return e == ERR_NOINPUT ? ERR_OK : e;
}

int
cmd_inspect(int argc, char **argv)
{
	struct options o = {NULL};
	bool whole = true;
	bool help;
	enum err e = args_parse(&spec, argc, argv, &o, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	e = strcmp(o.code, "-") == 0 ? inspect_lines(&whole)
				     : inspect(span_str(o.code), &whole);
	if (e != ERR_OK)
		return err_exit(e);
	return whole ? 0 : verdict_exit(REASON_MALFORMED);
}
