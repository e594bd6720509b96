#include <jansson.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/dir.h"
#include "base/file.h"
#include "issuer/publish.h"
#include "passport/files.h"

/* The folder that wards and mirrors read: nothing in it is secret. */
#define FILE_MODE 0644

static enum err
put(const char *dir, const char *name, struct span bytes)
{
	char path[PATH_MAX];
	enum err e = dir_path(path, dir, name);

	return e == ERR_OK ? file_write(path, bytes, FILE_MODE) : e;
}

static enum err
copy_root_pub(struct app *app, const char *dir)
{
	struct buf b = BUF_INIT(65536);
	char path[APP_PATH];
	enum err e;

	app_path(path, app, FILES_ROOT_PUB);
	e = file_read(&b, path);
	if (e == ERR_OK)
		e = put(dir, FILES_ROOT_PUB, buf_span(&b));
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
		e = put(dir, FILES_INDEX, span_str(s));
	free(s);
	json_decref(o);
	return e;
}

static enum err
put_status(const struct publication_set *set, const char *dir)
{
	char sub[PATH_MAX];
	char name[FILES_NAME];
	enum err e = dir_path(sub, dir, FILES_STATUS);

	if (e == ERR_OK)
		e = dir_make(sub);
	for (size_t i = 0; i < set->nstatus && e == ERR_OK; i++) {
		files_list_name(name, (uint32_t)set->status[i].number);
		e = put(dir, name, buf_span(&set->status[i].bytes));
	}
	return e;
}

/* Only a folder that looks like one of ours is replaced. */
static enum err
may_replace(const char *dir)
{
	char sub[PATH_MAX];
	enum err e = dir_path(sub, dir, FILES_STATUS);

	if (e == ERR_OK)
		e = dir_holds_only(dir, files_is_part);
	return e == ERR_OK ? dir_holds_only(sub, files_is_list) : e;
}

enum err
publish_folder(
    struct app *app, const struct publication_set *set, const char *dir)
{
	char fresh[PATH_MAX];
	char there[PATH_MAX];
	enum err e = dir_resolve(there, dir);

	if (e == ERR_OK)
		e = may_replace(there);
	if (e == ERR_OK)
		e = dir_begin(fresh, there, ".");
	if (e != ERR_OK)
		return e;
	e = copy_root_pub(app, fresh);
	if (e == ERR_OK)
		e = put(fresh, FILES_TRUST, buf_span(&set->trust.bytes));
	if (e == ERR_OK)
		e = put_status(set, fresh);
	if (e == ERR_OK)
		e = put_index(set, fresh);
	if (e == ERR_OK)
		e = dir_swap(fresh, there);
	if (e != ERR_OK)
		dir_clear(fresh, 1);
	return e;
}
