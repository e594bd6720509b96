/*
 * Preloaded before carerpass: ends the signer or the process that asks it at a
 * chosen moment, as a power cut or kill -9 would.
 *
 *   CRASH_WHO=signer|asker
 *   CRASH_AT=N        at its N-th step: for the signer a write or fdatasync of
 *                     the journal, for the asker a rename or a synchronising
 *   CRASH_HOW=before|after|torn|eio|stop
 *                     die before or after the step; die half way through a
 *                     write; have the step fail; or stop (SIGSTOP) after it
 *
 * The signer is the process that opened ".../journal".  Once it is shut in it
 * may make no call of ours, so it dies by an illegal instruction.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int journal = -1;
static long step;
static long at;
static int signer;
static const char *how = "";

static int (*real_open)(const char *, int, ...);
static int (*real_fdatasync)(int);
static int (*real_fsync)(int);
static int (*real_rename)(const char *, const char *);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);

__attribute__((constructor)) static void
start(void)
{
	const char *s = getenv("CRASH_AT");

	at = s != NULL ? strtol(s, NULL, 10) : 0;
	s = getenv("CRASH_WHO");
	signer = s != NULL && strcmp(s, "signer") == 0;
	s = getenv("CRASH_HOW");
	how = s != NULL ? s : "";
	*(void **)&real_open = dlsym(RTLD_NEXT, "open64");
	*(void **)&real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
	*(void **)&real_fsync = dlsym(RTLD_NEXT, "fsync");
	*(void **)&real_rename = dlsym(RTLD_NEXT, "rename");
	*(void **)&real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
}

static void
die(void)
{
	if (journal >= 0)
		__builtin_trap();
	(void)kill(getpid(), SIGKILL);
}

/* Counts a step; is it the one, and is this what is to happen at it? */
static int
now(int mine)
{
	if (!mine || at == 0 || (journal >= 0) != signer)
		return 0;
	return ++step == at;
}

static int
begin(int mine)
{
	int hit = now(mine);

	if (hit && strcmp(how, "before") == 0)
		die();
	return hit;
}

static void
end(int hit)
{
	if (hit && strcmp(how, "after") == 0)
		die();
	if (hit && strcmp(how, "stop") == 0)
		(void)raise(SIGSTOP);
}

static int
opened(const char *path, int flags, va_list ap)
{
	int mode = (flags & O_CREAT) != 0 ? va_arg(ap, int) : 0;
	int fd = real_open(path, flags, mode);
	size_t n = strlen(path);

	if (fd >= 0 && n >= 8 && strcmp(path + n - 8, "/journal") == 0 &&
	    (flags & O_ACCMODE) == O_RDWR)
		journal = fd;
	return fd;
}

int
open64(const char *path, int flags, ...)
{
	va_list ap;
	int fd;

	va_start(ap, flags);
	fd = opened(path, flags, ap);
	va_end(ap);
	return fd;
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	int fd;

	va_start(ap, flags);
	fd = opened(path, flags, ap);
	va_end(ap);
	return fd;
}

static int
failing(int hit)
{
	if (!hit || strcmp(how, "eio") != 0)
		return 0;
	errno = EIO;
	return 1;
}

int
fdatasync(int fd)
{
	int hit = begin(journal < 0 || fd == journal);
	int r = failing(hit) ? -1 : real_fdatasync(fd);

	end(hit);
	return r;
}

int
fsync(int fd)
{
	int hit = begin(journal < 0);
	int r = real_fsync(fd);

	end(hit);
	return r;
}

int
rename(const char *from, const char *to)
{
	int hit = begin(journal < 0);
	int r = real_rename(from, to);

	end(hit);
	return r;
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off_t offset)
{
	int hit = begin(fd == journal);
	ssize_t r;

	if (hit && strcmp(how, "torn") == 0) {
		(void)real_pwrite(fd, p, n / 2, offset);
		die();
	}
	r = failing(hit) ? -1 : real_pwrite(fd, p, n, offset);
	end(hit);
	return r;
}
