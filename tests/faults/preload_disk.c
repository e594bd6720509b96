/*
 * Preloaded before carerpass: stands between the programs and the files below
 * one folder.  Counts the calls, lets one or all from it on fail, and writes
 * down what was done so that a power cut at any moment can be rebuilt.
 *
 *   DISK_ROOT=DIR     the folder, as an absolute path
 *   DISK_STATE=FILE   shared with whoever looks afterwards (struct state); its
 *                     size is the room for records
 *   DISK_FAIL=eio|enospc|short
 *                     reading and writing fail; what needs room fails; the same
 *                     after half a write was done
 *   DISK_AT=N         at the N-th call of that class, of both processes
 * together DISK_EVER=1       and all after it DISK_RECORD=1     write down
 * every change and synchronising
 *
 * Nothing here makes a system call of its own once the signer is shut in.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDS 1024

enum kind {
	OPENED = 1,   /* data: path */
	WRITTEN = 2,  /* at off */
	CUT = 3,      /* to the size off */
	SYNCED = 4,   /* a file, or a folder */
	RENAMED = 5,  /* data: from, NUL, to */
	UNLINKED = 6, /* data: path */
};

struct state {
	_Atomic uint64_t calls; /* of the class that may fail */
	_Atomic uint64_t hits;  /* that did */
	_Atomic uint64_t used;  /* bytes of records */
	char first[104];        /* the first that did: "pwrite registry.db" */
	uint8_t record[];
};

struct record {
	uint32_t kind;
	uint32_t n; /* bytes of data behind it, filled up to a multiple of 8 */
	uint64_t file; /* inode */
	int64_t off;
	int64_t out; /* bytes on standard output by then; -1: the signer's */
};

static struct state *state;
static size_t room;
static const char *root;
static size_t nroot;
static uint64_t at;
static int ever, halves, no_room_only, fails, records;
static int child;
static char *paths[FDS]; /* of the files we watch */
static uint64_t inodes[FDS];

static int (*real_open)(const char *, int, ...);
static int (*real_mkostemp)(char *, int);
static ssize_t (*real_read)(int, void *, size_t);
static ssize_t (*real_pread)(int, void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_rename)(const char *, const char *);
static int (*real_renameat2)(int, const char *, int, const char *, unsigned);
static int (*real_unlink)(const char *);
static int (*real_mkdir)(const char *, mode_t);
static char *(*real_mkdtemp)(char *);
static int (*real_close)(int);

/* The child closes what it inherited by numbers, behind our back. */
static void
in_child(void)
{
	child = 1;
	memset(paths, 0, sizeof(paths));
}

static void
find_real(void)
{
	static const struct {
		void *to;
		const char *name;
	} all[] = {
	    {&real_open, "open64"},
	    {&real_mkostemp, "mkostemp64"},
	    {&real_read, "read"},
	    {&real_pread, "pread64"},
	    {&real_write, "write"},
	    {&real_pwrite, "pwrite64"},
	    {&real_fsync, "fsync"},
	    {&real_fdatasync, "fdatasync"},
	    {&real_ftruncate, "ftruncate64"},
	    {&real_rename, "rename"},
	    {&real_renameat2, "renameat2"},
	    {&real_unlink, "unlink"},
	    {&real_mkdir, "mkdir"},
	    {&real_mkdtemp, "mkdtemp"},
	    {&real_close, "close"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		void *f = dlsym(RTLD_NEXT, all[i].name);

		memcpy(all[i].to, &f, sizeof(f));
	}
}

static void
share(const char *file)
{
	struct stat st;
	int fd = real_open(file, O_RDWR);
	void *p = MAP_FAILED;

	if (fd >= 0 && fstat(fd, &st) == 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		perror(file);
		_exit(120);
	}
	(void)real_close(fd);
	state = p;
	room = (size_t)st.st_size - sizeof(*state);
}

__attribute__((constructor)) static void
start(void)
{
	const char *file = getenv("DISK_STATE");
	const char *how = getenv("DISK_FAIL");
	const char *n = getenv("DISK_AT");

	find_real();
	root = getenv("DISK_ROOT");
	if (root == NULL || file == NULL)
		return;
	share(file);
	nroot = strlen(root);
	fails = how != NULL;
	halves = fails && strcmp(how, "short") == 0;
	no_room_only = halves || (fails && strcmp(how, "enospc") == 0);
	at = n != NULL ? strtoull(n, NULL, 10) : 0;
	ever = getenv("DISK_EVER") != NULL;
	records = getenv("DISK_RECORD") != NULL;
	(void)pthread_atfork(NULL, NULL, in_child);
}

/* --- which files, and whether this call is to fail ------------------------ */

static int
below(const char *path)
{
	return state != NULL && strncmp(path, root, nroot) == 0;
}

static int
is_ours(int fd)
{
	return state != NULL && fd >= 0 && fd < FDS && paths[fd] != NULL;
}

static const char *
last_part(const char *path)
{
	const char *s = strrchr(path, '/');

	return s != NULL ? s + 1 : path;
}

/* Is this the call that fails?  Of a full disk, only what needs room. */
static int
fail(const char *call, const char *path, int needs_room)
{
	uint64_t n;

	if (!fails || (no_room_only && !needs_room))
		return 0;
	n = atomic_fetch_add(&state->calls, 1) + 1;
	if (at == 0 || n < at || (n > at && !ever))
		return 0;
	if (atomic_fetch_add(&state->hits, 1) == 0)
		(void)snprintf(state->first, sizeof(state->first), "%s %s",
		    call, last_part(path));
	errno = no_room_only ? ENOSPC : EIO;
	return 1;
}

/* --- records -------------------------------------------------------------- */

static void
record(enum kind kind, uint64_t file, int64_t off, const void *data, size_t n)
{
	size_t whole = sizeof(struct record) + ((n + 7) & ~(size_t)7);
	uint64_t where;
	struct record r = {(uint32_t)kind, (uint32_t)n, file, off, -1};

	if (!records)
		return;
	if (!child)
		r.out = lseek(STDOUT_FILENO, 0, SEEK_CUR);
	where = atomic_fetch_add(&state->used, whole);
	if (where + whole > room)
		return; /* used tells that it was too much */
	memcpy(state->record + where, &r, sizeof(r));
	memcpy(state->record + where + sizeof(r), data, n);
}

/* A shared-memory file is no part of what lasts. */
static int
lasts(int fd)
{
	size_t n = strlen(paths[fd]);

	return n < 4 || strcmp(paths[fd] + n - 4, "-shm") != 0;
}

static void
record_fd(enum kind kind, int fd, int64_t off, const void *data, size_t n)
{
	int e = errno;

	if (records && lasts(fd))
		record(kind, inodes[fd], off, data, n);
	errno = e;
}

/* --- opening -------------------------------------------------------------- */

static int
watch(int fd, const char *path)
{
	struct stat st;

	if (fd < 0 || fd >= FDS || !below(path))
		return fd;
	paths[fd] = strdup(path);
	inodes[fd] = fstat(fd, &st) == 0 ? st.st_ino : 0;
	record_fd(OPENED, fd, 0, path, strlen(path));
	return fd;
}

static int
opened(const char *path, int flags, int mode)
{
	if (below(path) && fail("open", path, (flags & O_CREAT) != 0))
		return -1;
	return watch(real_open(path, flags, mode), path);
}

int
open64(const char *path, int flags, ...)
{
	int mode = 0;
	va_list ap;

	va_start(ap, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(ap, int);
	va_end(ap);
	return opened(path, flags, mode);
}

int __open64_2(const char *path, int flags);
int
__open64_2(const char *path, int flags)
{
	return opened(path, flags, 0);
}

int
mkostemp64(char *path, int flags)
{
	if (below(path) && fail("mkostemp", path, 1))
		return -1;
	return watch(real_mkostemp(path, flags), path);
}

int
close(int fd)
{
	if (is_ours(fd)) {
		/* Not freed: the signer has no use for the heap by then. */
		paths[fd] = NULL;
	}
	return real_close(fd);
}

/* --- reading and writing -------------------------------------------------- */

ssize_t
read(int fd, void *p, size_t n)
{
	if (is_ours(fd) && fail("read", paths[fd], 0))
		return -1;
	return real_read(fd, p, n);
}

ssize_t
pread64(int fd, void *p, size_t n, off_t off)
{
	if (is_ours(fd) && fail("pread", paths[fd], 0))
		return -1;
	return real_pread(fd, p, n, off);
}

ssize_t
write(int fd, const void *p, size_t n)
{
	off_t off = -1;
	ssize_t r;

	if (!is_ours(fd))
		return real_write(fd, p, n);
	if (fail("write", paths[fd], 1)) {
		if (!halves || n < 2)
			return -1;
		n /= 2;
	}
	if (records)
		off = lseek(fd, 0, SEEK_CUR);
	r = real_write(fd, p, n);
	if (r > 0)
		record_fd(WRITTEN, fd, off, p, (size_t)r);
	return r;
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off_t off)
{
	ssize_t r;

	if (!is_ours(fd))
		return real_pwrite(fd, p, n, off);
	if (fail("pwrite", paths[fd], 1)) {
		if (!halves || n < 2)
			return -1;
		n /= 2;
	}
	r = real_pwrite(fd, p, n, off);
	if (r > 0)
		record_fd(WRITTEN, fd, off, p, (size_t)r);
	return r;
}

int
ftruncate64(int fd, off_t size)
{
	int r;

	if (is_ours(fd) && fail("ftruncate", paths[fd], 1))
		return -1;
	r = real_ftruncate(fd, size);
	if (r == 0 && is_ours(fd))
		record_fd(CUT, fd, size, "", 0);
	return r;
}

static int
synced(int fd, const char *call, int (*sync)(int))
{
	int r;

	if (is_ours(fd) && fail(call, paths[fd], 1))
		return -1;
	r = sync(fd);
	if (r == 0 && is_ours(fd))
		record_fd(SYNCED, fd, 0, "", 0);
	return r;
}

int
fsync(int fd)
{
	return synced(fd, "fsync", real_fsync);
}

int
fdatasync(int fd)
{
	return synced(fd, "fdatasync", real_fdatasync);
}

/* --- names ---------------------------------------------------------------- */

static void
record_names(enum kind kind, const char *a, const char *b)
{
	char both[4096];
	int n = snprintf(both, sizeof(both), "%s%c%s", a, b != NULL ? 0 : '\n',
	    b != NULL ? b : "");
	int e = errno;

	if (n > 0 && (size_t)n < sizeof(both))
		record(kind, 0, 0, both, b != NULL ? (size_t)n : (size_t)n - 1);
	errno = e;
}

int
rename(const char *from, const char *to)
{
	int r;

	if (below(to) && fail("rename", to, 1))
		return -1;
	r = real_rename(from, to);
	if (r == 0 && below(to))
		record_names(RENAMED, from, to);
	return r;
}

int
renameat2(int d, const char *from, int e, const char *to, unsigned flags)
{
	if (below(to) && fail("renameat2", to, 1))
		return -1;
	return real_renameat2(d, from, e, to, flags);
}

int
unlink(const char *path)
{
	int r;

	if (below(path) && fail("unlink", path, 0))
		return -1;
	r = real_unlink(path);
	if (r == 0 && below(path))
		record_names(UNLINKED, path, NULL);
	return r;
}

int
mkdir(const char *path, mode_t mode)
{
	if (below(path) && fail("mkdir", path, 1))
		return -1;
	return real_mkdir(path, mode);
}

char *
mkdtemp(char *path)
{
	if (below(path) && fail("mkdtemp", path, 1))
		return NULL;
	return real_mkdtemp(path);
}
