#include <jansson.h>
#include <stdio.h>

#include "base/date.h"
#include "base/log.h"
#include "issuer/app.h"
#include "registry/org.h"
#include "registry/org_import.h"

static enum err
cannot_print(void)
{
	log_error("cannot write to standard output");
	return ERR_IO;
}

/* What was printed is only done once it has left the program. */
static enum err
flush_out(void)
{
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? ERR_OK
							  : cannot_print();
}

/* Prints ${line} as one line of JSON and gives it up; NULL is no memory. */
static enum err
print_json(json_t *line)
{
	enum err e = ERR_OK;

	if (line == NULL)
		return ERR_MEM;
	if (json_dumpf(line, stdout, JSON_COMPACT) != 0 || putchar('\n') == EOF)
		e = cannot_print();
	json_decref(line);
	return e;
}

/* --- org import ----------------------------------------------------------- */

struct import_args {
	struct app_args app;
	struct arg_list files;
};

static const struct arg import_table[] = {
    APP_ARGS(struct import_args),
    {"FILE", ARG_LIST, NULL,
	"epraccur.csv, etr.csv, gp-reg-pat-prac-map.csv, or - for one on "
	"standard input",
	offsetof(struct import_args, files), 0, true, 0, 0, NULL},
};

static const struct args import_spec = {"carerpass org import",
    "Reads the organisation files of the NHS as they are published; which is "
    "which is told from their content. All of them or nothing is imported, "
    "and importing a file again changes nothing.",
    import_table, sizeof(import_table) / sizeof(*import_table)};

static enum err
print_counts(const char *file, const struct org_import_counts *c, bool as_json)
{
	if (c->unknown > 0)
		log_warn("%s: %zu rows are of organisations that are not "
			 "imported yet: import epraccur.csv too",
		    file, c->unknown);
	if (as_json)
		return print_json(
		    json_pack("{s:s, s:I, s:I, s:I}", "file", file, "added",
			(json_int_t)c->added, "changed", (json_int_t)c->changed,
			"unchanged", (json_int_t)c->unchanged));
	return printf("%s (%s): %zu added, %zu changed, %zu unchanged\n", file,
		   ods_kind_name(c->kind), c->added, c->changed,
		   c->unchanged) < 0
		   ? cannot_print()
		   : ERR_OK;
}

int
cmd_org_import(int argc, char **argv)
{
	struct org_import_counts counts[ORG_IMPORT_FILES];
	struct import_args a = {0};
	struct app app = {0};
	bool help = false;
	enum err e = args_parse(&import_spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	e = app_open(&app, &a.app, APP_WRITE);
	if (e == ERR_OK)
		e = org_import_files(app.db, a.files.v, a.files.n, counts);
	for (size_t i = 0; e == ERR_OK && i < a.files.n; i++)
		e = print_counts(a.files.v[i], &counts[i], a.app.json);
	if (e == ERR_OK)
		e = flush_out();
	app_close(&app);
	return err_exit(e);
}

/* --- org list ------------------------------------------------------------- */

struct list_args {
	struct app_args app;
	bool enrolled;
	const char *area;
};

static const struct arg list_table[] = {
    APP_ARGS(struct list_args),
    {"--enrolled", ARG_FLAG, NULL, "only those that issue passports",
	offsetof(struct list_args, enrolled), 0, false, 0, 0, NULL},
    {"--area", ARG_TEXT, "CODE",
	"only those in this PCN, sub-ICB, ICB or region",
	offsetof(struct list_args, area), 0, false, 0, 0, NULL},
};

static const struct args list_spec = {"carerpass org list",
    "Lists the organisations that were imported, with the areas they belong "
    "to today.",
    list_table, sizeof(list_table) / sizeof(*list_table)};

static const char *const area_member[ODS_LEVELS] = {
    [ODS_PCN] = "pcn",
    [ODS_SUB_ICB] = "sub_icb",
    [ODS_ICB] = "icb",
    [ODS_REGION] = "region",
};

struct listing {
	bool json;
	size_t n;
};

static enum err
print_org_json(const struct org_row *o)
{
	json_t *line = json_pack("{s:s, s:s, s:s, s:b}", "ods", o->ods, "name",
	    o->name, "setting", org_setting_name(o->setting), "enrolled",
	    o->enrolled);

	for (size_t i = 0; i < ODS_LEVELS && line != NULL; i++)
		if (o->areas.code[i][0] != '\0' &&
		    json_object_set_new(line, area_member[i],
			json_string(o->areas.code[i])) != 0) {
			json_decref(line);
			line = NULL;
		}
	return print_json(line);
}

static enum err
print_org(const struct org_row *o, void *ctx)
{
	struct listing *l = ctx;

	if (l->json) {
		l->n++;
		return print_org_json(o);
	}
	if (l->n++ == 0)
		printf("%-10s %-16s %-8s", "ods", "setting", "enrolled");
	for (size_t i = 0; i < ODS_LEVELS && l->n == 1; i++)
		printf(" %-7s", area_member[i]);
	printf("%s%-10s %-16s %-8s", l->n == 1 ? " name\n" : "", o->ods,
	    org_setting_name(o->setting), o->enrolled ? "yes" : "-");
	for (size_t i = 0; i < ODS_LEVELS; i++)
		printf(" %-7s",
		    o->areas.code[i][0] != '\0' ? o->areas.code[i] : "-");
	return printf(" %s\n", o->name) < 0 ? cannot_print() : ERR_OK;
}

static enum err
list(struct app *app, const struct list_args *a)
{
	struct listing l = {.json = a->app.json};
	struct org_filter filter = {.enrolled = a->enrolled,
	    .area = span_str(a->area != NULL ? a->area : ""),
	    .day = date_day_of(app_now())};
	enum err e = org_list(app->db, &filter, print_org, &l);

	if (e == ERR_OK)
		e = flush_out();
	if (e == ERR_OK && l.n == 0 && a->area != NULL)
		log_note("no%s organisation is in area %s",
		    a->enrolled ? " enrolled" : "", a->area);
	return e;
}

int
cmd_org_list(int argc, char **argv)
{
	struct list_args a = {0};
	struct app app = {0};
	bool help = false;
	enum err e = args_parse(&list_spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	if (a.area != NULL && !ods_is_code(span_str(a.area)))
		return err_exit(args_fault(&list_spec,
		    "--area: a code has 3 to 10 capital letters and digits, "
		    "like QHM"));
	e = app_open(&app, &a.app, APP_READ);
	if (e == ERR_OK)
		e = list(&app, &a);
	app_close(&app);
	return err_exit(e);
}
