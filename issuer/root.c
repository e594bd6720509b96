#include "issuer/root.h"

#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"

#define ROOT_PUB_MAX 16384
#define ROOT_DAYS                                                              \
	3653 /* ten years: named in the key file, not enforced on lists */

static enum err
write_pub(struct app *app, const uint8_t *keys, size_t n)
{
	struct buf b = BUF_INIT(ROOT_PUB_MAX);
	char path[APP_PATH];
	char hex[2 * ED25519_KEY + 1];
	enum err e;

	(void)buf_puts(&b, "# Root keys of this scheme. Verifiers pin them: "
			   "compare them with the operator's.\n");
	for (size_t i = 0; i < n; i++) {
		sodium_bin2hex(
		    hex, sizeof(hex), keys + i * ED25519_KEY, ED25519_KEY);
		(void)buf_printf(&b, "%s\n", hex);
	}
	app_path(path, app, "root.pub");
	e = buf_err(&b);
	if (e == ERR_OK)
		e = file_write(path, buf_span(&b), 0644);
	buf_free(&b);
	return e;
}

enum err
root_make(struct app *app)
{
	struct key_record k = {.use = USE_ROOT,
	    .not_before = app_now() - app_now() % DATE_DAY_SECONDS};
	char path[APP_PATH];
	enum err e;

	k.not_after = k.not_before + (int64_t)ROOT_DAYS * DATE_DAY_SECONDS - 1;
	app_path(path, app, "keys/root.key");
	e = signer_make_key(app->signer, &k);
	if (e == ERR_OK)
		e = key_file_write(path, &k);
	return e == ERR_OK ? write_pub(app, k.public, 1) : e;
}

enum err
root_adopt(struct app *app, const char *file)
{
	struct root roots[16];
	uint8_t keys[16 * ED25519_KEY];
	size_t n = 16;
	enum err e = root_read(roots, &n, file);

	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < n; i++)
		memcpy(keys + i * ED25519_KEY, roots[i].key, ED25519_KEY);
	return write_pub(app, keys, n);
}

enum err
root_load(struct app *app, struct key_record *key)
{
	char path[APP_PATH];

	app_path(path, app, "keys/root.key");
	if (access(path, F_OK) != 0)
		return ERR_NOINPUT;
	return key_file_read(key, path);
}

/* One line of root.pub without its comment. Returns false if it is neither
 * empty nor a good key. */
static bool
read_line(struct root *r, struct span line, bool *is_key)
{
	const uint8_t *hash = line.n == 0 ? NULL : memchr(line.p, '#', line.n);
	size_t got;

	if (hash != NULL)
		line.n = (size_t)(hash - line.p);
	while (line.n > 0 &&
	       (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\r'))
		line.n--;
	*is_key = line.n > 0;
	if (!*is_key)
		return true;
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] >= 'A' && line.p[i] <= 'Z')
			return false;
	if (line.n != 2 * ED25519_KEY ||
	    sodium_hex2bin(r->key, ED25519_KEY, (const char *)line.p, line.n,
		NULL, &got, NULL) != 0 ||
	    !ed25519_point_ok(r->key))
		return false;
	ed25519_kid(r->kid, r->key);
	return true;
}

enum err
root_read(struct root *roots, size_t *n, const char *path)
{
	struct buf b = BUF_INIT(ROOT_PUB_MAX);
	size_t max = *n;
	size_t number = 0;
	enum err e = file_read(&b, path);
	struct span rest = buf_span(&b);

	*n = 0;
	while (e == ERR_OK && rest.n > 0) {
		const uint8_t *end = memchr(rest.p, '\n', rest.n);
		size_t len = end != NULL ? (size_t)(end - rest.p) : rest.n;
		bool is_key = false;
		struct root r;

		number++;
		if (!read_line(&r, span_of(rest.p, len), &is_key) ||
		    (is_key && *n == max)) {
			log_error("%s:%zu: not a root key: a line has 64 "
				  "lower-case hex digits, or a # comment",
			    path, number);
			e = ERR_DATA;
		} else if (is_key) {
			roots[(*n)++] = r;
		}
		rest = span_of(rest.p + len, rest.n - len);
		if (rest.n > 0)
			rest = span_of(rest.p + 1, rest.n - 1);
	}
	if (e == ERR_OK && *n == 0) {
		log_error("%s: holds no root key", path);
		e = ERR_DATA;
	}
	buf_free(&b);
	return e;
}
