#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/dir.h"
#include "passport/files.h"
#include "tests/kit/folder.h"

static void
path_of(char out[static PATH_MAX], const char *dir, const char *name)
{
	assert_int_equal(dir_path(out, dir, name), ERR_OK);
}

static void
put(const char *dir, const char *name, const char *text)
{
	char path[PATH_MAX];

	path_of(path, dir, name);
	folder_put(path, span_str(text));
}

static void
holds(const char *dir, const char *name, const char *text)
{
	char path[PATH_MAX];
	uint8_t got[64];

	path_of(path, dir, name);
	assert_int_equal(folder_get(got, sizeof(got), path), strlen(text));
	assert_memory_equal(got, text, strlen(text));
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void
a_folder_takes_anothers_place_whole(void **state)
{
	struct folder f;
	char dir[PATH_MAX];
	char fresh[PATH_MAX];
	char sub[PATH_MAX];
	struct stat st;

	(void)state;
	folder_make(&f);
	path_of(dir, f.dir, "lists");
	for (int round = 0; round < 2; round++) {
		assert_int_equal(dir_begin(fresh, dir, ".new."), ERR_OK);
		path_of(sub, fresh, FILES_STATUS);
		assert_int_equal(dir_make(sub), ERR_OK);
		put(fresh, "a", round == 0 ? "old" : "new");
		put(sub, "0.cwt", round == 0 ? "zero" : "nil");
		if (round == 0)
			put(fresh, "b", "gone");
		assert_int_equal(dir_swap(fresh, dir), ERR_OK);
		assert_false(is_there(fresh));
	}
	holds(dir, "a", "new");
	holds(dir, "status/0.cwt", "nil");
	path_of(sub, dir, "b");
	assert_false(is_there(sub));
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	dir_clear(dir, 1);
	assert_false(is_there(dir));
	folder_remove(&f);
}

static void
the_folder_behind_a_link_is_meant(void **state)
{
	struct folder f;
	char dir[PATH_MAX];
	char link[PATH_MAX];
	char got[PATH_MAX];

	(void)state;
	folder_make(&f);
	path_of(dir, f.dir, "lists");
	path_of(link, f.dir, "link");
	assert_int_equal(dir_make(dir), ERR_OK);
	assert_int_equal(symlink("lists", link), 0);
	assert_int_equal(dir_resolve(got, link), ERR_OK);
	assert_string_equal(got, dir);
	dir_clear(dir, 0);
	/* What is not there yet keeps its name, less the slashes. */
	assert_int_equal(dir_resolve(got, "nowhere/lists//"), ERR_OK);
	assert_string_equal(got, "nowhere/lists");
	folder_remove(&f);
}

static void
only_left_overs_of_the_same_folder_are_removed(void **state)
{
	static const struct {
		const char *name;
		bool stays;
	} cases[] = {
	    {"lists.new.a1B2c3", false},
	    {"lists.new.a1B2c", true},
	    {"lists.new.a1B2c3d", true},
	    {"lists.backup", true},
	    {"lists.old.a1B2c3", true},
	    {"others.new.a1B2c3", true},
	    {"lists", true},
	};
	struct folder f;
	char path[PATH_MAX];
	char dir[PATH_MAX];

	(void)state;
	folder_make(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		path_of(path, f.dir, cases[i].name);
		assert_int_equal(dir_make(path), ERR_OK);
		put(path, "trust.cwt", "half");
	}
	path_of(dir, f.dir, "lists");
	put(f.dir, "lists.new.Z9y8X7", "half a file");
	dir_clear_left(dir, ".new.");
	path_of(path, f.dir, "lists.new.Z9y8X7");
	assert_false(is_there(path));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		path_of(path, f.dir, cases[i].name);
		assert_int_equal(is_there(path), cases[i].stays);
		dir_clear(path, 0);
	}
	folder_remove(&f);
}

static void
what_is_not_ours_is_not_replaced(void **state)
{
	struct folder f;
	char path[PATH_MAX];

	(void)state;
	folder_make(&f);
	put(f.dir, "root.pub", "");
	put(f.dir, "trust.cwt", "");
	assert_int_equal(dir_holds_only(f.dir, files_is_part), ERR_OK);
	put(f.dir, "thesis.odt", "");
	assert_int_equal(dir_holds_only(f.dir, files_is_part), ERR_DATA);
	path_of(path, f.dir, "nowhere");
	assert_int_equal(dir_holds_only(path, files_is_part), ERR_OK);
	path_of(path, f.dir, "root.pub");
	assert_int_equal(dir_holds_only(path, files_is_part), ERR_IO);
	folder_remove(&f);
}

static void
lists_have_one_name_each(void **state)
{
	static const char *const no[] = {"", ".cwt", "1", "1.cwt2", "01.cwt",
	    "00.cwt", "-1.cwt", " 1.cwt", "1.CWT", "32768.cwt", "100000.cwt",
	    "4294967296.cwt", "1.cwt.a1B2c3"};
	static const uint32_t yes[] = {0, 1, 9, 10, 4095, FILES_LIST_MAX};
	char name[FILES_NAME];
	uint32_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		assert_false(files_list_number(no[i], &n));
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		files_list_name(name, yes[i]);
		assert_memory_equal(name, "status/", 7);
		assert_true(files_list_number(name + 7, &n));
		assert_int_equal(n, yes[i]);
	}
	assert_string_equal(name, "status/32767.cwt");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_folder_takes_anothers_place_whole),
	    cmocka_unit_test(the_folder_behind_a_link_is_meant),
	    cmocka_unit_test(only_left_overs_of_the_same_folder_are_removed),
	    cmocka_unit_test(what_is_not_ours_is_not_replaced),
	    cmocka_unit_test(lists_have_one_name_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
