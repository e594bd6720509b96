#ifndef VERIFIER_CMD_H
#define VERIFIER_CMD_H

/*
 * The subcommands of carerpass-verify, one file each.  Each takes the words
 * after its name and returns the exit code of the program (design.md 5).
 */
#define VERIFIER_NAME "carerpass-verify"

/* cmd_check(argc, argv): judges codes: 0 valid, 1 not, 3 cannot tell, else an
 * error. */
int cmd_check(int argc, char **argv);

/* cmd_inspect(argc, argv): takes a code apart without judging it: 0, or 1 when
 * it is malformed. */
int cmd_inspect(int argc, char **argv);

/* cmd_serve(argc, argv): serves until SIGTERM: 0, else an error. */
int cmd_serve(int argc, char **argv);

#endif
