#ifndef PASSPORT_FILES_H
#define PASSPORT_FILES_H

#include "base/span.h"

/* The names in a published folder (FORMAT.md 5.4), and nothing but names. */
#define FILES_ROOT_PUB "root.pub"
#define FILES_TRUST    "trust.cwt"
#define FILES_INDEX    "index.json"
#define FILES_STATUS   "status" /* the folder of the status lists */

/* List numbers are those of 32-bit status indices (FORMAT.md 2). */
#define FILES_LIST_MAX 32767
#define FILES_NAME     32 /* "status/32767.cwt" and NUL, and room */

/* files_is_part(name): Returns true for one of the four above. */
bool files_is_part(const char *name);

/* files_is_list(name): Returns true for "N.cwt", any number. */
bool files_is_list(const char *name);

/* files_list_number(name, n): reads "12.cwt" as 12; false if it is anything
 * else, written in another way, or above FILES_LIST_MAX. */
bool files_list_number(const char *name, uint32_t *n);

/* files_list_name(out, n): writes "status/12.cwt" for 12. */
void files_list_name(char out[static FILES_NAME], uint32_t n);

#endif
