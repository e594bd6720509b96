#ifndef WASM_JUDGE_H
#define WASM_JUDGE_H

#include "base/span.h"

/*
 * What verifier/web/judge.js calls: the verifier of a page.  An instance of
 * core.wasm holds one set of lists; it is handed in once, in the order of
 * these functions, and a newer set is a new instance.  Bytes go in through
 * judge_room() or judge_in(), text comes out at judge_out(). Times are seconds
 * as double, for which a page needs no 64-bit integers.
 */

#define JUDGE_IN_MAX       65536 /* bytes at judge_in() */
#define JUDGE_TEXT_MAX     4096 /* of a text that is judged; longer: malformed */
#define JUDGE_TEMPLATE_MAX 1024
#define JUDGE_LISTS        4096 /* status lists at most */

/* judge_in(): Returns where a status list, a text or a token is put. */
uint8_t *judge_in(void);

/* judge_room(n): Returns ${n} bytes for root.pub or the trust list, which must
 * stay; NULL if there is no room. */
uint8_t *judge_room(size_t n);

/* judge_roots(p, n): takes root.pub. Returns the line at fault, -1 if it holds
 * no key at all, 0 if it is good. */
int judge_roots(const uint8_t *p, size_t n);

/* judge_trust(p, n, rolled_back): takes the trust list, which must be signed by
 * one of the roots. Returns false if it is not good: row 3 will say so. */
bool judge_trust(const uint8_t *p, size_t n, bool rolled_back);

/* judge_root(i), judge_host(i), judge_scheme(), judge_sha256(): Return what
 * there is to know of them, NULL at the end or without it. */
const struct span *judge_root(uint32_t i);
const struct span *judge_host(uint32_t i);
const struct span *judge_scheme(void);
const struct span *judge_sha256(void);

/* Of the trust list: its number, in halves, and times. */
uint32_t judge_seq_high(void);
uint32_t judge_seq_low(void);
double judge_iat(void);
double judge_exp(void);

/*
 * judge_status(n, len): reads ${len} bytes at judge_in() as status list ${n} of
 *     whichever service of the trust list they are signed for. Returns the
 *     zlib stream to be inflated, NULL if it is not good, was there before, or
 *     is one too many.
 */
const struct span *judge_status(uint32_t n, size_t len);

/* Of the list that judge_status() read last. */
const struct span *judge_status_kid(void);
double judge_status_iat(void);
double judge_status_exp(void);

/* judge_status_bits(): Returns where the STATUS_BYTES inflated bytes go. */
uint8_t *judge_status_bits(void);

/* judge_status_keep(rolled_back): from now on that list is judged with; call it
 * when the bits are there. */
void judge_status_keep(bool rolled_back);

/* judge_text(n, now), judge_token(n, now): judge ${n} bytes at judge_in(). */
void judge_text(size_t n, double now);
void judge_token(size_t n, double now);

/* Of that verdict: the row that decided (0: valid), whether the holder is
 * known to be under 18, and the number of its status list, -1 if not known. */
int judge_row(void);
bool judge_young(void);
double judge_index(void);

/* judge_json(language), judge_headline(language), judge_meaning(language):
 * write that to judge_out(), in language number ${language}. Return how many
 * bytes. */
size_t judge_json(uint32_t language);
size_t judge_headline(uint32_t language);
size_t judge_meaning(uint32_t language);

/* judge_template(): Returns where a template is put, of JUDGE_TEMPLATE_MAX
 * bytes with its NUL. */
char *judge_template(void);

/* judge_fill(language): fills the template with what the verdict may tell.
 * Returns how many bytes, at judge_out(). */
size_t judge_fill(uint32_t language);

/* judge_out(): Returns where the text is. */
const char *judge_out(void);

/* judge_language(i): Returns its tag, "en-GB"; NULL when there are no more. */
const char *judge_language(uint32_t i);

/* judge_word_key(language, i), judge_word_text(language, i): Return the key or
 * text of number ${i} of what words_page() knows; NULL at the end. */
const char *judge_word_key(uint32_t language, uint32_t i);
const char *judge_word_text(uint32_t language, uint32_t i);

#endif
