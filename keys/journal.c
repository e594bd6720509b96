#include "keys/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

#define LIST_ENTRIES 131072
#define SLOTS        ((size_t)JOURNAL_LISTS * LIST_ENTRIES)

struct last_status {
	int64_t iat;
	uint8_t hash[JOURNAL_HASH];
	bool known;
};

struct journal {
	int fd;
	bool broken;
	const uint8_t *key; /* the caller's secret */
	uint8_t mac[32];    /* of the last record on the disk */
	uint64_t n;         /* records on the disk */
	uint64_t pending;   /* records of the batch under way */
	uint8_t pending_mac[32];
	/* Which record (from 1) signed each status index: touched pages only
	 * cost memory. */
	uint32_t *used;
	uint8_t *withdrawn;             /* a bit an index, likewise */
	uint8_t (*tombstone)[KID_SIZE]; /* JOURNAL_TOMBSTONES of them */
	size_t ntombstones;
	struct journal_entry trust;
	struct journal_entry head;
	struct last_status status[JOURNAL_LISTS];
	int64_t time;
	uint8_t batch[JOURNAL_BATCH * JOURNAL_RECORD];
};

/* Takes in what record number ${n} (from 1) says. Returns false if it cannot
 * be. */
static bool
take_in(struct journal *j, const struct journal_entry *e, uint64_t n)
{
	if (n > UINT32_MAX)
		return false;
	if (e->time > j->time)
		j->time = e->time;
	switch (e->type) {
	case JOURNAL_PASSPORT:
		if (e->a >= SLOTS)
			return false;
		j->used[e->a] = (uint32_t)n;
		return true;
	case JOURNAL_STATUS:
		if (e->a >= JOURNAL_LISTS)
			return false;
		j->status[e->a].known = true;
		j->status[e->a].iat = (int64_t)e->b;
		memcpy(j->status[e->a].hash, e->hash, JOURNAL_HASH);
		return true;
	case JOURNAL_TRUST:
		j->trust = *e;
		return true;
	case JOURNAL_HEAD:
	case JOURNAL_RESET:
		j->head = *e;
		return true;
	case JOURNAL_WITHDRAWN:
		if (e->a >= SLOTS)
			return false;
		j->withdrawn[e->a / 8] |= (uint8_t)(1 << e->a % 8);
		return true;
	case JOURNAL_ERASED: /* for whoever reads the journal again */
		return true;
	case JOURNAL_TOMBSTONE:
		if (j->ntombstones == JOURNAL_TOMBSTONES)
			return false;
		memcpy(j->tombstone[j->ntombstones++], e->kid, KID_SIZE);
		return true;
	}
	return false;
}

static bool
read_all(int fd, uint8_t *p, size_t n, off_t at)
{
	while (n > 0) {
		ssize_t got = pread(fd, p, n, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
		at += got;
	}
	return true;
}

static bool
write_all(int fd, const uint8_t *p, size_t n, off_t at)
{
	while (n > 0) {
		ssize_t put = pwrite(fd, p, n, at);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
		at += put;
	}
	return true;
}

/* One block of records, into the batch buffer. */
static enum err
load_block(struct journal *j, size_t records)
{
	if (!read_all(j->fd, j->batch, records * JOURNAL_RECORD,
		(off_t)(j->n * JOURNAL_RECORD)))
		return ERR_IO;
	for (size_t i = 0; i < records; i++) {
		const uint8_t *p = j->batch + i * JOURNAL_RECORD;
		struct journal_entry e = journal_record_get(p);
		uint8_t mac[32];

		journal_record_mac(mac, j->mac, p, j->key);
		if (sodium_memcmp(mac, p + JOURNAL_BODY, 32) != 0 ||
		    !take_in(j, &e, j->n + 1))
			return ERR_DATA;
		memcpy(j->mac, mac, 32);
		j->n++;
	}
	return ERR_OK;
}

/* Are there only zeros from here to the end, as a power loss may leave them? */
static bool
only_zeros(struct journal *j, uint64_t records)
{
	for (uint64_t at = j->n; at < records; at++) {
		uint8_t p[JOURNAL_RECORD];

		if (!read_all(
			j->fd, p, sizeof(p), (off_t)(at * JOURNAL_RECORD)) ||
		    !sodium_is_zero(p, sizeof(p)))
			return false;
	}
	return true;
}

static enum err
load(struct journal *j)
{
	struct stat st;
	uint64_t records;
	enum err e = ERR_OK;

	if (fstat(j->fd, &st) != 0 || st.st_size < 0)
		return ERR_IO;
	records = (uint64_t)st.st_size / JOURNAL_RECORD;
	while (e == ERR_OK && j->n < records) {
		uint64_t left = records - j->n;

		e = load_block(
		    j, left < JOURNAL_BATCH ? (size_t)left : JOURNAL_BATCH);
	}
	/* A torn or empty end was never acknowledged. */
	if (e == ERR_DATA && only_zeros(j, records))
		e = ERR_OK;
	if (e == ERR_OK && (uint64_t)st.st_size != j->n * JOURNAL_RECORD &&
	    (ftruncate(j->fd, (off_t)(j->n * JOURNAL_RECORD)) != 0 ||
		fdatasync(j->fd) != 0))
		e = ERR_IO;
	return e;
}

static enum err
open_file(int *fd, const char *path, bool create)
{
	enum err e = create ? ERR_OK : file_private_check(path);

	if (e != ERR_OK)
		return e;
	*fd = open(path,
	    O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT | O_EXCL : 0),
	    0600);
	if (*fd < 0) {
		e = errno == ENOENT ? ERR_NOINPUT : ERR_PERM;
		log_error("%s: %s", path,
		    errno == EEXIST ? "is there already" : "cannot be opened");
		return e;
	}
	if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		log_error("another carerpass is at work with these keys: wait "
			  "until it has ended, then try again");
		return ERR_UNAVAILABLE;
	}
	return ERR_OK;
}

/* Zeros of which only those that are touched take memory; NULL if there is no
 * room. */
static void *
room(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

enum err
journal_lock(struct journal **out, const char *path, bool create)
{
	struct journal *j = calloc(1, sizeof(*j));
	enum err e = ERR_MEM;

	*out = NULL;
	if (j == NULL)
		return ERR_MEM;
	j->fd = -1;
	j->tombstone = calloc(JOURNAL_TOMBSTONES, KID_SIZE);
	j->used = room(SLOTS * sizeof(*j->used));
	j->withdrawn = room(SLOTS / 8);
	if (j->used != NULL && j->withdrawn != NULL && j->tombstone != NULL)
		e = open_file(&j->fd, path, create);
	if (e != ERR_OK) {
		journal_close(j);
		return e;
	}
	*out = j;
	return ERR_OK;
}

enum err
journal_load(struct journal *j, const uint8_t key[static SECRET_KEY])
{
	enum err e;

	j->key = key;
	e = load(j);
	if (e == ERR_DATA)
		log_error("the signer's journal was changed or is not of these "
			  "keys (record %llu): restore it from your backup and "
			  "tell the scheme's operator",
		    (unsigned long long)(j->n + 1));
	else if (e == ERR_IO)
		log_error("the signer's journal cannot be read, or a torn end "
			  "not be cut off: look at the disk of the data "
			  "folder, then run the command again");
	memcpy(j->pending_mac, j->mac, 32);
	return e;
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	if (j->fd >= 0)
		close(j->fd);
	if (j->used != NULL)
		munmap(j->used, SLOTS * sizeof(*j->used));
	if (j->withdrawn != NULL)
		munmap(j->withdrawn, SLOTS / 8);
	free(j->tombstone);
	free(j);
}

enum err
journal_add(struct journal *j, const struct journal_entry *e)
{
	uint8_t *p = j->batch + j->pending * JOURNAL_RECORD;

	if (j->broken)
		return ERR_IO;
	if (j->pending == JOURNAL_BATCH ||
	    (e->type == JOURNAL_TOMBSTONE &&
		j->ntombstones + j->pending >= JOURNAL_TOMBSTONES))
		return ERR_TOOBIG;
	journal_record_put(p, e);
	journal_record_mac(p + JOURNAL_BODY, j->pending_mac, p, j->key);
	memcpy(j->pending_mac, p + JOURNAL_BODY, 32);
	j->pending++;
	return ERR_OK;
}

void
journal_drop(struct journal *j)
{
	j->pending = 0;
	memcpy(j->pending_mac, j->mac, 32);
}

enum err
journal_commit(struct journal *j)
{
	size_t size = (size_t)j->pending * JOURNAL_RECORD;

	if (j->broken)
		return ERR_IO;
	if (j->pending == 0)
		return ERR_OK;
	if (!write_all(j->fd, j->batch, size, (off_t)(j->n * JOURNAL_RECORD)) ||
	    fdatasync(j->fd) != 0) {
		/* What is on the disk now is not known: no second try. */
		j->broken = true;
		return ERR_IO;
	}
	for (uint64_t i = 0; i < j->pending; i++) {
		struct journal_entry e =
		    journal_record_get(j->batch + i * JOURNAL_RECORD);

		if (!take_in(j, &e, j->n + i + 1))
			j->broken = true;
	}
	j->n += j->pending;
	memcpy(j->mac, j->pending_mac, 32);
	j->pending = 0;
	return j->broken ? ERR_TOOBIG : ERR_OK;
}

/*
 * Reads record number ${n} (from 1) again.  The file may have been written to
 * behind our back since it was checked, so the record is checked once more
 * against the mac before it; which of our own records stands there, the caller
 * sees.
 */
static bool
read_again(const struct journal *j, uint64_t n, uint8_t *record)
{
	off_t at = (off_t)((n - 1) * JOURNAL_RECORD);
	uint8_t before[32] = {0};
	uint8_t mac[32];

	if (!read_all(j->fd, record, JOURNAL_RECORD, at) ||
	    (n > 1 && !read_all(j->fd, before, sizeof(before), at - 32)))
		return false;
	journal_record_mac(mac, before, record, j->key);
	return sodium_memcmp(mac, record + JOURNAL_BODY, sizeof(mac)) == 0;
}

/* The newest entry of a type, and of a number unless ${any}, of the batch under
 * way. */
static bool
last_pending(const struct journal *j, enum journal_type type, bool any,
    uint64_t a, struct journal_entry *e)
{
	for (uint64_t i = j->pending; i > 0; i--) {
		const uint8_t *p = j->batch + (i - 1) * JOURNAL_RECORD;

		if (p[0] == type && (any || journal_record_a(p) == a)) {
			*e = journal_record_get(p);
			return true;
		}
	}
	return false;
}

bool
journal_passport(
    struct journal *j, uint32_t index, uint8_t hash[static JOURNAL_HASH])
{
	uint8_t record[JOURNAL_RECORD];

	struct journal_entry e;

	if (last_pending(j, JOURNAL_PASSPORT, false, index, &e)) {
		memcpy(hash, e.hash, JOURNAL_HASH);
		return true;
	}
	if (index >= SLOTS || j->used[index] == 0)
		return false;
	if (read_again(j, j->used[index], record)) {
		e = journal_record_get(record);
		if (e.type == JOURNAL_PASSPORT && e.a == index) {
			memcpy(hash, e.hash, JOURNAL_HASH);
			return true;
		}
	}
	j->broken = true;
	memset(hash, 0, JOURNAL_HASH);
	return true; /* used, but we cannot say what: refuse */
}

struct journal_entry
journal_last_trust(const struct journal *j)
{
	struct journal_entry e;

	return last_pending(j, JOURNAL_TRUST, true, 0, &e) ? e : j->trust;
}

struct journal_entry
journal_last_head(const struct journal *j)
{
	struct journal_entry e;

	/* Never both in one batch: a reset is a batch of its own. */
	if (last_pending(j, JOURNAL_HEAD, true, 0, &e) ||
	    last_pending(j, JOURNAL_RESET, true, 0, &e))
		return e;
	return j->head;
}

struct journal_entry
journal_last_status(const struct journal *j, uint64_t n)
{
	struct journal_entry e = {.type = JOURNAL_STATUS, .a = n};

	if (last_pending(j, JOURNAL_STATUS, false, n, &e))
		return e;
	if (n < JOURNAL_LISTS && j->status[n].known) {
		e.b = (uint64_t)j->status[n].iat;
		memcpy(e.hash, j->status[n].hash, JOURNAL_HASH);
	}
	return e;
}

const uint8_t (
    *journal_tombstones(const struct journal *j, size_t *n))[KID_SIZE]
{
	*n = j->ntombstones;
	return (const uint8_t(*)[KID_SIZE])j->tombstone;
}

int64_t
journal_last_time(const struct journal *j)
{
	return j->time;
}

void
journal_hash(const struct journal *j, const uint8_t kid[static KID_SIZE],
    struct span payload, uint8_t out[static JOURNAL_HASH])
{
	static const uint8_t person[crypto_generichash_blake2b_PERSONALBYTES] =
	    "carer payload";
	crypto_generichash_blake2b_state st;

	crypto_generichash_blake2b_init_salt_personal(
	    &st, j->key, SECRET_KEY, JOURNAL_HASH, NULL, person);
	crypto_generichash_blake2b_update(&st, kid, KID_SIZE);
	crypto_generichash_blake2b_update(&st, payload.p, payload.n);
	crypto_generichash_blake2b_final(&st, out, JOURNAL_HASH);
}

bool
journal_is_withdrawn(const struct journal *j, uint32_t index)
{
	struct journal_entry e;

	return last_pending(j, JOURNAL_WITHDRAWN, false, index, &e) ||
	       (index < SLOTS && (j->withdrawn[index / 8] >> index % 8 & 1));
}

enum err
journal_read(
    struct journal *j, uint64_t from, struct journal_entry *out, size_t *n)
{
	uint64_t left = from < j->n ? j->n - from : 0;
	uint8_t mac[32] = {0};
	off_t at = (off_t)(from * JOURNAL_RECORD);

	if (*n > left)
		*n = (size_t)left;
	if (j->broken || j->pending > 0)
		return ERR_IO;
	if (*n == 0)
		return ERR_OK;
	if ((from > 0 && !read_all(j->fd, mac, sizeof(mac), at - 32)) ||
	    !read_all(j->fd, j->batch, *n * JOURNAL_RECORD, at))
		j->broken = true;
	for (size_t i = 0; i < *n && !j->broken; i++) {
		const uint8_t *p = j->batch + i * JOURNAL_RECORD;

		journal_record_mac(mac, mac, p, j->key);
		j->broken = sodium_memcmp(mac, p + JOURNAL_BODY, 32) != 0;
		out[i] = journal_record_get(p);
	}
	return j->broken ? ERR_IO : ERR_OK;
}
