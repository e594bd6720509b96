/*
 * Issuing as the command does it: issuing_many() with a real signer process and
 * a real registry on the disk that holds $TMPDIR (else /tmp), the passphrase
 * entered. In interleaved rounds:
 *   batch    1,000 cards, with reference and NHS number, in chunks of
 *            ISSUING_BATCH, against 1 / (1/sign + 1/insert): sign is
 *            crypto_sign_detached() in a loop, insert one row a card with a
 *            unique index and a roll-up, 1,000 in a transaction (WAL, FULL)
 *   one      a card at a time, each committed, journalled and signed, against
 *            one overwrite of 4 KiB and fdatasync(); and 32 in one go
 *   memory   the most that carerpass issue --csv has in memory, with its PDF
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "issuer/issuing.h"

#define ROUNDS   7
#define BATCH    1000
#define SINGLES  50
#define TOGETHER 32
#define MESSAGE  130 /* bytes that a signature is over */
#define PAGE     4096
#define PAGES    256
#define ODS      "A81001"

static char dir[256];
static char data[300];
static char pass[300];

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_register: %s\n", what);
	exit(1);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double v[static ROUNDS])
{
	qsort(v, ROUNDS, sizeof(*v), compare);
	return v[ROUNDS / 2];
}

/* --- commands, each in a process of its own ------------------------------- */

struct memory {
	long own;    /* KiB at most in memory */
	long signer; /* ... of the processes that it started */
};

static void
in_child(command_fn *command, int argc, char **argv, int out)
{
	int null = open("/dev/null", O_WRONLY);
	struct rusage own;
	struct rusage others;
	struct memory m;
	int code;

	(void)dup2(null, 1);
	log_quiet();
	code = command(argc, argv);
	(void)fflush(stdout);
	(void)getrusage(RUSAGE_SELF, &own);
	(void)getrusage(RUSAGE_CHILDREN, &others);
	m = (struct memory){own.ru_maxrss, others.ru_maxrss};
	if (write(out, &m, sizeof(m)) != sizeof(m))
		code = 1;
	_exit(code);
}

/* Runs a command with the scheme's options and then ${more}, up to a NULL. */
static struct memory
run(command_fn *command, const char *const *more)
{
	const char *argv[16] = {"--data", data, "--passphrase-file", pass};
	struct memory m = {0};
	int pair[2];
	int argc = 4;
	int st = -1;
	pid_t pid;

	for (; more != NULL && *more != NULL && argc < 15; more++)
		argv[argc++] = *more;
	must(pipe(pair) == 0, "no pipe");
	pid = fork();
	if (pid == 0)
		in_child(command, argc, (char **)(uintptr_t)argv, pair[1]);
	(void)close(pair[1]);
	must(pid > 0 && read(pair[0], &m, sizeof(m)) == sizeof(m) &&
		 waitpid(pid, &st, 0) == pid && st == 0,
	    "a command failed");
	(void)close(pair[0]);
	return m;
}

static void
make_scheme(void)
{
	const char *shared = getenv("SHARED");
	const char *tmp = getenv("TMPDIR");
	const char *init[] = {"--host", "pass.example.org", NULL};
	const char *enrol[] = {ODS, NULL};
	char file[3][512];
	const char *import[] = {file[0], file[1], file[2], NULL};
	static const char *const names[] = {
	    "epraccur.csv", "etr.csv", "gp-reg-pat-prac-map.csv"};
	FILE *f;

	(void)snprintf(dir, sizeof(dir), "%s/bench_register.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	must(mkdtemp(dir) != NULL, "no folder");
	(void)snprintf(data, sizeof(data), "%s/data", dir);
	(void)snprintf(pass, sizeof(pass), "%s/pass", dir);
	(void)umask(077);
	f = fopen(pass, "w");
	must(f != NULL && fputs("correct horse battery staple\n", f) >= 0 &&
		 fclose(f) == 0,
	    "cannot write");
	for (int i = 0; i < 3; i++)
		(void)snprintf(file[i], sizeof(file[i]), "%s/data/ods/%s",
		    shared != NULL ? shared : "tests", names[i]);
	run(cmd_init, init);
	run(cmd_org_import, import);
	run(cmd_org_enrol, enrol);
}

static void
clear(void)
{
	const char *rm[] = {"rm", "-r", "-f", dir, NULL};
	pid_t pid = fork();

	if (pid == 0) {
		execvp(rm[0], (char *const *)(uintptr_t)rm);
		_exit(127);
	}
	(void)waitpid(pid, NULL, 0);
}

/* --- issuing -------------------------------------------------------------- */

/* An NHS number of the range that is kept for tests; its last digit a check. */
static bool
nhs_number(char out[static NORMAL_NHS], unsigned n)
{
	unsigned number = 999000000 + n % 1000000;
	unsigned digits = number;
	unsigned sum = 0;

	for (unsigned i = 2; i <= 10; i++) {
		sum += i * (digits % 10);
		digits /= 10;
	}
	(void)snprintf(
	    out, NORMAL_NHS, "%u%u", number, (11 - sum % 11) % 11 % 10);
	return sum % 11 != 1;
}

/* Fills ${n} items with people who were never there before. */
static void
ask(struct issuing_item *item, size_t n)
{
	static unsigned person;

	for (size_t i = 0; i < n; i++) {
		struct issuing *w = &item[i].want;

		item[i] = (struct issuing_item){.kind = CARD_FIRST,
		    .want.months = ISSUING_MONTHS,
		    .want.ods = ODS};
		while (!nhs_number(w->nhs, ++person))
			;
		(void)snprintf(w->name, sizeof(w->name), "Margaret Thompson");
		(void)snprintf(w->ref, sizeof(w->ref), "R%u", person);
	}
}

/* Issues ${n} cards, ${step} in each go. Returns the seconds. */
static double
issue(struct app *app, size_t n, size_t step)
{
	static struct issuing_item item[ISSUING_BATCH];
	double took = 0;

	for (size_t at = 0; at < n; at += step) {
		size_t some = n - at < step ? n - at : step;
		bool issued = false;
		double from;

		ask(item, some);
		from = now();
		must(issuing_many(app, item, some, ISSUING_EACH, &issued) ==
			     ERR_OK &&
			 issued,
		    "not issued");
		took += now() - from;
		for (size_t i = 0; i < some; i++)
			must(item[i].result.card.is_signed, "not signed");
	}
	return took;
}

/* --- baselines ------------------------------------------------------------ */

static double
sign_only(size_t n)
{
	uint8_t pk[32];
	uint8_t sk[64];
	uint8_t message[MESSAGE] = {0};
	uint8_t sig[64];
	double from;

	crypto_sign_keypair(pk, sk);
	from = now();
	for (size_t i = 0; i < n; i++) {
		memcpy(message, &i, sizeof(i));
		crypto_sign_detached(sig, NULL, message, sizeof(message), sk);
	}
	return now() - from;
}

static const char plain_schema[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE card (serial INTEGER PRIMARY KEY, org TEXT NOT NULL,"
    " status_index INTEGER NOT NULL UNIQUE, iat INTEGER NOT NULL,"
    " exp INTEGER NOT NULL, payload BLOB NOT NULL, signature BLOB NOT NULL);"
    "CREATE TABLE rollup (org TEXT, day INTEGER, n INTEGER NOT NULL,"
    " PRIMARY KEY (org, day)) WITHOUT ROWID";

struct plain {
	sqlite3 *sql;
	sqlite3_stmt *card;
	sqlite3_stmt *rollup;
};

static void
plain_open(struct plain *p)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/plain.db", dir);
	must(sqlite3_open(path, &p->sql) == SQLITE_OK &&
		 sqlite3_exec(p->sql, plain_schema, NULL, NULL, NULL) ==
		     SQLITE_OK &&
		 sqlite3_prepare_v2(p->sql,
		     "INSERT INTO card VALUES (?1, '" ODS "', ?2, 1795348800,"
		     " 1858464000, ?3, ?4)",
		     -1, &p->card, NULL) == SQLITE_OK &&
		 sqlite3_prepare_v2(p->sql,
		     "INSERT INTO rollup VALUES ('" ODS "', 20778, 1)"
		     " ON CONFLICT DO UPDATE SET n = n + 1",
		     -1, &p->rollup, NULL) == SQLITE_OK,
	    "the plain registry does not open");
}

static void
plain_close(struct plain *p)
{
	sqlite3_finalize(p->card);
	sqlite3_finalize(p->rollup);
	sqlite3_close(p->sql);
}

/* ${n} cards in one transaction, with numbers as random as ours. */
static double
insert_only(struct plain *p, size_t n)
{
	uint8_t b[MESSAGE + 64];
	double from = now();
	bool ok = sqlite3_exec(p->sql, "BEGIN IMMEDIATE", NULL, NULL, NULL) ==
		  SQLITE_OK;

	for (size_t i = 0; i < n && ok; i++) {
		int64_t r;

		randombytes_buf(&r, sizeof(r));
		randombytes_buf(b, sizeof(b));
		sqlite3_bind_int64(p->card, 1, r & 0xffffffffff);
		sqlite3_bind_int64(p->card, 2, r >> 40 & 0xffffff);
		sqlite3_bind_blob(p->card, 3, b, MESSAGE, SQLITE_STATIC);
		sqlite3_bind_blob(p->card, 4, b + MESSAGE, 64, SQLITE_STATIC);
		/* A number that was drawn twice is left out. */
		(void)sqlite3_step(p->card);
		(void)sqlite3_reset(p->card);
		ok = sqlite3_step(p->rollup) == SQLITE_DONE;
		(void)sqlite3_reset(p->rollup);
	}
	must(
	    ok && sqlite3_exec(p->sql, "COMMIT", NULL, NULL, NULL) == SQLITE_OK,
	    "the plain registry does not store");
	return now() - from;
}

static int
open_pages(void)
{
	static const uint8_t page[PAGE] = {1};
	char path[300];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/pages", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	for (off_t i = 0; i < PAGES; i++)
		must(pwrite(fd, page, PAGE, i * PAGE) == PAGE, "cannot write");
	must(fsync(fd) == 0, "cannot write");
	return fd;
}

static double
overwrite(int fd, size_t n)
{
	static uint8_t page[PAGE];
	static off_t at;
	double from = now();

	for (size_t i = 0; i < n; i++) {
		page[0]++;
		must(pwrite(fd, page, PAGE, at * PAGE) == PAGE &&
			 fdatasync(fd) == 0,
		    "cannot write");
		at = (at + 1) % PAGES;
	}
	return now() - from;
}

/* --- what is asked -------------------------------------------------------- */

static void
batches(struct app *app)
{
	double ours[ROUNDS];
	double sign[ROUNDS];
	double insert[ROUNDS];
	double ratio[ROUNDS];
	struct plain p = {0};

	plain_open(&p);
	for (int i = 0; i < ROUNDS; i++) {
		ours[i] = issue(app, BATCH, ISSUING_BATCH);
		sign[i] = sign_only(BATCH);
		insert[i] = insert_only(&p, BATCH);
		ratio[i] = (sign[i] + insert[i]) / ours[i];
	}
	plain_close(&p);
	printf("batch of %d: %.0f cards/s; alone: %.0f signatures/s, %.0f rows "
	       "inserted/s\n",
	    BATCH, BATCH / median(ours), BATCH / median(sign),
	    BATCH / median(insert));
	printf("ratio to 1 / (1/sign + 1/insert): %.2f (at least 0.5)\n",
	    median(ratio));
}

static void
singles(struct app *app)
{
	double ours[ROUNDS];
	double together[ROUNDS];
	double page[ROUNDS];
	double to_page[ROUNDS];
	double gain[ROUNDS];
	int fd = open_pages();

	for (int i = 0; i < ROUNDS; i++) {
		ours[i] = issue(app, SINGLES, 1) / SINGLES;
		together[i] =
		    issue(app, 10 * TOGETHER, TOGETHER) / (10 * TOGETHER);
		page[i] = overwrite(fd, SINGLES) / SINGLES;
		to_page[i] = page[i] / ours[i];
		gain[i] = ours[i] / together[i];
	}
	(void)close(fd);
	printf("one at a time: %.0f cards/s; one overwrite and fdatasync: "
	       "%.0f/s; ratio %.2f (at least 0.8)\n",
	    1 / median(ours), 1 / median(page), median(to_page));
	printf("%d at once: %.0f cards/s; ratio to one at a time %.1f (at "
	       "least 3)\n",
	    TOGETHER, 1 / median(together), median(gain));
}

static void
memory(int rows)
{
	char csv[300];
	char pdf[300];
	const char *more[] = {"--org", ODS, "--csv", csv, "--cards", pdf, NULL};
	struct memory m;
	FILE *f;
	double from;

	(void)snprintf(csv, sizeof(csv), "%s/%d.csv", dir, rows);
	(void)snprintf(pdf, sizeof(pdf), "%s/%d.pdf", dir, rows);
	f = fopen(csv, "w");
	must(f != NULL && fputs("name,ref\n", f) >= 0, "cannot write");
	for (int i = 0; i < rows; i++)
		fprintf(f, "Margaret Thompson,M%d-%d\n", rows, i);
	must(fclose(f) == 0, "cannot write");
	from = now();
	m = run(cmd_issue, more);
	printf("issue --csv --cards, %d rows: %.1f s, %ld MB at most in "
	       "memory, the signer %ld MB (Argon2id)\n",
	    rows, now() - from, m.own / 1024, m.signer / 1024);
}

static bool
wanted(int argc, char **argv, const char *part)
{
	return argc < 2 || strcmp(argv[1], part) == 0;
}

int
main(int argc, char **argv)
{
	struct app_args args = {.data = data, .passphrase_file = pass};
	struct app app = {0};

	must(sodium_init() >= 0, "no libsodium");
	log_name("bench_register");
	make_scheme();
	if (wanted(argc, argv, "memory")) {
		memory(1000);
		memory(5000);
	}
	must(app_open(&app, &args, APP_SIGN) == ERR_OK, "no scheme");
	if (wanted(argc, argv, "batch"))
		batches(&app);
	if (wanted(argc, argv, "one"))
		singles(&app);
	app_close(&app);
	clear();
	return 0;
}
