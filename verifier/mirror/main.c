#include <sodium.h>
#include <stdio.h>
#include <time.h>

#include "base/args.h"
#include "base/file.h"
#include "base/log.h"
#include "base/std.h"
#include "verifier/mirror/mirror.h"

#ifndef VERSION
#define VERSION "0.1.0"
#endif

#define NAME       "carerpass-lists"
#define CACERT_MAX 1048576 /* bytes of a file of CA certificates */

struct options {
	struct mirror_options run;
	const char *url;
	int64_t seconds;
	bool version;
};

static const struct arg table[] = {
    {.name = "--root",
	.kind = ARG_TEXT,
	.value = "FILE",
	.help = "the scheme's root keys, had by another way than this one",
	.at = offsetof(struct options, run.root)},
    {.name = "--cacert",
	.kind = ARG_TEXT,
	.value = "FILE",
	.help = "go by these CA certificates (PEM), not by the system's",
	.at = offsetof(struct options, run.from.cacert)},
    {.name = "--timeout",
	.kind = ARG_INT,
	.value = "SECONDS",
	.help = "that a file may take at most, else 60",
	.at = offsetof(struct options, seconds),
	.min = 1,
	.max = 3600},
    {.name = "--quiet",
	.kind = ARG_FLAG,
	.help = "say nothing but warnings and errors",
	.at = offsetof(struct options, run.quiet)},
    {.name = "--version",
	.kind = ARG_FLAG,
	.help = "name and version",
	.at = offsetof(struct options, version)},
    {.name = "URL",
	.kind = ARG_TEXT,
	.help = "the published folder, https://HOST/lists/",
	.at = offsetof(struct options, url)},
    {.name = "DIR",
	.kind = ARG_TEXT,
	.help = "its copy, for --lists of carerpass-verify",
	.at = offsetof(struct options, run.dir)},
};

static const struct args spec = {
    .command = NAME,
    .about = "Mirrors a published folder: fetches what is new, checks every "
	     "signature, and\nputs the new copy in the place of the old one "
	     "in one step. Run it hourly.",
    .table = table,
    .n = sizeof(table) / sizeof(*table),
};

/* GnuTLS takes a file without certificates for one that trusts nobody: what is
 * wrong is told before any server is asked. */
static enum err
check_cacert(const char *path)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	struct buf b = BUF_INIT(CACERT_MAX);
	enum err e = path == NULL ? ERR_OK : file_read(&b, path);

	if (path != NULL && e == ERR_OK &&
	    memmem(b.p, b.n, begin, sizeof(begin) - 1) == NULL) {
		log_error("%s: holds no CA certificate: --cacert takes a file "
			  "of PEM certificates",
		    path);
		e = ERR_CONFIG;
	}
	buf_free(&b);
	return e;
}

static enum err
start(struct options *o)
{
	const char *wrong;
	enum err e;

	if (o->run.root == NULL || o->url == NULL || o->run.dir == NULL)
		return args_fault(&spec, "--root FILE, URL and DIR are needed");
	wrong = url_parse(&o->run.from.url, o->url);
	if (wrong != NULL)
		return args_fault(&spec, "the address '%s': %s", o->url, wrong);
	if (sodium_init() < 0) {
		log_error("the cryptographic library does not start");
		return ERR_INTERNAL;
	}
	o->run.from.seconds = (long)o->seconds;
	o->run.now = (int64_t)time(NULL);
	e = check_cacert(o->run.from.cacert);
	return e == ERR_OK ? mirror_run(&o->run) : e;
}

int
main(int argc, char **argv)
{
	struct options o = {.seconds = 60};
	bool help;
	enum err e;

	log_name(NAME);
	if (std_open() != ERR_OK)
		return err_exit(ERR_IO);
	e = args_parse(&spec, argc - 1, argv + 1, &o, &help);
	if (e == ERR_OK && !help && o.version)
		puts(NAME " " VERSION);
	else if (e == ERR_OK && !help)
		e = start(&o);
	return std_close(err_exit(e));
}
