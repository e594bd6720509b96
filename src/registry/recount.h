#ifndef REGISTRY_RECOUNT_H
#define REGISTRY_RECOUNT_H

#include "registry/ledger.h"
#include "registry/ods.h"
#include "registry/tally.h"

/*
 * The figures counted again from the events alone, by another way than
 * ledger.c's: slowly, person by person and day by day.  For audit.
 */
struct recount_org {
	char ods[ODS_CODE_MAX + 1];
};

struct recount {
	struct recount_org *orgs; /* that ever enrolled, by code */
	size_t norgs;
	struct tally ledger; /* by recount_key(), in the order of the ledger */
	int64_t serial;      /* after ERR_DATA: the card that is wrong */
	const char *what;    /* after ERR_DATA: what is wrong: static */
};

/* One row of the ledger. */
struct recount_cell {
	int measure;
	size_t org; /* number in orgs */
	int setting;
	int class;
	int64_t day;
};

uint64_t recount_key(const struct recount_cell *c);
struct recount_cell recount_cell(uint64_t key);

/* recount_org(r, ods, out): finds the number of an organisation. */
bool recount_org(const struct recount *r, struct span ods, size_t *out);

/*
 * recount_events(db, r): inside db_read(), after event_check(): fills ${r},
 * which recount_free() frees also after an error. Returns ERR_OK, ERR_DATA with
 * what the events contradict each other in, or the store's error.
 */
enum err recount_events(struct db *db, struct recount *r) MUST_CHECK;
void recount_free(struct recount *r);

#endif
