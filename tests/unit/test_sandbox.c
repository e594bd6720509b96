#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/sandbox.h"

static const int few[] = {SCMP_SYS(exit_group), SCMP_SYS(write),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(mmap), SCMP_SYS(munmap),
    SCMP_SYS(mprotect)};

/* Each must end the process: what somebody who took it over would try. */
static void
try_open(void)
{
	(void)open("/etc/passwd", O_RDONLY);
}

static void
try_socket(void)
{
	(void)socket(AF_INET, SOCK_STREAM, 0);
}

static void
try_execve(void)
{
	char name[] = "true";
	char *argv[] = {name, NULL};

	(void)execve("/bin/true", argv, argv + 1);
}

static void
try_fork(void)
{
	if (fork() == 0)
		_exit(0);
}

static void
try_ptrace(void)
{
	(void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static void
try_kill(void)
{
	(void)kill(getppid(), 0);
}

static void
try_prctl(void)
{
	(void)syscall(SYS_prctl, 4 /* PR_SET_DUMPABLE */, 1, 0, 0, 0);
}

static void
try_process_memory(void)
{
	(void)syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0);
}

static void
try_io_uring(void)
{
	(void)syscall(425, 1, NULL);
}

static void
try_executable_memory(void)
{
	(void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
try_making_memory_executable(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static void
try_unlisted_number(void)
{
	(void)syscall(999);
}

static void
do_nothing_forbidden(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || write(STDERR_FILENO, "", 0) != 0)
		_exit(9);
	memset(p, 1, 4096);
	munmap(p, 4096);
}

/* Runs ${what} in a sandboxed child. Returns its wait status. */
static int
status_of(void (*what)(void))
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	fflush(stderr);
	pid = fork();
	if (pid == 0) {
		const struct rlimit none = {0, 0};

		setrlimit(RLIMIT_CORE, &none);
		if (sandbox_enter(few, sizeof(few) / sizeof(*few), "test") !=
		    ERR_OK)
			_exit(8);
		what();
		_exit(7);
	}
	assert_true(pid > 0);
	assert_true(waitpid(pid, &status, 0) == pid);
	return status;
}

/* Sanitizer builds have no sandbox; their linker map says so. */
static bool
is_wide(void)
{
	int status = status_of(try_socket);

	return WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

static void
what_is_listed_works(void **state)
{
	int status = status_of(do_nothing_forbidden);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void
anything_else_kills_at_once(void **state)
{
	static const struct {
		const char *name;
		void (*what)(void);
	} tries[] = {
	    {"open", try_open},
	    {"socket", try_socket},
	    {"execve", try_execve},
	    {"fork", try_fork},
	    {"ptrace", try_ptrace},
	    {"kill", try_kill},
	    {"prctl", try_prctl},
	    {"process_vm_readv", try_process_memory},
	    {"io_uring_setup", try_io_uring},
	    {"mmap for code", try_executable_memory},
	    {"mprotect to code", try_making_memory_executable},
	    {"no such call", try_unlisted_number},
	};

	(void)state;
	if (is_wide())
		skip();
	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		int status = status_of(tries[i].what);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("%s: wait status %x", tries[i].name,
			    (unsigned)status);
	}
}

static void
time_and_memory_run_out(void **state)
{
	int status = 0;
	pid_t pid;

	(void)state;
	if (is_wide())
		skip();
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		volatile unsigned n = 0;

		if (sandbox_limit(64 << 20, 1) != ERR_OK)
			_exit(8);
		if (mmap(NULL, 128 << 20, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
			_exit(9);
		for (;;)
			n++;
	}
	assert_true(waitpid(pid, &status, 0) == pid);
	assert_true(WIFSIGNALED(status));
	assert_true(WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_listed_works),
	    cmocka_unit_test(anything_else_kills_at_once),
	    cmocka_unit_test(time_and_memory_run_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
