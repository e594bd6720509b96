#include "issuer/columns.h"

#include "base/buf.h"
#include "base/charset.h"
#include "base/file.h"
#include "base/log.h"

#define MAP_MAX 65536 /* bytes of a map */

static const char *const names[COLUMNS] = {
    [COLUMN_NAME] = "name",
    [COLUMN_FORENAME] = "forename",
    [COLUMN_SURNAME] = "surname",
    [COLUMN_REF] = "ref",
    [COLUMN_NHS] = "nhs_number",
    [COLUMN_BORN] = "born",
    [COLUMN_YOUNG] = "young",
    [COLUMN_MONTHS] = "months",
};

/* Titles as they are compared: small letters and digits only. */
static const struct {
	enum column column;
	const char *title;
} aliases[] = {
    {COLUMN_NAME, "name"},
    {COLUMN_NAME, "fullname"},
    {COLUMN_NAME, "patientname"},
    {COLUMN_NAME, "patientsname"},
    {COLUMN_NAME, "patientfullname"},
    {COLUMN_NAME, "patient"},
    {COLUMN_NAME, "carer"},
    {COLUMN_NAME, "carername"},
    {COLUMN_NAME, "carersname"},
    {COLUMN_NAME, "nameofcarer"},
    {COLUMN_NAME, "displayname"},
    {COLUMN_FORENAME, "forename"},
    {COLUMN_FORENAME, "forenames"},
    {COLUMN_FORENAME, "firstname"},
    {COLUMN_FORENAME, "firstnames"},
    {COLUMN_FORENAME, "givenname"},
    {COLUMN_FORENAME, "givennames"},
    {COLUMN_SURNAME, "surname"},
    {COLUMN_SURNAME, "lastname"},
    {COLUMN_SURNAME, "familyname"},
    {COLUMN_REF, "ref"},
    {COLUMN_REF, "reference"},
    {COLUMN_REF, "localref"},
    {COLUMN_REF, "localreference"},
    {COLUMN_REF, "yourreference"},
    {COLUMN_REF, "ourreference"},
    {COLUMN_REF, "carerref"},
    {COLUMN_REF, "carerreference"},
    {COLUMN_REF, "patientid"},
    {COLUMN_REF, "patientnumber"},
    {COLUMN_REF, "emisnumber"},
    {COLUMN_REF, "emisno"},
    {COLUMN_REF, "emisid"},
    {COLUMN_REF, "systmoneid"},
    {COLUMN_REF, "visionid"},
    {COLUMN_REF, "recordnumber"},
    {COLUMN_REF, "id"},
    {COLUMN_NHS, "nhsnumber"},
    {COLUMN_NHS, "nhsno"},
    {COLUMN_NHS, "nhsnum"},
    {COLUMN_NHS, "nhs"},
    {COLUMN_BORN, "born"},
    {COLUMN_BORN, "dateofbirth"},
    {COLUMN_BORN, "dob"},
    {COLUMN_BORN, "birthdate"},
    {COLUMN_BORN, "birthday"},
    {COLUMN_YOUNG, "young"},
    {COLUMN_YOUNG, "youngcarer"},
    {COLUMN_YOUNG, "under18"},
    {COLUMN_MONTHS, "months"},
    {COLUMN_MONTHS, "validmonths"},
    {COLUMN_MONTHS, "monthsvalid"},
};

const char *
column_name(enum column c)
{
	return names[c];
}

/* Letters and digits in lower case; other bytes than ASCII stay as they are. */
static void
normalise(char out[static COLUMN_TITLE], struct span t)
{
	size_t n = 0;

	for (size_t i = 0; i < t.n && n < COLUMN_TITLE - 1; i++) {
		uint8_t b = t.p[i];

		if (b >= 'A' && b <= 'Z')
			b = (uint8_t)(b - 'A' + 'a');
		if ((b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') ||
		    b >= 0x80)
			out[n++] = (char)b;
	}
	out[n] = '\0';
}

/* COLUMNS if a normalised title is none of ours. */
static enum column
by_alias(const char *title)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (strcmp(aliases[i].title, title) == 0)
			return aliases[i].column;
	return COLUMNS;
}

/* --- a map of one's own --------------------------------------------------- */

static enum column
by_name(struct span word)
{
	char given[COLUMN_TITLE];
	char ours[COLUMN_TITLE];

	normalise(given, word);
	for (int i = 0; i < COLUMNS; i++) {
		normalise(ours, span_str(names[i]));
		if (strcmp(given, ours) == 0)
			return (enum column)i;
	}
	return COLUMNS;
}

/* One line. Returns NULL or what is wrong with it. */
static const char *
map_line(struct column_map *map, struct span line)
{
	const uint8_t *eq = memchr(line.p, '=', line.n);
	struct span left, right;
	enum column c;

	if (eq == NULL)
		return "write it as: name = the title in your file";
	left = span_of(line.p, (size_t)(eq - line.p));
	right = span_of(eq + 1, line.n - left.n - 1);
	c = by_name(left);
	if (c == COLUMNS) {
		c = by_name(right);
		right = left;
	}
	if (c == COLUMNS)
		return "none of our columns: name, forename, surname, ref, "
		       "nhs_number, born, young, months";
	if (map->title[c][0] != '\0')
		return "this column stands there twice";
	normalise(map->title[c], right);
	return map->title[c][0] == '\0' ? "the title of your file is missing"
					: NULL;
}

/* Nothing but spaces, or a comment. */
static bool
is_remark(struct span line)
{
	size_t i = 0;

	while (i < line.n &&
	       (line.p[i] == ' ' || line.p[i] == '\t' || line.p[i] == '\r'))
		i++;
	return i == line.n || line.p[i] == '#';
}

enum err
column_map_parse(struct column_map *map, struct span text, const char *path)
{
	const char *why = NULL;
	size_t line = 0;

	memset(map, 0, sizeof(*map));
	for (size_t at = 0; at < text.n && why == NULL;) {
		const uint8_t *p = text.p + at;
		const uint8_t *end = memchr(p, '\n', text.n - at);
		struct span t =
		    span_of(p, end == NULL ? text.n - at : (size_t)(end - p));

		at += t.n + 1;
		line++;
		if (!is_remark(t))
			why = map_line(map, t);
	}
	if (why == NULL)
		return ERR_OK;
	log_error("%s: line %zu: %s", path, line, why);
	return ERR_DATA;
}

enum err
column_map_read(struct column_map *map, const char *path)
{
	struct buf text = BUF_INIT(MAP_MAX);
	struct charset_fault fault = {0, NULL};
	enum err e = file_read(&text, path);

	/* Titles are compared as the register's are: as UTF-8. */
	text.cap = 3 * (size_t)MAP_MAX;
	if (e == ERR_OK)
		e = charset_to_utf8(&text, &fault);
	if (fault.why != NULL)
		log_error("%s: line %zu: %s", path, fault.line, fault.why);
	if (e == ERR_OK)
		e = column_map_parse(map, buf_span(&text), path);
	buf_free(&text);
	return e;
}

/* --- the line of titles --------------------------------------------------- */

/* What a title means, and how surely: the practice says so itself, it is the
 * name of our column, it is a word that some system uses. */
enum rank { RANK_NONE = 0, RANK_ALIAS = 1, RANK_NAME = 2, RANK_MAP = 3 };

static enum rank
meaning(const char *title, const struct column_map *map, enum column *c)
{
	*c = COLUMNS;
	if (title[0] == '\0')
		return RANK_NONE;
	for (int i = 0; i < COLUMNS; i++) {
		*c = (enum column)i;
		if (strcmp(map->title[i], title) == 0)
			return RANK_MAP;
	}
	*c = by_name(span_str(title));
	if (*c != COLUMNS)
		return RANK_NAME;
	*c = by_alias(title);
	return *c != COLUMNS ? RANK_ALIAS : RANK_NONE;
}

enum columns_found
columns_find(struct columns *out, const struct csv_row *row,
    const struct column_map *map, enum column *twice)
{
	enum rank rank[COLUMNS] = {RANK_NONE};
	bool doubled[COLUMNS] = {false};
	bool any = false;

	for (int i = 0; i < COLUMNS; i++)
		out->at[i] = -1;
	for (size_t i = 0; i < row->n; i++) {
		char title[COLUMN_TITLE];
		enum column c;
		enum rank r;

		normalise(title, row->field[i]);
		r = meaning(title, map, &c);
		if (r == RANK_NONE || r < rank[c])
			continue;
		doubled[c] = r == rank[c];
		rank[c] = r;
		out->at[c] = (int)i;
		any = true;
	}
	for (int i = 0; i < COLUMNS; i++) {
		*twice = (enum column)i;
		if (doubled[i])
			return COLUMNS_TWICE;
	}
	/* A whole name goes before its parts. */
	if (out->at[COLUMN_NAME] < 0 &&
	    (out->at[COLUMN_FORENAME] < 0 || out->at[COLUMN_SURNAME] < 0))
		return any ? COLUMNS_SOME : COLUMNS_NONE;
	if (out->at[COLUMN_REF] < 0 && out->at[COLUMN_NHS] < 0)
		return COLUMNS_SOME;
	return COLUMNS_ENOUGH;
}
