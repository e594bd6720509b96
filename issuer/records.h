#ifndef ISSUER_RECORDS_H
#define ISSUER_RECORDS_H

#include "registry/enrol.h"
#include "registry/key.h"

/*
 * Changes of enrolments and keys together with their event, so that none is
 * made without. All inside db_write().
 */
enum err record_enrolment(
    struct db *db, const struct enrolment *e, int64_t at) MUST_CHECK;
enum err record_key(struct db *db, const struct key *k, int64_t at) MUST_CHECK;
enum err record_revocation(struct db *db, const uint8_t kid[static KEY_KID],
    int64_t at, struct span reason) MUST_CHECK;

/* record_retirements(db, at): retires the keys whose period is over. */
enum err record_retirements(struct db *db, int64_t at) MUST_CHECK;

#endif
