#ifndef BASE_STD_H
#define BASE_STD_H

#include "base/err.h"

/*
 * std_open(): first thing in main(): where standard input, output or error is
 *     closed, puts something there that gives and takes nothing.  Otherwise the
 *     next file that is opened, such as a journal, would get that number, and
 *     what is said to people would be written into it.  Returns ERR_OK or
 *     ERR_IO.
 */
enum err std_open(void) MUST_CHECK;

/*
 * std_close(code): last thing in main(): writes out what printf(3) holds back.
 *     Returns ${code}, or the exit code of ERR_IO (logged) if ${code} was 0
 *     and what was said has not arrived.
 */
int std_close(int code) MUST_CHECK;

#endif
