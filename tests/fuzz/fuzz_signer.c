/*
 * The whole of what a hostile asking process can reach: a signer of its own for
 * each input, and requests that begin as good ones and are then bent.  The
 * target keeps books of its own on what was made and signed, and stops if any
 * signature that comes back is over something that the rules do not allow, or
 * if a secret comes back at all.
 *
 * An input is read as a list of small choices; where it ends, all are zero.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "base/date.h"
#include "keys/signer_child.h"
#include "passport/status.h"
#include "passport/trust.h"
#include "tests/kit/books.h"

#define NOW      INT64_C(1795348800)
#define MIDNIGHT (NOW - 43200)
#define DAY      DATE_DAY_SECONDS
#define REQUESTS 24

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct {
	const uint8_t *data;
	size_t left;
	struct signer_self *self;
	char dir[64];
	uint8_t request[65536];
	uint8_t scratch[65536];
	uint8_t *answer;
	struct books b;
	uint64_t random;
} f;

/* --- a world without chance: time, random numbers, Argon2id --- */

time_t
time(time_t *out)
{
	if (out != NULL)
		*out = (time_t)f.b.now;
	return (time_t)f.b.now;
}

static uint32_t
next_random(void)
{
	f.random =
	    f.random * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(f.random >> 32);
}

static const char *
random_name(void)
{
	return "repeatable";
}

static void
random_bytes(void *const out, const size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)out)[i] = (uint8_t)next_random();
	/* A draw of 32 bytes is a key; nonces and salts are shorter. */
	if (n == 32 && f.b.nsecrets < BOOKS_SECRETS)
		memcpy(f.b.secrets[f.b.nsecrets++], out, n);
}

static struct randombytes_implementation repeatable = {
    .implementation_name = random_name,
    .random = next_random,
    .buf = random_bytes,
};

/* Half a second for each input would be all that was fuzzed. */
int
crypto_pwhash(unsigned char *const out, unsigned long long outlen,
    const char *const passwd, unsigned long long passwdlen,
    const unsigned char *const salt, unsigned long long opslimit,
    size_t memlimit, int alg)
{
	(void)opslimit;
	(void)memlimit;
	(void)alg;
	(void)salt;
	return crypto_generichash(out, (size_t)outlen,
	    (const unsigned char *)passwd, passwdlen, NULL, 0);
}

/* --- choices --- */

static uint8_t
choose(uint8_t below)
{
	uint8_t c = 0;

	if (f.left > 0) {
		c = *f.data++;
		f.left--;
	}
	return (uint8_t)(c % below);
}

static struct span
bytes(size_t most)
{
	size_t n = choose((uint8_t)most);
	struct span s;

	if (n > f.left)
		n = f.left;
	s = span_of(f.data, n);
	f.data += n;
	f.left -= n;
	return s;
}

static int64_t
some_time(void)
{
	static const int64_t times[] = {NOW, NOW + 300, NOW + 301, NOW - 1,
	    NOW - 30 * DAY, NOW - 31 * DAY, NOW + 200 * DAY, MIDNIGHT,
	    MIDNIGHT + DAY, MIDNIGHT + 365 * DAY, MIDNIGHT + 1098 * DAY,
	    MIDNIGHT + 1099 * DAY, 0, INT64_MAX, NOW + 7 * DAY};

	return times[choose(sizeof(times) / sizeof(*times))] +
	       (choose(8) == 7 ? choose(255) - 128 : 0);
}

/* --- requests --- */

static const char *const codes[] = {
    "A81001", "A81002", "", "A8", "a81001", "ABCDEFGHIJ"};

static void
make_key(struct cbor_out *o)
{
	struct key_record k = {.use = (enum key_use)choose(3)};
	const char *ods = k.use == USE_PASSPORT ? codes[choose(6)]
						: codes[choose(8) == 7 ? 0 : 2];

	memcpy(k.ods, ods, strlen(ods));
	k.not_before = choose(4) < 3 ? NOW - 30 * DAY : some_time();
	k.not_after = choose(4) < 3 ? NOW + 200 * DAY : some_time();
	request_make(o, &k);
}

/* A key that was made, sometimes with one member changed. */
static struct key_record
some_key(void)
{
	struct key_record k = {.use = USE_ROOT};
	uint8_t how;

	if (f.b.nkeys > 0)
		k = f.b.keys[choose((uint8_t)f.b.nkeys)];
	how = choose(32);
	if (how == 31)
		k.use = (enum key_use)choose(3);
	else if (how == 30)
		k.ods[choose(6)] ^= 1;
	else if (how == 29)
		k.not_after = some_time();
	else if (how == 28)
		k.sealed[choose(SECRET_WRAPPED)] ^= 1;
	else if (how == 27)
		k.kid[choose(KID_SIZE)] ^= 1;
	return k;
}

static void
put_passport(struct cbor_out *o, const struct key_record *k)
{
	static const uint32_t indices[] = {
	    0, 1, 2, 3, 134217727, 134217728, UINT32_MAX};
	struct passport p;

	request_passport(&p, NOW);
	p.iss = choose(8) < 7 ? span_str(k->ods) : bytes(12);
	if (choose(4) == 3)
		p.iat = some_time();
	if (choose(4) == 3)
		p.exp = some_time();
	if (choose(4) == 3)
		p.name = bytes(70);
	p.serial = choose(3);
	p.class = (enum passport_class)choose(2);
	p.index = indices[choose(7)];
	passport_put(o, &p);
}

static void
put_status(struct cbor_out *o)
{
	static const char *const names[] = {"0.cwt", "1.cwt", "1023.cwt",
	    "1024.cwt", "01.cwt", ".cwt", "0.jwt", "x.cwt"};
	char sub[64];
	int n = snprintf(
	    sub, sizeof(sub), "https://a.example/%s", names[choose(8)]);

	status_put(
	    o, span_of(sub, (size_t)n), some_time(), some_time(), bytes(40));
}

static void
put_trust(struct cbor_out *o)
{
	struct trust_key keys[BOOKS_KEYS] = {0};
	uint8_t tombstones[2][KID_SIZE] = {{0}, {1}};
	static const uint8_t code[] = {
	    0x81, 0x66, 'A', '8', '1', '0', '0', '1'};
	struct span host = span_str("a.example");
	struct trust_service services[2] = {
	    {span_str("https://a.example/lists/status/"), {0}},
	    {span_str("https://b.example/"), {0}}};
	struct trust_draft d = {.scheme = span_str("Riverside carers"),
	    .hosts = &host,
	    .nhosts = 1,
	    .keys = keys,
	    .tombstones = (const uint8_t(*)[KID_SIZE])tombstones,
	    .services = services};

	d.seq = choose(8);
	if (d.seq == 7)
		d.seq = UINT64_MAX;
	d.ntombstones = choose(3);
	d.nservices = (choose(3) + 1) % 3;
	d.iat = choose(8) < 7 ? NOW - choose(3) : some_time();
	d.exp = choose(8) < 7 ? NOW + 90 * DAY : some_time();
	for (size_t i = 0; i < f.b.nkeys && choose(8) < 7; i++) {
		struct trust_key *k = &keys[d.nkeys++];

		k->purpose = f.b.keys[i].use == USE_STATUS ? PURPOSE_STATUS
							   : PURPOSE_PASSPORT;
		memcpy(k->kid, f.b.keys[i].kid, KID_SIZE);
		memcpy(k->key, f.b.keys[i].public, ED25519_KEY);
		k->not_before = f.b.keys[i].not_before;
		k->not_after = f.b.keys[i].not_after;
		if (choose(8) == 7)
			k->key[choose(32)] ^= 1;
		if (choose(8) == 7)
			ed25519_kid(k->kid, k->key);
		if (choose(8) == 7)
			k->kid[choose(8)] ^= 1;
		if (choose(8) == 7)
			k->not_after = some_time();
		if (choose(8) == 7)
			memcpy(tombstones[1], k->kid, KID_SIZE);
		k->codes = span_of(code, sizeof(code));
		k->name = choose(8) < 7 ? span_str("A Surgery") : bytes(20);
		k->service = choose(8) < 7 ? 0 : choose(3);
	}
	if (choose(8) < 7)
		for (size_t i = 1; i < d.nkeys; i++)
			for (size_t j = i; j > 0 && memcmp(keys[j - 1].kid,
							keys[j].kid, 8) > 0;
			     j--) {
				struct trust_key swap = keys[j];

				keys[j] = keys[j - 1];
				keys[j - 1] = swap;
			}
	trust_put(o, &d);
}

static void
sign_some(struct cbor_out *o)
{
	struct key_record k = some_key();
	static const enum cose_kind kind_of[USES] = {
	    COSE_PASSPORT, COSE_STATUS, COSE_TRUST};
	uint64_t kind = choose(16) == 15 ? choose(4) : kind_of[k.use];
	size_t n = choose(16) == 15 ? choose(8) : (size_t)1 + choose(3);
	struct cbor_out s = {.p = f.scratch, .cap = sizeof(f.scratch)};
	struct span payloads[8];

	for (size_t i = 0; i < n; i++) {
		size_t at = s.n;

		if (kind == COSE_STATUS)
			put_status(&s);
		else if (kind == COSE_TRUST)
			put_trust(&s);
		else
			put_passport(&s, &k);
		if (choose(8) == 7 && s.n > at)
			s.p[at + (choose(255) * (s.n - at)) / 255] ^=
			    (uint8_t)(1 << choose(8));
		payloads[i] = span_of(s.p + at, s.n - at);
	}
	request_sign(o, kind, &k, payloads, n);
}

static void
put_hash(struct cbor_out *o)
{
	uint8_t hash[SIGNER_HASH] = {choose(2)};

	cbor_put_bytes(o, span_of(hash, choose(16) == 15 ? 31 : 32));
}

static void
note_some(struct cbor_out *o)
{
	static const uint32_t indices[] = {
	    0, 1, 2, 3, 134217727, 134217728, UINT32_MAX};
	uint8_t n = choose(4);

	cbor_put_array(o, 4);
	cbor_put_int(o, WIRE_NOTE);
	cbor_put_uint(o, choose(8) == 7 ? UINT64_MAX : choose(8));
	put_hash(o);
	cbor_put_array(o, 5U * n);
	for (uint8_t i = 0; i < n; i++) {
		uint8_t type = choose(8) == 7 ? choose(10) : 5 + choose(3);
		uint8_t kid[KID_SIZE] = {type == 5 ? 1 + choose(2) : 0};

		cbor_put_uint(o, type);
		cbor_put_bytes(o, span_of(kid, KID_SIZE));
		cbor_put_uint(o, type == 5 ? 0 : indices[choose(7)]);
		cbor_put_uint(o, type == 5 ? 0 : choose(3));
		cbor_put_uint(o, type == 6 ? choose(9) : 0);
	}
}

static void
reset_some(struct cbor_out *o)
{
	cbor_put_array(o, 3);
	cbor_put_int(o, WIRE_RESET);
	cbor_put_uint(o, choose(8));
	put_hash(o);
}

static void
ask_journal(struct cbor_out *o)
{
	cbor_put_array(o, 2);
	cbor_put_int(o, WIRE_JOURNAL);
	cbor_put_uint(o, choose(8) == 7 ? UINT64_MAX : choose(20));
}

static void
ask_head(struct cbor_out *o)
{
	cbor_put_array(o, 1);
	cbor_put_int(o, WIRE_HEAD);
}

/* One holder's, or those of two in one request. */
static void
seal_some(struct cbor_out *o)
{
	size_t holders = choose(8) == 7 ? choose(131) : (size_t)1 + choose(2);

	cbor_put_array(o, 2);
	cbor_put_int(o, WIRE_SEAL);
	cbor_put_array(o, 3 * holders);
	for (size_t h = 0; h < holders; h++) {
		uint8_t ad = choose(4);
		bool again = choose(2) == 1;
		size_t n = choose(8) == 7 ? choose(20) : 1;

		cbor_put_int(o, again ? f.b.wrapped_row : choose(3));
		cbor_put_bytes(
		    o, span_of(f.b.wrapped, again ? SECRET_WRAPPED : 0));
		cbor_put_array(o, 2 * n);
		for (size_t i = 0; i < n; i++) {
			cbor_put_bytes(o, span_of(&ad, 1));
			cbor_put_bytes(o, bytes(30));
		}
	}
}

static void
unseal_some(struct cbor_out *o)
{
	uint8_t ad = choose(8) < 7 ? f.b.ad : choose(4);

	cbor_put_array(o, 4);
	cbor_put_int(o, WIRE_UNSEAL);
	cbor_put_int(o, choose(8) < 7 ? f.b.wrapped_row : choose(3));
	cbor_put_bytes(o, span_of(f.b.wrapped, SECRET_WRAPPED));
	cbor_put_array(o, 2);
	cbor_put_bytes(o, span_of(&ad, 1));
	cbor_put_bytes(o, span_of(f.b.sealed, f.b.nsealed));
}

static void
blind_some(struct cbor_out *o)
{
	size_t n = choose(8) == 7 ? choose(4) : 1;

	cbor_put_array(o, 2);
	cbor_put_int(o, WIRE_BLIND);
	cbor_put_array(o, 2 * n);
	for (size_t i = 0; i < n; i++) {
		cbor_put_text(o, choose(8) < 7 ? span_str("name") : bytes(40));
		cbor_put_bytes(o, bytes(60));
	}
}

static void
anything(struct cbor_out *o)
{
	cbor_put_raw(o, bytes(200));
}

/* Changes, drops or puts in bytes. */
static void
bend(struct cbor_out *o)
{
	for (uint8_t n = choose(4) == 3 ? choose(4) : 0; n > 0 && o->n > 0;
	     n--) {
		size_t at = ((size_t)choose(255) << 8 | choose(255)) % o->n;
		uint8_t with = choose(255);

		switch (choose(4)) {
		case 0:
			o->p[at] ^= (uint8_t)(with + 1);
			break;
		case 1:
			memmove(o->p + at, o->p + at + 1, o->n - at - 1);
			o->n--;
			break;
		case 2:
			o->n = at;
			break;
		default:
			if (o->n == o->cap)
				break;
			memmove(o->p + at + 1, o->p + at, o->n - at);
			o->p[at] = with;
			o->n++;
		}
	}
}

/* --- one input --- */

static void
begin(void)
{
	memset(&f.b, 0, sizeof(f.b));
	f.b.now = NOW;
	f.random = 1;
	BOOKS_MUST(mkdir(f.dir, 0700) == 0);
	BOOKS_MUST(signer_self_lock(&f.self, f.dir, SIGNER_CREATE) == ERR_OK);
	BOOKS_MUST(signer_self_unlock(f.self, f.dir, span_str("words"),
		       SIGNER_CREATE) == ERR_OK);
}

/* Nothing is left behind, however many inputs there are. */
static void
end(void)
{
	static const char *const made[] = {"journal", "master"};
	char path[128];

	signer_self_close(f.self);
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", f.dir, made[i]);
		(void)unlink(path);
	}
	BOOKS_MUST(rmdir(f.dir) == 0);
}

static bool
one_request(void)
{
	static void (*const asks[])(struct cbor_out *) = {sign_some, make_key,
	    sign_some, sign_some, note_some, ask_head, seal_some, unseal_some,
	    blind_some, anything, reset_some, ask_journal};
	struct cbor_out o = {.p = f.request, .cap = sizeof(f.request)};
	struct cbor_out a = {.p = f.answer, .cap = WIRE_MAX};

	/* The first three make the keys that the others ask for. */
	asks[f.b.nkeys < 3 ? 1 : choose(12)](&o);
	bend(&o);
	f.b.now += choose(32) == 31 ? choose(255) - 128 : 0;
	if (!signer_answer(f.self, cbor_written(&o), &a))
		return false;
	books_check(&f.b, cbor_written(&o), cbor_written(&a));
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	f.data = data;
	f.left = size;
	begin();
	for (int i = 0; i < REQUESTS && f.left > 0; i++)
		if (!one_request())
			break;
	end();
	return 0;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	BOOKS_MUST(randombytes_set_implementation(&repeatable) == 0);
	BOOKS_MUST(sodium_init() >= 0);
	f.answer = malloc(WIRE_MAX);
	(void)snprintf(f.dir, sizeof(f.dir), "%s/fuzz_signer.%d",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (int)getpid());
	BOOKS_MUST(f.answer != NULL);
	return 0;
}
