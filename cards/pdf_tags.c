#include "cards/pdf_tags.h"

#include <stdlib.h>
#include <string.h>

#include "cards/utf8.h"

/* What a piece is called, and under which key its words are. */
static const struct kind {
	const char *name, *key;
} kinds[TAGS] = {
    [TAG_FIGURE] = {"Figure", "Alt"},
    [TAG_TITLE] = {"H1", "ActualText"},
    [TAG_HEADING] = {"H2", "ActualText"},
    [TAG_PARAGRAPH] = {"P", "ActualText"},
    [TAG_DECORATION] = {"Artifact", NULL},
};

/* dict_new(t): a dictionary that others may refer to; the document frees it. */
static HPDF_Dict
dict_new(struct pdf_tags *t, const char *type)
{
	HPDF_Dict d = HPDF_Dict_New(t->doc->mmgr);

	if (d == NULL || HPDF_Xref_Add(t->doc->xref, d) != HPDF_OK)
		return NULL;
	if (type != NULL)
		HPDF_Dict_AddName(d, "Type", type);
	return d;
}

/* array_in(dict, key): a new array as ${dict}'s ${key}. Returns NULL on
 * failure. */
static HPDF_Array
array_in(HPDF_Dict dict, const char *key)
{
	HPDF_Array a = HPDF_Array_New(dict->mmgr);

	return HPDF_Dict_Add(dict, key, a) == HPDF_OK ? a : NULL;
}

/* dict_in(dict, key): a new dictionary as ${dict}'s ${key}. */
static HPDF_Dict
dict_in(HPDF_Dict dict, const char *key)
{
	HPDF_Dict d = HPDF_Dict_New(dict->mmgr);

	return HPDF_Dict_Add(dict, key, d) == HPDF_OK ? d : NULL;
}

static void
string_in(HPDF_Dict dict, const char *key, const char *text)
{
	HPDF_Dict_Add(dict, key, HPDF_String_New(dict->mmgr, text, NULL));
}

/* utf16(out, text): UTF-16BE with its mark, for PDF text. Returns the bytes
 * written; ${out} has 2 + 2 * strlen(text). */
static size_t
utf16(HPDF_BYTE *out, const char *text)
{
	struct span s = span_str(text);
	size_t n = 0;

	out[n++] = 0xfe;
	out[n++] = 0xff;
	for (size_t at = 0; at < s.n;) {
		int32_t v = utf8_next(s, &at);

		/* The card's fonts have nothing that needs a surrogate. */
		if (v < 0 || v > 0xffff)
			break;
		out[n++] = (HPDF_BYTE)(v >> 8);
		out[n++] = (HPDF_BYTE)v;
	}
	return n;
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static void
words_in(HPDF_Dict dict, const char *key, const char *text)
{
	size_t room = 2 + 2 * strlen(text);
	HPDF_BYTE *wide;

	if (is_ascii(text)) {
		string_in(dict, key, text);
		return;
	}
	wide = malloc(room);
	if (wide == NULL) {
		HPDF_SetError(dict->error, HPDF_FAILD_TO_ALLOC_MEM, 0);
		return;
	}
	HPDF_Dict_Add(dict, key,
	    HPDF_Binary_New(dict->mmgr, wide, (HPDF_UINT)utf16(wide, text)));
	free(wide);
}

void
pdf_tags_open(struct pdf_tags *t, HPDF_Doc doc, const char *lang)
{
	HPDF_Dict view, mark, tree;

	*t = (struct pdf_tags){.doc = doc};
	doc->pdf_version = HPDF_VER_14;
	string_in(doc->catalog, "Lang", lang);
	view = dict_in(doc->catalog, "ViewerPreferences");
	mark = dict_in(doc->catalog, "MarkInfo");
	t->root = dict_new(t, "StructTreeRoot");
	t->top = dict_new(t, "StructElem");
	if (view == NULL || mark == NULL || t->root == NULL || t->top == NULL)
		return;
	HPDF_Dict_AddBoolean(view, "DisplayDocTitle", HPDF_TRUE);
	HPDF_Dict_AddBoolean(mark, "Marked", HPDF_TRUE);
	HPDF_Dict_Add(doc->catalog, "StructTreeRoot", t->root);
	HPDF_Dict_Add(t->root, "K", t->top);
	HPDF_Dict_AddName(t->top, "S", "Document");
	HPDF_Dict_Add(t->top, "P", t->root);
	t->kids = array_in(t->top, "K");
	tree = dict_in(t->root, "ParentTree");
	t->nums = tree == NULL ? NULL : array_in(tree, "Nums");
}

/* first_piece(t, page): Returns false if ${page} could not be given its list of
 * pieces. */
static bool
first_piece(struct pdf_tags *t, HPDF_Page page)
{
	t->parents = HPDF_Array_New(t->doc->mmgr);
	if (t->parents == NULL)
		return false;
	HPDF_Array_AddNumber(t->nums, t->pages);
	/* What could not be added is freed. */
	if (HPDF_Array_Add(t->nums, t->parents) != HPDF_OK)
		return false;
	HPDF_Dict_AddNumber(page, "StructParents", t->pages);
	t->pages++;
	t->pieces = 0;
	t->page = page;
	return true;
}

int
pdf_tags_begin(
    struct pdf_tags *t, HPDF_Page page, enum tag tag, const char *text)
{
	HPDF_Dict piece;

	if (HPDF_GetError(t->doc) != HPDF_OK || t->nums == NULL ||
	    (t->page != page && !first_piece(t, page)))
		return -1;
	piece = dict_new(t, "StructElem");
	if (piece == NULL)
		return -1;
	HPDF_Dict_AddName(piece, "S", kinds[tag].name);
	HPDF_Dict_Add(piece, "P", t->top);
	HPDF_Dict_Add(piece, "Pg", page);
	HPDF_Dict_AddNumber(piece, "K", t->pieces); /* its marked content */
	if (kinds[tag].key != NULL && text != NULL)
		words_in(piece, kinds[tag].key, text);
	HPDF_Array_Add(t->kids, piece);
	HPDF_Array_Add(t->parents, piece);
	return HPDF_GetError(t->doc) == HPDF_OK ? t->pieces++ : -1;
}

const char *
pdf_tags_name(enum tag tag)
{
	return kinds[tag].name;
}
