/*
 * Preloaded before a program: its FAIL_NTH-th allocation fails, and all after
 * it too if FAIL_EVER is set. Prints the number of allocations at the end.
 * For glibc, which has a second name for its own allocator.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static long count, nth = -1, ever;

__attribute__((constructor)) static void
start(void)
{
	const char *s = getenv("FAIL_NTH");

	ever = getenv("FAIL_EVER") != NULL;
	count = 0;
	nth = s == NULL ? 0 : strtol(s, NULL, 10);
}

__attribute__((destructor)) static void
end(void)
{
	nth = 0;
	fprintf(stderr, "allocations %ld\n", count);
}

/* fails(): Returns true for an allocation that is to fail. */
static int
fails(void)
{
	if (nth < 0)
		return 0;
	count++;
	if (nth == 0 || !(count == nth || (ever && count > nth)))
		return 0;
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
