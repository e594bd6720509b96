#include "keys/signer_child.h"

#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/sandbox.h"
#include "keys/passphrase.h"
#include "keys/wire.h"

/*
 * All that the signer may ask of the kernel once it holds keys.  No open, no
 * socket, no fork, no exec, no new memory: what it needs is there by then.
 */
static const int allowed[] = {
    SYS_read,
    SYS_write,
    SYS_pread64,
    SYS_pwrite64,
    SYS_fdatasync,
    SYS_getrandom,
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_time,
    SYS_rt_sigreturn,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
};

/* What the asking process has open is none of ours. */
static void
keep_only(int fd)
{
	unsigned n = (unsigned)fd;

	if (n > 3)
		(void)close_range(3, n - 1, 0);
	(void)close_range(n + 1, ~0U, 0);
}

/* No core dump, no ptrace, no /proc/PID/mem for others of the same user. */
static void
hide(void)
{
	struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	/* Nobody is left to ask: do not wait for a passphrase, with the lock.
	 */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	(void)signal(SIGPIPE, SIG_IGN);
}

/* Once unlocked, the asking process decides when we end, by closing the socket.
 */
static void
outlast(void)
{
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
}

/* The folder is locked first: nobody types a passphrase in vain. */
static enum err
unlock(struct signer_self **self, const char *dir, const char *passphrase_file,
    enum signer_mode mode)
{
	struct buf pass = BUF_INIT(PASSPHRASE_MAX);
	enum err e = signer_self_lock(self, dir, mode);

	if (e == ERR_OK)
		e = passphrase_read(
		    &pass, passphrase_file, mode == SIGNER_CREATE);
	if (e == ERR_OK)
		e = signer_self_unlock(*self, dir, buf_span(&pass), mode);
	buf_free(&pass);
	return e;
}

enum err
signer_shut_in(void)
{
	return sandbox_enter(
	    allowed, sizeof(allowed) / sizeof(*allowed), "signer");
}

static void
say(int fd, enum err e)
{
	uint8_t b[8];
	struct cbor_out o = {.p = b, .cap = sizeof(b)};

	cbor_put_array(&o, 1);
	cbor_put_int(&o, e);
	(void)!wire_send(fd, cbor_written(&o));
}

static void
serve(int fd, struct signer_self *self, uint8_t *in, uint8_t *out)
{
	for (;;) {
		struct cbor_out answer = {.p = out, .cap = WIRE_MAX};
		size_t n;

		if (wire_recv(fd, in, &n) != ERR_OK ||
		    !signer_answer(self, span_of(in, n), &answer) ||
		    wire_send(fd, cbor_written(&answer)) != ERR_OK)
			return;
		sodium_memzero(in, n);
		sodium_memzero(out, answer.n);
	}
}

_Noreturn void
signer_child(
    int fd, const char *dir, const char *passphrase_file, enum signer_mode mode)
{
	struct signer_self *self = NULL;
	uint8_t *in = malloc(WIRE_MAX);
	uint8_t *out = malloc(WIRE_MAX);
	enum err e = in != NULL && out != NULL ? ERR_OK : ERR_MEM;

	hide();
	keep_only(fd);
	if (e == ERR_OK)
		e = unlock(&self, dir, passphrase_file, mode);
	if (e == ERR_MEM)
		log_error("no memory for the signer: it needs 1 GiB of "
			  "address space, of which it uses 300 MiB");
	outlast();
	if (e == ERR_OK)
		e = signer_shut_in();
	say(fd, e);
	if (e == ERR_OK)
		serve(fd, self, in, out);
	_exit(err_exit(e));
}
