#include "base/rand.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"

enum err
rand_bytes(void *out, size_t n)
{
	uint8_t *p = out;

	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			log_error("no random numbers from the system: %s",
			    strerror(errno));
			return ERR_IO;
		}
		p += got;
		n -= (size_t)got;
	}
	return ERR_OK;
}

enum err
rand_below(uint64_t *out, uint64_t limit)
{
	/* 2^64 mod limit: below it, the low numbers would come up more often.
	 */
	uint64_t skip = (0 - limit) % limit;
	enum err e;

	do {
		e = rand_bytes(out, sizeof(*out));
	} while (e == ERR_OK && *out < skip);
	if (e == ERR_OK)
		*out %= limit;
	return e;
}
