#include "registry/enrol.h"

#include <stdio.h>

static const char sql_get[] =
    "SELECT ods, setting, phone, address, enrolled, state FROM enrolment"
    " WHERE ods = $ods";

static const char sql_put[] =
    "INSERT INTO enrolment (ods, setting, phone, address, enrolled, state)"
    " VALUES ($ods, $setting, $phone, $address, $enrolled, $state)"
    " ON CONFLICT (ods) DO UPDATE SET setting = excluded.setting,"
    " phone = excluded.phone, address = excluded.address,"
    " enrolled = excluded.enrolled, state = excluded.state";

enum err
enrol_get(struct db *db, struct span ods, struct enrolment *out)
{
	struct stmt *st = db_prepare(db, sql_get);
	bool found;
	enum err e;

	db_bind_text(st, "$ods", ods);
	e = db_one(st, &found);
	if (e == ERR_OK && !found)
		return ERR_NOINPUT;
	if (e == ERR_OK) {
		*out = (struct enrolment){
		    .setting = (enum org_setting)db_int(st, 1),
		    .enrolled = db_int(st, 4),
		    .state = (enum enrol_state)db_int(st, 5)};
		if (!db_copy(out->ods, sizeof(out->ods), st, 0) ||
		    !db_copy(out->phone, sizeof(out->phone), st, 2) ||
		    !db_copy(out->address, sizeof(out->address), st, 3))
			e = ERR_INTERNAL;
	}
	db_reset(st);
	return e;
}

enum err
enrol_put(struct db *db, const struct enrolment *e)
{
	struct stmt *st = db_prepare(db, sql_put);

	db_bind_text(st, "$ods", span_str(e->ods));
	db_bind_int(st, "$setting", e->setting);
	db_bind_text(st, "$phone", span_str(e->phone));
	db_bind_text(st, "$address", span_str(e->address));
	db_bind_int(st, "$enrolled", e->enrolled);
	db_bind_int(st, "$state", e->state);
	return db_run(st);
}

const char *
enrol_phone(const struct enrolment *e, const struct org *org)
{
	return e->phone[0] != '\0' ? e->phone : org->phone;
}

void
enrol_address(const struct enrolment *e, const struct org *org,
    char out[static ENROL_ADDRESS_MAX + 1])
{
	int n = 0;

	if (e->address[0] != '\0') {
		memcpy(out, e->address, sizeof(e->address));
		return;
	}
	out[0] = '\0';
	/* Five lines of 100 and a postcode of 10 always fit. */
	for (size_t i = 0; i <= ODS_LINES; i++) {
		const char *line =
		    i < ODS_LINES ? org->address[i] : org->postcode;

		if (line[0] != '\0')
			n +=
			    snprintf(out + n, ENROL_ADDRESS_MAX + 1 - (size_t)n,
				"%s%s", n > 0 ? "\n" : "", line);
	}
}
