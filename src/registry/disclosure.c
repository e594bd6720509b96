#include "registry/disclosure.h"

#include "base/date.h"

#define SMALL 7 /* the largest number that is not said */
#define STEP  5

struct public_count
disclosure_count(int64_t raw)
{
	struct public_count c = {.hidden = raw != 0 && raw <= SMALL};

	/* Whole numbers have no middle between two steps of 5. */
	if (raw > SMALL)
		c.rounded = raw - raw % STEP + (raw % STEP > 2 ? STEP : 0);
	return c;
}

struct public_figures
disclosure_figures(const struct figures *raw)
{
	struct public_figures f;

	for (int i = 0; i < LEDGER_MEASURES; i++)
		f.n[i] = disclosure_count(raw->n[i]);
	return f;
}

static bool
is_month_end(int64_t day)
{
	return date_of(day + 1).day == 1;
}

bool
disclosure_day_ok(int64_t day, int64_t today)
{
	return day == today || is_month_end(day);
}

int64_t
disclosure_month_end(int64_t day)
{
	return is_month_end(day) ? day : day - date_of(day).day;
}
