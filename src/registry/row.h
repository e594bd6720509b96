#ifndef REGISTRY_ROW_H
#define REGISTRY_ROW_H

#include "registry/db.h"

/*
 * The hash of a whole row: BLAKE2b-256 over the table's name and every stored
 * column in the order of the schema, so that one changed byte shows.  Encoding
 * (also of events): NULL is 00; an integer is 01 and 8 bytes, big-endian, two's
 * complement; a text is 02, a blob 03, then 4 bytes of length, big-endian, and
 * the bytes.
 */
#define ROW_HASH 32

enum row_table {
	ROW_PERSON = 0,      /* key: id */
	ROW_HOLDER = 1,      /* key: id */
	ROW_CARD = 2,        /* key: serial */
	ROW_LIST = 3,        /* key: n; covers the list's decoys */
	ROW_PUBLICATION = 4, /* key: object */
	ROW_ENROLMENT = 5,   /* key: text, the ODS code */
	ROW_KEY = 6,         /* key: text, the 8 bytes of the kid */
	ROW_LOST_CARD = 7,   /* key: serial */
	ROW_LOST_KEY = 8,    /* key: text, the 8 bytes of the kid */
};
#define ROW_TABLES 9

struct row_key {
	int64_t id;
	struct span text;
};

/*
 * row_hash(db, table, key, out): hashes the row of ${table} that ${key} names.
 * Returns ERR_OK, ERR_NOINPUT (no such row, not logged) or the store's error.
 */
enum err row_hash(struct db *db, enum row_table table, struct row_key key,
    uint8_t out[static ROW_HASH]) MUST_CHECK;

/* row_table_name(table): Returns its name in the schema. */
const char *row_table_name(enum row_table table);

#endif
