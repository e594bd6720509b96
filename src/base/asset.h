#ifndef BASE_ASSET_H
#define BASE_ASSET_H

#include <stddef.h>

/* A file carried inside the program; made by src/tools/embed.c. */
struct asset {
	const char *name;
	const unsigned char *p; /* a NUL follows, not counted in ${n} */
	size_t n;
};

struct assets {
	const struct asset *v;
	size_t n;
};

#endif
