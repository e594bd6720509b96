#include "verifier/mirror/fetch.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

#ifndef VERSION
#define VERSION "0.1.0"
#endif

#define CONNECT_SECONDS 15
#define SLOW_BYTES      64 /* a second, over so many seconds: too slow */
#define SLOW_SECONDS    15

struct fetch {
	const struct fetch_from *from;
	CURL *curl;
	char tag[ETAG_MAX];
	char why[CURL_ERROR_SIZE];
	struct buf *out; /* of the file that is being fetched */
};

/* --- what libcurl hands over --- */

static size_t
take_bytes(char *bytes, size_t size, size_t n, void *ctx)
{
	struct fetch *f = ctx;

	return buf_add(f->out, bytes, size * n) == ERR_OK ? size * n : 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A line of the header; a status line begins it anew. */
static size_t
take_header(char *line, size_t size, size_t n, void *ctx)
{
	static const char name[] = "etag:";
	struct fetch *f = ctx;
	size_t at = sizeof(name) - 1;
	size_t end = size * n;

	if (end >= 5 && memcmp(line, "HTTP/", 5) == 0)
		f->tag[0] = '\0';
	if (end < at || strncasecmp(line, name, at) != 0)
		return size * n;
	while (at < end && is_blank(line[at]))
		at++;
	while (end > at && is_blank(line[end - 1]))
		end--;
	if (end - at < sizeof(f->tag)) {
		memcpy(f->tag, line + at, end - at);
		f->tag[end - at] = '\0';
	}
	return size * n;
}

/* --- */

/* What holds for every file. */
static bool
set_up(struct fetch *f)
{
	const struct fetch_from *from = f->from;
	const char *schemes = from->url.plain ? "http" : "https";
	CURL *c = f->curl;
	bool ok;

	ok = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, schemes) == CURLE_OK &&
	     curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	     curl_easy_setopt(c, CURLOPT_SSLVERSION,
		 (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	     curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	     curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	     curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	     curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
	     curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT,
		 (long)CONNECT_SECONDS) == CURLE_OK &&
	     curl_easy_setopt(c, CURLOPT_TIMEOUT, from->seconds) == CURLE_OK &&
	     curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES) ==
		 CURLE_OK &&
	     curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS) ==
		 CURLE_OK &&
	     curl_easy_setopt(
		 c, CURLOPT_USERAGENT, "carerpass-lists/" VERSION) == CURLE_OK;
	ok = ok && curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->why) == CURLE_OK;
	ok = ok &&
	     curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_bytes) == CURLE_OK;
	ok = ok && curl_easy_setopt(c, CURLOPT_WRITEDATA, f) == CURLE_OK;
	ok = ok && curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header) ==
		       CURLE_OK;
	ok = ok && curl_easy_setopt(c, CURLOPT_HEADERDATA, f) == CURLE_OK;
	if (from->url.plain) /* this machine is not behind a proxy */
		ok =
		    ok && curl_easy_setopt(c, CURLOPT_NOPROXY, "*") == CURLE_OK;
	if (from->cacert != NULL) /* these, and no others */
		ok = ok &&
		     curl_easy_setopt(c, CURLOPT_CAINFO, from->cacert) ==
			 CURLE_OK &&
		     curl_easy_setopt(c, CURLOPT_CAPATH, NULL) == CURLE_OK;
	return ok;
}

enum err
fetch_new(struct fetch **out, const struct fetch_from *from)
{
	struct fetch *f = calloc(1, sizeof(*f));

	*out = f;
	if (f == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		log_error("no memory to ask a server");
		free(f);
		*out = NULL;
		return ERR_MEM;
	}
	f->from = from;
	f->curl = curl_easy_init();
	if (f->curl == NULL || !set_up(f)) {
		log_error("the library that speaks https (libcurl) cannot do "
			  "what is asked of it");
		return ERR_INTERNAL;
	}
	return ERR_OK;
}

void
fetch_free(struct fetch *f)
{
	if (f == NULL)
		return;
	curl_easy_cleanup(f->curl);
	curl_global_cleanup();
	free(f);
}

const char *
fetch_tag(const struct fetch *f)
{
	return f->tag;
}

/* What libcurl says went wrong, in our errors, with its own words. */
static enum err
refused(const struct fetch *f, const char *url, CURLcode code)
{
	const char *why = f->why[0] != '\0' ? f->why : curl_easy_strerror(code);

	if (buf_err(f->out) == ERR_MEM || code == CURLE_OUT_OF_MEMORY) {
		log_error("%s: no memory to fetch it", url);
		return ERR_MEM;
	}
	if (buf_err(f->out) != ERR_OK || code == CURLE_FILESIZE_EXCEEDED) {
		log_error("%s: longer than %zu bytes, the most that such a "
			  "file may have",
		    url, f->out->cap);
		return ERR_TOOBIG;
	}
	log_error("%s: cannot be fetched: %s", url, why);
	return ERR_UNAVAILABLE;
}

/* What the server's answer means. */
static enum err
judge(const struct fetch *f, const char *url, bool asked, enum fetched *got)
{
	const char *to = NULL;
	long status = 0;

	(void)curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(f->curl, CURLINFO_REDIRECT_URL, &to);
	*got = FETCHED_NEW;
	if (status == 200)
		return ERR_OK;
	*got = FETCHED_SAME;
	if (status == 304 && asked)
		return ERR_OK;
	*got = FETCHED_NONE;
	if (status == 404 || status == 410)
		return ERR_OK;
	if (to != NULL)
		log_error("%s: the server sends us on to %s. Redirections are "
			  "not followed: give the folder's own address",
		    url, to);
	else
		log_error("%s: the server answers with %ld instead of the file",
		    url, status);
	return ERR_UNAVAILABLE;
}

enum err
fetch_get(struct fetch *f, const char *name, const char *tag, struct buf *out,
    enum fetched *got)
{
	struct curl_slist *headers = NULL;
	char asked[ETAG_MAX + 32];
	char url[URL_MAX];
	CURLcode code;
	enum err e = ERR_OK;

	buf_free(out);
	f->out = out;
	f->why[0] = '\0';
	f->tag[0] = '\0';
	(void)snprintf(url, sizeof(url), "%s%s", f->from->url.text, name);
	(void)snprintf(
	    asked, sizeof(asked), "If-None-Match: %s", tag == NULL ? "" : tag);
	if (tag != NULL)
		headers = curl_slist_append(NULL, asked);
	code = curl_easy_setopt(f->curl, CURLOPT_URL, url);
	if (code == CURLE_OK)
		code = curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, headers);
	if (code == CURLE_OK)
		code = curl_easy_setopt(
		    f->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)out->cap);
	if (code == CURLE_OK)
		code = curl_easy_perform(f->curl);
	(void)curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	if (code != CURLE_OK)
		e = refused(f, url, code);
	else
		e = judge(f, url, headers != NULL, got);
	f->out = NULL;
	return e;
}
