#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "passport/link.h"
#include "tests/kit/scheme.h"

/*
 * The verifier's command line as a whole process against what it could at best
 * be, in interleaved rounds:
 *   check -      many codes on standard input, against a bare loop of
 *                crypto_sign_verify_detached over the same signatures
 *   check CODE   one code a process, trust list and a status list loaded,
 *                against minisign -V of one small file and an empty program
 * $BIN is the folder of the programs; minisign is looked for in PATH.
 */
#define ROUNDS    7
#define CODES     2000
#define REPEATS   10 /* the file of codes holds each so many times */
#define PROCESSES 60

static char dir[] = "/tmp/carerpass-bench.XXXXXX";
static char tbs[CODES][PASSPORT_MAX + COSE_OVERHEAD];
static size_t tbs_n[CODES];
static uint8_t sig[CODES][ED25519_SIG];
static char code[LINK_DIGITS_MAX + 64];

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), compare);
	return v[n / 2];
}

static void
must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_check: %s\n", what);
	exit(1);
}

static void
put(const char *name, struct span bytes)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	must(file_write(path, bytes, 0600) == ERR_OK, "cannot write");
}

static void
make_folder(const struct kit *k)
{
	static uint8_t bits[STATUS_BYTES];
	static uint8_t z[STATUS_MAX];
	static uint8_t out[STATUS_MAX];
	char hex[2 * ED25519_KEY + 1];
	char path[300];

	sodium_bin2hex(hex, sizeof(hex), k->root.public, ED25519_KEY);
	put("root.pub", span_str(hex));
	put("trust.cwt", kit_trust(k, out, sizeof(out)));
	(void)snprintf(path, sizeof(path), "%s/status", dir);
	must(mkdir(path, 0700) == 0, "cannot make the folder");
	put("status/0.cwt",
	    kit_status(k, 0, KIT_NOW - 60, KIT_NOW + 6 * KIT_DAY,
		kit_deflate(z, sizeof(z), bits, sizeof(bits)), out,
		sizeof(out)));
}

/* CODES different passports: their addresses, and what a bare loop needs. */
static void
make_codes(const struct kit *k)
{
	struct buf once = BUF_INIT(64 * 1024 * 1024);
	struct buf text = BUF_INIT(64 * 1024 * 1024);

	for (uint32_t i = 0; i < CODES; i++) {
		uint8_t token[PASSPORT_MAX];
		char digits[LINK_DIGITS_MAX + 1];
		struct cbor_out o = {
		    .p = (uint8_t *)tbs[i], .cap = sizeof(tbs[i])};
		struct passport p;
		struct cose c;
		struct span t;

		kit_passport(&p);
		p.serial = i + 1;
		p.index = i;
		t = kit_token(k, &p, token, sizeof(token));
		must(cose_read(&c, COSE_PASSPORT, t), "no token");
		cose_put_tbs(&o, COSE_PASSPORT, c.protected, c.payload);
		tbs_n[i] = o.n;
		memcpy(sig[i], c.signature, ED25519_SIG);
		link_digits(digits, t);
		(void)snprintf(
		    code, sizeof(code), "https://" KIT_HOST "/#%s", digits);
		buf_printf(&once, "%s\n", code);
	}
	for (int i = 0; i < REPEATS; i++)
		buf_add(&text, once.p, once.n);
	put("codes", buf_span(&text));
	buf_free(&text);
	buf_free(&once);
}

/* Runs a program to its end; its output is thrown away. Returns the seconds. */
static double
run(const char *const *argv, const char *in)
{
	double begun = now();
	pid_t pid = fork();
	int st = -1;

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		int from = in != NULL ? open(in, O_RDONLY) : null;

		dup2(from, 0);
		dup2(null, 1);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	must(pid > 0 && waitpid(pid, &st, 0) == pid && WIFEXITED(st) &&
		 WEXITSTATUS(st) == 0,
	    argv[0]);
	return now() - begun;
}

static double
bare_loop(const struct kit *k)
{
	double begun = now();

	for (int r = 0; r < REPEATS; r++)
		for (size_t i = 0; i < CODES; i++)
			must(crypto_sign_verify_detached(sig[i],
				 (const uint8_t *)tbs[i], tbs_n[i],
				 k->issuer.public) == 0,
			    "a signature does not hold");
	return now() - begun;
}

static void
many(const struct kit *k, const char *bin)
{
	double ours[ROUNDS];
	double bare[ROUNDS];
	double n = CODES * REPEATS;
	char codes[300];
	const char *argv[] = {bin, "check", "--lists", dir, "--state", dir,
	    "--now", "2026-11-22T12:00:00Z", "--json", "-", NULL};

	(void)snprintf(codes, sizeof(codes), "%s/codes", dir);
	for (int i = 0; i < ROUNDS; i++) {
		ours[i] = run(argv, codes);
		bare[i] = bare_loop(k);
	}
	printf("check -, %d codes   %9.0f codes/s (one process, --json)\n",
	    CODES * REPEATS, n / median(ours, ROUNDS));
	printf("bare libsodium loop     %9.0f verifications/s\n",
	    n / median(bare, ROUNDS));
	printf("ratio                   %9.2f\n",
	    median(bare, ROUNDS) / median(ours, ROUNDS));
}

static void
one(const char *bin)
{
	double ours[PROCESSES];
	double mini[PROCESSES];
	double empty[PROCESSES];
	char file[300];
	char pub[300];
	char sec[300];
	const char *check[] = {bin, "check", "--lists", dir, "--state", dir,
	    "--now", "2026-11-22T12:00:00Z", "--json", code, NULL};
	const char *make[] = {
	    "minisign", "-G", "-W", "-f", "-p", pub, "-s", sec, NULL};
	const char *sign[] = {"minisign", "-S", "-s", sec, "-m", file, NULL};
	const char *verify[] = {
	    "minisign", "-V", "-q", "-p", pub, "-m", file, NULL};
	const char *nothing[] = {"true", NULL};

	(void)snprintf(file, sizeof(file), "%s/trust.cwt", dir);
	(void)snprintf(pub, sizeof(pub), "%s/m.pub", dir);
	(void)snprintf(sec, sizeof(sec), "%s/m.key", dir);
	run(make, NULL);
	run(sign, NULL);
	for (int i = 0; i < PROCESSES; i++) {
		ours[i] = run(check, NULL);
		mini[i] = run(verify, NULL);
		empty[i] = run(nothing, NULL);
	}
	printf("check CODE              %9.2f ms a process\n",
	    median(ours, PROCESSES) * 1e3);
	printf("minisign -V             %9.2f ms\n",
	    median(mini, PROCESSES) * 1e3);
	printf("true                    %9.2f ms\n",
	    median(empty, PROCESSES) * 1e3);
	printf("ratio to minisign       %9.2f\n",
	    median(ours, PROCESSES) / median(mini, PROCESSES));
}

static void
clear(void)
{
	static const char *const names[] = {"root.pub", "trust.cwt",
	    "status/0.cwt", "status", "codes", "m.pub", "m.key",
	    "trust.cwt.minisig"};
	const char *rm[] = {"rm", "-r", dir, NULL};
	char path[300];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		(void)remove(path);
	}
	run(rm, NULL); /* what is left is the state */
}

int
main(void)
{
	static struct kit k;
	const char *bin = getenv("BIN");
	char program[4096];

	must(bin != NULL && sodium_init() >= 0 && mkdtemp(dir) != NULL,
	    "needs BIN, the folder of the programs");
	(void)snprintf(program, sizeof(program), "%s/carerpass-verify", bin);
	kit_init(&k);
	make_folder(&k);
	make_codes(&k);
	many(&k, program);
	one(program);
	clear();
	return 0;
}
