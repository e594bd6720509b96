#ifndef KIT_LOGBOOK_H
#define KIT_LOGBOOK_H

#include "keys/journal.h"
#include "tests/kit/folder.h"

/* A signer's journal in a folder of its own, for tests of the journal. */
struct logbook {
	struct folder folder;
	char path[FOLDER_PATH];
};

extern const uint8_t logbook_key[SECRET_KEY];
extern const uint8_t logbook_other_key[SECRET_KEY];

/* logbook_open(state), logbook_close(state): set-up and tear-down for cmocka.
 */
int logbook_open(void **state);
int logbook_close(void **state);

/* logbook_create(p), logbook_reopen(p): must work; logbook_try_load() need not.
 */
struct journal *logbook_create(const struct logbook *p);
struct journal *logbook_reopen(const struct logbook *p);
enum err logbook_try_load(
    struct journal **j, const struct logbook *p, const uint8_t *with);

/* logbook_entry(type, a, b, hash): Returns an entry of the second 1000 + a. */
struct journal_entry logbook_entry(
    enum journal_type type, uint64_t a, uint64_t b, uint8_t hash);

/* logbook_add(j, e): adds it to the batch; must work. */
void logbook_add(struct journal *j, struct journal_entry e);

/* logbook_write_some(j): commits five entries; logbook_knows_some(j): and the
 * journal must know them. */
void logbook_write_some(struct journal *j);
void logbook_knows_some(struct journal *j);

#endif
