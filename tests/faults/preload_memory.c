/*
 * Preloaded before carerpass: an allocation of one of its two processes fails.
 *
 *   MEMORY_STATE=FILE       of 16 bytes, shared with whoever looks afterwards:
 *                           how many allocations there were, how many failed
 *   MEMORY_WHO=asker|signer
 *   MEMORY_AT=N             the N-th fails
 *   MEMORY_EVER=1           and all after it
 *
 * For glibc, which has a second name for its own allocator.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

struct state {
	_Atomic uint64_t count;
	_Atomic uint64_t failed;
};

static struct state *state;
static uint64_t at;
static int ever, signer, child;

static void
in_child(void)
{
	child = 1;
}

__attribute__((constructor)) static void
start(void)
{
	const char *file = getenv("MEMORY_STATE");
	const char *who = getenv("MEMORY_WHO");
	const char *n = getenv("MEMORY_AT");
	int fd = file != NULL ? open(file, O_RDWR | O_CLOEXEC) : -1;
	void *p = MAP_FAILED;

	if (fd < 0)
		return;
	p = mmap(
	    NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	(void)pthread_atfork(NULL, NULL, in_child);
	ever = getenv("MEMORY_EVER") != NULL;
	signer = who != NULL && strcmp(who, "signer") == 0;
	at = n != NULL ? strtoull(n, NULL, 10) : 0;
	if (p != MAP_FAILED)
		state = p; /* from here on they are counted */
}

/* fails(): Returns true for an allocation that is to fail. */
static int
fails(void)
{
	uint64_t n;

	if (state == NULL || child != signer)
		return 0;
	n = atomic_fetch_add(&state->count, 1) + 1;
	if (at == 0 || n < at || (n > at && !ever))
		return 0;
	atomic_fetch_add(&state->failed, 1);
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t n);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t n);

void *
malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return fails() ? NULL : __libc_realloc(p, n);
}
