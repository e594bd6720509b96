#include "base/args.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/date.h"
#include "base/log.h"

#define ROWS_MAX 64

/* One command line under way. */
struct reading {
	const struct args *spec;
	int argc;
	char **argv;
	uint8_t *to;
	uint64_t seen; /* rows that were there, as bits */
};

enum err
args_fault(const struct args *spec, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	log_error("%s (see '%s --help')", text, spec->command);
	return ERR_USAGE;
}

static bool
is_option(const struct arg *a)
{
	return a->name[0] == '-';
}

/* Digits with an optional '-'; nothing else, no overflow. */
static bool
read_int(int64_t *out, const char *s)
{
	bool minus = *s == '-';
	int64_t v = 0;

	if (minus)
		s++;
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, *s - '0', &v))
			return false;
	}
	/* Counted downwards, where there is room for the least value. */
	if (!minus && __builtin_sub_overflow(0, v, &v))
		return false;
	*out = v;
	return true;
}

static enum err
set_int(struct reading *r, const struct arg *a, const char *value)
{
	int64_t v;

	if (!read_int(&v, value) || v < a->min || v > a->max)
		return args_fault(r->spec,
		    "%s takes a number from %lld to %lld, not '%s'", a->name,
		    (long long)a->min, (long long)a->max, value);
	memcpy(r->to + a->at, &v, sizeof(v));
	return ERR_OK;
}

static enum err
set_choice(struct reading *r, const struct arg *a, const char *value)
{
	char all[256] = "";
	size_t n = 0;

	for (int i = 0; a->choices[i] != NULL; i++) {
		if (strcmp(a->choices[i], value) == 0) {
			memcpy(r->to + a->at, &i, sizeof(i));
			return ERR_OK;
		}
	}
	for (int i = 0; a->choices[i] != NULL && n < sizeof(all); i++) {
		int k = snprintf(all + n, sizeof(all) - n, "%s%s",
		    i == 0 ? "" : ", ", a->choices[i]);

		n += k > 0 ? (size_t)k : 0;
	}
	return args_fault(
	    r->spec, "%s takes one of %s, not '%s'", a->name, all, value);
}

static enum err
set_date(struct reading *r, const struct arg *a, const char *value)
{
	struct date d;

	if (date_parse(&d, span_str(value)) != ERR_OK)
		return args_fault(
		    r->spec, "%s takes a date written YYYY-MM-DD", a->name);
	memcpy(r->to + a->at, &d, sizeof(d));
	return ERR_OK;
}

static enum err
set_time(struct reading *r, const struct arg *a, const char *value)
{
	int64_t t;

	if (date_time_parse(&t, span_str(value)) != ERR_OK)
		return args_fault(r->spec,
		    "%s takes a time as in RFC 3339, such as "
		    "2026-11-22T09:30:00Z, not '%s'",
		    a->name, value);
	memcpy(r->to + a->at, &t, sizeof(t));
	return ERR_OK;
}

static enum err
set_text(struct reading *r, const struct arg *a, const char *value)
{
	if (is_option(a) && *value == '\0')
		return args_fault(
		    r->spec, "%s was given an empty value", a->name);
	memcpy(r->to + a->at, &value, sizeof(value));
	return ERR_OK;
}

/* Stores ${value} (NULL for a flag) as the row says. */
static enum err
set(struct reading *r, const struct arg *a, const char *value)
{
	static enum err (*const by_kind[])(
	    struct reading *, const struct arg *, const char *) = {
	    [ARG_TEXT] = set_text,
	    [ARG_INT] = set_int,
	    [ARG_CHOICE] = set_choice,
	    [ARG_DATE] = set_date,
	    [ARG_TIME] = set_time,
	};
	uint64_t bit = UINT64_C(1) << (a - r->spec->table);
	bool yes = true;

	if ((r->seen & bit) != 0)
		return args_fault(r->spec, "%s stands there twice", a->name);
	r->seen |= bit;
	if (a->given != 0)
		memcpy(r->to + a->given, &yes, sizeof(yes));
	if (a->kind != ARG_FLAG)
		return by_kind[a->kind](r, a, value);
	memcpy(r->to + a->at, &yes, sizeof(yes));
	return ERR_OK;
}

/* The option that ${word} names, up to a '='. NULL: there is none. */
static const struct arg *
find(const struct args *spec, const char *word, size_t len)
{
	for (size_t i = 0; i < spec->n; i++) {
		const struct arg *a = &spec->table[i];

		if (is_option(a) && strlen(a->name) == len &&
		    memcmp(a->name, word, len) == 0)
			return a;
	}
	return NULL;
}

/* Reads the option at ${*i} and its value; leaves ${*i} at the last of them. */
static enum err
read_option(struct reading *r, int *i)
{
	const char *word = r->argv[*i];
	const char *value = NULL;
	size_t len = strlen(word);
	const struct arg *a;

	if (word[1] == '-' && (value = strchr(word, '=')) != NULL)
		len = (size_t)(value++ - word);
	a = find(r->spec, word, len);
	if (a == NULL)
		return args_fault(
		    r->spec, "there is no option %.*s", (int)len, word);
	if (a->kind == ARG_FLAG && value != NULL)
		return args_fault(r->spec, "%s takes no value", a->name);
	if (a->kind != ARG_FLAG && value == NULL) {
		if (*i + 1 >= r->argc)
			return args_fault(r->spec, "%s needs a value: %s %s",
			    a->name, a->name, a->value);
		value = r->argv[++*i];
	}
	return set(r, a, value);
}

/* Hands the ${n} words at the front of argv to the positional rows. */
static enum err
read_positional(struct reading *r, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < r->spec->n; i++) {
		const struct arg *a = &r->spec->table[i];
		struct arg_list rest = {r->argv + at, n - at};
		enum err e;

		if (is_option(a) || at == n)
			continue;
		if (a->kind == ARG_LIST) {
			memcpy(r->to + a->at, &rest, sizeof(rest));
			r->seen |= UINT64_C(1) << i;
			at = n;
			continue;
		}
		e = set(r, a, r->argv[at++]);
		if (e != ERR_OK)
			return e;
	}
	/* Not quoted: what stands there may be a person's name. */
	if (at < n)
		return args_fault(r->spec,
		    "%zu too many: this command takes fewer words", n - at);
	return ERR_OK;
}

static enum err
all_needed(const struct reading *r)
{
	for (size_t i = 0; i < r->spec->n; i++) {
		const struct arg *a = &r->spec->table[i];

		if (!a->needed || (r->seen >> i & 1) != 0)
			continue;
		if (is_option(a) && a->value != NULL)
			return args_fault(
			    r->spec, "%s %s is needed", a->name, a->value);
		return args_fault(r->spec, "%s is needed", a->name);
	}
	return ERR_OK;
}

enum err
args_parse(const struct args *spec, int argc, char **argv, void *to, bool *help)
{
	struct reading r = {.spec = spec, .argc = argc, .argv = argv, .to = to};
	bool options = true;
	size_t n = 0;
	enum err e = ERR_OK;

	*help = false;
	if (spec->n > ROWS_MAX)
		return ERR_INTERNAL;
	for (int i = 0; i < argc && e == ERR_OK; i++) {
		char *word = argv[i];

		if (options && strcmp(word, "--") == 0) {
			options = false;
		} else if (options && strcmp(word, "--help") == 0) {
			args_usage(spec);
			*help = true;
			return ERR_OK;
		} else if (options && word[0] == '-' && word[1] != '\0') {
			e = read_option(&r, &i);
		} else {
			/* ${n} is never ahead of ${i}. */
			argv[n++] = word;
		}
	}
	if (e == ERR_OK)
		e = read_positional(&r, n);
	return e == ERR_OK ? all_needed(&r) : e;
}

static void
synopsis(const struct arg *a)
{
	const char *more = a->kind == ARG_LIST ? "..." : "";

	printf(a->needed ? " " : " [");
	if (is_option(a) && a->kind != ARG_FLAG)
		printf("%s %s", a->name, a->value);
	else
		printf("%s%s", a->name, more);
	printf(a->needed ? "" : "]");
}

static void
describe(const struct arg *a)
{
	char left[64];

	if (snprintf(left, sizeof(left), "%s%s%s", a->name,
		is_option(a) && a->kind != ARG_FLAG ? " " : "",
		is_option(a) && a->kind != ARG_FLAG ? a->value : "") < 0)
		return;
	printf("  %-20s  %s", left, a->help);
	if (a->kind == ARG_INT)
		printf(" (%lld to %lld)", (long long)a->min, (long long)a->max);
	for (int i = 0; a->kind == ARG_CHOICE && a->choices[i] != NULL; i++)
		printf("%s%s", i == 0 ? " (" : ", ", a->choices[i]);
	printf(a->kind == ARG_CHOICE ? ")\n" : "\n");
}

void
args_usage(const struct args *spec)
{
	printf("usage: %s", spec->command);
	for (size_t i = 0; i < spec->n; i++)
		if (is_option(&spec->table[i]))
			synopsis(&spec->table[i]);
	for (size_t i = 0; i < spec->n; i++)
		if (!is_option(&spec->table[i]))
			synopsis(&spec->table[i]);
	printf("\n\n%s\n\n", spec->about);
	for (size_t i = 0; i < spec->n; i++)
		describe(&spec->table[i]);
	printf("  %-20s  %s\n", "--help", "this text");
}
