#include "cards/pdf_tags.h"

#include <stdlib.h>
#include <string.h>

#include "cards/utf8.h"

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

static void
alt_in(HPDF_Dict dict, const char *text)
{
	size_t room = 2 + 2 * strlen(text);
	HPDF_BYTE *wide = malloc(room);

	if (wide == NULL) {
		HPDF_SetError(dict->error, HPDF_FAILD_TO_ALLOC_MEM, 0);
		return;
	}
	HPDF_Dict_Add(dict, "Alt",
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

void
pdf_tags_begin(
    struct pdf_tags *t, HPDF_Doc doc, HPDF_Page page, const char *alt)
{
	HPDF_Dict figure;
	HPDF_Array parents;

	if (HPDF_GetError(doc) != HPDF_OK || t->nums == NULL)
		return;
	figure = dict_new(t, "StructElem");
	parents = HPDF_Array_New(doc->mmgr);
	if (figure == NULL || parents == NULL)
		return;
	HPDF_Dict_AddName(figure, "S", "Figure");
	HPDF_Dict_Add(figure, "P", t->top);
	HPDF_Dict_Add(figure, "Pg", page);
	HPDF_Dict_AddNumber(figure, "K", 0); /* the MCID below */
	alt_in(figure, alt);
	HPDF_Array_Add(t->kids, figure);
	HPDF_Array_AddNumber(t->nums, t->n);
	/* What could not be added is freed. */
	if (HPDF_Array_Add(t->nums, parents) != HPDF_OK)
		return;
	HPDF_Array_Add(parents, figure);
	HPDF_Dict_AddNumber(page, "StructParents", t->n);
	HPDF_Stream_WriteStr(
	    ((HPDF_PageAttr)page->attr)->stream, "/Figure <</MCID 0>> BDC\n");
	t->n++;
	t->page = page;
}

void
pdf_tags_end(struct pdf_tags *t)
{
	if (t->page != NULL)
		HPDF_Stream_WriteStr(
		    ((HPDF_PageAttr)t->page->attr)->stream, "EMC\n");
	t->page = NULL;
}
