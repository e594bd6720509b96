#include "registry/row.h"

#include "registry/hash.h"

#define CELLS_MAX 16

/*
 * How each table's rows are hashed: all columns in the order of the schema. A
 * column that a later schema adds goes to the end of a second statement that
 * gives no row while it is NULL, so that older hashes stay good.
 */
static const struct {
	const char *name;
	const char *select;
	const char *types;
	bool by_text;
	bool by_blob;
	const char *more; /* integers that belong to the row, or NULL */
} tables[ROW_TABLES] = {
    [ROW_PERSON] = {"person", "SELECT id, hash, salt FROM person WHERE id = $k",
	"ibb", false, false, NULL},
    [ROW_HOLDER] = {"holder",
	"SELECT id, person, org, ref_index, key, salt, name, born, ref, nhs,"
	" erased FROM holder WHERE id = $k",
	"iitbbbbbbbi", false, false, NULL},
    [ROW_CARD] = {"card",
	"SELECT serial, holder, org, setting, kid, class, kind, status_index,"
	" iat, exp, replaces, payload, signature, ended, end_reason"
	" FROM card WHERE serial = $k",
	"iitibiiiiiibbii", false, false, NULL},
    [ROW_LIST] = {"status_list", "SELECT n, made FROM status_list WHERE n = $k",
	"ii", false, false,
	"SELECT idx FROM status_decoy WHERE idx >= $k * 131072"
	" AND idx < ($k + 1) * 131072 ORDER BY idx"},
    [ROW_PUBLICATION] = {"publication",
	"SELECT object, seq, iat, exp, sha256, at FROM publication"
	" WHERE object = $k",
	"iiiibi", false, false, NULL},
    [ROW_ENROLMENT] = {"enrolment",
	"SELECT ods, setting, phone, address, enrolled, state FROM enrolment"
	" WHERE ods = $k",
	"tittii", true, false, NULL},
    [ROW_KEY] = {"signing_key",
	"SELECT kid, public, purpose, ods, not_before, not_after, state,"
	" revoked_at, reason, sealed FROM signing_key WHERE kid = $k",
	"bbitiiiitb", false, true, NULL},
    [ROW_LOST_CARD] = {"lost_card",
	"SELECT serial, status_index, kid, at FROM lost_card WHERE serial = $k",
	"iibi", false, false, NULL},
    [ROW_LOST_KEY] = {"lost_key", "SELECT kid, at FROM lost_key WHERE kid = $k",
	"bi", false, true, NULL},
};

const char *
row_table_name(enum row_table table)
{
	return tables[table].name;
}

/* Adds the numbers that ${sql} gives for the row ${id}. */
static enum err
add_more(struct hash *h, struct db *db, const char *sql, int64_t id)
{
	struct stmt *st = db_prepare(db, sql);
	enum db_more more;
	struct cell c;

	db_bind_int(st, "$k", id);
	while ((more = db_step(st)) == DB_ROW) {
		hash_read_cells(&c, st, "i");
		hash_cells(h, &c, 1);
	}
	return more == DB_ERR ? db_err(st) : ERR_OK;
}

enum err
row_hash(struct db *db, enum row_table table, struct row_key key,
    uint8_t out[static ROW_HASH])
{
	struct stmt *st = db_prepare(db, tables[table].select);
	struct cell cells[CELLS_MAX];
	struct hash h;
	bool found;
	enum err e;

	if (tables[table].by_text)
		db_bind_text(st, "$k", key.text);
	else if (tables[table].by_blob)
		db_bind_blob(st, "$k", key.text);
	else
		db_bind_int(st, "$k", key.id);
	e = db_one(st, &found);
	if (e == ERR_OK && !found)
		return ERR_NOINPUT;
	if (e != ERR_OK)
		return e;
	hash_init(&h, tables[table].name);
	hash_read_cells(cells, st, tables[table].types);
	hash_cells(&h, cells, strlen(tables[table].types));
	db_reset(st);
	if (tables[table].more != NULL)
		e = add_more(&h, db, tables[table].more, key.id);
	hash_done(&h, out);
	return e;
}
