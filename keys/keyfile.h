#ifndef KEYS_KEYFILE_H
#define KEYS_KEYFILE_H

#include "base/buf.h"
#include "keys/secret.h"

/*
 * Key files: text, mode 0600, in a folder of mode 0700.  The first line of
 * each is "carerpass secret key 1", so that a scan for lost keys finds it.
 *
 *   master     salt and master key, sealed under Argon2id of the passphrase
 *   root.key   a root key, sealed under the master key; what the key is for
 *              stands beside it in the clear and is bound to it
 *   journal    what was signed (journal.h)
 *
 * All other signing keys are sealed the same way and kept in the registry.
 */
#define KEYFILE_HEAD   "carerpass secret key 1"
#define KEYFILE_MAX    4096
#define KEYFILE_MASTER "master"

/* What a signing key may be used for: 0 and 1 as in the trust list. */
enum key_use {
	USE_PASSPORT = 0,
	USE_STATUS = 1,
	USE_ROOT = 2,
};

#define USES        3
#define KEY_ODS_MAX 10

/* A signing key as it may be shown to anybody: the private half is sealed. */
struct key_record {
	uint8_t kid[KID_SIZE];
	uint8_t public[ED25519_KEY];
	enum key_use use;
	char ods[KEY_ODS_MAX + 1]; /* the only issuer it may sign for; "" unless
				      USE_PASSPORT */
	int64_t not_before;
	int64_t not_after;
	uint8_t sealed[SECRET_WRAPPED]; /* the 32-byte seed */
};

/* key_record_ad(out, k): writes what the seal is bound to: all members before
 * ${sealed}. Returns its length. */
size_t key_record_ad(uint8_t out[static 128], const struct key_record *k);

/* key_file_write(path, k): writes a key file, mode 0600. */
enum err key_file_write(
    const char *path, const struct key_record *k) MUST_CHECK;

/* key_file_read(k, path): reads it back; ERR_PERM if it is open to others. */
enum err key_file_read(struct key_record *k, const char *path) MUST_CHECK;

/* key_file_parse(k, text): the parser of key_file_read. */
enum err key_file_parse(struct key_record *k, struct span text) MUST_CHECK;

/* The master file, opened only in the signer process. */
struct master_file {
	uint8_t salt[16];
	uint8_t sealed[SECRET_WRAPPED];
};

/* master_file_make(m, s, pass): draws a new master key into ${s} and seals it.
 */
enum err master_file_make(
    struct master_file *m, struct secret *s, struct span pass) MUST_CHECK;

/* master_file_open(s, m, pass): Returns ERR_PERM if the passphrase is another.
 */
enum err master_file_open(
    struct secret *s, const struct master_file *m, struct span pass) MUST_CHECK;

/* master_file_write(dir, m), master_file_read(m, dir): DIR/master. */
enum err master_file_write(
    const char *dir, const struct master_file *m) MUST_CHECK;
enum err master_file_read(struct master_file *m, const char *dir) MUST_CHECK;

/* master_file_parse(m, text): the parser of master_file_read. */
enum err master_file_parse(struct master_file *m, struct span text) MUST_CHECK;

#endif
