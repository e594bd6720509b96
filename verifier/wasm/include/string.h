#ifndef WASM_STRING_H
#define WASM_STRING_H

#include <stddef.h>

/*
 * The whole C library that the core asks for when it runs in a browser, as ISO
 * C 7.24 describes it; bodies in libc.c. A call that is not listed here does
 * not compile, which is how the core stays this small.
 */
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
void *memchr(const void *p, int c, size_t n);
char *strchr(const char *s, int c);

#endif
