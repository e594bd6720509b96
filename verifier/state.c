#include "verifier/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "verifier/record.h"

#define NAME_BYTES (8 + 2 * crypto_hash_sha256_BYTES)
#define LOCK_TRIES 100      /* of LOCK_WAIT each: two seconds */
#define LOCK_WAIT  20000000 /* nanoseconds */
#define OURS       "carerpass-verify"

/* Where the folder is looked for, in this order. */
static const struct {
	const char *variable;
	const char *below;
} places[] = {
    {"STATE_DIRECTORY", ""},
    {"XDG_STATE_HOME", "/" OURS},
    {"HOME", "/.local/state/" OURS},
};

void
state_open(struct state *s, const char *dir)
{
	const char *below = "";
	size_t n;

	memset(s, 0, sizeof(*s));
	for (size_t i = 0; dir == NULL && i < sizeof(places) / sizeof(*places);
	     i++) {
		const char *v = getenv(places[i].variable);

		/* A relative path there is to be ignored (XDG). */
		if (v == NULL || v[0] != '/')
			continue;
		dir = v;
		below = places[i].below;
	}
	if (dir == NULL)
		return;
	/* systemd parts several folders by ':'; the first is ours. */
	n = below[0] == '\0' && dir == getenv("STATE_DIRECTORY")
		? strcspn(dir, ":")
		: strlen(dir);
	if (n + strlen(below) + NAME_BYTES + 16 > sizeof(s->dir)) {
		log_warn("the path of the state folder is too long");
		return;
	}
	(void)snprintf(s->dir, sizeof(s->dir), "%.*s%s", (int)n, dir, below);
}

static void
warn_once(struct state *s, const char *why)
{
	if (s->warned)
		return;
	s->warned = true;
	log_warn("what was seen now will not be remembered: %s%s%s", s->dir,
	    s->dir[0] == '\0' ? "" : ": ", why);
}

static void
path_of(char out[static PATH_MAX], const struct state *s, const char *name)
{
	if (snprintf(out, PATH_MAX, "%s/%s", s->dir, name) >= PATH_MAX)
		out[0] = '\0'; /* cannot be: state_open() left room */
}

/* "floors-" and the hash of the scheme's name, which may hold any letter. */
static void
floors_name(char out[static NAME_BYTES], struct span scheme)
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	memcpy(out, "floors-", 7);
	crypto_hash_sha256(hash, scheme.p, scheme.n);
	sodium_bin2hex(out + 7, NAME_BYTES - 7, hash, sizeof(hash));
}

/* Reads the file ${name} if there is one. */
static enum err
read_file(struct state *s, const char *name, struct buf *text, bool *found)
{
	char path[PATH_MAX];
	struct stat st;
	enum err e;

	*found = false;
	if (s->dir[0] == '\0')
		return ERR_OK;
	path_of(path, s, name);
	if (stat(path, &st) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			warn_once(s, strerror(errno));
		return ERR_OK;
	}
	*found = true;
	e = file_read(text, path);
	if (e == ERR_OK)
		return ERR_OK;
	log_error("%s: what this verifier has seen before cannot be read; it "
		  "must not be judged without",
	    path);
	return ERR_CONFIG;
}

static enum err
damaged(const struct state *s, const char *name, const char *advice)
{
	log_error(
	    "%s/%s: is damaged. Find out why. Then %s", s->dir, name, advice);
	return ERR_CONFIG;
}

/* Takes the lock. Returns a descriptor to close, -1 (warned) if there is none
 * to have. */
static int
lock(struct state *s)
{
	const struct timespec pause = {0, LOCK_WAIT};
	char path[PATH_MAX];
	int fd;

	if (s->dir[0] == '\0') {
		warn_once(s, "there is no state folder (set --state DIR)");
		return -1;
	}
	if (s->warned || file_mkdir_private(s->dir) != ERR_OK) {
		warn_once(s, "the folder cannot be made");
		return -1;
	}
	path_of(path, s, "lock");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		warn_once(s, strerror(errno));
		return -1;
	}
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		(void)nanosleep(&pause, NULL);
	}
	warn_once(s, "another program holds the lock");
	close(fd);
	return -1;
}

static void
write_file(struct state *s, const char *name, const struct buf *text)
{
	char path[PATH_MAX];

	path_of(path, s, name);
	if (file_write(path, buf_span(text), 0600) != ERR_OK)
		warn_once(s, "cannot be written");
}

enum err
state_pin(struct state *s, struct pin *p, bool *found)
{
	struct buf text = BUF_INIT(PIN_MAX);
	enum err e = read_file(s, "pin", &text, found);

	if (e == ERR_OK && *found && !pin_parse(p, buf_span(&text)))
		e = damaged(s, "pin",
		    "check the root key with the scheme's operator and go on "
		    "with --root FILE, which replaces it");
	buf_free(&text);
	return e;
}

/* Does the pin's file hold exactly these bytes? */
static bool
pin_holds(struct state *s, struct span bytes)
{
	struct buf text = BUF_INIT(PIN_MAX);
	bool found;
	bool same = read_file(s, "pin", &text, &found) == ERR_OK && found &&
		    span_eq(buf_span(&text), bytes);

	buf_free(&text);
	return same;
}

void
state_pin_write(struct state *s, const struct pin *p)
{
	struct buf text = BUF_INIT(PIN_MAX);
	int fd = -1;

	if (pin_text(&text, p) != ERR_OK || pin_holds(s, buf_span(&text)))
		goto out;
	fd = lock(s);
	if (fd >= 0)
		write_file(s, "pin", &text);
out:
	if (fd >= 0)
		close(fd);
	buf_free(&text);
}

/* Lists that were seen: a trust list or some status lists. */
struct sighting {
	struct span scheme;
	const struct floor_trust *trust;
	const struct floor_status *status;
	size_t n;
	bool *older; /* of each: was a newer one seen before? */
};

static bool
hold(struct floors *f, const struct sighting *seen)
{
	enum floor_found what;
	bool raised = false;

	for (size_t i = 0; i < seen->n; i++) {
		what = seen->trust != NULL ? floors_trust(f, seen->trust)
					   : floors_status(f, &seen->status[i]);
		seen->older[i] = what == FLOOR_OLDER;
		raised = raised || what == FLOOR_RAISED;
	}
	return raised;
}

/* Holds what was seen against the file as it is now. */
static enum err
compare(struct state *s, const char *name, const struct sighting *seen,
    struct floors *f, bool *raised)
{
	struct buf text = BUF_INIT(FLOORS_MAX);
	bool found;
	enum err e = read_file(s, name, &text, &found);

	f->has_trust = false;
	f->nstatus = 0;
	if (e == ERR_OK && found &&
	    !floors_parse(f, buf_span(&text), seen->scheme))
		e = damaged(s, name,
		    "fetch the newest lists and remove the file: without it "
		    "older lists are not noticed");
	buf_free(&text);
	if (e != ERR_OK)
		return e;
	*raised = hold(f, seen);
	return ERR_OK;
}

static void
save(struct state *s, const char *name, const struct sighting *seen,
    const struct floors *f)
{
	struct buf text = BUF_INIT(FLOORS_MAX);

	if (floors_text(&text, f, seen->scheme) == ERR_OK)
		write_file(s, name, &text);
	buf_free(&text);
}

/*
 * Nearly always nothing rises, and then nothing is locked.  Where something
 * does, it is compared once more under the lock: somebody else may have seen a
 * newer list meanwhile.
 */
static enum err
sight(struct state *s, const struct sighting *seen)
{
	struct floors *f = floors_new();
	char name[NAME_BYTES];
	bool raised = false;
	int fd = -1;
	enum err e = ERR_MEM;

	for (size_t i = 0; i < seen->n; i++)
		seen->older[i] = false;
	if (f == NULL)
		goto out;
	floors_name(name, seen->scheme);
	e = compare(s, name, seen, f, &raised);
	if (e == ERR_OK && raised && (fd = lock(s)) >= 0) {
		e = compare(s, name, seen, f, &raised);
		if (e == ERR_OK && raised)
			save(s, name, seen, f);
	}
out:
	if (fd >= 0)
		close(fd);
	floors_free(f);
	return e;
}

enum err
state_trust(struct state *s, struct span scheme, const struct floor_trust *t,
    bool *older)
{
	const struct sighting seen = {
	    .scheme = scheme, .trust = t, .n = 1, .older = older};

	return sight(s, &seen);
}

enum err
state_status(struct state *s, struct span scheme, const struct floor_status *t,
    size_t n, bool *older)
{
	const struct sighting seen = {
	    .scheme = scheme, .status = t, .n = n, .older = older};

	return sight(s, &seen);
}
