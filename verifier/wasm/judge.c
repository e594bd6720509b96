#include "judge.h"

#include "passport/verify.h"
#include "passport/words.h"
#include "room.h"
#include "sha256.h"
#include "verifier/roots.h"

/* A status list, with the service of the trust list that it was good for. */
struct listed {
	uint32_t n;
	uint64_t service;
	struct status status;
	uint8_t bits[STATUS_BYTES];
};

/* One page, one judge: here, and only here, is there state. */
static struct roots roots;
static struct trust trust;
static struct verify_lists view;
static struct listed *lists[JUDGE_LISTS];
static size_t nlists;
static struct listed *pending; /* read, its bits not yet here */
static uint8_t *work;
static size_t nwork;
static uint8_t digest[SHA256_SIZE];
static struct verdict verdict;
static uint8_t in[JUDGE_IN_MAX];
static char template[JUDGE_TEMPLATE_MAX]; /* not in ${in}: the host is there */
static char out[VERDICT_JSON_MAX];

static const struct span *
give(struct span s)
{
	static struct span given;

	given = s;
	return &given;
}

uint8_t *
judge_in(void)
{
	return in;
}

uint8_t *
judge_room(size_t n)
{
	return room(n);
}

const char *
judge_out(void)
{
	return out;
}

/* --- lists --- */

/* As ed25519_sodium.c has it: RFC 9679 section 5.2. */
void
ed25519_kid(uint8_t kid[static KID_SIZE], const uint8_t key[static ED25519_KEY])
{
	uint8_t cose_key[8 + ED25519_KEY] = {
	    0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20};
	uint8_t hash[SHA256_SIZE];

	memcpy(cose_key + 8, key, ED25519_KEY);
	sha256(hash, span_of(cose_key, sizeof(cose_key)));
	memcpy(kid, hash, KID_SIZE);
}

int
judge_roots(const uint8_t *p, size_t n)
{
	size_t line;

	if (n > ROOTS_FILE_MAX)
		return -1;
	if (roots_parse(&roots, span_of(p, n), &line))
		return 0;
	roots.n = 0;
	return line == 0 ? -1 : (int)line;
}

static struct listed *
find(uint32_t n)
{
	for (size_t i = 0; i < nlists; i++)
		if (lists[i]->n == n)
			return lists[i];
	return NULL;
}

static const struct status *
get_status(void *ctx, uint64_t service, uint32_t n)
{
	struct listed *l = find(n);

	(void)ctx;
	return l != NULL && trust_service_eq(&trust, service, l->service)
		   ? &l->status
		   : NULL;
}

bool
judge_trust(const uint8_t *p, size_t n, bool rolled_back)
{
	size_t nat = n / TRUST_KEY_MIN + 1;
	uint32_t *at;

	if (n == 0 || n > TRUST_MAX || work != NULL)
		return false;
	nwork = COSE_OVERHEAD + (n > STATUS_MAX ? n : STATUS_MAX);
	work = room(nwork);
	at = room(nat * sizeof(*at));
	if (work == NULL || at == NULL ||
	    !trust_read(
		&trust, span_of(p, n), roots.v, roots.n, work, nwork, at, nat))
		return false;
	sha256(digest, span_of(p, n));
	view.trust = &trust;
	view.trust_rolled_back = rolled_back;
	view.status = get_status;
	return true;
}

const struct span *
judge_root(uint32_t i)
{
	return i < roots.n ? give(span_of(roots.v[i].kid, KID_SIZE)) : NULL;
}

const struct span *
judge_host(uint32_t i)
{
	struct cbor c = cbor_of(trust.hosts);
	struct span host = {NULL, 0};

	if (view.trust == NULL || i >= cbor_array(&c))
		return NULL;
	for (uint32_t j = 0; j <= i; j++)
		host = cbor_text(&c);
	return c.bad ? NULL : give(host);
}

const struct span *
judge_scheme(void)
{
	return view.trust == NULL ? NULL : give(trust.scheme);
}

const struct span *
judge_sha256(void)
{
	return view.trust == NULL ? NULL : give(span_of(digest, SHA256_SIZE));
}

uint32_t
judge_seq_high(void)
{
	return (uint32_t)(trust.seq >> 32);
}

uint32_t
judge_seq_low(void)
{
	return (uint32_t)trust.seq;
}

double
judge_iat(void)
{
	return (double)trust.iat;
}

double
judge_exp(void)
{
	return (double)trust.exp;
}

const struct span *
judge_status(uint32_t n, size_t len)
{
	if (view.trust == NULL || nlists == JUDGE_LISTS || find(n) != NULL ||
	    len > STATUS_MAX)
		return NULL;
	if (pending == NULL)
		pending = room(sizeof(*pending));
	if (pending == NULL)
		return NULL;
	pending->n = n;
	for (uint64_t i = 0; i < trust.nservices; i++) {
		pending->service = i;
		if (status_read(&pending->status, span_of(in, len), &trust, i,
			n, work, nwork))
			return give(pending->status.lst);
	}
	return NULL;
}

const struct span *
judge_status_kid(void)
{
	return give(span_of(pending->status.kid, KID_SIZE));
}

double
judge_status_iat(void)
{
	return (double)pending->status.iat;
}

double
judge_status_exp(void)
{
	return (double)pending->status.exp;
}

uint8_t *
judge_status_bits(void)
{
	return pending->bits;
}

void
judge_status_keep(bool rolled_back)
{
	struct status *s = &pending->status;

	/* What points into judge_in() must not stay. */
	s->sub = span_of(NULL, 0);
	s->lst = span_of(NULL, 0);
	s->bits = pending->bits;
	s->rolled_back = rolled_back;
	lists[nlists++] = pending;
	pending = NULL;
}

/* --- verdicts --- */

void
judge_text(size_t n, double now)
{
	/* A line that is too long is no code, as for check -. */
	view.now = (int64_t)now;
	verify_text(&verdict, &view, span_of(in, n > JUDGE_TEXT_MAX ? 0 : n));
}

void
judge_token(size_t n, double now)
{
	view.now = (int64_t)now;
	verify_token(&verdict, &view, span_of(in, n));
}

int
judge_row(void)
{
	return verdict.row;
}

bool
judge_young(void)
{
	return verdict.has_holder && verdict.passport.class == CLASS_YOUNG;
}

double
judge_index(void)
{
	return verdict.has_holder
		   ? (double)(verdict.passport.index >> PASSPORT_LIST_BITS)
		   : -1;
}

static const struct words *
words(uint32_t language)
{
	const struct words *w = words_at(language);

	return w != NULL ? w : words_at(0);
}

size_t
judge_json(uint32_t language)
{
	return verdict_json(out, &verdict, words(language));
}

size_t
judge_headline(uint32_t language)
{
	return verdict_headline(out, &verdict, words(language));
}

size_t
judge_meaning(uint32_t language)
{
	return verdict_meaning(out, &verdict, words(language));
}

char *
judge_template(void)
{
	return template;
}

size_t
judge_fill(uint32_t language)
{
	template[JUDGE_TEMPLATE_MAX - 1] = '\0';
	return verdict_fill(out, &verdict, words(language), template);
}

/* --- words --- */

const char *
judge_language(uint32_t i)
{
	const struct words *w = words_at(i);

	return w == NULL ? NULL : w->language;
}

const char *
judge_word_key(uint32_t language, uint32_t i)
{
	struct words_text t;

	return words_page_at(words(language), i, &t) ? t.key : NULL;
}

const char *
judge_word_text(uint32_t language, uint32_t i)
{
	struct words_text t;

	return words_page_at(words(language), i, &t) ? t.text : NULL;
}
