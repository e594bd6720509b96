#include "registry/tally.h"

#include <stdlib.h>

#define FIRST_SIZE 4096

static int
compare(const void *a, const void *b)
{
	const struct tally_entry *x = a;
	const struct tally_entry *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

void
tally_settle(struct tally *t)
{
	size_t n = 0;

	if (t->n == 0)
		return;
	qsort(t->v, t->n, sizeof(*t->v), compare);
	for (size_t i = 0; i < t->n;) {
		struct tally_entry sum = t->v[i++];

		while (i < t->n && t->v[i].key == sum.key)
			sum.n += t->v[i++].n;
		if (sum.n != 0)
			t->v[n++] = sum;
	}
	t->n = n;
}

/* Room for one more: by adding up, and where that gives little, by growing. */
static enum err
make_room(struct tally *t)
{
	size_t size = t->size == 0 ? FIRST_SIZE : t->size * 2;
	struct tally_entry *v;

	tally_settle(t);
	if (t->size > 0 && t->n < t->size / 2)
		return ERR_OK;
	v = realloc(t->v, size * sizeof(*v));
	if (v == NULL)
		return ERR_MEM;
	t->v = v;
	t->size = size;
	return ERR_OK;
}

enum err
tally_add(struct tally *t, uint64_t key, int64_t n)
{
	enum err e = t->n == t->size ? make_room(t) : ERR_OK;

	if (e == ERR_OK)
		t->v[t->n++] = (struct tally_entry){key, n};
	return e;
}

void
tally_free(struct tally *t)
{
	free(t->v);
	*t = (struct tally){0};
}
