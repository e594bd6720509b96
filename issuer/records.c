#include "issuer/records.h"

#include "registry/event.h"

enum err
record_enrolment(struct db *db, const struct enrolment *en, int64_t at)
{
	struct event ev = event_of(EVENT_ENROL, at);
	enum err e = enrol_put(db, en);

	ev.org = span_str(en->ods);
	ev.setting = en->setting;
	return e == ERR_OK ? event_append(db, &ev) : e;
}

enum err
record_key(struct db *db, const struct key *k, int64_t at)
{
	struct event ev = event_of(EVENT_KEY, at);
	enum err e = key_put(db, k);

	ev.kid = span_of(k->kid, KEY_KID);
	ev.org = span_str(k->ods);
	return e == ERR_OK ? event_append(db, &ev) : e;
}

enum err
record_revocation(struct db *db, const uint8_t kid[static KEY_KID], int64_t at,
    struct span reason)
{
	struct event ev = event_of(EVENT_KEY_REVOKE, at);
	enum err e = key_revoke(db, kid, at, reason);

	ev.kid = span_of(kid, KEY_KID);
	return e == ERR_OK ? event_append(db, &ev) : e;
}
