#include "issuer/term.h"

#include "base/date.h"

static const char *
refused(const char **column, const char *name, const char *why)
{
	*column = name;
	return why;
}

const char *
term_end(
    const struct issuing *in, int64_t now, int64_t *exp, const char **column)
{
	struct date today = date_of(date_day_of(now));
	int64_t last = date_days(date_add_months(today, in->months));
	int64_t adult;
	struct date born;

	*exp = (last + 1) * DATE_DAY_SECONDS;
	if (in->born[0] == '\0' && in->young)
		return refused(column, "born",
		    "a young carer's card ends before the 18th birthday: give "
		    "the birth date (--born, or the column born)");
	if (in->born[0] == '\0')
		return NULL;
	if (date_parse(&born, span_str(in->born)) != ERR_OK)
		return refused(column, "born",
		    "the birth date is not a date: write it as YYYY-MM-DD");
	if (date_days(born) > date_days(today) || born.year < 1900)
		return refused(column, "born",
		    "the birth date cannot be right: look at the year");
	adult = date_days(date_add_months(born, 12 * ISSUING_YOUNG));
	if (!in->young && date_days(today) < adult)
		return refused(column, "young",
		    "this person is under 18: ask for a young carer's "
		    "passport (--young, or yes in the column young)");
	if (in->young && date_days(today) >= adult)
		return refused(column, "young",
		    "this person is 18 or over: ask for a passport that is "
		    "not a young carer's");
	if (in->young && last >= adult)
		*exp = adult * DATE_DAY_SECONDS;
	return NULL;
}
