#ifndef KIT_FOLDER_H
#define KIT_FOLDER_H

#include "base/span.h"

/* A folder of a test's own, mode 0700, in memory where there is such a place.
 */
#define FOLDER_PATH 128

struct folder {
	char dir[40];
};

/* folder_make(f): makes it; a failure fails the test. */
void folder_make(struct folder *f);

/* folder_remove(f): removes it with the files in it. */
void folder_remove(const struct folder *f);

/* folder_path(out, f, name): writes the path of the file ${name} in it. */
void folder_path(
    char out[static FOLDER_PATH], const struct folder *f, const char *name);

/* folder_put(path, bytes): makes the file hold exactly ${bytes}, mode 0600. */
void folder_put(const char *path, struct span bytes);

/* folder_get(out, cap, path): reads the whole file. Returns its size. */
size_t folder_get(uint8_t *out, size_t cap, const char *path);

#endif
