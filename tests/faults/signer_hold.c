/*
 * signer_hold FOLDER PASSPHRASE-FILE: makes keys in FOLDER and keeps the signer
 * open, so that a test can look at it and at the process that asks it.
 *
 * Prints "ready ASKER SIGNER" (process numbers), then does what each line on
 * standard input says and answers "done":
 *   work    makes a key of each use, signs with it, seals and opens a name
 *   abort   dumps core
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "keys/signer.h"
#include "tests/kit/requests.h"
#include "tests/kit/scheme.h"

/* Made at run time, so that it is in a core dump and shows that one was read.
 */
static char mark[32];

static void
need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "signer_hold: %s\n", what);
	exit(1);
}

static void
sign_with(struct signer *s, struct key_record *k)
{
	static uint32_t index;
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	uint8_t sigs[1][ED25519_SIG];
	struct cbor_out o = {.p = bytes, .cap = sizeof(bytes)};
	struct passport c;
	struct span payload;

	request_passport(&c, (int64_t)time(NULL));
	c.index = index++;
	passport_put(&o, &c);
	payload = cbor_written(&o);
	need(
	    signer_sign(s, COSE_PASSPORT, k, NULL, &payload, 1, sigs) == ERR_OK,
	    "cannot sign");
}

static void
seal_and_open(struct signer *s)
{
	uint8_t key[SECRET_WRAPPED];
	uint8_t sealed[64];
	uint8_t text[64];
	struct signer_item in = {span_str("holder|name|1"),
	    span_str("Sealed Sample Name"), sealed, 0};
	struct signer_item out = {
	    span_str("holder|name|1"), {NULL, 0}, text, 0};

	need(signer_seal(s, &(struct signer_holder){key, 1, true, &in, 1}, 1) ==
		 ERR_OK,
	    "cannot seal");
	out.in = span_of(sealed, in.n);
	need(signer_unseal(s, key, 1, &out, 1) == ERR_OK, "cannot open");
	need(span_is(span_of(text, out.n), "Sealed Sample Name"), "other text");
}

static void
work(struct signer *s, const char *dir)
{
	struct key_record k = {.use = USE_PASSPORT,
	    .ods = KIT_ODS,
	    .not_before = (int64_t)time(NULL) - 60,
	    .not_after = (int64_t)time(NULL) + KIT_DAY};
	struct key_record root = {.use = USE_ROOT, .not_after = 1};
	char path[512];

	need(signer_make_key(s, &k) == ERR_OK, "cannot make a key");
	need(signer_make_key(s, &root) == ERR_OK, "cannot make a key");
	(void)snprintf(path, sizeof(path), "%s/root.key", dir);
	need(key_file_write(path, &root) == ERR_OK, "cannot write it");
	(void)snprintf(path, sizeof(path), "%s/issuer.key", dir);
	need(key_file_write(path, &k) == ERR_OK, "cannot write it");
	sign_with(s, &k);
	seal_and_open(s);
}

int
main(int argc, char **argv)
{
	const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	struct signer *s = NULL;
	char line[32];

	need(argc == 3 && sodium_init() >= 0, "FOLDER PASSPHRASE-FILE");
	(void)setrlimit(RLIMIT_CORE, &all);
	need(signer_start(&s, argv[1], argv[2], SIGNER_CREATE) == ERR_OK,
	    "cannot start a signer");
	(void)snprintf(mark, sizeof(mark), "%s is %s", "signer_hold", "held");
	printf("ready %d %d\n", (int)getpid(), signer_pid(s));
	(void)fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (strcmp(line, "work\n") == 0)
			work(s, argv[1]);
		else if (strcmp(line, "abort\n") == 0)
			abort();
		printf("done\n");
		(void)fflush(stdout);
	}
	signer_stop(s);
	return 0;
}
