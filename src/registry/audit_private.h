#ifndef REGISTRY_AUDIT_PRIVATE_H
#define REGISTRY_AUDIT_PRIVATE_H

#include "registry/audit.h"
#include "registry/recount.h"

/* Shared by audit.c and audit_figures.c. */

/* audit_fault(a, table, row, todo, fmt, ...): notes the fault. Returns
 * ERR_DATA. */
enum err audit_fault(struct audit *a, const char *table, int64_t row,
    const char *todo, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* audit_figures(db, a): compares ledger and roll-ups with the events. */
enum err audit_figures(struct db *db, struct audit *a) MUST_CHECK;

#endif
