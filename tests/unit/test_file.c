#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Each test has a private folder of its own and works inside it. */
static int
enter(void **state)
{
	char *dir = strdup("/tmp/test_file.XXXXXX");

	if (dir == NULL || mkdtemp(dir) == NULL || chdir(dir) != 0)
		return -1;
	*state = dir;
	return 0;
}

static void
remove_all(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *de;
	char path[4096];

	if (d == NULL)
		return;
	while ((de = readdir(d)) != NULL) {
		if (strcmp(de->d_name, ".") == 0 ||
		    strcmp(de->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, de->d_name);
		if (unlink(path) != 0)
			remove_all(path);
	}
	closedir(d);
	rmdir(dir);
}

static int
leave(void **state)
{
	remove_all(*state);
	free(*state);
	return chdir("/");
}

static void
put(const char *path, const char *text, mode_t mode)
{
	assert_int_equal(file_write(path, span_str(text), mode), ERR_OK);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static int
files_here(void)
{
	DIR *d = opendir(".");
	int n = 0;

	assert_non_null(d);
	for (struct dirent *de; (de = readdir(d)) != NULL;)
		n += de->d_name[0] != '.';
	closedir(d);
	return n;
}

static void
reads_back_what_it_wrote(void **state)
{
	struct buf b = BUF_INIT(200000);
	uint8_t big[150000];

	(void)state;
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (uint8_t)(i * 31);
	assert_int_equal(
	    file_write("f", span_of(big, sizeof(big)), 0640), ERR_OK);
	assert_int_equal(file_read(&b, "f"), ERR_OK);
	assert_true(span_eq(buf_span(&b), span_of(big, sizeof(big))));
	assert_int_equal(mode_of("f"), 0640);
	buf_free(&b);
	put("f", "", 0600);
	assert_int_equal(file_read(&b, "f"), ERR_OK);
	assert_int_equal(b.n, 0);
	assert_non_null(b.p);
	buf_free(&b);
}

static void
reads_up_to_the_cap_and_refuses_a_byte_more(void **state)
{
	struct buf b = BUF_INIT(5);

	(void)state;
	put("f", "12345", 0600);
	assert_int_equal(file_read(&b, "f"), ERR_OK);
	assert_int_equal(b.n, 5);
	buf_free(&b);
	put("f", "123456", 0600);
	assert_int_equal(file_read(&b, "f"), ERR_TOOBIG);
	buf_free(&b);
}

static void
tells_a_missing_file_from_an_unreadable_one(void **state)
{
	struct buf b = BUF_INIT(5);

	(void)state;
	assert_int_equal(file_read(&b, "none"), ERR_NOINPUT);
	assert_int_equal(file_read(&b, "none/f"), ERR_NOINPUT);
	assert_int_equal(file_read(&b, "."), ERR_IO);
	assert_int_equal(
	    file_write("none/f", span_str("x"), 0600), ERR_NOINPUT);
	buf_free(&b);
}

static void
reads_standard_input_only_where_asked(void **state)
{
	struct buf b = BUF_INIT(16);
	int keep = dup(STDIN_FILENO);
	int fd;

	(void)state;
	put("f", "from stdin", 0600);
	fd = open("f", O_RDONLY);
	assert_true(keep >= 0 && fd >= 0);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(file_read_arg(&b, "-"), ERR_OK);
	assert_true(span_is(buf_span(&b), "from stdin"));
	assert_int_equal(file_read(&b, "-"), ERR_NOINPUT);
	assert_int_equal(dup2(keep, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	close(keep);
	buf_free(&b);
}

static void
replaces_a_file_whole_and_leaves_nothing_behind(void **state)
{
	struct buf b = BUF_INIT(16);
	struct stat before;
	struct stat after;

	(void)state;
	put("f", "old", 0644);
	assert_int_equal(stat("f", &before), 0);
	put("f", "new", 0600);
	assert_int_equal(stat("f", &after), 0);
	assert_int_not_equal(before.st_ino, after.st_ino);
	assert_int_equal(mode_of("f"), 0600);
	assert_int_equal(files_here(), 1);
	/* A folder in its place: refused, and no temporary file stays. */
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(mkdir("d/x", 0700), 0);
	assert_int_not_equal(file_write("d", span_str("x"), 0600), ERR_OK);
	assert_int_equal(files_here(), 2);
	assert_int_equal(file_read(&b, "f"), ERR_OK);
	assert_true(span_is(buf_span(&b), "new"));
	buf_free(&b);
}

static void
refuses_what_others_could_read_or_write(void **state)
{
	static const mode_t open_modes[] = {
	    0640, 0604, 0620, 0602, 0610, 0601, 0666, 0777};
	struct buf b = BUF_INIT(16);

	(void)state;
	put("f", "secret", 0600);
	assert_int_equal(file_private_check("f"), ERR_OK);
	assert_int_equal(file_read_private(&b, "f"), ERR_OK);
	assert_true(span_is(buf_span(&b), "secret"));
	assert_int_equal(file_private_check("none"), ERR_NOINPUT);
	for (size_t i = 0; i < sizeof(open_modes) / sizeof(*open_modes); i++) {
		assert_int_equal(chmod("f", open_modes[i]), 0);
		assert_int_equal(file_private_check("f"), ERR_PERM);
		buf_free(&b);
		assert_int_equal(file_read_private(&b, "f"), ERR_PERM);
		assert_int_equal(b.n, 0);
	}
	buf_free(&b);
}

static void
refuses_a_file_whose_folder_others_can_write(void **state)
{
	const char *dir = *state;
	char path[128];

	put("f", "secret", 0600);
	snprintf(path, sizeof(path), "%s/f", dir);
	assert_int_equal(chmod(dir, 0770), 0);
	assert_int_equal(file_private_check("f"), ERR_PERM);
	assert_int_equal(file_private_check(path), ERR_PERM);
	assert_int_equal(chmod(dir, 0707), 0);
	assert_int_equal(file_private_check(path), ERR_PERM);
	assert_int_equal(chmod(dir, 01777), 0);
	assert_int_equal(file_private_check(path), ERR_PERM);
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(file_private_check(path), ERR_OK);
	/* The folder itself, in /tmp, which is root's and sticky. */
	assert_int_equal(file_private_check(dir), ERR_PERM);
	assert_int_equal(chmod(dir, 0700), 0);
	assert_int_equal(file_private_check(dir), ERR_OK);
}

static void
refuses_links_and_foreign_files(void **state)
{
	struct buf b = BUF_INIT(16);

	put("f", "secret", 0600);
	assert_int_equal(symlink("f", "link"), 0);
	assert_int_equal(file_private_check("link"), ERR_PERM);
	assert_int_equal(file_read_private(&b, "link"), ERR_PERM);
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(file_private_check("pipe"), ERR_PERM);
	assert_int_equal(file_read_private(&b, "pipe"), ERR_PERM);
	assert_int_equal(b.n, 0);
	if (geteuid() != 0)
		return; /* only root can give a file away */
	assert_int_equal(chown("f", 4242, (gid_t)-1), 0);
	assert_int_equal(file_private_check("f"), ERR_PERM);
	assert_int_equal(chown("f", 0, (gid_t)-1), 0);
	assert_int_equal(file_private_check("f"), ERR_OK);
	assert_int_equal(chown(*state, 4242, (gid_t)-1), 0);
	assert_int_equal(file_private_check("f"), ERR_PERM);
}

static void
makes_private_folders_with_their_parents(void **state)
{
	mode_t old = umask(0);

	(void)state;
	assert_int_equal(file_mkdir_private("a/b//c/"), ERR_OK);
	umask(old);
	assert_int_equal(mode_of("a"), 0700);
	assert_int_equal(mode_of("a/b"), 0700);
	assert_int_equal(mode_of("a/b/c"), 0700);
	assert_int_equal(file_mkdir_private("a/b/c"), ERR_OK);
	put("f", "x", 0600);
	assert_int_equal(file_mkdir_private("f"), ERR_IO);
	assert_int_not_equal(file_mkdir_private("f/x"), ERR_OK);
	assert_int_equal(file_mkdir_private(""), ERR_TOOBIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_back_what_it_wrote),
	    cmocka_unit_test(reads_up_to_the_cap_and_refuses_a_byte_more),
	    cmocka_unit_test(tells_a_missing_file_from_an_unreadable_one),
	    cmocka_unit_test(reads_standard_input_only_where_asked),
	    cmocka_unit_test(replaces_a_file_whole_and_leaves_nothing_behind),
	    cmocka_unit_test(refuses_what_others_could_read_or_write),
	    cmocka_unit_test(refuses_a_file_whose_folder_others_can_write),
	    cmocka_unit_test(refuses_links_and_foreign_files),
	    cmocka_unit_test(makes_private_folders_with_their_parents),
	};
	struct CMUnitTest each[sizeof(tests) / sizeof(*tests)];

	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		each[i] = tests[i];
		each[i].setup_func = enter;
		each[i].teardown_func = leave;
	}
	return cmocka_run_group_tests(each, NULL, NULL);
}
