#include "verifier/lines.h"

#include <errno.h>
#include <unistd.h>

#include "base/log.h"

void
lines_open(struct lines *l, int fd)
{
	l->fd = fd;
	l->at = l->n = 0;
	l->end = l->drop = false;
}

static const uint8_t *
line_end(const struct lines *l)
{
	return l->at == l->n ? NULL
			     : memchr(l->buf + l->at, '\n', l->n - l->at);
}

bool
lines_waiting(const struct lines *l)
{
	return l->end || line_end(l) != NULL;
}

/* Reads what there is behind what is left. */
static enum err
more(struct lines *l)
{
	ssize_t n;

	if (l->n - l->at > LINES_MAX) {
		l->drop = true;
		l->at = l->n;
	}
	memmove(l->buf, l->buf + l->at, l->n - l->at);
	l->n -= l->at;
	l->at = 0;
	do
		n = read(l->fd, l->buf + l->n, sizeof(l->buf) - l->n);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		log_error("cannot read the input: %s", strerror(errno));
		return ERR_IO;
	}
	l->end = n == 0;
	l->n += (size_t)n;
	return ERR_OK;
}

enum err
lines_next(struct lines *l, struct span *line)
{
	const uint8_t *end;
	bool last;

	while ((end = line_end(l)) == NULL && !l->end) {
		enum err e = more(l);

		if (e != ERR_OK)
			return e;
	}
	last = end == NULL;
	if (last && l->at == l->n && !l->drop)
		return ERR_NOINPUT;
	if (last)
		end = l->buf + l->n;
	*line = span_of(l->buf + l->at, (size_t)(end - (l->buf + l->at)));
	if (l->drop || line->n > LINES_MAX)
		*line = span_of("", 0);
	l->drop = false;
	l->at = (size_t)(end - l->buf) + (last ? 0 : 1);
	return ERR_OK;
}
