#include "base/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/log.h"

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

enum err
sandbox_enter(const int *syscalls, size_t n, const char *what)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int fault = ctx == NULL ? -ENOMEM : 0;

	for (size_t i = 0; i < n && fault == 0; i++)
		fault = allow(ctx, syscalls[i]);
	/* All threads; no_new_privs is libseccomp's default. */
	if (fault == 0)
		fault = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	if (fault == 0)
		fault = seccomp_load(ctx);
	seccomp_release(ctx);
	if (fault == 0)
		return ERR_OK;
	log_error("%s: cannot enter the sandbox: %s", what, strerror(-fault));
	return ERR_INTERNAL;
}
