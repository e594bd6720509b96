#ifndef ISSUER_REPORT_H
#define ISSUER_REPORT_H

#include "issuer/app.h"
#include "registry/issue.h"

/*
 * report_result(app, r, card): tells what came of issuing: draws the card to
 *     ${card} if that is not NULL, writes the JSON object or the words, and
 *     notes what is still to do before wards can check it. Returns ERR_OK, or
 *     why a part failed (logged); the passport itself is issued by then.
 */
enum err report_result(
    struct app *app, const struct issue_result *r, const char *card) MUST_CHECK;

#endif
