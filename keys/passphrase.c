#include "keys/passphrase.h"

#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

/* Only the first line counts, whatever an editor put behind it. */
static void
first_line(struct buf *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] == '\n' || b->p[i] == '\r') {
			b->n = i;
			return;
		}
}

static enum err
from_file(struct buf *out, const char *path)
{
	struct stat st;
	enum err e = file_read(out, path);

	if (e != ERR_OK)
		return e;
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & 0077) != 0)
		log_warn("%s can be read by others: chmod 600 it", path);
	first_line(out);
	return ERR_OK;
}

static void
wake(int signal)
{
	(void)signal; /* that read() returns is all that is wanted */
}

/*
 * Whoever gives up at the prompt gets the terminal back as it was: these
 * signals end the waiting, not the process.  The echo comes back even when the
 * shell has taken the terminal over already (SIGTTOU).
 */
static void
be_patient(struct sigaction old[static 4], bool on)
{
	static const int numbers[4] = {SIGINT, SIGTERM, SIGHUP, SIGTTOU};
	struct sigaction act = {.sa_handler = wake};

	for (int i = 0; i < 4; i++) {
		if (numbers[i] == SIGTTOU)
			act.sa_handler = SIG_IGN;
		(void)sigaction(
		    numbers[i], on ? &act : &old[i], on ? &old[i] : NULL);
	}
}

static enum err
ask(int tty, const char *prompt, struct buf *out)
{
	struct sigaction before[4];
	struct termios old;
	struct termios quiet;
	char c = '\0';

	if (tcgetattr(tty, &old) != 0)
		return ERR_PERM;
	be_patient(before, true);
	quiet = old;
	quiet.c_lflag &= (tcflag_t)~ECHO;
	(void)!write(tty, prompt, strlen(prompt));
	(void)tcsetattr(tty, TCSAFLUSH, &quiet);
	while (read(tty, &c, 1) == 1 && c != '\n' && c != '\r')
		if (buf_add(out, &c, 1) != ERR_OK)
			break;
	(void)tcsetattr(tty, TCSAFLUSH, &old);
	(void)!write(tty, "\n", 1);
	be_patient(before, false);
	if (buf_err(out) == ERR_OK && c != '\n' && c != '\r') {
		log_error("no passphrase was given: nothing was done");
		return ERR_PERM;
	}
	return buf_err(out);
}

static enum err
from_terminal(struct buf *out, bool twice)
{
	struct buf again = BUF_INIT(PASSPHRASE_MAX);
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	enum err e;

	if (tty < 0) {
		log_error("a passphrase is needed and there is no terminal to "
			  "ask: name a file with --passphrase-file FILE");
		return ERR_PERM;
	}
	e = ask(tty,
	    twice ? "New passphrase (it unlocks all keys; keep it safe): "
		  : "Passphrase: ",
	    out);
	if (e == ERR_OK && twice) {
		e = ask(tty, "Once more: ", &again);
		if (e == ERR_OK && !span_eq(buf_span(out), buf_span(&again))) {
			log_error("the two are not the same: nothing was "
				  "made, please start again");
			e = ERR_PERM;
		}
	}
	close(tty);
	buf_free(&again);
	return e;
}

enum err
passphrase_read(struct buf *out, const char *path, bool twice)
{
	enum err e =
	    path != NULL ? from_file(out, path) : from_terminal(out, twice);

	if (e == ERR_OK && out->n == 0) {
		log_error("the passphrase is empty");
		e = ERR_PERM;
	}
	if (e == ERR_OK && twice && out->n < PASSPHRASE_GOOD)
		log_warn("this passphrase is short: a sentence of several "
			 "words is better");
	return e;
}
