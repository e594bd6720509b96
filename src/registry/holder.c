#include "registry/holder.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/log.h"
#include "registry/holder_private.h"
#include "registry/sealed.h"

static const char sql_get[] =
    "SELECT id, person, org, key, salt, erased FROM holder WHERE id = $id";

static const char sql_ref[] =
    "SELECT id FROM holder WHERE ref_index = $ref_index";

static const char sql_next[] =
    "SELECT id FROM holder WHERE org = $org AND id > $after AND erased = 0"
    " ORDER BY id LIMIT 1";

static const char sql_texts[] =
    "SELECT name, born, ref, nhs FROM holder WHERE id = $id AND erased = 0";

static enum err
read_holder(struct holder *h, struct stmt *st)
{
	*h = (struct holder){.id = db_int(st, 0),
	    .person = db_int(st, 1),
	    .is_erased = db_int(st, 5) != 0};
	if (!db_copy(h->org, sizeof(h->org), st, 2) ||
	    (!h->is_erased && (db_blob(st, 3).n != SEALER_KEY ||
				  db_blob(st, 4).n != HOLDER_SALT))) {
		log_error("registry: holder row %lld is damaged: run audit",
		    (long long)h->id);
		return ERR_DATA;
	}
	if (!h->is_erased) {
		memcpy(h->key, db_blob(st, 3).p, SEALER_KEY);
		memcpy(h->salt, db_blob(st, 4).p, HOLDER_SALT);
	}
	return ERR_OK;
}

enum err
holder_get(struct db *db, int64_t id, struct holder *out)
{
	struct stmt *st = db_prepare(db, sql_get);
	bool found;
	enum err e;

	db_bind_int(st, "$id", id);
	e = db_one(st, &found);
	if (e == ERR_OK && !found)
		return ERR_NOINPUT;
	if (e == ERR_OK)
		e = read_holder(out, st);
	db_reset(st);
	return e;
}

enum err
holder_open(struct db *db, const struct sealer *sealer, const struct holder *h,
    struct holder_text *out)
{
	struct stmt *st = db_prepare(db, sql_texts);
	char *const to[] = {out->name, out->born, out->ref, out->nhs};
	struct sealed_out text[4];
	bool found;
	enum err e;

	memset(out, 0, sizeof(*out));
	db_bind_int(st, "$id", h->id);
	e = db_one(st, &found);
	if (e == ERR_OK && !found)
		return ERR_NOINPUT;
	if (e == ERR_OK) {
		struct sealed_in in[] = {
		    {"holder", "name", h->id, db_blob(st, 0)},
		    {"holder", "born", h->id, db_blob(st, 1)},
		    {"holder", "ref", h->id, db_blob(st, 2)},
		    {"holder", "nhs", h->id, db_blob(st, 3)}};

		e = sealed_read(sealer, h->key, h->id, in, text, 4);
	}
	db_reset(st);
	for (int i = 0; e == ERR_OK && i < 4; i++) {
		if (text[i].n > CARD_TEXT_MAX)
			e = ERR_DATA;
		else
			memcpy(to[i], text[i].b, text[i].n + 1);
	}
	explicit_bzero(text, sizeof(text));
	return e;
}

/* --- looking up ----------------------------------------------------------- */

enum err
holder_ref_text(uint8_t out[static HOLDER_REF_MAX], size_t *n, const char *org,
    struct span ref)
{
	size_t at = strlen(org);

	if (at >= CARD_ORG || ref.n > CARD_TEXT_MAX) {
		log_error("a local reference may have at most %d bytes",
		    CARD_TEXT_MAX);
		return ERR_TOOBIG;
	}
	memcpy(out, org, at);
	out[at++] = '|'; /* in no ODS code */
	if (ref.n > 0)
		memcpy(out + at, ref.p, ref.n);
	*n = at + ref.n;
	return ERR_OK;
}

enum err
holder_by_ref(struct db *db, const uint8_t index[static SEALER_BLIND],
    int64_t *id, bool *found)
{
	struct stmt *st = db_prepare(db, sql_ref);
	enum err e;

	db_bind_blob(st, "$ref_index", span_of(index, SEALER_BLIND));
	e = db_one(st, found);
	if (e == ERR_OK && *found)
		*id = db_int(st, 0);
	db_reset(st);
	return e;
}

/* What a name must have in it, folded; none of it: every name will do. */
struct wanted {
	holder_fn *fn;
	void *ctx;
	const char *part; /* folded, or NULL */
};

/* Letters and marks that nobody types at a desk, and what is typed for them:
 * Unicode takes their strokes for a part of the letter, not for an accent. */
static utf8proc_int32_t
as_typed(utf8proc_int32_t c, void *data)
{
	static const struct {
		utf8proc_int32_t written, typed;
	} pairs[] = {
	    {0x2018, '\''}, /* quotation marks for an apostrophe */
	    {0x2019, '\''},
	    {0x00d0, 'd'}, /* eth */
	    {0x00d8, 'o'}, /* o with stroke */
	    {0x00f0, 'd'},
	    {0x00f8, 'o'},
	    {0x0110, 'd'}, /* d with stroke */
	    {0x0111, 'd'},
	    {0x0126, 'h'}, /* h with stroke */
	    {0x0127, 'h'},
	    {0x0131, 'i'}, /* dotless i */
	    {0x0141, 'l'}, /* l with stroke */
	    {0x0142, 'l'},
	};

	(void)data;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (pairs[i].written == c)
			return pairs[i].typed;
	return c;
}

/* Lower case, without accents, on the heap; NULL if not UTF-8. */
static char *
fold(struct span text)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t n =
	    utf8proc_map_custom(text.p, (utf8proc_ssize_t)text.n, &out,
		UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
		    UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD | UTF8PROC_STRIPCC,
		as_typed, NULL);

	if (n < 0) {
		free(out);
		return NULL;
	}
	return (char *)out;
}

static void
fold_free(char *s)
{
	if (s != NULL)
		explicit_bzero(s, strlen(s));
	free(s);
}

static bool
has_part(const char *name, const char *part)
{
	char *folded = part == NULL ? NULL : fold(span_str(name));
	bool has =
	    part == NULL || (folded != NULL && strstr(folded, part) != NULL);

	fold_free(folded);
	return has;
}

/* Tells the caller about a holder, if it is wanted and has a card. */
static enum err
tell(struct db *db, const struct sealer *sealer, int64_t id,
    const struct wanted *w)
{
	struct holder h;
	struct holder_text text;
	struct card card;
	enum err e = holder_get(db, id, &h);

	if (e == ERR_OK)
		e = holder_open(db, sealer, &h, &text);
	if (e == ERR_OK && has_part(text.name, w->part)) {
		e = card_newest(db, id, &card);
		if (e == ERR_OK)
			e = w->fn(
			    w->ctx, &(struct holder_hit){&h, &text, &card});
		else if (e == ERR_NOINPUT)
			e = ERR_OK;
	}
	explicit_bzero(&text, sizeof(text));
	return e;
}

enum err
holder_find_ref(struct db *db, const struct sealer *sealer, const char *org,
    struct span ref, holder_fn *fn, void *ctx)
{
	struct wanted w = {fn, ctx, NULL};
	uint8_t text[HOLDER_REF_MAX];
	struct seal_blind index = {.domain = "ref"};
	size_t n = 0;
	int64_t id = 0;
	bool found = false;
	enum err e = holder_ref_text(text, &n, org, ref);

	index.text = span_of(text, n);
	if (e == ERR_OK)
		e = sealer->blind(sealer->ctx, &index, 1);
	if (e == ERR_OK)
		e = holder_by_ref(db, index.out, &id, &found);
	explicit_bzero(text, sizeof(text));
	return e == ERR_OK && found ? tell(db, sealer, id, &w) : e;
}

static enum err
next_id(struct db *db, const char *org, int64_t *id, bool *found)
{
	struct stmt *st = db_prepare(db, sql_next);
	enum err e;

	db_bind_text(st, "$org", span_str(org));
	db_bind_int(st, "$after", *id);
	e = db_one(st, found);
	if (e == ERR_OK && *found)
		*id = db_int(st, 0);
	db_reset(st);
	return e;
}

enum err
holder_find_name(struct db *db, const struct sealer *sealer, const char *org,
    struct span text, holder_fn *fn, void *ctx)
{
	char *part = fold(text);
	struct wanted w = {fn, ctx, part};
	int64_t id = 0;
	bool found = true;
	enum err e = ERR_OK;

	if (part == NULL || part[0] == '\0') {
		log_error("find: give at least one letter of the name");
		e = ERR_DATA;
	}
	while (e == ERR_OK) {
		e = next_id(db, org, &id, &found);
		if (e != ERR_OK || !found)
			break;
		e = tell(db, sealer, id, &w);
	}
	fold_free(part);
	return e;
}
