#include "http/secure.h"

static const char nothing[] =
    "default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

/* Those that never change. */
static const struct {
	const char *name;
	const char *value;
} always[] = {
    {"Strict-Transport-Security", "max-age=63072000; includeSubDomains"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Permissions-Policy",
	"camera=(self), microphone=(), geolocation=(), payment=(), usb=()"},
};

bool
secure_fields(const struct resp *a,
    bool (*add)(void *to, const char *name, const char *value), void *to)
{
	const struct {
		const char *name;
		const char *value;
	} own[] = {
	    {"Content-Type", a->type},
	    {"Content-Encoding", a->encoding},
	    {"Content-Language", a->language},
	    {"Cache-Control", a->cache != NULL ? a->cache : "no-store"},
	    {"ETag", a->etag},
	    {"Vary", a->vary},
	    {"Allow", a->allow},
	    {"Content-Security-Policy",
		a->policy != NULL ? a->policy : nothing},
	    {"Cross-Origin-Resource-Policy",
		a->everyone ? "cross-origin" : "same-origin"},
	    {"Access-Control-Allow-Origin", a->everyone ? "*" : NULL},
	    {"Connection", a->close ? "close" : NULL},
	};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (own[i].value != NULL && !add(to, own[i].name, own[i].value))
			return false;
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (!add(to, always[i].name, always[i].value))
			return false;
	return true;
}
