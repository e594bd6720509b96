#include "verifier/roots.h"

#include "base/file.h"
#include "base/log.h"

/* A file of its own: roots.c is also part of core.wasm, which has no files. */
enum err
roots_read(struct roots *r, const char *path)
{
	struct buf text = BUF_INIT(ROOTS_FILE_MAX);
	size_t line;
	enum err e = file_read(&text, path);

	if (e == ERR_OK && !roots_parse(r, buf_span(&text), &line)) {
		e = ERR_CONFIG;
		if (line == 0)
			log_error("%s: holds no root key", path);
		else
			log_error("%s: line %zu is not a root key: 64 "
				  "lower-case hex digits of a good Ed25519 "
				  "key, none twice, at most %d",
			    path, line, ROOTS_MAX);
	}
	buf_free(&text);
	return e == ERR_TOOBIG ? ERR_CONFIG : e;
}
