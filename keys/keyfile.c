#include "keys/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "passport/cbor.h"

static const char *const uses[USES] = {"passport", "status", "root"};

size_t
key_record_ad(uint8_t out[static 128], const struct key_record *k)
{
	struct cbor_out o = {.p = out, .cap = 128};

	cbor_put_array(&o, 6);
	cbor_put_bytes(&o, span_of(k->kid, KID_SIZE));
	cbor_put_bytes(&o, span_of(k->public, ED25519_KEY));
	cbor_put_int(&o, k->use);
	cbor_put_text(&o, span_str(k->ods));
	cbor_put_int(&o, k->not_before);
	cbor_put_int(&o, k->not_after);
	return o.n;
}

/* --- a small strict reader: the lines "WORD VALUE", in a fixed order --- */

static bool
line(struct span *t, const char *word, struct span *value)
{
	size_t n = strlen(word);
	const uint8_t *end = t->n == 0 ? NULL : memchr(t->p, '\n', t->n);

	if (end == NULL || (size_t)(end - t->p) < n ||
	    memcmp(t->p, word, n) != 0)
		return false;
	*value = span_of(t->p + n, (size_t)(end - t->p) - n);
	*t = span_of(end + 1, t->n - (size_t)(end + 1 - t->p));
	return true;
}

static bool
line_hex(struct span *t, const char *word, uint8_t *out, size_t n)
{
	struct span v;
	size_t got;

	if (!line(t, word, &v) || v.n != 2 * n)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] >= 'A' && v.p[i] <= 'F')
			return false; /* one file has one spelling */
	return sodium_hex2bin(
		   out, n, (const char *)v.p, v.n, NULL, &got, NULL) == 0 &&
	       got == n;
}

static bool
line_int(struct span *t, const char *word, int64_t *out)
{
	struct span v;

	*out = 0;
	if (!line(t, word, &v) || v.n == 0 || v.n > 12 ||
	    (v.p[0] == '0' && v.n > 1))
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
		*out = *out * 10 + (v.p[i] - '0');
	}
	return true;
}

static bool
line_head(struct span *t)
{
	struct span v;

	return line(t, KEYFILE_HEAD, &v) && v.n == 0;
}

static bool
line_use(struct span *t, enum key_use *use)
{
	struct span v;

	if (!line(t, "use ", &v))
		return false;
	for (int i = 0; i < USES; i++)
		if (span_is(v, uses[i])) {
			*use = (enum key_use)i;
			return true;
		}
	return false;
}

static bool
line_ods(struct span *t, char out[static KEY_ODS_MAX + 1])
{
	struct span v;

	if (!line(t, "ods ", &v) || v.n > KEY_ODS_MAX)
		return false;
	memset(out, 0, KEY_ODS_MAX + 1);
	if (span_is(v, "-"))
		return true;
	for (size_t i = 0; i < v.n; i++)
		if (!((v.p[i] >= 'A' && v.p[i] <= 'Z') ||
			(v.p[i] >= '0' && v.p[i] <= '9')))
			return false;
	memcpy(out, v.p, v.n);
	return v.n > 0;
}

enum err
key_file_parse(struct key_record *k, struct span t)
{
	memset(k, 0, sizeof(*k));
	if (line_head(&t) && line_use(&t, &k->use) && line_ods(&t, k->ods) &&
	    line_hex(&t, "kid ", k->kid, KID_SIZE) &&
	    line_hex(&t, "public ", k->public, ED25519_KEY) &&
	    line_int(&t, "not-before ", &k->not_before) &&
	    line_int(&t, "not-after ", &k->not_after) &&
	    line_hex(&t, "sealed ", k->sealed, sizeof(k->sealed)) && t.n == 0)
		return ERR_OK;
	return ERR_DATA;
}

static void
hex_line(struct buf *b, const char *word, const uint8_t *p, size_t n)
{
	char hex[2 * SECRET_WRAPPED + 1];

	sodium_bin2hex(hex, sizeof(hex), p, n);
	(void)buf_printf(b, "%s%s\n", word, hex);
}

enum err
key_file_write(const char *path, const struct key_record *k)
{
	struct buf b = BUF_INIT(KEYFILE_MAX);
	enum err e;

	(void)buf_printf(&b, "%s\nuse %s\nods %s\n", KEYFILE_HEAD, uses[k->use],
	    k->ods[0] != '\0' ? k->ods : "-");
	hex_line(&b, "kid ", k->kid, KID_SIZE);
	hex_line(&b, "public ", k->public, ED25519_KEY);
	(void)buf_printf(&b, "not-before %lld\nnot-after %lld\n",
	    (long long)k->not_before, (long long)k->not_after);
	hex_line(&b, "sealed ", k->sealed, sizeof(k->sealed));
	e = buf_err(&b);
	if (e == ERR_OK)
		e = file_write(path, buf_span(&b), 0600);
	buf_free(&b);
	return e;
}

enum err
key_file_read(struct key_record *k, const char *path)
{
	struct buf b = BUF_INIT(KEYFILE_MAX);
	enum err e = file_read_private(&b, path);

	if (e == ERR_OK) {
		e = key_file_parse(k, buf_span(&b));
		if (e != ERR_OK)
			log_error("%s: not a key file, or damaged: restore it "
				  "from your backup",
			    path);
	}
	buf_free(&b);
	return e;
}

/* --- the master key --- */

#define MASTER_AD "carerpass master 1"

/* Argon2id, moderate: 256 MiB and about half a second, once a command. */
static bool
stretch(uint8_t out[static SECRET_KEY], struct span pass,
    const uint8_t salt[static 16])
{
	return crypto_pwhash(out, SECRET_KEY, (const char *)pass.p, pass.n,
		   salt, crypto_pwhash_OPSLIMIT_MODERATE,
		   crypto_pwhash_MEMLIMIT_MODERATE,
		   crypto_pwhash_ALG_ARGON2ID13) == 0;
}

enum err
master_file_make(struct master_file *m, struct secret *s, struct span pass)
{
	randombytes_buf(m->salt, sizeof(m->salt));
	randombytes_buf(s->master, sizeof(s->master));
	if (!stretch(s->work, pass, m->salt))
		return ERR_MEM;
	secret_box(m->sealed, s->work, span_str(MASTER_AD),
	    span_of(s->master, sizeof(s->master)));
	sodium_memzero(s->work, sizeof(s->work));
	secret_derive(s);
	return ERR_OK;
}

enum err
master_file_open(
    struct secret *s, const struct master_file *m, struct span pass)
{
	bool ok;

	if (!stretch(s->work, pass, m->salt))
		return ERR_MEM;
	ok = secret_open(s->master, s->work, span_str(MASTER_AD),
	    span_of(m->sealed, sizeof(m->sealed)));
	sodium_memzero(s->work, sizeof(s->work));
	if (!ok) {
		log_error("that passphrase does not open these keys: try "
			  "again, exactly as it was set");
		return ERR_PERM;
	}
	secret_derive(s);
	return ERR_OK;
}

enum err
master_file_parse(struct master_file *m, struct span t)
{
	struct span v;

	if (line_head(&t) && line(&t, "master argon2id-moderate", &v) &&
	    v.n == 0 && line_hex(&t, "salt ", m->salt, sizeof(m->salt)) &&
	    line_hex(&t, "sealed ", m->sealed, sizeof(m->sealed)) && t.n == 0)
		return ERR_OK;
	return ERR_DATA;
}

enum err
master_file_write(const char *dir, const struct master_file *m)
{
	struct buf b = BUF_INIT(KEYFILE_MAX);
	char path[4096];
	enum err e;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, KEYFILE_MASTER);
	(void)buf_printf(&b, "%s\nmaster argon2id-moderate\n", KEYFILE_HEAD);
	hex_line(&b, "salt ", m->salt, sizeof(m->salt));
	hex_line(&b, "sealed ", m->sealed, sizeof(m->sealed));
	e = buf_err(&b);
	if (e == ERR_OK)
		e = file_write(path, buf_span(&b), 0600);
	buf_free(&b);
	return e;
}

enum err
master_file_read(struct master_file *m, const char *dir)
{
	struct buf b = BUF_INIT(KEYFILE_MAX);
	char path[4096];
	enum err e;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, KEYFILE_MASTER);
	e = file_private_check(dir);
	if (e == ERR_OK)
		e = file_read_private(&b, path);
	if (e == ERR_OK) {
		e = master_file_parse(m, buf_span(&b));
		if (e != ERR_OK)
			log_error("%s: not a master key file, or damaged: "
				  "restore it from your backup",
			    path);
	}
	buf_free(&b);
	return e;
}
