/*
 * Runs a program as a systemd unit confines it, without systemd:
 *
 *     confine CALLS FAMILIES COMMAND...
 *
 * CALLS is a file of system calls, one a line (SystemCallFilter); FAMILIES are
 * numbers of address families, with commas (RestrictAddressFamilies).  Memory
 * is never writable and executable (MemoryDenyWriteExecute).  What is not
 * allowed fails with EPERM (SystemCallErrorNumber).
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DENIED SCMP_ACT_ERRNO(EPERM)

static int
allow(scmp_filter_ctx f, const char *name, const char *families)
{
	const scmp_datum_t wx = PROT_WRITE | PROT_EXEC;
	int call = seccomp_syscall_resolve_name(name);
	int r = 0;

	if (call == __NR_SCMP_ERROR)
		return 0; /* of another kernel */
	if (call == SCMP_SYS(socket)) {
		for (const char *s = families; s != NULL && r == 0;
		     s = strchr(s, ',') == NULL ? NULL : strchr(s, ',') + 1)
			r = seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 1,
			    SCMP_A0(SCMP_CMP_EQ, strtoul(s, NULL, 10)));
		return r;
	}
	if (call != SCMP_SYS(mmap) && call != SCMP_SYS(mprotect))
		return seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 0);
	if (call ==
	    SCMP_SYS(mprotect)) /* as systemd: none becomes executable */
		return seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	for (scmp_datum_t p = 0; p < wx && r == 0; p += PROT_WRITE)
		r = seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, wx, p));
	return r == 0 ? seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 1,
			    SCMP_A2(SCMP_CMP_MASKED_EQ, wx, PROT_EXEC))
		      : r;
}

int
main(int argc, char **argv)
{
	scmp_filter_ctx f = seccomp_init(DENIED);
	char name[64];
	FILE *calls;

	if (argc < 4 || f == NULL || (calls = fopen(argv[1], "r")) == NULL) {
		fprintf(stderr, "usage: confine CALLS FAMILIES COMMAND...\n");
		return 2;
	}
	while (fgets(name, sizeof(name), calls) != NULL) {
		name[strcspn(name, "\n")] = '\0';
		if (allow(f, name, argv[2]) != 0) {
			fprintf(stderr, "confine: %s\n", name);
			return 70;
		}
	}
	fclose(calls);
	if (seccomp_load(f) != 0) {
		fprintf(stderr, "confine: no filter here\n");
		return 70;
	}
	execv(argv[3], argv + 3);
	fprintf(stderr, "confine: %s: %s\n", argv[3], strerror(errno));
	return 70;
}
