/*
 * Key files and master files are read before anybody is asked for a passphrase,
 * so that they come from whoever could write them.  What is taken for one has
 * one spelling: written out again it is the same text.
 */
#include <stdlib.h>

#include <sodium.h>

#include "keys/keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
hex_line(struct buf *b, const char *word, const uint8_t *p, size_t n)
{
	char hex[2 * SECRET_WRAPPED + 1];

	sodium_bin2hex(hex, sizeof(hex), p, n);
	(void)buf_printf(b, "%s %s\n", word, hex);
}

static void
same(struct buf *b, struct span text)
{
	if (!span_eq(buf_span(b), text))
		abort();
	buf_free(b);
}

static void
check_key(const struct key_record *k, struct span text)
{
	static const char *const uses[USES] = {"passport", "status", "root"};
	struct buf b = BUF_INIT(KEYFILE_MAX);
	uint8_t ad[128];

	if ((unsigned)k->use >= USES || strlen(k->ods) > KEY_ODS_MAX ||
	    k->not_before < 0 || k->not_after < 0 ||
	    key_record_ad(ad, k) > sizeof(ad))
		abort();
	(void)buf_printf(&b, "%s\nuse %s\nods %s\n", KEYFILE_HEAD, uses[k->use],
	    k->ods[0] != '\0' ? k->ods : "-");
	hex_line(&b, "kid", k->kid, KID_SIZE);
	hex_line(&b, "public", k->public, ED25519_KEY);
	(void)buf_printf(&b, "not-before %lld\nnot-after %lld\n",
	    (long long)k->not_before, (long long)k->not_after);
	hex_line(&b, "sealed", k->sealed, sizeof(k->sealed));
	same(&b, text);
}

static void
check_master(const struct master_file *m, struct span text)
{
	struct buf b = BUF_INIT(KEYFILE_MAX);

	(void)buf_printf(&b, "%s\nmaster argon2id-moderate\n", KEYFILE_HEAD);
	hex_line(&b, "salt", m->salt, sizeof(m->salt));
	hex_line(&b, "sealed", m->sealed, sizeof(m->sealed));
	same(&b, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct key_record k;
	struct master_file m;

	if (key_file_parse(&k, text) == ERR_OK)
		check_key(&k, text);
	if (master_file_parse(&m, text) == ERR_OK)
		check_master(&m, text);
	return 0;
}
