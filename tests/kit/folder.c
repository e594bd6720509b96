#include "tests/kit/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

void
folder_make(struct folder *f)
{
	snprintf(f->dir, sizeof(f->dir), "%s/carerpass.XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(f->dir));
}

void
folder_remove(const struct folder *f)
{
	char path[FOLDER_PATH];
	DIR *d = opendir(f->dir);
	const struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		folder_path(path, f, e->d_name);
		unlink(path);
	}
	closedir(d);
	assert_int_equal(rmdir(f->dir), 0);
}

void
folder_path(
    char out[static FOLDER_PATH], const struct folder *f, const char *name)
{
	int n = snprintf(out, FOLDER_PATH, "%s/%s", f->dir, name);

	assert_true(n > 0 && n < FOLDER_PATH);
}

void
folder_put(const char *path, struct span bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(
	    bytes.n == 0 ? 0 : write(fd, bytes.p, bytes.n), bytes.n);
	assert_int_equal(close(fd), 0);
}

size_t
folder_get(uint8_t *out, size_t cap, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, out, cap);
	assert_true(n >= 0 && (size_t)n < cap);
	close(fd);
	return (size_t)n;
}
