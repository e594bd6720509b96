#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <unistd.h>

#include "base/args.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "base/std.h"
#include "verifier/scan/codes.h"

#ifndef VERSION
#define VERSION "0.1.0"
#endif

#define NAME        "carerpass-scan"
#define TEXT_MAX    65536      /* bytes of text from one picture */
#define MEMORY_MAX  1073741824 /* bytes of address space */
#define SECONDS_MAX 25         /* of processor time */

struct options {
	const char *file;
	bool version;
};

static const struct arg table[] = {
    {.name = "--version",
	.kind = ARG_FLAG,
	.help = "name and version",
	.at = offsetof(struct options, version)},
    {.name = "FILE",
	.kind = ARG_TEXT,
	.help = "a PNG picture, or - for standard input",
	.at = offsetof(struct options, file)},
};

static const struct args spec = {
    .command = NAME,
    .about = "Prints the text of each QR code in a picture, one a line.\n"
	     "Exit: 0 found, 65 no code or no picture, 66 no such file.",
    .table = table,
    .n = sizeof(table) / sizeof(*table),
};

/* All that decoding and printing needs; nothing opens, nothing runs. */
static const int calls[] = {
    SCMP_SYS(brk),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(futex),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(madvise),
    SCMP_SYS(mmap),
    SCMP_SYS(mremap),
    SCMP_SYS(munmap),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sysinfo), /* qsort() asks how much memory there is */
    SCMP_SYS(write),
};

static enum err
print(const struct buf *text)
{
	size_t at = 0;

	while (at < text->n) {
		ssize_t n = write(STDOUT_FILENO, text->p + at, text->n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			log_error("cannot write: %s", strerror(errno));
			return ERR_IO;
		}
		at += (size_t)n;
	}
	return ERR_OK;
}

/* In the sandbox: from the picture's bytes to printed text. */
static enum err
scan(struct span png, const char *file)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	struct grey g = {0};
	enum err e = grey_read_png(&g, png);

	if (e == ERR_OK) {
		e = codes_find(&text, &g);
		if (e == ERR_DATA)
			log_error("%s: no code can be seen in the picture. Try "
				  "a sharper one, with the whole code and its "
				  "white border",
			    file);
	}
	if (e == ERR_OK)
		e = print(&text);
	grey_free(&g);
	buf_free(&text);
	return e;
}

int
main(int argc, char **argv)
{
	struct options o = {0};
	struct buf png = BUF_INIT(GREY_FILE_MAX);
	struct codes_sets sets;
	bool help;
	enum err e;

	log_name(NAME);
	if (std_open() != ERR_OK)
		return err_exit(ERR_IO);
	e = args_parse(&spec, argc - 1, argv + 1, &o, &help);
	if (e != ERR_OK || help)
		return err_exit(e);
	if (o.version) {
		puts(NAME " " VERSION);
		return 0;
	}
	if (o.file == NULL)
		return err_exit(args_fault(&spec, "FILE is needed"));
	e = file_read_arg(&png, o.file);
	codes_sets_open(&sets);
	if (e == ERR_OK)
		e = sandbox_limit(MEMORY_MAX, SECONDS_MAX);
	if (e == ERR_OK)
		e = sandbox_enter(calls, sizeof(calls) / sizeof(*calls), NAME);
	if (e == ERR_OK)
		e = scan(buf_span(&png), o.file);
	codes_sets_close(&sets);
	buf_free(&png);
	return err_exit(e);
}
