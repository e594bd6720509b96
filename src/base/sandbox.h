#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stddef.h>

#include "base/err.h"

/*
 * What a process gives up before it touches something dangerous.  There are
 * two of these at link time: sandbox.c, which is in every released program, and
 * sandbox_wide.c for sanitizer builds, whose runtimes make system calls of
 * their own: it says loudly that it does nothing.
 */

/*
 * sandbox_limit(memory, seconds): from now on the process may have ${memory}
 *     bytes of address space and ${seconds} of processor time, and leaves no
 *     core dump. Returns ERR_OK, or ERR_INTERNAL (logged).
 */
enum err sandbox_limit(size_t memory, unsigned seconds) MUST_CHECK;

/*
 * sandbox_enter(syscalls, n, what): from now on the process may make only the
 *     ${n} system calls named (SCMP_SYS numbers; a negative one does not exist
 *     here and is passed over); any other kills it at once, all its threads.
 *     mmap and mprotect, where named, may not make memory executable. New
 *     privileges are ruled out. ${what} names the process in messages. There is
 *     no way back. Returns ERR_OK, or ERR_INTERNAL (logged): then nothing may
 *     be done that needed the sandbox.
 */
enum err sandbox_enter(
    const int *syscalls, size_t n, const char *what) MUST_CHECK;

#endif
