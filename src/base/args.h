#ifndef BASE_ARGS_H
#define BASE_ARGS_H

#include "base/err.h"
#include "base/span.h"

/*
 * Command lines against a table of what there is.  The table is the only
 * source for reading and for the usage text: a new option is a new row.
 * Values land in a struct of the caller at the offset that the row names; what
 * the line leaves out keeps what was there, so defaults are set before.
 *
 * A row whose name begins with '-' is an option; any other row is a positional
 * argument, filled in the order of the table.  Options may stand anywhere,
 * "--" ends them, "-" alone is a positional argument.  "--name=value" and
 * "--name value" are the same.  "--help" is always there.
 */
enum arg_kind {
	ARG_FLAG = 0,   /* bool; no value */
	ARG_TEXT = 1,   /* const char *; as an option never empty */
	ARG_INT = 2,    /* int64_t; min..max */
	ARG_CHOICE = 3, /* int; which of ${choices} */
	ARG_DATE = 4,   /* struct date; YYYY-MM-DD */
	ARG_TIME = 5,   /* int64_t; RFC 3339, seconds since 1970 */
	ARG_LIST = 6,   /* struct arg_list; last row: all that is left */
};

/* Points into the caller's argv. */
struct arg_list {
	char **v;
	size_t n;
};

struct arg {
	const char *name; /* "--lists", "-o", or "FILE" for a positional one */
	enum arg_kind kind;
	const char *value; /* what the usage calls the value, "DIR" */
	const char *help;  /* one line, lower case, no full stop */
	size_t at;         /* offsetof() in the caller's struct */
	size_t given;      /* offsetof() a bool set if it was there; 0: none */
	bool needed;       /* a line without it is refused */
	int64_t min;
	int64_t max;
	const char *const *choices; /* ends with NULL */
};

struct args {
	const char *command; /* "carerpass-verify check" */
	const char *about;   /* a line or two for --help */
	const struct arg *table;
	size_t n; /* at most 64 */
};

/*
 * args_parse(spec, argc, argv, to, help): reads the ${argc} words at ${argv}
 *     (those after the command's name) into the struct at ${to}. The words are
 *     put in another order. "--help" writes the usage to standard output and
 *     sets ${*help}: the caller is then done. Returns ERR_OK, or ERR_USAGE with
 *     the first fault logged.
 */
enum err args_parse(const struct args *spec, int argc, char **argv, void *to,
    bool *help) MUST_CHECK;

/*
 * args_fault(spec, fmt, ...): logs what is wrong with a line that the table
 *     alone cannot judge ("give --name or --ref"), and where the help is.
 *     Returns ERR_USAGE.
 */
enum err args_fault(const struct args *spec, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* args_usage(spec): writes the usage to standard output. */
void args_usage(const struct args *spec);

#endif
