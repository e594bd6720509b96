#ifndef ISSUER_REPORT_H
#define ISSUER_REPORT_H

#include "issuer/app.h"
#include "registry/issue.h"

/* What is said of passports that were asked for. */

/* report_kind(r): "first", "renewal", "replacement", "existing" or "ended". */
const char *report_kind(const struct issue_result *r);

/*
 * report_result(app, r): tells what came of it, as JSON object or in words, and
 *     flushes it: what was written is acknowledged. Returns ERR_OK or why it
 *     could not be written (logged); the passport itself is issued by then.
 */
enum err report_result(
    struct app *app, const struct issue_result *r) MUST_CHECK;

/* report_second(r): warns of a second card of the same person, if there is one.
 */
void report_second(const struct issue_result *r);

/* report_due(app, card): once after issuing: what is still to do before wards
 *     can check ${card}, and what will soon be in the way. */
enum err report_due(struct app *app, const struct card *card) MUST_CHECK;

#endif
