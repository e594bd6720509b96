#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/std.h"
#include "verifier/cmd.h"

#ifndef VERSION
#define VERSION "0.1.0"
#endif

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
} commands[] = {
    {"check", cmd_check, "judge a card's code, offline"},
    {"inspect", cmd_inspect, "take a code apart without judging it"},
    {"serve", cmd_serve, "serve the ward page, checks and lists over HTTP"},
};

static void
usage(FILE *to)
{
	fprintf(to,
	    "usage: " VERIFIER_NAME " COMMAND ...\n\n"
	    "Checks carer passports. Holds no secret, asks no network.\n\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		fprintf(
		    to, "  %-10s %s\n", commands[i].name, commands[i].about);
	fprintf(to, "\n'" VERIFIER_NAME " COMMAND --help' tells more.\n");
}

static int
start(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return err_exit(ERR_USAGE);
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts(VERIFIER_NAME " " VERSION);
		return 0;
	}
	if (sodium_init() < 0) {
		log_error("the cryptographic library does not start");
		return err_exit(ERR_INTERNAL);
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 2, argv + 2);
	log_error("there is no command '%s' (see '" VERIFIER_NAME " --help')",
	    argv[1]);
	return err_exit(ERR_USAGE);
}

int
main(int argc, char **argv)
{
	log_name(VERIFIER_NAME);
	if (std_open() != ERR_OK)
		return err_exit(ERR_IO);
	return std_close(start(argc, argv));
}
