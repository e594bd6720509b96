#include "tests/kit/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <ftw.h>

#include <cmocka.h>

#include "base/file.h"

void
place_put_file(const char *dir, const char *name, struct span bytes)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(file_write(path, bytes, 0644), ERR_OK);
}

void
place_put_root(const char *dir, const char *name, const struct kit_key *a,
    const struct kit_key *b)
{
	char text[256];
	size_t n = 0;

	for (int i = 0; i < 2; i++) {
		const struct kit_key *k = i == 0 ? a : b;

		for (size_t j = 0; k != NULL && j < ED25519_KEY; j++)
			n += (size_t)snprintf(
			    text + n, sizeof(text) - n, "%02x", k->public[j]);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "\n");
	}
	place_put_file(dir, name, span_of(text, n));
}

void
place_put_trust(struct place *p)
{
	uint8_t b[4096];

	place_put_file(p->lists, "trust.cwt", kit_trust(&p->kit, b, sizeof(b)));
}

void
place_put_status(struct place *p, uint32_t n, int64_t iat)
{
	static uint8_t b[STATUS_MAX];
	uint8_t packed[STATUS_BYTES];
	char name[32];

	snprintf(name, sizeof(name), "status/%u.cwt", (unsigned)n);
	place_put_file(p->lists, name,
	    kit_status(&p->kit, n, iat, iat + 7 * KIT_DAY,
		kit_deflate(packed, sizeof(packed), p->bits, STATUS_BYTES), b,
		sizeof(b)));
}

int
place_setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	char path[160];

	assert_non_null(p);
	*state = p;
	snprintf(p->top, sizeof(p->top), "/tmp/test_lists.XXXXXX");
	assert_non_null(mkdtemp(p->top));
	snprintf(p->lists, sizeof(p->lists), "%s/lists", p->top);
	snprintf(p->state, sizeof(p->state), "%s/state", p->top);
	snprintf(p->other_root, sizeof(p->other_root), "%s/root", p->top);
	snprintf(path, sizeof(path), "%s/status", p->lists);
	assert_int_equal(file_mkdir_private(path), ERR_OK);
	kit_init(&p->kit);
	p->from = (struct lists_from){.dir = p->lists, .state = p->state};
	place_put_root(p->lists, "root.pub", &p->kit.root, NULL);
	place_put_trust(p);
	place_put_status(p, 0, KIT_NOW - 3600);
	return 0;
}

static int
drop(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int
place_teardown(void **state)
{
	struct place *p = *state;
	int gone = nftw(p->top, drop, 8, FTW_DEPTH | FTW_PHYS);

	free(p);
	return gone;
}
