#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static const char *progname = "carerpass";
static bool quiet;

void
log_name(const char *name)
{
	progname = name;
}

void
log_quiet(void)
{
	quiet = true;
}

__attribute__((format(printf, 2, 0))) static void
line(const char *head, const char *fmt, va_list ap)
{
	char text[2048];
	int n = vsnprintf(text, sizeof(text), fmt, ap);

	if (n < 0)
		return;
	for (char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		/* U+0080 to U+009F steer some terminals just as ESC does. */
		if (c == 0xc2 && (unsigned char)p[1] >= 0x80 &&
		    (unsigned char)p[1] < 0xa0)
			p[1] = '?';
		if (c < 0x20 || c == 0x7f || (c == 0xc2 && p[1] == '?'))
			*p = '?';
	}
	fprintf(stderr, "%s: %s%s\n", progname, head, text);
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line("", fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line("warning: ", fmt, ap);
	va_end(ap);
}

void
log_note(const char *fmt, ...)
{
	va_list ap;

	if (quiet)
		return;
	va_start(ap, fmt);
	line("", fmt, ap);
	va_end(ap);
}
