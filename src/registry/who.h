#ifndef REGISTRY_WHO_H
#define REGISTRY_WHO_H

#include "registry/holder_private.h"
#include "registry/issue.h"

/* The blind indexes that a request is looked up by. */
struct who_index {
	bool has_ref;
	bool has_nhs;
	uint8_t ref[SEALER_BLIND];
	uint8_t nhs[SEALER_BLIND];
	uint8_t person[SEALER_BLIND]; /* what a new person is known by who has
					 a reference and no NHS number */
};

/* who_index(sealer, job, n, x): those of ${n} requests, at most SEALER_HOLDERS,
 * in one question; of a renewal or replacement there are none. */
enum err who_index(const struct sealer *sealer, const struct issue_job *job,
    size_t n, struct who_index *x) MUST_CHECK;

/* Who a request is about: the identity rules of design.md 5, for issue.c. */
struct who {
	bool is_known;           /* this organisation has a holder for them */
	struct holder holder;    /* if is_known */
	struct holder_text text; /* if is_known */
	const char *column;      /* by which we knew them: static */
	const struct who_index *index; /* of the request */
	int64_t nhs_person;            /* who has that NHS number; 0 nobody */
};

/* who_find(db, sealer, req, x, w): looks them up, by reference, then by NHS
 * number. Wipe ${w} after use. */
enum err who_find(struct db *db, const struct sealer *sealer,
    const struct issue_request *req, const struct who_index *x,
    struct who *w) MUST_CHECK;

/*
 * who_complete(db, sealer, req, w, out): for a known holder: compares what is
 * stored with the request and adds what was not known; an NHS number that
 * another person has merges this one into that.  Sets ${out->outcome} to
 * ISSUE_CONFLICT with its columns, having changed nothing, or sets
 * ${out->merged} and ${out->details_added}.
 */
enum err who_complete(struct db *db, const struct sealer *sealer,
    const struct issue_request *req, struct who *w,
    struct issue_result *out) MUST_CHECK;

/*
 * who_person(db, w, person, made): for a holder that is new here:
 * the person with the NHS number, else a new one (${*made}).
 */
enum err who_person(
    struct db *db, const struct who *w, int64_t *person, bool *made) MUST_CHECK;

/* who_wipe(w): forgets the texts. */
void who_wipe(struct who *w);

#endif
