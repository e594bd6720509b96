#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define CHUNK 65536

/* What errno says, logged as "PATH: what: why". */
static enum err
fault(const char *path, const char *what)
{
	int e = errno;

	log_error("%s: %s: %s", path, what, strerror(e));
	switch (e) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOINPUT;
	case EACCES:
	case EPERM:
	case ELOOP:
		return ERR_PERM;
	case ENOMEM:
		return ERR_MEM;
	default:
		return ERR_IO;
	}
}

/* Reads up to the end; one byte beyond the cap is the proof of too much. */
static enum err
slurp(struct buf *out, int fd, const char *path)
{
	for (;;) {
		size_t left = out->cap - out->n;
		size_t want = left < CHUNK ? left : CHUNK;
		uint8_t extra;
		uint8_t *to = want == 0 ? &extra : buf_room(out, want);
		ssize_t n;

		if (to == NULL) {
			log_error("%s: no memory to read it", path);
			return ERR_MEM;
		}
		n = read(fd, to, want == 0 ? 1 : want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault(path, "cannot read");
		if (n == 0)
			break;
		if (want == 0) {
			log_error("%s: longer than %zu bytes, the most that is "
				  "read here",
			    path, out->cap);
			return ERR_TOOBIG;
		}
		out->n += (size_t)n;
		out->p[out->n] = 0;
	}
	/* An empty file is an empty, but NUL-terminated, buffer. */
	return buf_add(out, NULL, 0);
}

enum err
file_read(struct buf *out, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum err e;

	if (fd < 0)
		return fault(path, "cannot open");
	e = slurp(out, fd, path);
	close(fd);
	return e;
}

bool
file_there(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

enum err
file_read_arg(struct buf *out, const char *path)
{
	if (strcmp(path, "-") == 0)
		return slurp(out, STDIN_FILENO, "standard input");
	return file_read(out, path);
}

/* Copies the folder part of ${path}; false if it does not fit. */
static bool
parent_of(char out[static PATH_MAX], const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n >= PATH_MAX)
		return false;
	if (n == 0) {
		out[0] = '.';
		out[1] = '\0';
		return true;
	}
	memcpy(out, path, n);
	out[n] = '\0';
	return true;
}

static enum err
check_parent(const char *path, bool sticky_will_do)
{
	char dir[PATH_MAX];
	struct stat st;

	if (!parent_of(dir, path)) {
		log_error("a path of more than %d bytes", PATH_MAX - 1);
		return ERR_TOOBIG;
	}
	if (stat(dir, &st) != 0)
		return fault(dir, "cannot look at the folder");
	if (st.st_uid != geteuid() && st.st_uid != 0) {
		log_error("%s: the folder %s belongs to user %u, who could "
			  "replace the file: move it to a folder of your own",
		    path, dir, (unsigned)st.st_uid);
		return ERR_PERM;
	}
	if (sticky_will_do && (st.st_mode & S_ISVTX) != 0)
		return ERR_OK;
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		log_error("%s: the folder %s can be written by others (mode "
			  "%04o): chmod go-w '%s'",
		    path, dir, (unsigned)(st.st_mode & 07777), dir);
		return ERR_PERM;
	}
	return ERR_OK;
}

static enum err
check_stat(const char *path, const struct stat *st)
{
	if (S_ISLNK(st->st_mode)) {
		log_error("%s: is a symbolic link; name the file itself", path);
		return ERR_PERM;
	}
	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode)) {
		log_error("%s: is neither a file nor a folder", path);
		return ERR_PERM;
	}
	if (st->st_uid != geteuid()) {
		log_error("%s: belongs to user %u and not to you (user %u)",
		    path, (unsigned)st->st_uid, (unsigned)geteuid());
		return ERR_PERM;
	}
	if ((st->st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		log_error("%s: is open to others (mode %04o): chmod %s '%s'",
		    path, (unsigned)(st->st_mode & 07777),
		    S_ISDIR(st->st_mode) ? "700" : "600", path);
		return ERR_PERM;
	}
	return check_parent(path, S_ISDIR(st->st_mode));
}

enum err
file_private_check(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return fault(path, "cannot look at it");
	return check_stat(path, &st);
}

enum err
file_read_private(struct buf *out, const char *path)
{
	/* NONBLOCK: a fifo in its place must not make us wait. */
	int fd = open(
	    path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	enum err e;

	if (fd < 0 && errno == ELOOP) {
		log_error("%s: is a symbolic link; name the file itself", path);
		return ERR_PERM;
	}
	if (fd < 0)
		return fault(path, "cannot open");
	if (fstat(fd, &st) != 0)
		e = fault(path, "cannot look at it");
	else
		e = check_stat(path, &st);
	if (e == ERR_OK)
		e = slurp(out, fd, path);
	close(fd);
	return e;
}

static bool
write_all(int fd, struct span bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes = span_of(bytes.p + n, bytes.n - (size_t)n);
	}
	return true;
}

/* A rename lasts only once its folder is on the disk. */
static enum err
sync_parent(const char *path)
{
	char dir[PATH_MAX];
	enum err e = ERR_OK;
	int fd;

	if (!parent_of(dir, path))
		return ERR_TOOBIG;
	fd = open(dir, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (fd < 0)
		return fault(dir, "cannot open the folder");
	if (fsync(fd) != 0)
		e = fault(dir, "cannot synchronise the folder");
	close(fd);
	return e;
}

enum err
file_write(const char *path, struct span bytes, mode_t mode)
{
	char tmp[PATH_MAX];
	bool made = false;
	enum err e = ERR_OK;
	int fd = -1;
	int n = snprintf(tmp, sizeof(tmp), "%s.XXXXXX", path);

	if (n < 0 || (size_t)n >= sizeof(tmp)) {
		log_error("a path of more than %d bytes", PATH_MAX - 8);
		return ERR_TOOBIG;
	}
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return fault(path, "cannot write into the folder");
	made = true;
	if (!write_all(fd, bytes) || fchmod(fd, mode) != 0 || fsync(fd) != 0) {
		e = fault(path, "cannot write");
		goto out;
	}
	if (rename(tmp, path) != 0) {
		e = fault(path, "cannot put the new file in place");
		goto out;
	}
	made = false;
	e = sync_parent(path);
out:
	close(fd);
	if (made)
		unlink(tmp);
	return e;
}

enum err
file_mkdir_private(const char *path)
{
	char at[PATH_MAX];
	size_t n = strlen(path);
	struct stat st;

	if (n == 0 || n >= sizeof(at)) {
		log_error("a folder's path of %zu bytes: 1 to %zu can be used",
		    n, sizeof(at) - 1);
		return ERR_TOOBIG;
	}
	memcpy(at, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (at[i] != '/' && at[i] != '\0')
			continue;
		at[i] = '\0';
		if (mkdir(at, 0700) != 0 && errno != EEXIST)
			return fault(at, "cannot make the folder");
		at[i] = i < n ? '/' : '\0';
	}
	if (stat(path, &st) != 0)
		return fault(path, "cannot look at it");
	if (!S_ISDIR(st.st_mode)) {
		log_error("%s: is there already and is not a folder", path);
		return ERR_IO;
	}
	return ERR_OK;
}
