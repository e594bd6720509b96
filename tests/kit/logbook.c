#include "tests/kit/logbook.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

const uint8_t logbook_key[SECRET_KEY] = "the key of the journal's chain";
const uint8_t logbook_other_key[SECRET_KEY] = "another key of another chain..";

int
logbook_open(void **state)
{
	static struct logbook p;

	folder_make(&p.folder);
	folder_path(p.path, &p.folder, "journal");
	*state = &p;
	return 0;
}

int
logbook_close(void **state)
{
	const struct logbook *p = *state;

	folder_remove(&p->folder);
	return 0;
}

enum err
logbook_try_load(
    struct journal **j, const struct logbook *p, const uint8_t *with)
{
	enum err e = journal_lock(j, p->path, false);

	if (e != ERR_OK)
		return e;
	e = journal_load(*j, with);
	if (e != ERR_OK) {
		journal_close(*j);
		*j = NULL;
	}
	return e;
}

struct journal *
logbook_create(const struct logbook *p)
{
	struct journal *j = NULL;

	assert_int_equal(journal_lock(&j, p->path, true), ERR_OK);
	assert_int_equal(journal_load(j, logbook_key), ERR_OK);
	return j;
}

struct journal *
logbook_reopen(const struct logbook *p)
{
	struct journal *j = NULL;

	assert_int_equal(logbook_try_load(&j, p, logbook_key), ERR_OK);
	return j;
}

struct journal_entry
logbook_entry(enum journal_type type, uint64_t a, uint64_t b, uint8_t hash)
{
	struct journal_entry e = {
	    .type = type, .time = 1000 + (int64_t)a, .a = a, .b = b};

	memset(e.kid, 0x4b, sizeof(e.kid));
	memset(e.hash, hash, sizeof(e.hash));
	return e;
}

void
logbook_add(struct journal *j, struct journal_entry e)
{
	assert_int_equal(journal_add(j, &e), ERR_OK);
}

/* One of each, in one batch: what a later start must know. */
void
logbook_write_some(struct journal *j)
{
	logbook_add(j, logbook_entry(JOURNAL_HEAD, 3, 0, 0x03));
	logbook_add(j, logbook_entry(JOURNAL_PASSPORT, 4711, 99, 0x11));
	logbook_add(j, logbook_entry(JOURNAL_STATUS, 0, 5000, 0x22));
	logbook_add(j, logbook_entry(JOURNAL_STATUS, 1023, 6000, 0x23));
	logbook_add(j, logbook_entry(JOURNAL_TRUST, 7, 7000, 0x33));
	assert_int_equal(journal_commit(j), ERR_OK);
}

void
logbook_knows_some(struct journal *j)
{
	uint8_t hash[JOURNAL_HASH];
	uint8_t want[JOURNAL_HASH];

	memset(want, 0x11, sizeof(want));
	assert_true(journal_passport(j, 4711, hash));
	assert_memory_equal(hash, want, sizeof(want));
	assert_false(journal_passport(j, 4712, hash));
	assert_false(journal_passport(j, UINT32_MAX, hash));
	assert_int_equal(journal_last_head(j).a, 3);
	assert_int_equal(journal_last_head(j).hash[31], 0x03);
	assert_int_equal(journal_last_trust(j).a, 7);
	assert_int_equal(journal_last_trust(j).b, 7000);
	assert_int_equal(journal_last_status(j, 0).b, 5000);
	assert_int_equal(journal_last_status(j, 1023).hash[0], 0x23);
	assert_int_equal(journal_last_status(j, 1).b, 0);
	assert_int_equal(journal_last_time(j), 1000 + 4711);
}
