#ifndef REGISTRY_MIGRATE_H
#define REGISTRY_MIGRATE_H

#include <sqlite3.h>

#include "base/err.h"

/* "CPas": says in the file's header whose it is (PRAGMA application_id). */
#define MIGRATE_APPLICATION 0x43506173

/*
 * migrate(sql, path): brings the schema up to date. The files
 * src/registry/sql/NNN_*.sql, carried in the program (base/asset.h), are the
 * versions 1, 2, ... without a gap; all that are missing are applied in ONE
 * transaction together with PRAGMA user_version, so that a crash leaves the
 * old schema or the new one.  A released file is never edited: a change is a
 * new file.  ${path} is for messages.  Returns ERR_OK; ERR_CONFIG for a file
 * that is not a registry or is newer than this program; ERR_UNAVAILABLE,
 * ERR_IO, or ERR_INTERNAL (a schema file is wrong).
 */
enum err migrate(sqlite3 *sql, const char *path) MUST_CHECK;

#endif
