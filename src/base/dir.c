#include "base/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

/* Nothing that is replaced as a whole is secret. */
#define FOLDER_MODE 0755
#define RANDOM      6 /* characters of mkdtemp(3) */

static enum err
too_long(void)
{
	log_error("a path of more than %d bytes", PATH_MAX - 1);
	return ERR_TOOBIG;
}

enum err
dir_resolve(char out[static PATH_MAX], const char *dir)
{
	size_t n;

	if (realpath(dir, out) != NULL)
		return ERR_OK;
	n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	if (n >= PATH_MAX)
		return too_long();
	memcpy(out, dir, n);
	out[n] = '\0';
	return ERR_OK;
}

enum err
dir_path(char out[static PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);

	return n > 0 && n < PATH_MAX ? ERR_OK : too_long();
}

enum err
dir_holds_only(const char *dir, bool (*known)(const char *name))
{
	DIR *d = opendir(dir);
	const struct dirent *f;
	enum err e = ERR_OK;

	if (d == NULL && errno == ENOENT)
		return ERR_OK;
	if (d == NULL) {
		log_error("%s: %s", dir, strerror(errno));
		return ERR_IO;
	}
	while (e == ERR_OK && (f = readdir(d)) != NULL)
		if (strcmp(f->d_name, ".") != 0 &&
		    strcmp(f->d_name, "..") != 0 && !known(f->d_name)) {
			log_error("%s holds '%s', which is none of the files "
				  "of a published folder: name another folder",
			    dir, f->d_name);
			e = ERR_DATA;
		}
	closedir(d);
	return e;
}

static enum err
open_to_all(const char *path)
{
	if (chmod(path, FOLDER_MODE) == 0)
		return ERR_OK;
	log_error(
	    "%s: cannot be opened to all readers: %s", path, strerror(errno));
	return ERR_IO;
}

enum err
dir_begin(char fresh[static PATH_MAX], const char *dir, const char *tail)
{
	int n = snprintf(fresh, PATH_MAX, "%s%sXXXXXX", dir, tail);

	if (n < 0 || n >= PATH_MAX)
		return too_long();
	if (mkdtemp(fresh) == NULL) {
		log_error("%s: no folder can be made there: %s", dir,
		    strerror(errno));
		return ERR_IO;
	}
	if (open_to_all(fresh) == ERR_OK)
		return ERR_OK;
	(void)rmdir(fresh);
	return ERR_IO;
}

enum err
dir_make(const char *path)
{
	if (mkdir(path, FOLDER_MODE) == 0)
		return open_to_all(path);
	log_error("%s: the folder cannot be made: %s", path, strerror(errno));
	return ERR_IO;
}

/* Splits the path of a folder: the one around it, and its name there. */
static const char *
around(char out[static PATH_MAX], const char *dir)
{
	const char *slash = strrchr(dir, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - dir);

	if (n >= PATH_MAX)
		n = 0;
	memcpy(out, dir, n);
	out[n] = '\0';
	if (slash == NULL)
		memcpy(out, ".", 2);
	else if (n == 0)
		memcpy(out, "/", 2);
	return slash == NULL ? dir : slash + 1;
}

/* A rename lasts only once the folder around is on the disk. */
static enum err
make_lasting(const char *dir)
{
	char parent[PATH_MAX];
	enum err e = ERR_IO;
	int fd;

	(void)around(parent, dir);
	fd = open(parent, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (fd >= 0 && fsync(fd) == 0)
		e = ERR_OK;
	else
		log_error("%s: cannot synchronise the folder: %s", parent,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	return e;
}

enum err
dir_swap(const char *fresh, const char *dir)
{
	if (rename(fresh, dir) == 0)
		return make_lasting(dir); /* there was none, or an empty one */
	if (renameat2(AT_FDCWD, fresh, AT_FDCWD, dir, RENAME_EXCHANGE) != 0) {
		log_error("%s: the new lists could not be put there: %s", dir,
		    strerror(errno));
		return ERR_IO;
	}
	if (make_lasting(dir) != ERR_OK)
		return ERR_IO;
	dir_clear(fresh, 1); /* now the old ones */
	return ERR_OK;
}

void
dir_clear(const char *dir, int depth)
{
	DIR *d = opendir(dir);
	const struct dirent *f;
	char path[PATH_MAX];

	while (d != NULL && (f = readdir(d)) != NULL) {
		int n = snprintf(path, sizeof(path), "%s/%s", dir, f->d_name);

		if (f->d_name[0] == '.' || n < 0 || n >= PATH_MAX)
			continue;
		if (unlink(path) != 0 && depth > 0)
			dir_clear(path, depth - 1);
	}
	if (d != NULL)
		closedir(d);
	(void)rmdir(dir);
}

void
dir_clear_left(const char *dir, const char *tail)
{
	char parent[PATH_MAX];
	char path[PATH_MAX];
	const char *name = around(parent, dir);
	size_t n = strlen(name);
	size_t t = strlen(tail);
	DIR *d = opendir(parent);
	const struct dirent *f;

	while (d != NULL && (f = readdir(d)) != NULL)
		if (strlen(f->d_name) == n + t + RANDOM &&
		    memcmp(f->d_name, name, n) == 0 &&
		    memcmp(f->d_name + n, tail, t) == 0 &&
		    dir_path(path, parent, f->d_name) == ERR_OK &&
		    unlink(path) != 0)
			dir_clear(path, 1);
	if (d != NULL)
		closedir(d);
}
