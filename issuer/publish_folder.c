#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "issuer/publish.h"

/* The folder that wards and mirrors read: nothing in it is secret. */
#define FOLDER_MODE 0755
#define FILE_MODE   0644

static enum err
put(const char *dir, const char *name, struct span bytes)
{
	char path[2 * APP_PATH];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return file_write(path, bytes, FILE_MODE);
}

static enum err
copy_root_pub(struct app *app, const char *dir)
{
	struct buf b = BUF_INIT(65536);
	char path[APP_PATH];
	enum err e;

	app_path(path, app, "root.pub");
	e = file_read(&b, path);
	if (e == ERR_OK)
		e = put(dir, "root.pub", buf_span(&b));
	buf_free(&b);
	return e;
}

static json_t *
entry(const char *number, const struct publish_list *l)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(hash) + 1];

	crypto_hash_sha256(hash, l->bytes.p, l->bytes.n);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	return json_pack("{s:I,s:I,s:I,s:s}", number, (json_int_t)l->number,
	    "iat", (json_int_t)l->iat, "exp", (json_int_t)l->exp, "sha256",
	    hex);
}

static enum err
put_index(const struct publication_set *set, const char *dir)
{
	json_t *status = json_array();
	json_t *o = NULL;
	char *s = NULL;
	bool whole = status != NULL;
	enum err e = ERR_MEM;

	/* An index without one of its lists would be worse than none. */
	for (size_t i = 0; i < set->nstatus && whole; i++)
		whole = json_array_append_new(
			    status, entry("n", &set->status[i])) == 0;
	if (whole)
		o = json_pack("{s:o,s:O}", "trust", entry("seq", &set->trust),
		    "status", status);
	json_decref(status);
	if (o != NULL)
		s = json_dumps(o, JSON_COMPACT);
	if (s != NULL)
		e = put(dir, "index.json", span_str(s));
	free(s);
	json_decref(o);
	return e;
}

static enum err
put_status(const struct publication_set *set, const char *dir)
{
	char sub[APP_PATH + 16];
	char name[32];
	enum err e = ERR_OK;

	(void)snprintf(sub, sizeof(sub), "%s/status", dir);
	if (mkdir(sub, FOLDER_MODE) != 0) {
		log_error(
		    "%s: the folder cannot be made: %s", sub, strerror(errno));
		return ERR_IO;
	}
	for (size_t i = 0; i < set->nstatus && e == ERR_OK; i++) {
		(void)snprintf(name, sizeof(name), "%llu.cwt",
		    (unsigned long long)set->status[i].number);
		e = put(sub, name, buf_span(&set->status[i].bytes));
	}
	if (e == ERR_OK && chmod(sub, FOLDER_MODE) != 0) {
		log_error("%s: cannot be opened to all readers: %s", sub,
		    strerror(errno));
		e = ERR_IO;
	}
	return e;
}

/* Removes a folder that we made: its files and one level of folders. */
static void
clear(const char *dir, int depth)
{
	DIR *d = opendir(dir);
	const struct dirent *f;
	char path[APP_PATH + 512];

	while (d != NULL && (f = readdir(d)) != NULL) {
		if (f->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, f->d_name);
		if (unlink(path) != 0 && depth > 0)
			clear(path, depth - 1);
	}
	if (d != NULL)
		closedir(d);
	(void)rmdir(dir);
}

static bool
is_ours(const char *name)
{
	static const char *const ours[] = {
	    ".", "..", "root.pub", "trust.cwt", "index.json", "status"};
	bool known = false;

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		known = known || strcmp(name, ours[i]) == 0;
	return known;
}

static bool
is_status_list(const char *name)
{
	size_t n = strspn(name, "0123456789");

	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	       (n > 0 && strcmp(name + n, ".cwt") == 0);
}

/* Does ${dir}, if it is there, hold nothing but files that we know? */
static enum err
holds_only(const char *dir, bool (*known)(const char *name))
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
		if (!known(f->d_name)) {
			log_error("%s holds '%s', which is none of the files "
				  "of a published folder: name another folder",
			    dir, f->d_name);
			e = ERR_DATA;
		}
	closedir(d);
	return e;
}

/*
 * Only a folder that looks like one of ours is replaced: the old content is
 * removed, and it must not be somebody's documents.
 */
static enum err
may_replace(const char *dir)
{
	char sub[APP_PATH + 16];
	enum err e = holds_only(dir, is_ours);

	(void)snprintf(sub, sizeof(sub), "%s/status", dir);
	return e == ERR_OK ? holds_only(sub, is_status_list) : e;
}

static enum err
swap_in(const char *fresh, const char *dir)
{
	if (rename(fresh, dir) == 0)
		return ERR_OK; /* there was none, or an empty one */
	if (renameat2(AT_FDCWD, fresh, AT_FDCWD, dir, RENAME_EXCHANGE) != 0) {
		log_error("%s: the new lists could not be put there: %s", dir,
		    strerror(errno));
		return ERR_IO;
	}
	clear(fresh, 1); /* now the old ones */
	return ERR_OK;
}

enum err
publish_folder(
    struct app *app, const struct publication_set *set, const char *dir)
{
	char fresh[APP_PATH];
	char behind[PATH_MAX];
	size_t n;
	enum err e;

	/* The folder behind a symbolic link is meant, not the link. */
	if (realpath(dir, behind) != NULL)
		dir = behind;
	n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	if (n > APP_PATH - 16)
		return ERR_TOOBIG;
	e = may_replace(dir);
	if (e != ERR_OK)
		return e;
	(void)snprintf(fresh, sizeof(fresh), "%.*s.XXXXXX", (int)n, dir);
	if (mkdtemp(fresh) == NULL || chmod(fresh, FOLDER_MODE) != 0) {
		log_error("%s: no folder can be made there: %s", dir,
		    strerror(errno));
		return ERR_IO;
	}
	e = copy_root_pub(app, fresh);
	if (e == ERR_OK)
		e = put(fresh, "trust.cwt", buf_span(&set->trust.bytes));
	if (e == ERR_OK)
		e = put_status(set, fresh);
	if (e == ERR_OK)
		e = put_index(set, fresh);
	if (e == ERR_OK)
		e = swap_in(fresh, dir);
	if (e != ERR_OK)
		clear(fresh, 1);
	return e;
}
