#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/std.h"
#include "issuer/app.h"

#ifndef VERSION
#define VERSION "0.1"
#endif

static const struct {
	const char *name;
	const char *sub; /* NULL: the command has one word */
	command_fn *run;
	const char *about;
} commands[] = {
    {"init", NULL, cmd_init, "make a scheme: keys, configuration, registry"},
    {"root", "new", cmd_root_new, "make a root key on the offline machine"},
    {"root", "sign", cmd_root_sign, "sign a trust list on the offline machine"},
    {"org", "import", cmd_org_import, "read the NHS organisation files"},
    {"org", "list", cmd_org_list, "list organisations"},
    {"org", "enrol", cmd_org_enrol, "let an organisation issue passports"},
    {"org", "rotate", cmd_org_rotate, "give it the next period's key"},
    {"org", "revoke", cmd_org_revoke, "revoke its key, or one key"},
    {"issue", NULL, cmd_issue, "issue a passport to a carer"},
    {"find", NULL, cmd_find, "find a carer's card by name or reference"},
    {"card", NULL, cmd_card, "print a card again"},
    {"renew", NULL, cmd_renew, "the next card when one ends"},
    {"replace", NULL, cmd_replace, "a new card for a lost or damaged one"},
    {"withdraw", NULL, cmd_withdraw, "withdraw a card for good"},
    {"reissue", NULL, cmd_reissue, "new cards after a key was revoked"},
    {"erase", NULL, cmd_erase, "forget a person, keep the counts"},
    {"publish", NULL, cmd_publish,
	"publish the lists that wards check against"},
    {"reconcile", NULL, cmd_reconcile,
	"make good what an older registry lacks"},
    {"adoption", NULL, cmd_adoption, "say how many people have a passport"},
    {"audit", NULL, cmd_audit, "check that nothing is missing or changed"},
};

#define NCOMMANDS (sizeof(commands) / sizeof(*commands))

static void
usage(FILE *f)
{
	fprintf(f, "usage: carerpass COMMAND [OPTION...]\n\n");
	for (size_t i = 0; i < NCOMMANDS; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "%s%s%s", commands[i].name,
		    commands[i].sub != NULL ? " " : "",
		    commands[i].sub != NULL ? commands[i].sub : "");
		fprintf(f, "  %-12s %s\n", name, commands[i].about);
	}
	fprintf(f, "\n'carerpass COMMAND --help' tells more; man 1 carerpass "
		   "tells all.\n");
}

/* One that stands behind ${first}, for an example. */
static const char *
second_word(const char *first)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (strcmp(first, commands[i].name) == 0)
			return commands[i].sub;
	return "";
}

static int
run(int argc, char **argv)
{
	bool half = false;

	for (size_t i = 0; i < NCOMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		if (commands[i].sub == NULL)
			return commands[i].run(argc - 2, argv + 2);
		half = true;
		if (argc > 2 && strcmp(argv[2], commands[i].sub) == 0)
			return commands[i].run(argc - 3, argv + 3);
	}
	if (half && argc > 2 && argv[2][0] != '-')
		log_error("there is no command '%s %s': see carerpass --help",
		    argv[1], argv[2]);
	else if (half)
		log_error("'%s' needs a second word, as in carerpass %s %s: "
			  "see carerpass --help",
		    argv[1], argv[1], second_word(argv[1]));
	else if (argv[1][0] == '-')
		log_error("options stand behind the command, as in carerpass "
			  "issue %s ...: see carerpass --help",
		    argv[1]);
	else
		log_error(
		    "there is no command '%s': see carerpass --help", argv[1]);
	return err_exit(ERR_USAGE);
}

/* "carerpass help issue" is "carerpass issue --help". */
static int
help(int argc, char **argv)
{
	char dashes[] = "--help";
	char *words[] = {argv[0], NULL, NULL, NULL, NULL};
	int n = 1;

	for (int i = 2; i < argc && i < 4; i++)
		words[n++] = argv[i];
	words[n++] = dashes;
	return run(n, words);
}

static int
start(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return err_exit(ERR_USAGE);
	}
	if (strcmp(argv[1], "help") == 0 && argc > 2)
		return help(argc, argv);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("carerpass %s\n", VERSION);
		return 0;
	}
	if (sodium_init() < 0) {
		log_error("the cryptographic library did not start");
		return err_exit(ERR_INTERNAL);
	}
	return run(argc, argv);
}

/* Whoever meets it first may have had no room to say so. */
static int
say_memory(int code)
{
	if (code == err_exit(ERR_MEM))
		log_error("there was not enough memory: end other programs, "
			  "then run the command again");
	return code;
}

int
main(int argc, char **argv)
{
	struct rlimit none = {0, 0};

	log_name("carerpass");
	if (std_open() != ERR_OK)
		return err_exit(ERR_IO);
	/* Results and news stand in the order in which they were said. */
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	/* A core file would hold people's names in the clear. */
	(void)setrlimit(RLIMIT_CORE, &none);
	/* Too large a file is an error like a full disk, not the end. */
	(void)signal(SIGXFSZ, SIG_IGN);
	return std_close(say_memory(start(argc, argv)));
}
