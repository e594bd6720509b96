#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "issuer/root.h"
#include "keys/trust_build.h"

/*
 * The offline machine: a folder with a master key, a root key and a journal,
 * no registry.  What the root signs is one reviewed file (docs/OPERATIONS).
 */
struct root_args {
	struct app_args app;
	const char *request;
	const char *out;
};

static const struct arg new_table[] = {
    APP_ARGS(struct root_args),
};

static const struct args new_spec = {"carerpass root new",
    "Makes a root key in a new data folder on the offline machine. Take "
    "DATA/root.pub to 'carerpass init --root'; the key stays here.",
    new_table, sizeof(new_table) / sizeof(*new_table)};

static const struct arg sign_table[] = {
    APP_ARGS(struct root_args),
    {"-o", ARG_TEXT, "FILE", "where the signed list goes, else trust.cwt",
	offsetof(struct root_args, out), 0, false, 0, 0, NULL},
    {"REQUEST", ARG_TEXT, NULL, "the trust.request that publish wrote",
	offsetof(struct root_args, request), 0, true, 0, 0, NULL},
};

static const struct args sign_spec = {"carerpass root sign",
    "Shows what a trust list says and signs it with the root key of the data "
    "folder. Take the answer back as DATA/trust.cwt and publish again.",
    sign_table, sizeof(sign_table) / sizeof(*sign_table)};

/* A folder without keys can be begun again: a passphrase was mistyped, say. */
static void
undo(const struct app *app)
{
	char master[APP_PATH];
	char journal[APP_PATH];

	app_path(master, app, "keys/master");
	app_path(journal, app, "keys/journal");
	if (access(master, F_OK) != 0)
		(void)unlink(journal);
}

int
cmd_root_new(int argc, char **argv)
{
	struct root_args a = {0};
	struct app app = {.args = &a.app};
	char path[APP_PATH];
	bool help = false;
	bool made;
	enum err e = args_parse(&new_spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	e = app_data(app.data, &a.app);
	app_path(path, &app, "keys/master");
	if (e == ERR_OK && access(path, F_OK) == 0) {
		log_error("%s holds keys already: a root key is made once, in "
			  "a new folder; name another with --data",
		    app.data);
		return err_exit(ERR_DATA);
	}
	app_path(path, &app, "keys");
	if (e == ERR_OK)
		e = file_mkdir_private(path);
	if (e == ERR_OK)
		undo(&app); /* what a run that was killed began */
	if (e == ERR_OK)
		e = signer_start(
		    &app.signer, path, a.app.passphrase_file, SIGNER_CREATE);
	made = app.signer != NULL;
	if (e == ERR_OK)
		e = root_make(&app);
	app_close(&app);
	if (e != ERR_OK && !made)
		undo(&app);
	if (e == ERR_OK && !a.app.quiet)
		printf("The root key is made. Take %s/root.pub to the machine "
		       "that issues.\n",
		    app.data);
	return err_exit(e);
}

/* One key: who may sign what with it, and the number that wards will ring. */
static void
show_key(const struct trust_key *k)
{
	char kid[2 * KID_SIZE + 1];
	char from[DATE_TEXT];
	char to[DATE_TEXT];
	struct cbor codes = cbor_of(k->codes);

	sodium_bin2hex(kid, sizeof(kid), k->kid, KID_SIZE);
	date_text(from, date_of(date_day_of(k->not_before)));
	date_text(to, date_of(date_day_of(k->not_after)));
	printf("key         %s  %s to %s ", kid, from, to);
	if (k->purpose == PURPOSE_STATUS) {
		printf(" status lists\n");
		return;
	}
	for (uint64_t n = cbor_array(&codes); n > 0; n--) {
		struct span code = cbor_text(&codes);

		printf(" %.*s", (int)code.n, code.p);
	}
	printf(" %.*s", (int)k->name.n, k->name.p);
	if (k->phone.n > 0)
		printf(", %.*s", (int)k->phone.n, k->phone.p);
	printf("\n");
}

static void
show_places(const struct trust *t)
{
	struct cbor hosts = cbor_of(t->hosts);
	struct trust_service s;

	for (uint64_t n = cbor_array(&hosts); n > 0; n--) {
		struct span host = cbor_text(&hosts);

		printf("host        %.*s\n", (int)host.n, host.p);
	}
	for (uint64_t i = 0; trust_service_at(t, i, &s); i++)
		printf("lists at    %.*s\n", (int)s.base.n, s.base.p);
}

static void
show_revoked(const struct trust *t)
{
	struct cbor c = cbor_of(t->tombstones);

	/* The array's head is not part of the span. */
	for (size_t i = 0; i < t->ntombstones; i++) {
		char kid[2 * KID_SIZE + 1];
		struct span bytes = cbor_bytes(&c);

		sodium_bin2hex(kid, sizeof(kid), bytes.p, KID_SIZE);
		printf("revoked     %s\n", kid);
	}
}

/* What the people at the ceremony read before it is signed: all of it. */
static void
show(const struct trust *t)
{
	char iat[DATE_TIME_TEXT];
	char exp[DATE_TIME_TEXT];

	date_time_text(iat, t->iat);
	date_time_text(exp, t->exp);
	printf("scheme      %.*s\nnumber      %llu\nissued      %s\nexpires   "
	       "  %s\n",
	    (int)t->scheme.n, t->scheme.p, (unsigned long long)t->seq, iat,
	    exp);
	show_places(t);
	for (size_t i = 0; i < t->nkeys; i++) {
		struct trust_key k;

		trust_key_at(t, i, &k);
		show_key(&k);
	}
	show_revoked(t);
	printf("revoked     %zu key%s\n", t->ntombstones,
	    t->ntombstones == 1 ? "" : "s");
}

static enum err
sign(struct app *app, struct span payload, const char *out)
{
	struct buf list = BUF_INIT(TRUST_MAX);
	struct key_record root;
	uint8_t sig[1][ED25519_SIG];
	enum err e = root_load(app, &root);

	if (e == ERR_NOINPUT)
		log_error("%s holds no root key", app->data);
	if (e == ERR_OK)
		e = signer_sign(
		    app->signer, COSE_TRUST, &root, NULL, &payload, 1, sig);
	if (e == ERR_OK)
		e = signed_object(&list, COSE_TRUST, root.kid, payload, sig[0]);
	if (e == ERR_OK)
		e = file_write(out, buf_span(&list), 0644);
	buf_free(&list);
	return e;
}

static enum err
review(struct span payload, const char *file)
{
	uint32_t *at = calloc(TRUST_KEYS_MAX, sizeof(*at));
	struct trust t;
	enum err e = ERR_OK;

	if (at == NULL)
		return ERR_MEM;
	if (trust_payload_read(&t, payload, at, TRUST_KEYS_MAX)) {
		show(&t);
	} else {
		log_error("%s is not a trust list to be signed: take the "
			  "trust.request that carerpass publish wrote",
		    file);
		e = ERR_DATA;
	}
	free(at);
	return e;
}

int
cmd_root_sign(int argc, char **argv)
{
	struct root_args a = {.out = "trust.cwt"};
	struct app app = {.args = &a.app};
	struct buf payload = BUF_INIT(TRUST_MAX);
	char path[APP_PATH];
	bool help = false;
	enum err e = args_parse(&sign_spec, argc, argv, &a, &help);

	if (e != ERR_OK || help)
		return err_exit(e);
	e = app_data(app.data, &a.app);
	if (e == ERR_OK)
		e = file_read(&payload, a.request);
	if (e == ERR_OK)
		e = review(buf_span(&payload), a.request);
	app_path(path, &app, "keys");
	if (e == ERR_OK)
		e = signer_start(
		    &app.signer, path, a.app.passphrase_file, SIGNER_OPEN);
	if (e == ERR_OK)
		e = sign(&app, buf_span(&payload), a.out);
	if (e == ERR_OK && !a.app.quiet)
		printf("Signed: %s\n", a.out);
	buf_free(&payload);
	app_close(&app);
	return err_exit(e);
}
