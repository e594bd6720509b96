/*
 * registry_check FILE: recomputes every event's hash and compares every row
 * with what its newest event says (registry/event.h).  Prints what is wrong and
 * ends with 1.
 */
#include <stdio.h>

#include <sodium.h>

#include "registry/event.h"

static enum err
check(struct db *db, void *fault)
{
	return event_check(db, fault);
}

int
main(int argc, char **argv)
{
	struct event_fault f = {0};
	struct db *db = NULL;
	enum err e;

	if (argc != 2 || sodium_init() < 0)
		return 2;
	e = db_open(&db, argv[1], DB_READ);
	if (e == ERR_OK)
		e = db_read(db, check, &f);
	if (e != ERR_OK)
		printf("%s: event %lld, %s %lld: %s\n", err_name(e),
		    (long long)f.seq, f.table, (long long)f.row, f.what);
	db_close(db);
	return e == ERR_OK ? 0 : 1;
}
