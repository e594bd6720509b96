#include "base/sandbox.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"

#define MOST_SECONDS 10  /* that making the filter may take; it takes none */
#define MOST_STEPS   512 /* of the filter; it has about 40 */

static int
limit(int resource, rlim_t most)
{
	const struct rlimit r = {most, most};

	return setrlimit((__rlimit_resource_t)resource, &r);
}

enum err
sandbox_limit(size_t memory, unsigned seconds)
{
	if (limit(RLIMIT_AS, memory) == 0 && limit(RLIMIT_CPU, seconds) == 0 &&
	    limit(RLIMIT_CORE, 0) == 0)
		return ERR_OK;
	log_error("cannot set limits: %s", strerror(errno));
	return ERR_INTERNAL;
}

/* Allows one call. Returns 0, or a negative errno. */
static int
allow(scmp_filter_ctx ctx, int call)
{
	const struct scmp_arg_cmp not_exec =
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);

	if (call < 0)
		return 0;
	if (call == SCMP_SYS(mmap) || call == SCMP_SYS(mprotect))
		return seccomp_rule_add_exact(
		    ctx, SCMP_ACT_ALLOW, call, 1, not_exec);
	return seccomp_rule_add_exact(ctx, SCMP_ACT_ALLOW, call, 0);
}

/* The program that the rules come to, read back by way of ${fd}. */
static int
compile(struct sock_fprog *p, scmp_filter_ctx ctx, int fd)
{
	int fault = fd < 0 ? -errno : seccomp_export_bpf(ctx, fd);
	ssize_t n;

	if (fault != 0)
		return fault;
	n = pread(fd, p->filter, MOST_STEPS * sizeof(*p->filter), 0);
	if (n <= 0 || (size_t)n == MOST_STEPS * sizeof(*p->filter))
		return -EIO;
	p->len = (unsigned short)((size_t)n / sizeof(*p->filter));
	return 0;
}

/* For all threads, as seccomp_load() does. */
static int
load(const struct sock_fprog *p)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -errno;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		   SECCOMP_FILTER_FLAG_TSYNC, p) == 0
		   ? 0
		   : -EACCES;
}

enum err
sandbox_enter(const int *syscalls, size_t n, const char *what)
{
	struct sock_filter step[MOST_STEPS];
	struct sock_fprog program = {.filter = step};
	scmp_filter_ctx ctx;
	int fault;
	int fd = memfd_create("filter", MFD_CLOEXEC);

	/* libseccomp 2.5.4 may go round for ever once an allocation failed:
	 * rather the end than a process that keeps the keys locked.  That is
	 * why it only makes the filter: an alarm could not be taken back once
	 * it had loaded it. */
	(void)alarm(MOST_SECONDS);
	ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	fault = ctx == NULL ? -ENOMEM : 0;
	for (size_t i = 0; i < n && fault == 0; i++)
		fault = allow(ctx, syscalls[i]);
	if (fault == 0)
		fault = compile(&program, ctx, fd);
	seccomp_release(ctx);
	if (fd >= 0)
		close(fd);
	(void)alarm(0);
	if (fault == 0)
		fault = load(&program);
	if (fault == 0)
		return ERR_OK;
	log_error("%s: cannot enter the sandbox: %s", what, strerror(-fault));
	return fault == -ENOMEM ? ERR_MEM : ERR_INTERNAL;
}
