#include "keys/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "keys/signer_child.h"
#include "keys/wire.h"

struct signer {
	int fd;
	pid_t pid;
	uint8_t *frame; /* WIRE_MAX, for request and then answer */
	struct cbor_out o;
};

static struct cbor_out *
begin(struct signer *s, enum wire_op op, uint64_t n)
{
	s->o = (struct cbor_out){.p = s->frame, .cap = WIRE_MAX};
	cbor_put_array(&s->o, n + 1);
	cbor_put_int(&s->o, op);
	return &s->o;
}

/* Takes the head off an answer; a refusal is logged in the signer's words. */
static enum err
open_answer(struct cbor *c, struct span frame, uint64_t want)
{
	uint64_t n;
	uint64_t code;
	struct span why;

	*c = cbor_of(frame);
	n = cbor_array(c);
	code = cbor_uint(c);
	if (!c->bad && code == ERR_OK && n == want + 1)
		return ERR_OK;
	if (c->bad || code == ERR_OK) {
		log_error("the signer answered what was not asked");
		return ERR_INTERNAL;
	}
	why = n == 2 ? cbor_text(c) : span_str("");
	if (why.n > 0)
		log_error("the signer refused: %.*s", (int)why.n, why.p);
	return (enum err)code;
}

/* Sends the request that was begun and opens the answer of ${want} members. */
static enum err
call(struct signer *s, uint64_t want, struct cbor *c)
{
	size_t n = 0;
	enum err e =
	    s->o.full ? ERR_TOOBIG : wire_send(s->fd, cbor_written(&s->o));

	if (e == ERR_OK)
		e = wire_recv(s->fd, s->frame, &n);
	if (e == ERR_OK)
		return open_answer(c, span_of(s->frame, n), want);
	log_error("the signer process has ended: nothing more can be signed; "
		  "run the command again");
	return ERR_UNAVAILABLE;
}

static enum err
done(struct signer *s, struct cbor *c, enum err e)
{
	if (e == ERR_OK && !cbor_done(c))
		e = ERR_INTERNAL;
	sodium_memzero(s->frame, s->o.n);
	return e;
}

static enum err
greeting(struct signer *s)
{
	struct cbor c;
	size_t n = 0;

	if (wire_recv(s->fd, s->frame, &n) != ERR_OK) {
		log_error("the signer process did not start");
		return ERR_UNAVAILABLE;
	}
	return open_answer(&c, span_of(s->frame, n), 0);
}

enum err
signer_start(struct signer **out, const char *dir, const char *passphrase_file,
    enum signer_mode mode)
{
	struct signer *s = calloc(1, sizeof(*s));
	int pair[2] = {-1, -1};
	sigset_t interrupt;
	sigset_t before;
	enum err e = ERR_MEM;

	*out = NULL;
	if (s == NULL)
		return ERR_MEM;
	s->fd = -1;
	/* Ctrl-C at the prompt waits until the terminal has its echo back. */
	(void)sigemptyset(&interrupt);
	(void)sigaddset(&interrupt, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &interrupt, &before);
	(void)signal(SIGPIPE, SIG_IGN);
	s->frame = malloc(WIRE_MAX);
	if (s->frame == NULL)
		goto fault;
	e = ERR_IO;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		goto fault;
	s->pid = fork();
	if (s->pid == 0) {
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
		close(pair[0]);
		signer_child(pair[1], dir, passphrase_file, mode);
	}
	close(pair[1]);
	s->fd = pair[0];
	if (s->pid > 0) {
		e = greeting(s);
		if (e == ERR_OK) {
			*out = s;
			s = NULL;
		}
		goto out;
	}
fault:
	log_error("the signer process cannot be started: %s", strerror(errno));
out:
	signer_stop(s);
	/* Whoever gave up at the prompt gets an orderly end instead. */
	if (e != ERR_OK)
		(void)sigtimedwait(&interrupt, NULL, &(struct timespec){0});
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return e;
}

void
signer_stop(struct signer *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	if (s->pid > 0)
		while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
			;
	free(s->frame);
	free(s);
}

int
signer_pid(const struct signer *s)
{
	return (int)s->pid;
}

static void
put_spec(struct cbor_out *o, const struct key_record *k)
{
	cbor_put_int(o, k->use);
	cbor_put_text(o, span_str(k->ods));
	cbor_put_int(o, k->not_before);
	cbor_put_int(o, k->not_after);
}

enum err
signer_make_key(struct signer *s, struct key_record *k)
{
	struct cbor c;
	enum err e;

	put_spec(begin(s, WIRE_MAKE, 4), k);
	e = call(s, 3, &c);
	if (e == ERR_OK) {
		cbor_fixed(&c, k->kid, KID_SIZE);
		cbor_fixed(&c, k->public, ED25519_KEY);
		cbor_fixed(&c, k->sealed, sizeof(k->sealed));
	}
	return done(s, &c, e);
}

static void
put_head(struct cbor_out *o, const struct signer_head *head)
{
	bool has = head != NULL && head->seq > 0;

	cbor_put_uint(o, has ? head->seq : 0);
	cbor_put_bytes(
	    o, span_of(has ? head->hash : NULL, has ? SIGNER_HASH : 0));
}

enum err
signer_sign(struct signer *s, enum cose_kind kind, const struct key_record *k,
    const struct signer_head *head, const struct span *payloads, size_t n,
    uint8_t (*sigs)[ED25519_SIG])
{
	struct cbor_out *o = begin(s, WIRE_SIGN, 5);
	struct cbor c;
	enum err e;

	cbor_put_int(o, kind);
	cbor_put_array(o, 7);
	cbor_put_bytes(o, span_of(k->kid, KID_SIZE));
	cbor_put_bytes(o, span_of(k->public, ED25519_KEY));
	put_spec(o, k);
	cbor_put_bytes(o, span_of(k->sealed, sizeof(k->sealed)));
	put_head(o, head);
	cbor_put_array(o, n);
	for (size_t i = 0; i < n; i++)
		cbor_put_bytes(o, payloads[i]);
	e = call(s, 1, &c);
	if (e == ERR_OK && cbor_array(&c) != n)
		cbor_fail(&c);
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		cbor_fixed(&c, sigs[i], ED25519_SIG);
	return done(s, &c, e);
}

enum err
signer_note(struct signer *s, const struct signer_head *head,
    const struct journal_entry *notes, size_t n)
{
	struct cbor_out *o = begin(s, WIRE_NOTE, 3);
	struct cbor c;
	enum err e;

	put_head(o, head);
	cbor_put_array(o, 5 * n);
	for (size_t i = 0; i < n; i++) {
		cbor_put_uint(o, notes[i].type);
		cbor_put_bytes(o, span_of(notes[i].kid, KID_SIZE));
		cbor_put_uint(o, notes[i].a);
		cbor_put_uint(o, notes[i].b);
		cbor_put_uint(o, notes[i].reason);
	}
	e = call(s, 0, &c);
	return done(s, &c, e);
}

enum err
signer_reset(struct signer *s, const struct signer_head *head)
{
	struct cbor c;
	enum err e;

	put_head(begin(s, WIRE_RESET, 2), head);
	e = call(s, 0, &c);
	return done(s, &c, e);
}

/* Fails where the answer is not of a journal's record. */
static void
get_entry(struct cbor *c, struct journal_entry *x)
{
	struct span hash;
	uint64_t type = cbor_uint(c);

	memset(x, 0, sizeof(*x));
	x->type = (enum journal_type)(uint8_t)type;
	cbor_fixed(c, x->kid, KID_SIZE);
	x->time = cbor_int(c);
	x->a = cbor_uint(c);
	x->b = cbor_uint(c);
	x->reason = (uint8_t)cbor_uint(c);
	hash = cbor_bytes(c);
	if (hash.n == SIGNER_HASH)
		memcpy(x->hash, hash.p, SIGNER_HASH);
	else if (hash.n != 0)
		cbor_fail(c);
}

enum err
signer_journal(struct signer *s, uint64_t from,
    struct journal_entry out[static WIRE_PAGE], size_t *n)
{
	struct cbor c;
	uint64_t members = 0;
	enum err e;

	*n = 0;
	cbor_put_uint(begin(s, WIRE_JOURNAL, 1), from);
	e = call(s, 1, &c);
	if (e == ERR_OK)
		members = cbor_array(&c);
	if (members % 7 != 0 || members > 7 * WIRE_PAGE)
		cbor_fail(&c);
	else
		*n = (size_t)(members / 7);
	for (size_t i = 0; i < *n; i++)
		get_entry(&c, &out[i]);
	return done(s, &c, e);
}

enum err
signer_last_head(struct signer *s, struct signer_head *head)
{
	struct cbor c;
	enum err e;

	begin(s, WIRE_HEAD, 0);
	e = call(s, 2, &c);
	if (e == ERR_OK) {
		head->seq = cbor_uint(&c);
		cbor_fixed(&c, head->hash, SIGNER_HASH);
	}
	return done(s, &c, e);
}

static void
put_items(struct cbor_out *o, const struct signer_item *item, size_t n)
{
	cbor_put_array(o, 2 * n);
	for (size_t i = 0; i < n; i++) {
		cbor_put_bytes(o, item[i].ad);
		cbor_put_bytes(o, item[i].in);
	}
}

static void
get_items(struct cbor *c, struct signer_item *item, size_t n, bool sealed)
{
	if (cbor_array(c) != n)
		cbor_fail(c);
	for (size_t i = 0; i < n && !c->bad; i++) {
		item[i].n = sealed ? item[i].in.n + SECRET_OVERHEAD
				   : item[i].in.n - SECRET_OVERHEAD;
		cbor_fixed(c, item[i].out, item[i].n);
	}
}

enum err
signer_seal(struct signer *s, struct signer_holder *h, size_t n)
{
	struct cbor_out *o = begin(s, WIRE_SEAL, 1);
	struct cbor c;
	enum err e;

	cbor_put_array(o, 3 * n);
	for (size_t i = 0; i < n; i++) {
		cbor_put_int(o, h[i].row);
		cbor_put_bytes(
		    o, span_of(h[i].key, h[i].fresh ? 0 : SECRET_WRAPPED));
		put_items(o, h[i].item, h[i].n);
	}
	e = call(s, 1, &c);
	if (e == ERR_OK && cbor_array(&c) != 2 * n)
		cbor_fail(&c);
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		cbor_fixed(&c, h[i].key, SECRET_WRAPPED);
		get_items(&c, h[i].item, h[i].n, true);
	}
	return done(s, &c, e);
}

enum err
signer_unseal(struct signer *s, const uint8_t key[static SECRET_WRAPPED],
    int64_t row, struct signer_item *item, size_t n)
{
	struct cbor_out *o;
	struct cbor c;
	enum err e;

	for (size_t i = 0; i < n; i++)
		if (item[i].in.n < SECRET_OVERHEAD)
			return ERR_DATA;
	o = begin(s, WIRE_UNSEAL, 3);
	cbor_put_int(o, row);
	cbor_put_bytes(o, span_of(key, SECRET_WRAPPED));
	put_items(o, item, n);
	e = call(s, 1, &c);
	if (e == ERR_OK)
		get_items(&c, item, n, false);
	return done(s, &c, e);
}

enum err
signer_blind(struct signer *s, struct signer_text *b, size_t n)
{
	struct cbor_out *o = begin(s, WIRE_BLIND, 1);
	struct cbor c;
	enum err e;

	cbor_put_array(o, 2 * n);
	for (size_t i = 0; i < n; i++) {
		cbor_put_text(o, span_str(b[i].domain));
		cbor_put_bytes(o, b[i].text);
	}
	e = call(s, 1, &c);
	if (e == ERR_OK && cbor_array(&c) != n)
		cbor_fail(&c);
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		cbor_fixed(&c, b[i].out, SECRET_BLIND);
	return done(s, &c, e);
}
