#include "verifier/mirror/copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/file.h"
#include "base/log.h"
#include "passport/files.h"

#define TAIL ".fetch."

enum err
copy_beside(char out[static PATH_MAX], const struct copy *c, const char *tail)
{
	int n = snprintf(out, PATH_MAX, "%s%s", c->dir, tail);

	if (n > 0 && n < PATH_MAX)
		return ERR_OK;
	log_error("a path of more than %d bytes", PATH_MAX - 1);
	return ERR_TOOBIG;
}

static enum err
fault(const char *path)
{
	int e = errno;

	log_error("%s: cannot be opened: %s", path, strerror(e));
	if (e == ENOENT || e == ENOTDIR)
		return ERR_NOINPUT;
	return e == EACCES || e == EPERM || e == ELOOP ? ERR_PERM : ERR_IO;
}

static enum err
take_lock(struct copy *c)
{
	char path[PATH_MAX];
	enum err e = copy_beside(path, c, ".lock");

	if (e != ERR_OK)
		return e;
	c->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (c->lock < 0)
		return fault(path);
	if (flock(c->lock, LOCK_EX | LOCK_NB) == 0)
		return ERR_OK;
	if (errno != EWOULDBLOCK)
		return fault(path);
	log_error(
	    "%s: another carerpass-lists is at work on this folder", c->dir);
	return ERR_UNAVAILABLE;
}

enum err
copy_open(struct copy *c, const char *dir)
{
	char sub[PATH_MAX];
	enum err e;

	c->begun = false;
	c->lock = -1;
	e = dir_resolve(c->dir, dir);
	if (e == ERR_OK)
		e = take_lock(c);
	if (e == ERR_OK)
		e = dir_path(sub, c->dir, FILES_STATUS);
	if (e == ERR_OK)
		e = dir_holds_only(c->dir, files_is_part);
	if (e == ERR_OK)
		e = dir_holds_only(sub, files_is_list);
	if (e == ERR_OK) {
		dir_clear_left(c->dir, TAIL);
		dir_clear_left(c->dir, ".etags.");
	}
	return e;
}

void
copy_close(struct copy *c)
{
	if (c->begun)
		dir_clear(c->fresh, 1);
	c->begun = false;
	if (c->lock >= 0)
		close(c->lock);
	c->lock = -1;
}

bool
copy_read(const struct copy *c, const char *name, struct buf *out)
{
	char path[PATH_MAX];

	buf_free(out);
	return dir_path(path, c->dir, name) == ERR_OK && file_there(path) &&
	       file_read(out, path) == ERR_OK;
}

void
copy_lists(const struct copy *c, struct index *ix)
{
	char path[PATH_MAX];
	const struct dirent *f;
	DIR *d = NULL;
	uint32_t n;

	if (dir_path(path, c->dir, FILES_STATUS) == ERR_OK)
		d = opendir(path);
	while (d != NULL && (f = readdir(d)) != NULL)
		if (files_list_number(f->d_name, &n) && !index_add(ix, n))
			log_warn("%s: more than %d status lists: number %u is "
				 "left out",
			    c->dir, INDEX_LISTS, (unsigned)n);
	if (d != NULL)
		closedir(d);
}

static enum err
begin(struct copy *c)
{
	char sub[PATH_MAX];
	enum err e = dir_begin(c->fresh, c->dir, TAIL);

	if (e != ERR_OK)
		return e;
	c->begun = true;
	e = dir_path(sub, c->fresh, FILES_STATUS);
	return e == ERR_OK ? dir_make(sub) : e;
}

enum err
copy_put(struct copy *c, const char *name, struct span bytes)
{
	char path[PATH_MAX];
	enum err e = c->begun ? ERR_OK : begin(c);

	if (e == ERR_OK)
		e = dir_path(path, c->fresh, name);
	return e == ERR_OK ? file_write(path, bytes, 0644) : e;
}

enum err
copy_swap(struct copy *c)
{
	enum err e = dir_swap(c->fresh, c->dir);

	if (e == ERR_OK)
		c->begun = false;
	return e;
}
