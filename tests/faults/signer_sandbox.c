/*
 * Goal: the signer, once unlocked and shut in, can ask the kernel for next to
 * nothing, whatever code runs in it.  Each case is a process of its own that
 * goes the signer's own way (unlock, signer_shut_in) and then tries one call;
 * the kernel must end it with SIGSYS.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "keys/signer_child.h"
#include "tests/kit/folder.h"
#include "tests/kit/requests.h"
#include "tests/kit/scheme.h"

static int passed;
static int failed;

static void
result(bool good, const char *what, const char *name)
{
	if (good)
		passed++;
	else
		failed++;
	if (!good)
		printf("FAIL %s %s\n", what, name);
}

/* --- what an intruder would try --- */

static void
try_open(void)
{
	(void)!open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static void
try_openat(void)
{
	syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static void
try_open_old(void)
{
	syscall(SYS_open, "/etc/passwd", O_RDONLY);
}

static void
try_creat(void)
{
	(void)!creat("/tmp/made-by-the-signer", 0600);
}

static void
try_socket(void)
{
	(void)!socket(AF_INET, SOCK_STREAM, 0);
}

static void
try_connect(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "/tmp/x"};

	(void)!connect(0, (struct sockaddr *)&a, sizeof(a));
}

static void
try_bind(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "/tmp/x"};

	(void)!bind(0, (struct sockaddr *)&a, sizeof(a));
}

static void
try_sendto(void)
{
	(void)!sendto(1, "key", 3, 0, NULL, 0);
}

static void
try_sendmsg(void)
{
	struct msghdr m = {0};

	(void)!sendmsg(1, &m, 0);
}

static void
try_execve(void)
{
	char *argv[] = {NULL};

	(void)!execve("/bin/true", argv, argv);
}

static void
try_fork(void)
{
	if (fork() == 0)
		_exit(0);
}

static void
try_fork_old(void)
{
	if (syscall(SYS_fork) == 0)
		_exit(0);
}

static void
try_ptrace(void)
{
	(void)!ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static void
try_kill(void)
{
	(void)!kill(getppid(), 0);
}

static void
try_map_code(void)
{
	(void)!mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
try_map_data(void)
{
	(void)!mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
try_make_code(void)
{
	(void)!mprotect((void *)0x10000, 4096, PROT_READ | PROT_EXEC);
}

static void
try_unlink(void)
{
	(void)!unlink("/tmp/nothing");
}

static void
try_rename(void)
{
	(void)!rename("/tmp/nothing", "/tmp/nowhere");
}

static void
try_truncate(void)
{
	(void)!ftruncate(1, 0);
}

static void
try_chmod(void)
{
	(void)!chmod("/tmp/nothing", 0777);
}

static void
try_dumpable(void)
{
	syscall(SYS_prctl, 4 /* PR_SET_DUMPABLE */, 1, 0, 0, 0);
}

static void
try_core_limit(void)
{
	struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};

	(void)!setrlimit(RLIMIT_CORE, &r);
}

static void
try_other_memory(void)
{
	syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

static void
try_ioctl(void)
{
	syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */, "x");
}

static void
try_io_uring(void)
{
	syscall(SYS_io_uring_setup, 1, NULL);
}

#ifdef __x86_64__
/* The calls of 32-bit programs go by other numbers: 5 is open. */
static void
try_open_32(void)
{
	long r;

	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "a"(5), "b"(0), "c"(0), "d"(0)
			 : "memory");
}

static void
try_open_x32(void)
{
	syscall(0x40000000 | SYS_open, "/etc/passwd", O_RDONLY);
}
#endif

static const struct {
	const char *name;
	void (*call)(void);
} forbidden[] = {
    {"open", try_open},
    {"openat", try_openat},
    {"open by its old number", try_open_old},
    {"creat", try_creat},
    {"socket", try_socket},
    {"connect", try_connect},
    {"bind", try_bind},
    {"sendto", try_sendto},
    {"sendmsg", try_sendmsg},
    {"execve", try_execve},
    {"fork", try_fork},
    {"fork by its old number", try_fork_old},
    {"ptrace", try_ptrace},
    {"kill", try_kill},
    {"mmap PROT_EXEC", try_map_code},
    {"mmap", try_map_data},
    {"mprotect PROT_EXEC", try_make_code},
    {"unlink", try_unlink},
    {"rename", try_rename},
    {"ftruncate", try_truncate},
    {"chmod", try_chmod},
    {"prctl PR_SET_DUMPABLE", try_dumpable},
    {"setrlimit RLIMIT_CORE", try_core_limit},
    {"process_vm_readv", try_other_memory},
    {"ioctl TIOCSTI", try_ioctl},
    {"io_uring_setup", try_io_uring},
#ifdef __x86_64__
    {"open of a 32-bit program", try_open_32},
    {"open of an x32 program", try_open_x32},
#endif
};

/* --- going the signer's way --- */

/* A process that is shut in and then makes the call. Returns how it ended. */
static int
shut_in_and(void (*call)(void))
{
	const struct rlimit none = {0, 0};
	int status = 0;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &none);
		if (signer_shut_in() != ERR_OK)
			_exit(9);
		call();
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		printf("FAIL cannot start a process\n");
		exit(1);
	}
	return status;
}

static void
nothing(void)
{
}

/* For the walk over all numbers: there is no other way to tell the call. */
static long number;

static void
by_number(void)
{
	syscall(number, -1, 0, 0, 0, 0, 0);
}

/* What the signer may do, as this test understands it, not as it is written
 * there. */
static bool
may(long n)
{
	static const long allowed[] = {SYS_read, SYS_write, SYS_pread64,
	    SYS_pwrite64, SYS_fdatasync, SYS_getrandom, SYS_clock_gettime,
	    SYS_gettimeofday, SYS_time, SYS_rt_sigreturn, SYS_restart_syscall,
	    SYS_exit, SYS_exit_group};

	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		if (allowed[i] == n)
			return true;
	return false;
}

static void
every_other_number(void)
{
	char name[16];

	for (number = 0; number < 470; number++) {
		int how;

		/* uretprobe and uprobe belong to the kernel's own trampolines:
		 * no filter sees them, and they do nothing elsewhere. */
		if (may(number) || number == 335 || number == 336)
			continue;
		how = shut_in_and(by_number);
		(void)snprintf(name, sizeof(name), "%ld", number);
		result(WIFSIGNALED(how) && WTERMSIG(how) == SIGSYS,
		    "not killed by system call", name);
	}
}

/* --- and what it is there for still works --- */

static struct signer_self *self;
static struct key_record key = {.use = USE_PASSPORT, .ods = KIT_ODS};
static uint8_t *request;
static uint8_t *answer;

static void
sign_one(void)
{
	uint8_t bytes[PASSPORT_PAYLOAD_MAX];
	uint8_t header[COSE_PROTECTED_MAX];
	uint8_t work[1024];
	struct cbor_out p = {.p = bytes, .cap = sizeof(bytes)};
	struct cbor_out h = {.p = header, .cap = sizeof(header)};
	struct cbor_out o = {.p = request, .cap = WIRE_MAX};
	struct cbor_out a = {.p = answer, .cap = WIRE_MAX};
	struct passport c;
	struct cose s;

	request_passport(&c, key.not_before);
	passport_put(&p, &c);
	s.payload = cbor_written(&p);
	request_sign(&o, COSE_PASSPORT, &key, &s.payload, 1);
	cose_put_protected(&h, COSE_PASSPORT, key.kid);
	s.protected = cbor_written(&h);
	if (!signer_answer(self, cbor_written(&o), &a))
		_exit(2);
	s.signature = request_signature(cbor_written(&a), 0, 1);
	if (s.signature == NULL ||
	    !cose_verify(&s, COSE_PASSPORT, key.public, work, sizeof(work)))
		_exit(3);
}

/* A new key draws random numbers. */
static void
make_key(void)
{
	struct cbor_out o = {.p = request, .cap = WIRE_MAX};
	struct cbor_out a = {.p = answer, .cap = WIRE_MAX};
	struct key_record k = key;

	request_make(&o, &k);
	if (!signer_answer(self, cbor_written(&o), &a) ||
	    !request_made(&k, cbor_written(&a)))
		_exit(2);
}

static void
refuse_one(void)
{
	struct cbor_out o = {.p = request, .cap = WIRE_MAX};
	struct cbor_out a = {.p = answer, .cap = WIRE_MAX};
	struct span bad = span_str("not a passport");

	request_sign(&o, COSE_PASSPORT, &key, &bad, 1);
	if (!signer_answer(self, cbor_written(&o), &a) ||
	    request_code(cbor_written(&a)) != ERR_POLICY)
		_exit(2);
}

static bool
unlock(const char *dir)
{
	struct cbor_out o;
	struct cbor_out a;

	request = malloc(WIRE_MAX);
	answer = malloc(WIRE_MAX);
	if (request == NULL || answer == NULL ||
	    signer_self_lock(&self, dir, SIGNER_CREATE) != ERR_OK ||
	    signer_self_unlock(self, dir, span_str("several plain words"),
		SIGNER_CREATE) != ERR_OK)
		return false;
	key.not_before = (int64_t)time(NULL);
	key.not_after = key.not_before + KIT_DAY;
	o = (struct cbor_out){.p = request, .cap = WIRE_MAX};
	a = (struct cbor_out){.p = answer, .cap = WIRE_MAX};
	request_make(&o, &key);
	return signer_answer(self, cbor_written(&o), &a) &&
	       request_made(&key, cbor_written(&a));
}

int
main(void)
{
	struct folder folder;

	folder_make(&folder);
	if (sodium_init() < 0 || !unlock(folder.dir)) {
		printf("FAIL cannot unlock a signer\n");
		return 1;
	}
	result(shut_in_and(nothing) == 0, "ends by itself:", "exit");
	result(shut_in_and(make_key) == 0, "works:", "making a key");
	result(shut_in_and(refuse_one) == 0, "works:", "a refusal");
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++) {
		int how = shut_in_and(forbidden[i].call);

		result(WIFSIGNALED(how) && WTERMSIG(how) == SIGSYS,
		    "not killed by", forbidden[i].name);
	}
	every_other_number();
	result(shut_in_and(sign_one) == 0, "works:", "signing");
	signer_self_close(self);
	folder_remove(&folder);
	printf("%d passed, %d failed\n", passed, failed);
	return failed == 0 ? 0 : 1;
}
