#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "issuer/register_private.h"

enum err
register_fault(struct register_row *row, const char *column, struct span value,
    const char *why)
{
	struct row_fault *f = calloc(1, sizeof(*f));
	size_t n = value.n;

	if (f == NULL) {
		log_error("no memory for what is wrong with a row");
		return ERR_MEM;
	}
	if (n > REGISTER_VALUE) {
		n = REGISTER_VALUE;
		while (n > 0 && (value.p[n] & 0xc0) == 0x80)
			n--;
	}
	(void)snprintf(f->column, sizeof(f->column), "%s", column);
	if (n > 0)
		memcpy(f->value, value.p, n);
	if (n < value.n)
		memcpy(f->value + n, "...", 3);
	(void)snprintf(f->why, sizeof(f->why), "%s", why);
	row->fault = f;
	return ERR_OK;
}

/* --- one value ------------------------------------------------------------ */

static bool
is_word(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcasecmp(text, *words) == 0)
			return true;
	return false;
}

static const char *
read_young(struct issuing *in, struct span t)
{
	static const char *const yes[] = {
	    "yes", "y", "true", "1", "x", "young", "young carer", NULL};
	static const char *const no[] = {
	    "no", "n", "false", "0", "adult", NULL};
	char word[16];

	if (t.n < sizeof(word)) {
		memcpy(word, t.p, t.n);
		word[t.n] = '\0';
		in->young = is_word(word, yes);
		if (in->young || is_word(word, no))
			return NULL;
	}
	return "is neither yes nor no: write yes for a carer under 18, else "
	       "no or nothing";
}

static const char *
read_months(struct issuing *in, struct span t)
{
	int n = 0;

	for (size_t i = 0; i < t.n && i < 3; i++)
		n = t.p[i] >= '0' && t.p[i] <= '9' ? n * 10 + t.p[i] - '0'
						   : 1000;
	in->months = n;
	return t.n <= 2 && n >= 1 && n <= ISSUING_MONTHS_MAX
		   ? NULL
		   : "is not a number of months from 1 to 36";
}

static const char *
read_name(struct issuing *in, struct span t)
{
	return normal_name(in->name, t);
}

static const char *
read_ref(struct issuing *in, struct span t)
{
	return normal_ref(in->ref, t);
}

static const char *
read_nhs(struct issuing *in, struct span t)
{
	return normal_nhs(in->nhs, t);
}

static const char *
read_born(struct issuing *in, struct span t)
{
	return normal_born(in->born, t);
}

/* In the order in which a person reads a row. */
static const struct {
	enum column column;
	const char *(*read)(struct issuing *in, struct span t);
} readers[] = {
    {COLUMN_NAME, read_name},
    {COLUMN_REF, read_ref},
    {COLUMN_NHS, read_nhs},
    {COLUMN_BORN, read_born},
    {COLUMN_YOUNG, read_young},
    {COLUMN_MONTHS, read_months},
};

/* --- one row -------------------------------------------------------------- */

static struct span
trim(struct span t)
{
	/* Also the no-break space that spreadsheets like. */
	for (;;) {
		if (t.n > 0 && (t.p[0] == ' ' || t.p[0] == '\t'))
			t = span_of(t.p + 1, t.n - 1);
		else if (t.n > 1 && memcmp(t.p, "\xc2\xa0", 2) == 0)
			t = span_of(t.p + 2, t.n - 2);
		else if (t.n > 0 &&
			 (t.p[t.n - 1] == ' ' || t.p[t.n - 1] == '\t'))
			t.n--;
		else if (t.n > 1 && memcmp(t.p + t.n - 2, "\xc2\xa0", 2) == 0)
			t.n -= 2;
		else
			return t;
	}
}

static struct span
field(const struct reading *r, const struct csv_row *row, enum column c)
{
	int at = r->columns.at[c];

	return at < 0 || (size_t)at >= row->n ? span_of(NULL, 0)
					      : trim(row->field[at]);
}

/* The whole name, or forename and surname put together in ${both}. */
static struct span
name_of(
    const struct reading *r, const struct csv_row *row, char both[static 512])
{
	struct span first = field(r, row, COLUMN_FORENAME);
	struct span last = field(r, row, COLUMN_SURNAME);

	if (r->columns.at[COLUMN_NAME] >= 0)
		return field(r, row, COLUMN_NAME);
	if (first.n + last.n > 510)
		return first.n > last.n ? first : last;
	(void)snprintf(both, 512, "%.*s%s%.*s", (int)first.n,
	    (const char *)first.p, first.n > 0 && last.n > 0 ? " " : "",
	    (int)last.n, (const char *)last.p);
	return span_str(both);
}

bool
register_row_is_empty(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (trim(row->field[i]).n > 0)
			return false;
	return true;
}

/* A field behind the last title: most likely a comma inside a value. */
static enum err
check_width(
    const struct reading *r, const struct csv_row *row, struct register_row *to)
{
	for (size_t i = r->titles; i < row->n; i++) {
		char column[32];

		if (trim(row->field[i]).n == 0)
			continue;
		(void)snprintf(column, sizeof(column), "column %zu", i + 1);
		return register_fault(to, column, trim(row->field[i]),
		    "stands behind the last column: a value with a comma in it "
		    "must stand between quotation marks");
	}
	return ERR_OK;
}

static enum err
read_value(const struct reading *r, const struct csv_row *row, size_t i,
    struct register_row *to)
{
	enum column c = readers[i].column;
	char both[512] = "";
	struct span t =
	    c == COLUMN_NAME ? name_of(r, row, both) : field(r, row, c);
	const char *why = NULL;
	enum err e = ERR_OK;

	if (t.n > 0 || c == COLUMN_NAME)
		why = readers[i].read(&to->want, t);
	if (why != NULL)
		e = register_fault(to, column_name(c), t, why);
	explicit_bzero(both, sizeof(both));
	return e;
}

enum err
register_row_read(
    const struct reading *r, const struct csv_row *row, struct register_row *to)
{
	enum err e = check_width(r, row, to);

	for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++)
		if (e == ERR_OK && to->fault == NULL)
			e = read_value(r, row, i, to);
	if (e == ERR_OK && to->fault == NULL && to->want.ref[0] == '\0' &&
	    to->want.nhs[0] == '\0')
		e = register_fault(to, column_name(COLUMN_REF),
		    span_of(NULL, 0),
		    "is empty, and so is the NHS number: give one of them, so "
		    "that the person is recognised next time");
	return e;
}
