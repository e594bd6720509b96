#ifndef REGISTRY_ENROL_H
#define REGISTRY_ENROL_H

#include "registry/org.h"

/*
 * Which organisations issue passports, and what their cards say in place of
 * what the ODS has.  Changes are for use inside db_write().
 */
#define ENROL_ADDRESS_MAX 600 /* bytes, lines separated by LF */

enum enrol_state {
	ENROL_ISSUING = 0,
	ENROL_ENDED = 1, /* issues no more; its cards stay */
};

struct enrolment {
	char ods[ODS_CODE_MAX + 1];
	enum org_setting setting;
	char phone[ODS_TEL_MAX + 1];         /* "": the organisation's */
	char address[ENROL_ADDRESS_MAX + 1]; /* "": the organisation's */
	int64_t enrolled;                    /* day */
	enum enrol_state state;
};

/*
 * enrol_get(db, ods, out): copies the enrolment of ${ods} to ${out}. Returns
 * ERR_OK, ERR_NOINPUT (never enrolled; not logged) or why not.
 */
enum err enrol_get(
    struct db *db, struct span ods, struct enrolment *out) MUST_CHECK;

/*
 * enrol_put(db, e): stores ${e}, over an earlier row of the same organisation,
 * which must have been imported. Returns ERR_OK or why not.
 */
enum err enrol_put(struct db *db, const struct enrolment *e) MUST_CHECK;

/*
 * enrol_phone(e, org), enrol_address(e, org, out): what the card says: the
 * override, else what the ODS has.  The address is written to ${out}, lines
 * and postcode separated by LF.
 */
const char *enrol_phone(const struct enrolment *e, const struct org *org);
void enrol_address(const struct enrolment *e, const struct org *org,
    char out[static ENROL_ADDRESS_MAX + 1]);

#endif
