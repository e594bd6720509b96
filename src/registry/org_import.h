#ifndef REGISTRY_ORG_IMPORT_H
#define REGISTRY_ORG_IMPORT_H

#include "registry/db.h"
#include "registry/ods.h"

#define ORG_IMPORT_FILES 16 /* files a call */

/* What one file brought. added + changed + unchanged is its rows. */
struct org_import_counts {
	enum ods_kind kind;
	size_t added;
	size_t changed;
	size_t unchanged;
	size_t unknown; /* rows of a map for organisations not imported yet */
};

/*
 * org_import_files(db, paths, n, out): imports the ${n} files at ${paths} ("-"
 * is standard input, once), each known by its content, in ONE transaction:
 * organisation files first, maps after them, whatever their order.  out[i] is
 * what paths[i] brought; the same files again bring nothing.  Returns ERR_OK;
 * ERR_DATA when a file is not one of the three or a row breaks a rule, or
 * gives a code twice (logged with file, line, column, value and what to do);
 * ERR_NOINPUT, ERR_IO, ERR_PERM, ERR_TOOBIG from reading; ERR_USAGE for no
 * file or too many; what db_write() returns.  After any failure nothing of any
 * file was imported.
 */
enum err org_import_files(struct db *db, char *const *paths, size_t n,
    struct org_import_counts *out) MUST_CHECK;

#endif
