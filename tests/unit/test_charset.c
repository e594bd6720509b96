#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/charset.h"
#include "base/utf8.h"

/* What becomes of ${n} bytes; ${fault} is filled in. */
static enum err
convert(struct buf *b, const void *bytes, size_t n, struct charset_fault *fault)
{
	*b = (struct buf)BUF_INIT(4096);
	assert_int_equal(buf_add(b, bytes, n), ERR_OK);
	return charset_to_utf8(b, fault);
}

static void
same(const void *bytes, size_t n, const char *text)
{
	struct charset_fault fault;
	struct buf b;

	assert_int_equal(convert(&b, bytes, n, &fault), ERR_OK);
	assert_int_equal(b.n, strlen(text));
	assert_memory_equal(b.p, text, b.n);
	buf_free(&b);
}

static void
what_is_utf_8_stays(void **state)
{
	(void)state;
	same("Si\xc3\xa2n", 5, "Si\xc3\xa2n");
	same("plain", 5, "plain");
	same("", 0, "");
	same("\xef\xbb\xbfSi\xc3\xa2n", 8, "Si\xc3\xa2n");
}

static void
anything_else_is_windows_1252(void **state)
{
	(void)state;
	same("Si\xe2n", 4, "Si\xc3\xa2n");
	same("O\x92"
	     "Brien",
	    7,
	    "O\xe2\x80\x99"
	    "Brien");
	same("\x80 \x9f", 3, "\xe2\x82\xac \xc5\xb8");
}

static void
every_byte_of_windows_1252_has_its_character(void **state)
{
	static const uint8_t none[] = {0x81, 0x8d, 0x8f, 0x90, 0x9d};

	(void)state;
	for (unsigned i = 0x80; i < 0x100; i++) {
		uint8_t bytes[2] = {(uint8_t)i, 'x'};
		struct charset_fault fault;
		struct buf b;
		enum err e = convert(&b, bytes, 2, &fault);
		size_t at = 0;

		if (memchr(none, (int)i, sizeof(none)) != NULL) {
			assert_int_equal(e, ERR_DATA);
			assert_int_equal(fault.line, 1);
		} else {
			assert_int_equal(e, ERR_OK);
			assert_true(utf8_ok(buf_span(&b)));
			if (i >= 0xa0)
				assert_int_equal(
				    utf8_next(buf_span(&b), &at), (int)i);
		}
		buf_free(&b);
	}
}

static void
what_cannot_be_read_is_named_with_its_line(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		size_t line;
		const char *why;
	} t[] = {
	    {"\xff\xfe"
	     "a\0b\0",
		6, 0, "UTF-16"},
	    {"\xfe\xff\0a", 4, 0, "UTF-16"},
	    {"a\r\nb\r\n\x81", 7, 3, "neither"},
	    {"a\rb\r\x8d", 5, 3, "neither"},
	    {"Si\xc3\xa2n\nSi\xe2n\n", 11, 2, "though others"},
	    {"Si\xe2n\nSi\xc3\xa2n\n", 11, 1, "though others"},
	    {"\xef\xbb\xbf"
	     "a\nSi\xe2n\n",
		10, 2, "says that it is UTF-8"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct charset_fault fault;
		struct buf b;

		assert_int_equal(
		    convert(&b, t[i].bytes, t[i].n, &fault), ERR_DATA);
		assert_int_equal(fault.line, t[i].line);
		assert_non_null(strstr(fault.why, t[i].why));
		buf_free(&b);
	}
}

static void
a_text_that_grows_over_its_cap_is_refused(void **state)
{
	struct charset_fault fault;
	struct buf b = BUF_INIT(4);

	(void)state;
	assert_int_equal(buf_add(&b, "\xe2\xe2\xe2", 3), ERR_OK);
	assert_int_equal(charset_to_utf8(&b, &fault), ERR_TOOBIG);
	assert_null(fault.why);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_utf_8_stays),
	    cmocka_unit_test(anything_else_is_windows_1252),
	    cmocka_unit_test(every_byte_of_windows_1252_has_its_character),
	    cmocka_unit_test(what_cannot_be_read_is_named_with_its_line),
	    cmocka_unit_test(a_text_that_grows_over_its_cap_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
