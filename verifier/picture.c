#include "verifier/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <strings.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define SCANNER   "carerpass-scan"
#define SECONDS   30  /* that a scan may take */
#define EXIT_EXEC 127 /* of our child: no scanner to run */

bool
picture_is(const char *arg)
{
	size_t n = strlen(arg);

	return n >= 4 && strcasecmp(arg + n - 4, ".png") == 0;
}

/* The scanner beside this very program; false if that path does not fit. */
static bool
beside_us(char out[static PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
	char *slash;
	size_t left;

	if (n <= 0)
		return false;
	out[n] = '\0';
	slash = strrchr(out, '/');
	if (slash == NULL)
		return false;
	left = PATH_MAX - (size_t)(slash + 1 - out);
	return snprintf(slash + 1, left, "%s", SCANNER) < (int)left;
}

/* In the child: becomes the scanner, its standard output ${fd}. */
static _Noreturn void
become_scanner(int fd, const char *path)
{
	char name[] = SCANNER;
	char dashes[] = "--";
	char beside[PATH_MAX];
	char arg[PATH_MAX];
	char *argv[] = {name, dashes, arg, NULL};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (snprintf(arg, sizeof(arg), "%s", path) < (int)sizeof(arg) &&
	    null >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
	    dup2(fd, STDOUT_FILENO) >= 0) {
		if (beside_us(beside))
			execv(beside, argv);
		execvp(SCANNER, argv);
	}
	_exit(EXIT_EXEC);
}

static int64_t
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Takes what comes until the end, in bounded room and time. */
static enum err
collect(struct buf *out, int fd)
{
	int64_t last = milliseconds() + SECONDS * 1000;

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = last - milliseconds();
		uint8_t piece[4096];
		ssize_t n;

		if (left <= 0 || poll(&p, 1, (int)left) == 0) {
			log_error(
			    "the picture took more than %d seconds", SECONDS);
			return ERR_DATA;
		}
		n = read(fd, piece, sizeof(piece));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ERR_IO;
		if (n == 0)
			return ERR_OK;
		if (buf_add(out, piece, (size_t)n) != ERR_OK) {
			log_error("too much text in the picture's codes");
			return ERR_DATA;
		}
	}
}

/* What the scanner's end means; it has said why itself unless it was killed. */
static enum err
outcome(int status, const char *path)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	if (code == 0)
		return ERR_OK;
	if (code == err_exit(ERR_NOINPUT))
		return ERR_NOINPUT;
	if (code == err_exit(ERR_PERM))
		return ERR_PERM;
	if (code == EXIT_EXEC) {
		log_error("%s: pictures need the program " SCANNER
			  " beside this one or in $PATH",
		    path);
		return ERR_UNAVAILABLE;
	}
	if (code < 0)
		log_error("%s: the picture could not be read safely; reading "
			  "it was stopped",
		    path);
	return ERR_DATA;
}

enum err
picture_read(struct buf *out, const char *path)
{
	int ends[2];
	int status = 0;
	enum err e;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0) {
		log_error("cannot make a pipe: %s", strerror(errno));
		return ERR_IO;
	}
	pid = fork();
	if (pid == 0)
		become_scanner(ends[1], path);
	close(ends[1]);
	if (pid < 0) {
		log_error("cannot start " SCANNER ": %s", strerror(errno));
		close(ends[0]);
		return ERR_IO;
	}
	e = collect(out, ends[0]);
	close(ends[0]);
	if (e != ERR_OK)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return e != ERR_OK ? e : outcome(status, path);
}
